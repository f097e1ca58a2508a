from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mcpx.operations import comparing
from mcpx.schemas import workers
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.writing import write_session
from tests.client.sites import Site, answers, in_turn, site
from tests.conftest import GOOD_SERVER, Run
from tests.schemas.here import check_here
from tests.servers.good_http import Served
from tests.servers.http_wire import Exchange
from tests.sessions.tapes import HEADER, call, tape

Write = Callable[..., Path]
_WHO = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


ASK = workers.Worker.ask


@pytest.fixture(autouse=True)
def _no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    check_here(monkeypatch)


def tool(name: str = "find", **members: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": members.pop("takes", {})}
    if needed := members.pop("needs", []):
        schema["required"] = needed
    return {"name": name, "inputSchema": schema, **members}


OLD = tool(takes={"limit": {"type": "integer", "maximum": 100}})
NEW = tool(takes={"limit": {"type": "integer", "maximum": 10}})
TOLD = tool(takes={"limit": {"type": "integer", "maximum": 100}}, description="Find it.")
COMMAND = f"stdio:{shlex.join(GOOD_SERVER)}"
DEMOS = ("demo:weather-1", "demo:weather-2")


@pytest.fixture
def files(catalogue_file: Write) -> Callable[..., tuple[str, str]]:
    """Writes an old and a new catalogue of the tools given, and names them."""

    def write(old: Any, new: Any, **members: Any) -> tuple[str, str]:
        for name, tools in (("old", old), ("new", new)):
            listed = tools if isinstance(tools, list) else [tools]
            path = catalogue_file(name, tools=listed, **members)
            path.write_text(path.read_text().replace(f'"server": "{name}"', '"server": "notes"'))
        return "old.json", "new.json"

    return write


def test_two_live_servers(run: Run) -> None:
    done = run("diff", *DEMOS)
    assert done.status == 1
    rules = {(row[0], row[1], row[3]) for row in done.rows}
    assert rules >= {
        ("breaking", "tool-removed", "convert_temperature"),
        ("breaking", "input-enum-value-removed", "get_forecast"),
        ("warning", "tool-description-changed", "get_current"),
        ("info", "tool-added", "get_air_quality"),
    }
    assert done.err.endswith("; asks for a major version: 1.0.0 -> 2.0.0\n")
    assert " breaking, " in done.err


@pytest.fixture
def wider(run: Run) -> str:
    """A catalogue of the good server whose tool ``echo`` took numbers, too."""
    assert run("inspect", COMMAND, "-o", "good.json").status == 0
    found = json.loads(Path("good.json").read_text())
    (echo,) = [one for one in found["servers"][0]["tools"] if one["name"] == "echo"]
    echo["inputSchema"]["properties"]["text"]["type"] = ["string", "integer"]
    Path("wider.json").write_text(json.dumps(found))
    return "wider.json"


def test_a_line_to_try_is_refused_by_the_new_server(run: Run, wider: str) -> None:
    found = run("diff", wider, COMMAND, "-f", "ndjson").lines
    (shown,) = [one["shown_by"] for one in found if one["witness"]]
    done = run(*shlex.split(shown.removeprefix("worked before: mcpx ")))
    assert done.status == 2
    assert "parameter text is " in done.err


def test_a_line_to_copy_is_not_broken(run: Run, wider: str) -> None:
    done = run("diff", wider, COMMAND, tty=True)
    (line,) = [line for line in done.out.splitlines() if "worked before" in line]
    assert len(line) > 100
    words = shlex.split(line.strip().removeprefix("worked before: "))
    assert words[:3] == ["mcpx", "call", COMMAND]
    assert isinstance(json.loads(words[-1])["text"], int)


def test_a_file_and_a_server_compare_like_two_files(run: Run, wider: str) -> None:
    files = run("diff", wider, "good.json", "--json").json
    live = run("diff", wider, "--json", "--", *GOOD_SERVER).json
    back = run("diff", COMMAND, wider, "--json").json
    assert files["summary"] == live["summary"]
    assert _told(files) == _told(live) != []
    assert back["summary"]["breaking"] == 0
    for found, shown in ((files, "worked before: {"), (live, "worked before: mcpx call ")):
        lines = [one["shown_by"] for one in found["servers"][0]["changes"] if one["witness"]]
        assert lines
        assert [one for one in lines if not one.startswith(shown)] == []


def _told(found: Any) -> list[tuple[str, str, str]]:
    (server,) = found["servers"]
    return [(one["rule"], one["key"], one["message"]) for one in server["changes"]]


def test_a_server_taken_in_the_other_era_is_the_same(run: Run) -> None:
    assert run("inspect", COMMAND, "--era", "legacy", "-o", "old.json").status == 0
    done = run("diff", "old.json", COMMAND, "--era", "modern", "--json")
    (server,) = done.json["servers"]
    assert (server["old"]["era"], server["new"]["era"]) == ("legacy", "modern")
    assert {one["kind"] for one in server["changes"]} <= {"server"}
    assert done.json["summary"]["breaking"] == 0


def test_the_same_file_twice_and_no_changes(run: Run, files: Any) -> None:
    old, _ = files(OLD, NEW)
    for form, out in (("table", ""), ("ndjson", "")):
        done = run("diff", old, old, "-f", form)
        assert (done.status, done.out, done.err) == (0, out, "no changes\n")
    found = run("diff", old, old, "--json").json
    assert (found["bump"], found["servers"][0]["changes"]) == ("none", [])


def test_standard_input_is_one_side_or_both(run: Run, files: Any) -> None:
    old, new = files(OLD, NEW)
    text = Path(old).read_text()
    assert run("diff", "-", new, stdin=text).status == 1
    assert run("diff", new, "-", stdin=text).status == 0
    assert run("diff", "-", "-", stdin=text).err == "no changes\n"


def test_a_file_as_a_revision_had_it(run: Run, files: Any, project: Path) -> None:
    old, new = files(OLD, NEW)
    for words in (("init", "-q"), ("add", old), ("commit", "-q", "-m", "one")):
        subprocess.run(["git", *_WHO, *words], check=True, capture_output=True)
    Path(old).write_text(Path(new).read_text())
    done = run("diff", f"git:HEAD:{old}", old, "-f", "github")
    assert done.status == 1
    assert done.out.startswith(f"::error file={old},title=")
    assert run("diff", f"git:HEAD:{old}", f"git:HEAD:{old}").status == 0
    # What only a repository holds is not a place in the checkout; the other file is.
    back = run("diff", new, f"git:HEAD:{old}", "-f", "github")
    assert back.out.startswith(f"::notice file={new},title=")


def test_folders_are_compared_server_by_server(run: Run, project: Path) -> None:
    def write(folder: str, **servers: Any) -> None:
        Path(folder).mkdir()
        for name, tools in servers.items():
            entry = {"server": name, "tools": tools}
            document = {"format": "mcpx.catalogue", "version": 1, "servers": [entry]}
            Path(folder, f"{name}.json").write_text(json.dumps(document))

    write("before", a=[OLD], b=[OLD], c=[OLD])
    write("after", b=[NEW], c=[OLD], d=[OLD])
    done = run("diff", "before/", "after/")
    assert done.status == 1
    assert [(row[1], row[5]) for row in done.rows] == [
        ("server-removed", "a"),
        ("input-maximum-decreased", "b"),
        ("server-added", "d"),
    ]
    assert done.err.splitlines()[2] == "c: no changes"
    # One against several is compared with its like, and the others are left alone.
    assert [row[5] for row in run("diff", "before/", "after/b.json").rows] == ["b"]
    missing = run("diff", "before/", "after/d.json")
    assert missing.status == 2
    assert missing.err.startswith("error: d: there is no server of this name on the other side\n")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        pytest.param([], "needs two targets, the old one and the new one, not none", id="none"),
        pytest.param(["old.json"], "not 1", id="one"),
        pytest.param(["old.json", "new.json", "old.json"], "not 3", id="three"),
        pytest.param(["old.json", "new.json", "--", "x"], "not 3", id="and-a-command"),
        pytest.param(["old.json", "gone.json"], "gone.json", id="no-such-file"),
        pytest.param(["git:HEAD", "new.json"], "is not git:REV:PATH", id="half-a-revision"),
        pytest.param(
            ["old.json", "new.json", "--fail-on", "error"],
            "--fail-on: must be breaking, unknown, warning, info, never, not 'error'",
            id="level",
        ),
    ],
)
def test_wrong_use(run: Run, files: Any, argv: list[str], said: str) -> None:
    files(OLD, NEW)
    done = run("diff", *argv)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert said in done.err.splitlines()[0]


