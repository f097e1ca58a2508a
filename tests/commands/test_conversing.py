"""What call, read, prompt and complete do alike, on every wire and in both eras."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from mcpx.client import processes
from mcpx.commands import conversing
from mcpx.commands.conversing import whole_arguments
from mcpx.errors import ConfigError, UsageError
from tests.commands.wires import STDIO, WIRES, every_wire, served
from tests.conftest import Result, Run
from tests.schemas.here import check_here
from tests.servers.bad_http import serve as misbehaving
from tests.servers.good_http import Served
from tests.shipped.test_json_schemas import is_valid

FORM = '{"action": "accept", "content": {"name": "Ada", "age": 36}}\n'
COUNTED = "one: 1 of 2: at 1\none: [info] counted 1\none: 2 of 2: at 2\none: [info] counted 2\n"
ROOTS = '{"roots": [{"uri": "file:///srv/data", "name": "data"}]}\n'
DECLINED = '{"action": "decline"}\n'
UNFIT = 'the output does not fit its schema: n is "seven", not an integer'
MUTE = "the tool has an output schema, but its result no structured content"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    check_here(monkeypatch)


@pytest.fixture(scope="module")
def entries() -> Iterator[dict[str, dict[str, Any]]]:
    with every_wire() as found:
        yield found


Ask = Callable[..., Result]


@pytest.fixture(params=list(WIRES))
def ask(
    request: pytest.FixtureRequest,
    run: Run,
    home: Path,
    configure: Callable[..., Path],
    entries: dict[str, dict[str, Any]],
) -> Ask:
    """Runs a command with the server ``one``, on each wire in its turn."""
    configure(home / ".cursor" / "mcp.json", one=entries[request.param])
    return lambda verb, *words, **more: run(
        verb, "--era", WIRES[request.param], "one", *words, **more
    )


@pytest.mark.parametrize(
    ("line", "status", "out", "err"),
    [
        pytest.param("call add a=2 b=3", 0, '5\n{\n  "sum": 5\n}\n', "", id="call"),
        pytest.param("call ask_person --elicit defaults", 0, FORM, "", id="form with defaults"),
        pytest.param("call ask_roots --root file:///srv/data", 0, ROOTS, "", id="roots"),
        pytest.param("call count to=2 -v", 0, "counted to 2\n", COUNTED, id="progress and log"),
        pytest.param("call fail", 1, "this tool always fails\n", "", id="error"),
        pytest.param(
            "call liar",
            1,
            'seven\n{\n  "n": "seven"\n}\n',
            f"{UNFIT} (/structuredContent/n)\n",
            id="output that does not fit",
        ),
        pytest.param("call untyped", 0, "as before\n", "", id="no result type"),
        pytest.param("call slow", 0, "done\n", "task: at work\n", id="task"),
        pytest.param("read memo://one", 0, "This is memo://one.\n", "", id="read"),
        pytest.param("prompt greet name=Ada", 0, "[user]\nGreet Ada.\n", "", id="prompt"),
        pytest.param("complete greet name=A", 0, "Ada\nAlan\n", "", id="complete"),
    ],
)
def test_every_wire_does_the_same(ask: Ask, line: str, status: int, out: str, err: str) -> None:
    assert ask(*line.split()) == Result(status, out, err)


@pytest.mark.parametrize(
    ("line", "status", "out", "err"),
    [
        pytest.param("count to=1", 0, "counted to 1\n", "{}: [info] counted 1\n", id="log"),
        pytest.param("count to=1 -q", 0, "counted to 1\n", "", id="quiet"),
        pytest.param("wild", 0, "\\x1b[2J\\u202egnp\\r::error::x\n", "", id="hostile"),
        pytest.param("ask_person --elicit decline", 0, DECLINED, "", id="form declined"),
        pytest.param("mute", 1, "nothing\n", f"{MUTE} (/structuredContent)\n", id="no output"),
        pytest.param("sorry", 1, "no number today\n", "", id="an error need not fit"),
    ],
)
def test_what_is_shown(
    run: Run, server: Served, line: str, status: int, out: str, err: str
) -> None:
    err = err.replace("{}", urlsplit(server.url).netloc)
    assert run("call", server.url, *line.split()) == Result(status, out, err)


def test_answers_come_from_a_file(ask: Ask, project: Path) -> None:
    (project / "a.json").write_text('{"elicitation": {"name": "Eve"}, "sampling": "Paris"}')
    done = ask("call", "ask_person", "--answer", "a.json", "--json")
    assert done.status == 0
    text = done.json["result"]["content"][0]["text"]
    assert json.loads(text) == {"action": "accept", "content": {"name": "Eve"}}
    assert done.json["asked"] == [{"method": "elicitation/create", "answer": "accept"}]
    done = ask("call", "ask_model", "--answer", "a.json", "--json")
    assert "Paris" in done.json["result"]["content"][0]["text"]
    assert done.json["asked"] == [{"method": "sampling/createMessage", "answer": "answered"}]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param({"nane": "Eve"}, "'nane' is not asked for; did you mean 'name'?", id="key"),
        pytest.param({"name": 3}, "'name' must be a text", id="value"),
    ],
)
def test_an_answer_that_does_not_fit_ends_the_call(
    ask: Ask, project: Path, answer: dict[str, Any], why: str
) -> None:
    (project / "a.json").write_text(json.dumps({"elicitation": [answer]}))
    done = ask("call", "ask_person", "--answer", "a.json", "--json")
    assert (done.status, done.out) == (2, "")
    error = json.loads(done.err)["error"]
    assert (error["class"], error["message"]) == ("config", f"a.json: /elicitation/0: {why}")


def test_an_answer_that_no_question_was_asked_for_is_told(ask: Ask, project: Path) -> None:
    (project / "a.json").write_text('{"elicitation": [{"name": "Eve"}, {"name": "Bob"}]}')
    done = ask("call", "ask_person", "--answer", "a.json")
    assert (done.status, done.err) == (0, "a.json: /elicitation/1: no question was asked for it\n")


def test_a_server_is_told_that_nobody_is_here(ask: Ask) -> None:
    done = ask("call", "ask_person")
    if "-32021" in done.err:
        assert (done.status, done.out) == (3, "")
    else:
        assert done == Result(1, "the client does not offer elicitation\n", "")


def test_a_root_of_another_scheme_goes_with_a_warning(ask: Ask) -> None:
    done = ask("call", "ask_roots", "--root", "s3://bucket/logs")
    assert (done.status, "s3://bucket/logs" in done.out) == (0, True)
    assert done.err == (
        "root s3://bucket/logs: the specification allows only file:// URIs; servers may refuse it\n"
    )


def test_an_answer_that_does_not_come(ask: Ask) -> None:
    """The talking server waits for an answer to what it asked, which nobody gives."""
    done = ask("call", "ask_person", "--timeout", "0.0001")
    assert done.status == 3
    assert "within 0.0001 s" in done.err
    assert "--timeout SECONDS" in done.err


# The shared options.


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def noted(log: Path) -> str:
    """A server that writes down that it has been started."""
    return f"import sys; open({str(log)!r}, 'w').write('started'); sys.stdin.read()"


@pytest.mark.parametrize("verb", ["call x", "read memo://x", "prompt x", "complete x y=z"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(
            ["--elicit", "nonsense"],
            "error: --elicit nonsense: must be defaults or decline\n",
            id="elicit",
        ),
        pytest.param(
            ["--log-level", "loud"],
            "error: --log-level loud: must be one of debug, info, notice, warning, error, "
            "critical, alert, emergency\n",
            id="log-level",
        ),
        pytest.param(["--era", "bronze"], "error: --era: must be one of auto, l", id="era"),
        pytest.param(["--timeout", "0"], "error: --timeout: must be more than 0", id="timeout"),
        pytest.param(["--limit", "line"], "error: --limit", id="limit"),
        pytest.param(["--header", "X"], "error: --header", id="header"),
        pytest.param(["--bearer-env", "NOT_SET"], "error: --bearer-env NOT_SET", id="bearer"),
        pytest.param(["--env", "X"], "error: --env", id="env"),
        pytest.param(
            ["--env-file", "no.env"], "error: --env-file no.env: No such file", id="env-file"
        ),
        pytest.param(["-f", "sarif"], "error: invalid value for '--format'", id="format"),
        pytest.param(
            ["-f", "ndjson"],
            '{"error": {"class": "usage", "message": "invalid value for \'--format\' / \'-f\': '
            "'ndjson' is not one of 'table', 'json', 'markdown'\"",
            id="ndjson",
        ),
        pytest.param(["--answer", "no.json"], "error: cannot read no.json", id="answer"),
        pytest.param(["--answer", "bad.json"], "error: bad.json: ", id="answer of no shape"),
        pytest.param(["--root", ""], "error: root", id="root"),
    ],
)
def test_wrong_options_start_nothing(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    project: Path,
    verb: str,
    options: list[str],
    message: str,
) -> None:
    (project / "bad.json").write_text("[]")
    monkeypatch.setattr(processes, "start_ahead", None)
    done = run(*verb.split(), *options, "--", *STDIO)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(message)


@pytest.mark.parametrize(
    ("verb", "what"),
    [
        ("call", "the tool"),
        ("read", "the URI of a resource"),
        ("prompt", "the name of a prompt"),
        ("complete", "a prompt or URI template"),
    ],
)
def test_which_server(run: Run, verb: str, what: str) -> None:
    done = run(verb)
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        f"error: which server?\nhint: mcpx discover lists the configured ones; then comes {what}\n"
    )


@pytest.mark.parametrize("verb", ["call", "read", "prompt", "complete"])
def test_a_catalogue_cannot_be_asked(
    run: Run, verb: str, catalogue_file: Callable[..., Path]
) -> None:
    catalogue_file("one", tools=[{"name": "a", "inputSchema": {"type": "object"}}])
    done = run(verb, "one.json", "a", "b=c")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "error: one.json: a catalogue cannot be asked to do anything\n"
        "hint: name the server that it was taken from\n"
    )


@pytest.mark.parametrize("verb", ["call", "read", "prompt", "complete"])
def test_a_server_that_nobody_has_configured(run: Run, verb: str) -> None:
    done = run(verb, "nobody-here", "a", "b=c")
    assert (done.status, done.out) == (2, "")
    assert "no server is configured as 'nobody-here'" in done.err


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        (
            "call {} do a=1 b:=2",
            {"method": "tools/call", "tool": "do", "arguments": ["a=1", "b:=2"]},
        ),
        (
            "call --args {{}} {} do",
            {"method": "tools/call", "tool": "do", "arguments": []},
        ),
        (
            'call --args {{"a":1}} {} do',
            {"method": "tools/call", "tool": "do", "arguments": [], "args": {"a": 1}},
        ),
        ("read {} memo://one", {"method": "resources/read", "uri": "memo://one"}),
        (
            "prompt {} greet name=Ada",
            {"method": "prompts/get", "prompt": "greet", "arguments": ["name=Ada"]},
        ),
        (
            "complete {} greet name=A x=y",
            {
                "method": "completion/complete",
                "reference": "greet",
                "argument": "name=A",
                "known": ["x=y"],
            },
        ),
    ],
)
def test_a_dry_run_sends_nothing(
    run: Run, server: Served, line: str, request_: dict[str, Any]
) -> None:
    before = server.listener.connections
    done = run(*line.format(server.url).split(), "--dry-run", "--json")
    assert (done.status, done.err) == (0, "")
    assert (done.json["format"], done.json["request"]) == ("mcpx.plan", request_)
    assert done.json["targets"][0]["target"]["url"] == server.url
    assert server.listener.connections == before


@pytest.mark.parametrize("verb", ["call x", "read memo://x", "prompt x", "complete x y=z"])
def test_a_dry_run_starts_nothing(run: Run, verb: str, noted: str, log: Path) -> None:
    done = run(*verb.split(), "--dry-run", "--", STDIO[0], "-c", noted)
    assert (done.status, done.err) == (0, "")
    assert done.rows[0][:2] == ["server", "start"]
    assert not log.exists()


def test_a_dry_run_tells_that_a_projects_server_would_not_be_started(
    run: Run, project: Path, configure: Callable[..., Path]
) -> None:
    configure(project / ".mcp.json", ours={"command": "run"})
    for words in (["call", "ours", "do"], ["inspect", "ours"]):
        done = run(*words, "--dry-run", "--json")
        assert done.status == 0
        (target,) = done.json["targets"]
        assert (target["allowed"], target["standing"]) == (False, "not approved")
        said = "ours: comes from a project's file and is not approved; not started; mcpx trust"
        assert done.err.startswith(said)
        assert run(*words).status == 4
        assert run(*words, "--dry-run", "--trust-project").err == ""


@pytest.mark.parametrize("verb", ["call x y", "read x memo://x", "prompt x y"])
def test_a_folder_without_a_name_is_wrong_use(run: Run, verb: str) -> None:
    done = run(*verb.split(), "--save", "")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: --save: needs the name of a folder\n")


@pytest.mark.parametrize(
    ("verb", "method"),
    [
        ("read {} memo://x", "resources/read"),
        ("call {} echo text=x", "tools/call"),
        ("prompt {} greet name=x", "prompts/get"),
        ("complete {} greet name=x", "completion/complete"),
    ],
)
def test_programs_read_what_a_server_answered_with(run: Run, verb: str, method: str) -> None:
    with misbehaving("404-in-session", on=method) as server:
        done = run(*verb.format(server.url).split(), "--era", "legacy", "--json")
    assert (done.status, done.out) == (3, "")
    (line,) = done.err.splitlines()
    assert is_valid("error", json.loads(line))
    error = json.loads(line)["error"]
    assert (error["class"], error["code"], error["status"]) == ("protocol", -32601, 404)


PAGED = """
import json, sys
PAGE = {"mode": "url", "elicitationId": "1", "message": "Sign in", "url": "https://a.example/x?id=7"}
ERROR = {"code": -32042, "message": "first sign in", "data": {"elicitations": [PAGE]}}
ANSWERS = {
    "initialize": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}},
                   "serverInfo": {"name": "paged", "version": "1"}},
    "tools/list": {"tools": [{"name": "t", "inputSchema": {"type": "object"}}]},
}
for line in sys.stdin:
    message = json.loads(line)
    if "id" in message:
        result = ANSWERS.get(message.get("method"))
        answer = {"error": ERROR} if result is None else {"result": result}
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer}), flush=True)
"""


@pytest.mark.parametrize(
    "options", [[], ["--elicit", "defaults"], ["--answer", "no.json"]], ids="-".join
)
def test_a_page_that_has_to_be_opened_is_named(run: Run, project: Path, options: list[str]) -> None:
    (project / "no.json").write_text(DECLINED.join(['{"elicitation": ', "}"]))
    words = ("call", "t", "--era", "legacy", "--json", *options)
    done = run(*words, "--", STDIO[0], "-c", PAGED)
    assert done.status == (3 if "--answer" in options else 4)
    error = json.loads(done.err.splitlines()[-1])["error"]
    assert error["hint"].startswith(
        "open https://a.example/x?id=7 yourself if you trust a.example, then run this again"
    )
    if "--answer" in options:
        assert error["code"] == -32042
        assert error["data"]["elicitations"][0]["message"] == "Sign in"


# Secrets.

SECRET = "k3y-0123456789abcdef"


@pytest.mark.parametrize("how", [["-f", "json"], ["-f", "markdown", "-vv"], ["-v"]], ids=str)
@pytest.mark.parametrize(
    "line",
    [
        "call {} echo text=" + SECRET,
        "call {} fail text=" + SECRET,
        "call {} nope text=" + SECRET,
        "call {} echo txet=" + SECRET,
        "read {} memo://" + SECRET,
        "read {} nowhere://" + SECRET,
        "prompt {} greet name=" + SECRET,
        "complete {} greet name=" + SECRET,
        "call {} do --dry-run x=" + SECRET,
    ],
)
def test_a_secret_of_the_command_line_is_never_shown(
    run: Run, server: Served, monkeypatch: pytest.MonkeyPatch, line: str, how: list[str]
) -> None:
    """What the server repeats of it is masked too."""
    monkeypatch.setenv("MINE", SECRET)
    for given in (["--bearer-env", "MINE"], ["--header", f"X-Api-Key: {SECRET}"]):
        done = run(*line.format(server.url).split(), *given, *how)
        assert SECRET not in done.out + done.err
        assert done.status in (0, 1, 2, 3)
    bearers = {one.headers.get("authorization") for one in server.requests}
    assert f"Bearer {SECRET}" in bearers


def test_messages_on_the_wire_are_shown_masked(run: Run, server: Served) -> None:
    done = run("read", "-vv", "--header", f"X-Api-Key: {SECRET}", server.url, f"memo://{SECRET}")
    assert done.status == 0
    assert f"{urlsplit(server.url).netloc} → " in done.err
    assert '"uri": "memo://***"' in done.err.replace('":"', '": "')
    assert SECRET not in done.err + done.out


def test_a_token_is_wanted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", SECRET)
    with served(bearer=SECRET) as strict:
        done = run("read", strict.url, "memo://one")
        assert done.status == 4
        assert "HTTP 401 Unauthorized" in done.err
        assert "--bearer-env VARIABLE" in done.err
        assert "www-authenticate: Bearer" in done.err
        done = run("read", "--bearer-env", "MINE", strict.url, "memo://one")
        assert done == Result(0, "This is memo://one.\n", "")


def test_a_token_is_not_sent_for_everybody_to_read(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINE", SECRET)
    done = run("read", "--bearer-env", "MINE", "http://example.com/mcp", "memo://one")
    assert (done.status, done.out) == (4, "")
    assert "is not sent over plain http to example.com" in done.err
    assert SECRET not in done.err


# Errors as programs read them.


def test_errors_for_programs(run: Run, server: Served) -> None:
    done = run("read", "--json", server.url, "nowhere://x")
    assert (done.status, done.out) == (3, "")
    error = json.loads(done.err)["error"]
    assert error["class"] == "protocol"
    assert "Unknown resource: nowhere://x" in error["message"]


# Arguments as one object.


@pytest.mark.parametrize(
    ("text", "stdin", "found"),
    [
        pytest.param(None, "", None, id="none"),
        pytest.param("{}", "", {}, id="empty"),
        pytest.param('{"a": [1, "ä"]}', "", {"a": [1, "ä"]}, id="json"),
        pytest.param("@a.json", "", {"b": 2}, id="file"),
        pytest.param("@bom.json", "", {"b": 2}, id="file with a mark"),
        pytest.param("-", '{"c": 3}', {"c": 3}, id="standard input"),
    ],
)
def test_arguments_as_one_object(
    text: str | None,
    stdin: str,
    found: Any,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import io

    (project / "a.json").write_text('{"b": 2}')
    (project / "bom.json").write_bytes(b'\xef\xbb\xbf{"b": 2}')
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
    assert whole_arguments(text) == found


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        pytest.param("", UsageError, "--args: not JSON at line 1", id="empty"),
        pytest.param("{", UsageError, "--args: not JSON at line 1", id="half"),
        pytest.param("a=1", UsageError, "--args: not JSON at line 1", id="words"),
        pytest.param("[1]", UsageError, "--args: not a JSON object", id="array"),
        pytest.param("null", UsageError, "--args: not a JSON object", id="null"),
        pytest.param('"x"', UsageError, "--args: not a JSON object", id="text"),
        pytest.param('{"a": NaN}', UsageError, "--args: not JSON", id="not a number"),
        pytest.param('{"a": Infinity}', UsageError, "--args: not JSON", id="infinite"),
        pytest.param('{"a": 1e999}', UsageError, "--args: not JSON", id="beyond all bounds"),
        pytest.param("[" * 100_000, UsageError, "--args: not JSON", id="deep"),
        pytest.param('{"a": ' + "9" * 5_000 + "}", UsageError, "--args: not JSON", id="long"),
        pytest.param("@", UsageError, "--args @: which file?", id="no name"),
        pytest.param("@no.json", ConfigError, "cannot read no.json: No such file", id="no file"),
        pytest.param("@.", ConfigError, "cannot read .: Is a directory", id="folder"),
        pytest.param("@latin.json", ConfigError, "latin.json: not UTF-8 text (byte 7)", id="latin"),
        pytest.param("@bad.json", UsageError, "bad.json: not JSON at line 2", id="bad file"),
        pytest.param("@large.json", ConfigError, "large.json: larger than 100 bytes", id="large"),
    ],
)
def test_what_is_no_object(
    text: str,
    error: type[Exception],
    message: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conversing, "LONGEST_ARGUMENTS", 100)
    (project / "latin.json").write_bytes('{"a": "ä"}'.encode("latin-1"))
    (project / "bad.json").write_text('{\n"a": }')
    (project / "large.json").write_text('{"a": "' + "x" * 200 + '"}')
    with pytest.raises(error) as failed:
        whole_arguments(text)
    assert str(failed.value).startswith(message)


def test_no_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageError, match="--args -: there is no standard input"):
        whole_arguments("-")
