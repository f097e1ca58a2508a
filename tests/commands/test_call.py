from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.client.sites import answers, responds, site
from tests.commands.wires import STDIO
from tests.conftest import Result, Run
from tests.schemas.here import check_here
from tests.servers.good_http import Served
from tests.shipped.test_json_schemas import check

Sent = Callable[[], list[str]]
LIST = "tools/list"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    check_here(monkeypatch)


def test_a_tool_is_called(run: Run, server: Served, sent: Sent) -> None:
    done = run("call", server.url, "add", "a=2", "b=3")
    assert done == Result(0, '5\n{\n  "sum": 5\n}\n', "")
    assert sent() == [LIST, "tools/call"]


def test_a_command_line_after_the_dashes(run: Run) -> None:
    done = run("call", "add", "a=2", "b=3", "--", *STDIO)
    assert done == Result(0, '5\n{\n  "sum": 5\n}\n', "")


def test_a_command_line_as_one_word(run: Run) -> None:
    done = run("call", f"stdio:{shlex.join(STDIO)}", "echo", "text=hi")
    assert done == Result(0, "hi\n", "")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("words", "stdin", "out"),
    [
        pytest.param(["text=hi"], None, "hi\n", id="word"),
        pytest.param(['text:="hi"'], None, "hi\n", id="JSON word"),
        pytest.param(["--args", '{"text": "hi"}'], None, "hi\n", id="--args"),
        pytest.param(["--args", "@a.json"], None, "from a file\n", id="file"),
        pytest.param(["--args", "-"], '{"text": "typed"}', "typed\n", id="standard input"),
        pytest.param(["--args", '{"text": "hi"}', "text=ho"], None, "ho\n", id="words win"),
        pytest.param(["text=a=b"], None, "a=b\n", id="equals sign"),
        pytest.param(["text="], None, "\n", id="empty"),
        pytest.param(["text=5"], None, "5\n", id="text that looks like a number"),
        pytest.param(["text=-x"], None, "-x\n", id="text that looks like an option"),
        pytest.param(["text=ä\n✓"], None, "ä\n✓\n", id="any character"),
    ],
)
def test_how_arguments_are_given(
    run: Run, server: Served, project: Path, words: list[str], stdin: str | None, out: str
) -> None:
    (project / "a.json").write_text('{"text": "from a file"}')
    assert run("call", server.url, "echo", *words, stdin=stdin) == Result(0, out, "")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        pytest.param([], "which tool of 127.0.0.1:", "mcpx inspect {} lists them", id="no tool"),
        pytest.param(["ehco", "text=x"], "there is no tool 'ehco'", "did you mean echo", id="typo"),
        pytest.param(
            ["echo"], "tool echo: parameter text is missing", "mcpx inspect {}", id="missing"
        ),
        pytest.param(["add", "a=x", "b=1"], 'parameter a is "x", not', "a:=JSON", id="wrong type"),
        pytest.param(
            ["add", "--args", '{"a": "x", "b": 1}'],
            'tool add: parameter a is "x", not an integer',
            "mcpx inspect {} --tool add",
            id="wrong type in --args",
        ),
        pytest.param(["add", "a=1", "b"], 'argument "b" is not KEY=VALUE', "--args", id="a word"),
        pytest.param(
            ["add", "--args", "{"], "--args: not JSON at line 1", "--args '", id="no JSON"
        ),
        pytest.param(["add", "--args", "[1]"], "--args: not a JSON object", "--args '", id="array"),
        pytest.param(["add", "--args", "@no.json"], "cannot read no.json: No such", "", id="file"),
        pytest.param(["add", "--args", "-"], "--args -: not JSON at line 1", "", id="no input"),
    ],
)
def test_wrong_use_calls_nothing(
    run: Run, server: Served, sent: Sent, words: list[str], message: str, hint: str
) -> None:
    done = run("call", server.url, *words)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error: {message}")
    assert hint.format(server.url) in done.err
    assert "tools/call" not in sent()


@pytest.mark.usefixtures("quick")
def test_several_wrong_arguments_are_told_together(run: Run, server: Served) -> None:
    done = run("call", server.url, "add", "--args", '{"a": "x"}')
    assert done.err.splitlines()[0] == "error: tool add: its arguments do not fit"
    assert "parameter a is" in done.err
    assert "parameter b is missing" in done.err


@pytest.mark.usefixtures("quick")
def test_a_projects_server_is_not_called_until_it_is_allowed(
    run: Run, project: Path, configure: Callable[..., Path], server: Served, sent: Sent
) -> None:
    configure(project / ".mcp.json", ours={"type": "http", "url": server.url})
    done = run("call", "ours", "echo", "text=hi")
    assert (done.status, done.out) == (4, "")
    assert sent() == []
    assert run("call", "ours", "echo", "text=hi", "--trust-project") == Result(0, "hi\n", "")


