from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import GOOD_SERVER, Run

ESC = "\x1b"
TOOLS = {"tools": [{"name": "search", "inputSchema": {"type": "object"}}, {"name": "odd"}]}


def test_a_typed_server_is_started_and_shown(run: Run) -> None:
    done = run("inspect", "--", *GOOD_SERVER)
    assert (done.status, done.err) == (0, "")
    first = done.rows[0]
    assert first[:3] == ["server", "good_stdio", "good-stdio 1.0.0"]
    assert [row[1] for row in done.rows if row[0] == "tool"] == ["good_stdio"] * 3
    assert [row[2] for row in done.rows if row[0] == "tool"] == ["echo", "add", "fail"]
    assert [row[2] for row in done.rows if row[0] == "prompt"] == ["greet"]


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_the_era_can_be_chosen(run: Run, era: str) -> None:
    done = run("inspect", "--era", era, "--json", "--", *GOOD_SERVER)
    assert (done.status, done.json["servers"][0]["era"]) == (0, era)


def test_a_server_can_be_one_word(run: Run) -> None:
    done = run("inspect", f"stdio:{shlex.join(GOOD_SERVER)}", "demo:tickets", "--json")
    assert done.status == 0
    assert [one["server"] for one in done.json["servers"]] == ["good_stdio", "tickets"]


def test_a_configured_server_of_ones_own_is_started(
    run: Run, home: Path, configure: Callable[..., Path], good_server: dict[str, Any]
) -> None:
    configure(home / ".cursor" / "mcp.json", good=good_server)
    assert run("inspect", "good", "--json").json["servers"][0]["server"] == "good"
    assert run("inspect", "cursor/good").status == 0
    done = run("inspect", "goood")
    assert done.status == 2
    assert done.err == "error: no server is configured as 'goood'\nhint: did you mean good?\n"


def test_a_projects_server_is_refused_until_it_is_allowed(
    run: Run, project: Path, configure: Callable[..., Path], good_server: dict[str, Any]
) -> None:
    configure(project / ".mcp.json", good=good_server)
    done = run("inspect", "good")
    assert (done.status, done.out) == (4, "")
    assert "comes from a project's file and is not approved; not started" in done.err
    assert run("inspect", "good", "--trust-project").status == 0
    assert run("trust", "allow", "good", "--yes").status == 0
    assert run("inspect", "good").status == 0
    configure(project / ".mcp.json", good={**good_server, "env": {"LD_PRELOAD": "x"}})
    done = run("inspect", "good")
    assert done.status == 4
    assert "has changed since it was approved" in done.err
    assert run("trust", "deny", "good").status == 0
    done = run("inspect", "good", "--trust-project")
    assert done.status == 4
    assert "was denied" in done.err


def test_a_variable_may_trust_projects(
    run: Run,
    project: Path,
    configure: Callable[..., Path],
    good_server: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure(project / ".mcp.json", good=good_server)
    monkeypatch.setenv("MCPX_TRUST", "project")
    assert run("inspect", "good").status == 0


def test_a_catalogue_goes_to_a_file_and_comes_back(run: Run, project: Path) -> None:
    done = run("inspect", "-o", "good.json", "--", *GOOD_SERVER)
    assert (done.status, done.out, done.err) == (0, "", "wrote good.json\n")
    text = (project / "good.json").read_text()
    again = run("inspect", "good.json", "--json")
    assert again.status == 0
    assert again.out == text
    from_stdin = run("inspect", "-", "--json", stdin=text)
    assert from_stdin.out == text


def test_the_suffix_of_the_file_chooses_the_format(run: Run, project: Path) -> None:
    for suffix, start in (("md", "| SERVER |"), ("ndjson", '{"catalogue"'), ("txt", "server\t")):
        assert run("inspect", "-o", f"x.{suffix}", "-q", "--", *GOOD_SERVER).status == 0
        assert (project / f"x.{suffix}").read_text().startswith(start), suffix


def test_a_bare_list_of_tools_is_enough(run: Run) -> None:
    done = run("inspect", "-", stdin=json.dumps(TOOLS))
    assert done.status == 0
    assert done.rows[0][:2] == ["server", "stdin"]
    assert [row[2] for row in done.rows if row[0] == "tool"] == ["search", "odd"] or [
        row[1] for row in done.rows if row[0] == "tool"
    ] == ["search", "odd"]
    assert any(row[0] == "problem" for row in done.rows)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param("{", "stdin: not JSON", id="not-json"),
        pytest.param("", "stdin: not JSON", id="nothing"),
        pytest.param("3", "no catalogue, and no list", id="no-catalogue"),
        pytest.param(b"\xff", "not UTF-8 text (byte 0)", id="not-text"),
        pytest.param('{"format": "mcpx.catalogue", "version": 9}', "newer", id="newer"),
    ],
)
def test_a_bad_catalogue_is_named(run: Run, data: str | bytes, message: str) -> None:
    done = run("inspect", "-", stdin=data)
    assert (done.status, done.out) == (2, "")
    assert message in done.err