@pytest.mark.parametrize(
    ("new", "options", "status"),
    [
        pytest.param(NEW, [], 1, id="breaking"),
        pytest.param(NEW, ["--exit-zero"], 0, id="exit-zero"),
        pytest.param(NEW, ["--fail-on", "never"], 0, id="never"),
        pytest.param(TOLD, [], 0, id="text"),
        pytest.param(TOLD, ["--fail-on", "unknown"], 0, id="text-is-not-unknown"),
        pytest.param(TOLD, ["--fail-on", "warning"], 1, id="warning"),
        pytest.param(TOLD, ["--fail-on-text"], 1, id="fail-on-text"),
        pytest.param(TOLD, ["--fail-on-text", "--fail-on", "never"], 1, id="text-alone"),
        pytest.param(TOLD, ["--fail-on-text", "--exit-zero"], 0, id="text-exit-zero"),
        pytest.param(NEW, ["--fail-on-text", "--fail-on", "never"], 0, id="no-text"),
        pytest.param([OLD, tool("more")], [], 0, id="addition"),
        pytest.param([OLD, tool("more")], ["--fail-on", "info"], 1, id="info"),
        pytest.param(OLD, ["--fail-on", "info"], 0, id="nothing"),
    ],
)
def test_what_fails(run: Run, files: Any, new: Any, options: list[str], status: int) -> None:
    assert run("diff", *files(OLD, new), *options).status == status