# What comes back.


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("words", "status", "members"),
    [
        (["add", "a=2", "b=3"], 0, {"is_error": False, "problems": []}),
        (["fail"], 1, {"is_error": True, "tool": "fail"}),
        (["blocks"], 0, {"is_error": False, "saved": []}),
        (["ask_person", "--elicit", "decline"], 0, {"attempts": 1}),
        (["slow"], 0, {"is_error": False}),
    ],
    ids=lambda one: one[0] if isinstance(one, list) else "",
)
@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_what_programs_get(
    run: Run, server: Served, words: list[str], status: int, members: dict[str, Any], era: str
) -> None:
    done = run("call", "--json", "--era", era, server.url, *words)
    assert done.status == status
    assert check(done.json) == "call"
    assert done.json["server"] == server.url.split("/")[2]
    assert done.json["era"] == era
    assert done.json["revision"] == {"legacy": "2025-11-25", "modern": "2026-07-28"}[era]
    assert {key: done.json[key] for key in members} == members


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("tool", "rules"),
    [
        ("liar", ["output-invalid"]),
        ("mute", ["output-missing"]),
        ("sorry", []),
        ("blocks", ["block-unknown"]),
    ],
)
def test_what_is_wrong_with_a_result(run: Run, server: Served, tool: str, rules: list[str]) -> None:
    done = run("call", "--json", server.url, tool)
    check(done.json)
    assert [one["rule"] for one in done.json["problems"]] == rules
    assert done.status == int(tool != "blocks")


def test_the_output_is_checked_by_the_worker(run: Run, server: Served) -> None:
    done = run("call", server.url, "liar")
    assert done.status == 1
    assert done.out == 'seven\n{\n  "n": "seven"\n}\n'
    assert done.err.startswith("the output does not fit its schema: n is ")


@pytest.mark.usefixtures("quick")
def test_the_result_is_that_of_the_server(run: Run) -> None:
    raw = {
        "resultType": "complete",
        "content": [{"type": "text", "text": "ä", "annotations": {"priority": 1.0}, "x": 1}],
        "vendor": {"deep": [None, True]},
        "_meta": {"a/b": 1},
    }
    plays = {"tools/call": answers(raw)}
    with site(plays) as served:
        done = run("call", "--json", served.url, "fail")
    assert (done.status, done.json["result"]) == (0, raw)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param({}, id="empty"),
        pytest.param({"content": None}, id="null"),
        pytest.param({"content": "text"}, id="text for blocks"),
        pytest.param({"content": [None, 7, "x", [], {}]}, id="no blocks"),
        pytest.param({"content": [{"type": "image", "data": 7}]}, id="image of no shape"),
        pytest.param({"content": [{"type": "image", "data": "!!"}]}, id="no base64"),
        pytest.param({"content": [{"type": "resource"}]}, id="no resource"),
        pytest.param({"isError": "yes", "content": []}, id="an odd flag"),
    ],
)
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_whatever_comes_back_is_shown(run: Run, raw: dict[str, Any], form: str) -> None:
    with site({"tools/call": answers({"resultType": "complete", **raw})}) as served:
        done = run("call", served.url, "fail", "-f", form, "--save", "here")
    assert done.status == (0 if isinstance(raw.get("content", []), list) else 3)
    assert done.out
    if form == "json":
        check(done.json)


@pytest.mark.usefixtures("quick")
def test_binary_blocks_are_saved(run: Run, server: Served, project: Path) -> None:
    done = run("call", server.url, "blocks", "--save", "pictures", "--json")
    assert done.status == 0
    (saved,) = done.json["saved"]
    assert saved["path"] == "/content/1"
    assert (project / saved["file"]).read_bytes() == b"\x89PNG\r\n\x1a\n"
    assert Path(saved["file"]).parent == Path("pictures")
    done = run("call", server.url, "blocks", "--save", "pictures")
    assert "[image image/png 8 B, saved as pictures/blocks-1-2.png]" in done.out
    assert len(list((project / "pictures").iterdir())) == 2


@pytest.mark.usefixtures("quick")
def test_a_result_that_cannot_be_saved_is_shown_first(
    run: Run, server: Served, project: Path
) -> None:
    (project / "file").write_text("")
    done = run("call", server.url, "blocks", "--save", "file/inside")
    assert done.status == 2
    assert done.out.startswith("a picture:\n")
    assert "error: cannot save file/inside" in done.err


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("words", "start"),
    [
        (["-f", "markdown"], "a picture:"),
        (["-o", "out.md"], "a picture:"),
        (["-o", "out.json"], "{\n"),
        (["-o", "out.txt"], "a picture:"),
    ],
    ids=" ".join,
)
def test_other_forms(run: Run, server: Served, project: Path, words: list[str], start: str) -> None:
    done = run("call", server.url, "blocks", *words)
    text = (project / words[1]).read_text() if words[0] == "-o" else done.out
    assert done.status == 0
    assert start in text
    assert "\x1b" not in text