def test_one_tool_is_shown_in_full(run: Run) -> None:
    done = run("inspect", "--tool", "add", "--json", "--", *GOOD_SERVER)
    assert done.status == 0
    (tool,) = done.json["tools"]
    assert tool["server"] == "good_stdio"
    assert [one["name"] for one in tool["parameters"]] == ["a", "b"]
    assert tool["definition"]["outputSchema"]["required"] == ["sum"]
    names = [row[0] for row in run("inspect", "--tool", "add", "--", *GOOD_SERVER).rows]
    assert names[:3] == ["description", "parameter", "parameter"]
    assert names[3:] == ["input schema", "output schema", "annotations"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("ad", "did you mean add?"), ("zzzzz", "mcpx inspect lists the tools")],
)
def test_an_unknown_tool_comes_with_what_there_is(run: Run, name: str, hint: str) -> None:
    done = run("inspect", "--tool", name, "--", *GOOD_SERVER)
    assert done.status == 2
    assert done.err == f"error: there is no tool '{name}'\nhint: {hint}\n"


def test_a_tool_of_several_servers_is_shown_for_each(
    run: Run, catalogue_file: Callable[..., Path]
) -> None:
    catalogue_file("one", **TOOLS)
    catalogue_file("two", **TOOLS)
    done = run("inspect", "one.json", "two.json", "--tool", "search", "--json")
    assert [one["server"] for one in done.json["tools"]] == ["one", "two"]


def test_one_bad_server_does_not_cost_the_good_one(run: Run) -> None:
    words = ["stdio:no-such-program-x", f"stdio:{shlex.join(GOOD_SERVER)}"]
    done = run("inspect", *words)
    assert done.status == 3
    assert done.rows[0][1] == "good_stdio"
    assert "no-such-program-x" in done.err
    done = run("inspect", *words, "--json")
    assert done.status == 3
    assert [one["server"] for one in done.json["servers"]] == ["good_stdio"]
    assert [one["server"] for one in done.json["failures"]] == ["no-such-program-x"]
    assert json.loads(done.err)["error"]["class"] == "spawn"
    assert json.loads(done.err)["error"]["server"] == "no-such-program-x"


def test_lines_come_for_good_and_bad_servers(run: Run) -> None:
    words = ["stdio:no-such-program-x", f"stdio:{shlex.join(GOOD_SERVER)}"]
    done = run("inspect", *words, "-f", "ndjson")
    assert done.status == 3
    by_status = {one["status"]: one for one in done.lines}
    assert by_status["ok"]["server"] == "good_stdio"
    assert by_status["error"]["error"]["class"] == "spawn"


def test_a_missing_tool_is_not_blamed_on_a_server_that_failed(run: Run) -> None:
    done = run("inspect", "--tool", "add", "--", "no-such-program-x")
    assert (done.status, done.out) == (3, "")
    assert "there is no tool" not in done.err


def test_an_incomplete_catalogue_is_said(run: Run, catalogue_file: Callable[..., Path]) -> None:
    problem = {"rule": "list-failed", "message": "it would not", "kind": "tool"}
    catalogue_file("half", problems=[problem], prompts=[{"name": "p"}])
    done = run("inspect", "half.json")
    assert done.status == 3
    assert any(row[0] == "problem" and "list-failed" in row for row in done.rows)