def test_what_could_not_be_found_out_fails_when_asked_for(run: Run, files: Any) -> None:
    takes = {"text": {"type": "string", "pattern": "^(?=a)[a-z]+$"}}
    new = {"text": {"type": "string", "pattern": "^(?=a)[a-z]+(?!b)$"}}
    words = files(tool(takes=takes), tool(takes=new))
    (change,) = run("diff", *words, "--json").json["servers"][0]["changes"]
    assert (change["severity"], change["basis"]) == ("warning", "unknown")
    assert change["reason"]
    assert run("diff", *words).status == 0
    assert run("diff", *words, "--fail-on", "unknown").status == 1


def test_strict_callers_send_what_was_not_declared(run: Run, files: Any) -> None:
    closed = tool()
    closed["inputSchema"]["additionalProperties"] = False
    words = files(tool(), closed)
    assert run("diff", *words).status == 0
    assert run("diff", *words, "--strict").status == 1


def test_severities_and_ignores_count(run: Run, files: Any, project: Path) -> None:
    words = files([OLD, tool("gone")], NEW)
    found = run("diff", *words, "--json").json["servers"][0]["changes"]
    by_rule = {one["rule"]: one["fingerprint"] for one in found}
    assert set(by_rule) == {"input-maximum-decreased", "tool-removed"}
    (project / "mcpx.toml").write_text(
        '[severities]\ninput-maximum-decreased = "info"\n'
        f'[[ignore]]\nfingerprint = "{by_rule["tool-removed"]}"\n'
    )
    done = run("diff", *words)
    assert done.status == 0
    assert [row[:2] for row in done.rows] == [["info", "input-maximum-decreased"]]
    assert done.err == "1 info; asks for a patch version\n1 ignored\n"
    (project / "mcpx.toml").write_text('[severities]\ntool-removed = "off"\n')
    assert run("diff", *words, "--json").json["ignored"] == 1
    (project / "mcpx.toml").write_text('[severities]\ntool-removd = "off"\n')
    assert "did you mean 'tool-removed'?" in run("diff", *words).err


TARGET = {"transport": "http", "url": "https://a.example/mcp"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param({"offered": ["roots"]}, {}, "client capabilities: roots and none", id="less"),
        pytest.param(
            {},
            {"headers": ["Authorization", "X"]},
            "authorization: none and authorization",
            id="in",
        ),
        pytest.param({"headers": ["X"]}, {"headers": ["Y"]}, "", id="other-headers"),
        pytest.param({"headers": 7}, {"headers": {"Cookie": 1}}, "", id="no-headers"),
        pytest.param({"target": {}}, {"offered": ["roots"]}, "", id="not-known"),
    ],
)
def test_what_was_taken_in_another_way_is_not_compared(
    run: Run, catalogue_file: Write, before: Any, after: Any, said: str
) -> None:
    for name, given in (("old", before), ("new", after)):
        target = given.get("target", {**TARGET, "headers": given.get("headers", [])})
        catalogue_file(name, tools=[OLD], target=target, offered=given.get("offered", []))
    done = run("diff", "old.json", "new.json")
    assert done.status == (2 if said else 0)
    assert said in done.err
    if said:
        assert "--any-context" in done.err
        assert run("diff", "old.json", "new.json", "--any-context").status == 0