# Time, and what fails.


@pytest.mark.usefixtures("quick")
def test_an_answer_that_does_not_come(run: Run) -> None:
    plays = {"tools/call": lambda _site, exchange: exchange.rest(5)}
    with site(plays) as served:
        done = run("call", "--timeout", "0.3", served.url, "fail")
    assert (done.status, done.out) == (3, "")
    assert re.match(r"error: 127\.0\.0\.1:\d+: no answer to tools/call within 0.3 s\n", done.err)


@pytest.mark.usefixtures("quick")
def test_what_is_tried_again_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcpx.retry.BASE", 0.0)
    plays = {"tools/list": responds(503)}
    with site(plays) as served:
        done = run("call", served.url, "fail")
        assert served.count("POST", "tools/list") == 3
        assert served.count("POST", "tools/call") == 0
    first, second, last, *_ = done.err.splitlines()
    assert first.endswith("HTTP 503 Service Unavailable; attempt 2 in 0.0 s")
    assert second.endswith("HTTP 503 Service Unavailable; attempt 3 in 0.0 s")
    assert re.match(r"error: 127\.0\.0\.1:\d+: answered tools/list with HTTP 503", last)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("hints", "origin", "calls"),
    [
        pytest.param({"readOnlyHint": True}, "user", 3, id="a hint"),
        pytest.param({}, "user", 1, id="no hint"),
        pytest.param({"readOnlyHint": True}, "project", 1, id="the hint of a project's server"),
    ],
)
def test_a_lost_call(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    home: Path,
    project: Path,
    configure: Callable[..., Path],
    hints: dict[str, Any],
    origin: str,
    calls: int,
) -> None:
    monkeypatch.setattr("mcpx.retry.BASE", 0.0)
    listed = {"name": "do", "inputSchema": {"type": "object"}, "annotations": hints}
    plays = {
        "tools/list": answers({"tools": [listed], "resultType": "complete"}),
        "tools/call": lambda _site, exchange: exchange.cut(reset=True),
    }
    with site(plays) as served:
        file = home / ".cursor" / "mcp.json" if origin == "user" else project / ".mcp.json"
        configure(file, one={"type": "http", "url": served.url})
        done = run("call", "one", "do", "--trust-project", "--json")
        assert served.count("POST", "tools/call") == calls
    assert done.status == 3
    assert json.loads(done.err.splitlines()[-1])["error"]["class"] == "lost"


@pytest.mark.usefixtures("quick")
def test_a_tool_that_must_not_be_called_over_http(run: Run) -> None:
    wrong = {"properties": {"a": {"type": "number", "x-mcp-header": "A"}}}
    listed = {"tools": [{"name": "do", "inputSchema": wrong}], "resultType": "complete"}
    with site({"tools/list": answers(listed)}) as served:
        done = run("call", served.url, "do")
        assert served.count("POST", "tools/call") == 0
    assert done.status == 3
    assert "error: tool do must not be called over HTTP: x-mcp-header of a" in done.err


@pytest.mark.usefixtures("quick")
def test_names_of_a_server_cannot_fool_a_terminal(run: Run) -> None:
    listed = {"tools": [{"name": "do\x1b[2J\n::error::x"}], "resultType": "complete"}
    with site({"tools/list": answers(listed)}) as served:
        done = run("call", served.url, "do")
    assert done.status == 2
    assert "\x1b" not in done.err
    assert "\n::error" not in done.err
    assert "did you mean do\\x1b[2J" in done.err


# A person at the terminal.


@pytest.mark.usefixtures("quick")
def test_a_person_is_asked_at_the_terminal(run: Run, server: Served) -> None:
    for era in ("legacy", "modern"):
        done = run(
            "call", server.url, "ask_person", "--era", era, stdin="Eve\n7\ny\ny\ny\n", tty=True
        )
        assert done.status == 0
        assert "What is your name?" in done.err
        assert "Eve" in done.out


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_a_task_that_asks(run: Run, server: Served, era: str, sent: Sent) -> None:
    done = run("call", "--era", era, server.url, "slow_asking", "--elicit", "defaults", "--json")
    assert done.status == 0
    assert "Ada" in done.json["result"]["content"][0]["text"]
    assert done.json["asked"] == [{"method": "elicitation/create", "answer": "accept"}]
    assert ("tasks/update" in sent()) is (era == "modern")


@pytest.mark.usefixtures("quick")
def test_a_session_that_is_lost_with_the_call_is_told(run: Run) -> None:
    with site({"tools/call": responds(404)}) as forgetful:
        done = run("call", "--era", "legacy", forgetful.url, "echo", "text=hi")
        assert forgetful.count("POST", "tools/call") == 1
        assert forgetful.count("POST", "initialize") == 2
    assert done.status == 3
    assert re.match(r"error: 127\.0\.0\.1:\d+: has lost the session \(tools/call was", done.err)