@pytest.mark.parametrize(
    ("text", "offered"),
    [("roots,sampling", ["roots", "sampling"]), ("all", ["roots", "sampling", "elicitation"])],
)
def test_what_was_offered_is_recorded(run: Run, text: str, offered: list[str]) -> None:
    done = run("inspect", "--capabilities", text, "--json", "--", *GOOD_SERVER)
    assert done.json["servers"][0]["offered"] == offered


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--capabilities", "magic"], "--capabilities: there is no 'magic'"),
        (["--era", "stone"], "--era: must be one of auto, legacy, modern, not 'stone'"),
        (["--timeout", "0"], "--timeout: must be more than 0"),
        (["--concurrency", "0"], "--concurrency: must be a number from 1 to 1000"),
        (["--limit", "line"], "--limit line: expected NAME=VALUE"),
        (["--env", "=x"], "--env …: expected NAME=VALUE"),
        (["--env", "NOT_SET_HERE"], "--env NOT_SET_HERE: expected NAME=VALUE"),
        (["--color", "mauve"], "--color: must be one of auto, always, never"),
    ],
)
def test_a_bad_option_is_wrong_use(run: Run, options: list[str], message: str) -> None:
    done = run("inspect", *options, "demo:tickets")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"error: {message}")


SAYS_ENVIRONMENT = """
import json, os, sys
for line in sys.stdin:
    message = json.loads(line)
    if message.get("method") == "initialize":
        result = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
                  "serverInfo": {"name": "says", "version": "1"},
                  "instructions": json.dumps([dict(os.environ), os.getcwd()])}
    elif message.get("method") == "tools/list":
        result = {"tools": []}
    elif "id" in message:
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"],
                          "error": {"code": -32601, "message": "no"}}), flush=True)
        continue
    else:
        continue
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
"""


def test_a_typed_server_gets_what_the_line_says(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS", "our-own")
    monkeypatch.setenv("UNRELATED", "private")
    command = ["--era", "legacy", "--json", "--", sys.executable, "-c", SAYS_ENVIRONMENT]
    options = ["--env", "GIVEN=1", "--env", "OURS", "--cwd", str(tmp_path)]

    def instructions(*more: str) -> Any:
        return json.loads(
            run("inspect", *options, *more, *command).json["servers"][0]["instructions"]
        )

    environment, folder = instructions()
    assert (environment["GIVEN"], environment["OURS"]) == ("1", "our-own")
    assert "UNRELATED" not in environment
    assert Path(folder) == tmp_path.resolve()
    environment, _ = instructions("--inherit-env")
    assert environment["UNRELATED"] == "private"


def test_a_secret_that_a_server_repeats_is_masked(run: Run) -> None:
    command = ["--era", "legacy", "--", sys.executable, "-c", SAYS_ENVIRONMENT]
    for form in ("table", "json", "ndjson", "markdown"):
        for tty in (True, False):
            done = run("inspect", "--env", "MY_TOKEN=c4nary_v-1", "-f", form, *command, tty=tty)
            assert done.status == 0
            assert "c4nary" not in done.out + done.err
            assert "MY_TOKEN" in done.out.replace("\\", "")


def test_messages_on_the_wire_can_be_seen(run: Run) -> None:
    done = run("inspect", "-vv", "--", *GOOD_SERVER)
    assert done.status == 0
    assert "good_stdio → " in done.err
    assert "good_stdio ← " in done.err
    assert '"tools/list"' in done.err
    assert "→" not in done.out


def test_quiet_leaves_the_result(run: Run) -> None:
    done = run("inspect", "-q", "-o", "x.json", "--", *GOOD_SERVER)
    assert (done.status, done.out, done.err) == (0, "", "")


def test_a_person_gets_tables(run: Run) -> None:
    done = run("inspect", "--color", "never", "--", *GOOD_SERVER, tty=True)
    assert done.status == 0
    assert "server" in done.out.splitlines()[0]
    assert "\t" not in done.out
    assert "tools" in done.out.splitlines()
    coloured = run("inspect", "--color", "always", "--", *GOOD_SERVER)
    assert ESC not in coloured.out  # a pipe gets no tables, so there is nothing to colour
    assert ESC in run("inspect", "--", *GOOD_SERVER, tty=True).out


def test_settings_choose_the_format(run: Run, project: Path) -> None:
    (project / "mcpx.toml").write_text('format = "json"\n')
    done = run("inspect", "--", *GOOD_SERVER)
    assert done.json["format"] == "mcpx.catalogue"
    assert run("inspect", "nobody").err.startswith('{"error"')