@pytest.fixture
def restless() -> Iterator[Served]:
    """A server that tells the time in a description, and otherwise the same each time."""
    times = [
        {"tools": [tool("now", description=f"It is 12:0{minute}."), OLD], "resultType": "complete"}
        for minute in range(3)
    ]
    with site({"tools/list": in_turn(*map(answers, times))}) as served:
        yield served


def test_what_changes_by_itself_is_called_unstable(run: Run, restless: Served, files: Any) -> None:
    old, _ = files([tool("now", description="It is 9:00."), NEW], NEW)
    done = run("diff", old, restless.url, "--any-context")
    assert ["warning", "catalogue-unstable"] in [row[:2] for row in done.rows]
    (row,) = [row for row in done.rows if row[1] == "catalogue-unstable"]
    assert row[6] == "'now' (description) differs from one listing to the next"
    about = {row[3] for row in done.rows if row[2] == "tool"}
    assert about == {"find"}


def refuses(_site: Site, exchange: Exchange) -> None:
    error = {"code": -32603, "message": "not today"}
    exchange.answer({"jsonrpc": "2.0", "id": exchange.request.message["id"], "error": error})


def test_a_list_that_cannot_be_had_is_not_taken_for_empty(run: Run, files: Any) -> None:
    old, _ = files(OLD, NEW)
    with site({"tools/list": refuses}) as served:
        done = run("diff", old, served.url, "--json")
    assert done.status == 3
    assert "tool-removed" not in done.out
    problem = {"rule": "list-failed", "message": "tools/list was answered with error -1: \x1b[2J"}
    whole = json.loads(Path(old).read_text())
    whole["servers"][0] |= {"tools": [], "problems": [{**problem, "kind": "tool"}]}
    Path("cut.json").write_text(json.dumps(whole))
    done = run("diff", old, "cut.json")
    assert (done.status, done.out) == (3, "")
    assert done.err.startswith("error: notes: cannot be compared, a list is missing: tools/list")
    assert "\x1b" not in done.err
    found = run("diff", old, "cut.json", "--json").json
    assert [one["server"] for one in found["not_examined"]] == ["notes"]
    assert found["servers"] == []


def test_a_server_that_fails_is_status_3_and_nothing_is_compared(run: Run, files: Any) -> None:
    old, _ = files(OLD, NEW)
    for words in ((old, "stdio:no-such-program-x"), ("stdio:no-such-program-x", old)):
        done = run("diff", *words)
        assert (done.status, done.out) == (3, "")
        assert "no-such-program-x" in done.err


def test_a_projects_server_needs_consent(
    run: Run, files: Any, project: Path, configure: Write, good_server: dict[str, Any]
) -> None:
    old, _ = files(OLD, NEW)
    configure(project / ".mcp.json", theirs=good_server)
    done = run("diff", old, "theirs")
    assert (done.status, done.out) == (4, "")
    assert "mcpx trust allow" in done.err
    assert run("diff", old, "theirs", "--trust-project", "--exit-zero").status == 0


def test_a_dry_run_starts_nothing(run: Run, files: Any) -> None:
    old, _ = files(OLD, NEW)
    done = run("diff", old, "stdio:no-such-program-x", "--dry-run", "--json")
    assert (done.status, done.json["format"]) == (0, "mcpx.plan")


def test_a_configured_server_against_a_file_of_many(
    run: Run, home: Path, configure: Write, good_server: dict[str, Any]
) -> None:
    configure(home / ".cursor" / "mcp.json", mine=good_server, other=good_server)
    assert run("inspect", "mine", "other", "-o", "both.json").status == 0
    done = run("diff", "both.json", "mine", "--json")
    assert (done.status, [one["server"] for one in done.json["servers"]]) == (0, ["mine"])
    named = run("diff", "both.json", "cursor/other", "--json")
    assert (named.status, named.json["summary"]["breaking"]) == (0, 0)


def test_no_value_of_the_environment_is_shown(run: Run, files: Any, good_server: Any) -> None:
    secret = "c4nary-value-of-a-token"
    words = files(
        tool(takes={"key": {"type": "string", "enum": [secret, "other"]}}),
        tool(takes={"key": {"type": "string", "enum": ["other"]}}),
    )
    command = f"stdio:{shlex.join([good_server['command'], *good_server['args']])}"
    for form in ("table", "json", "markdown", "sarif", "junit", "github"):
        done = run("diff", words[0], command, "--env", f"API_TOKEN={secret}", "-f", form)
        assert done.status in (0, 1)
        assert secret not in done.out + done.err


HUGE = "x" * 200_000


@pytest.mark.parametrize("tty", [True, False])
def test_what_is_huge_does_not_flood(run: Run, files: Any, tty: bool) -> None:
    takes = {"a": {"const": HUGE}, "b": {"type": "string"}}
    old = tool(description=HUGE, takes=takes, annotations={"title": HUGE})
    new = tool(description=HUGE[1:] + "y", takes={"a": {"const": 1}, "b": {}}, title=HUGE)
    words = files([old, tool(HUGE)], new)
    done = run("diff", *words, tty=tty)
    assert done.status == 1
    # In a pipe a name is whole, for it may be what is looked for.
    assert len(done.out) < (20_000 if tty else 220_000)
    whole = run("diff", *words, "--json").json["servers"][0]["changes"]
    assert HUGE in {one.get("before") for one in whole if one["rule"] == "tool-description-changed"}


@pytest.mark.parametrize("form", ["table", "json", "ndjson", "markdown", "sarif", "junit"])
def test_what_is_nested_deeply_is_told(run: Run, files: Any, form: str) -> None:
    words = files(
        tool(takes={"a": {"default": 1}}),
        [tool(takes={"a": {"default": "DEEP"}}), tool("more", _meta={"a/b": "DEEP"})],
    )
    deep = "[" * 2_900 + "]" * 2_900
    Path(words[1]).write_text(Path(words[1]).read_text().replace('"DEEP"', deep))
    done = run("diff", *words, "-f", form)
    assert done.status == 1
    assert "tool-input-schema-became-invalid" in done.out


def test_an_interruption_leaves_no_worker(
    run: Run, files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = workers.Worker._start

    def noted(worker: workers.Worker) -> subprocess.Popen[bytes]:
        started.append(start(worker))
        return started[-1]

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    words = files(OLD, NEW)
    with monkeypatch.context() as patched:
        patched.setattr(workers.Worker, "ask", ASK)
        patched.setattr(workers.Worker, "_start", noted)
        patched.setattr(comparing, "without_unstable", interrupted)
        assert run("diff", *words).status == 130
    assert [one.poll() is not None for one in started] == [True]


def test_nothing_on_both_sides(run: Run, project: Path) -> None:
    (project / "none.json").write_text('{"format": "mcpx.catalogue", "version": 1, "servers": []}')
    done = run("diff", "none.json", "none.json")
    assert (done.status, done.out, done.err) == (0, "", "neither side has a server\n")
    (row,) = run("diff", "none.json", COMMAND).rows
    assert row[:2] == ["info", "server-added"]


def test_only_calls_that_were_made_are_judged(
    run: Run, files: Callable[..., tuple[str, str]], tmp_path: Path
) -> None:
    def recorded(name: str, **arguments: Any) -> str:
        path = tmp_path / f"{name}-{arguments.get('limit')}.jsonl"
        called = call(1, name, arguments)
        write_session(path, HEADER, tape(called, called), Redaction.of({}, None))
        return str(path)

    old, new = files([OLD, tool("gone")], [NEW])
    result = run("diff", old, new, "--calls", recorded("find", limit=5))
    assert (result.status, result.out) == (0, "")
    assert result.err == "no changes\njudged 2 recorded calls (1 without repeats)\n"
    result = run("diff", old, new, "--calls", recorded("find", limit=50), "--json")
    (change,) = json.loads(result.out)["servers"][0]["changes"]
    assert (result.status, change["rule"]) == (1, "call-refused")
    assert change["witness"]["value"] == {"limit": 50}
    assert run("diff", old, new, "--calls", recorded("gone")).status == 1
    result = run("diff", old, new, "--calls", recorded("elsewhere"))
    assert result.status == 2
    assert "none of the 1 recorded call is of what the old side offers" in result.err
    assert run("diff", old, new, "--calls", "missing.jsonl").status == 2
