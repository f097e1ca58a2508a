from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcpx.operations.clashes import NOT_APPROVED
from tests.conftest import GOOD_SERVER, Run

SEARCH = {"name": "search", "inputSchema": {"type": "object"}}
OTHER = {"name": "Search", "inputSchema": {"type": "object"}}


@pytest.fixture
def clashing(catalogue_file: Callable[..., Path]) -> list[str]:
    """Two files with the same tool: an error."""
    return [catalogue_file(name, tools=[SEARCH]).name for name in ("one", "two")]


@pytest.fixture
def alike(catalogue_file: Callable[..., Path]) -> list[str]:
    """Two files with a tool of nearly the same name: a warning."""
    return [
        catalogue_file("first", tools=[SEARCH]).name,
        catalogue_file("second", tools=[OTHER]).name,
    ]


def test_a_clash_is_a_finding(run: Run, clashing: list[str]) -> None:
    done = run("conflicts", *clashing)
    assert done.status == 1
    assert [row[:4] for row in done.rows] == [["error", "name-clash", "search", "one,two"]]
    assert done.err == "1 conflict; 2 catalogues looked at\n"


def test_no_clash_is_said_on_stderr_only(run: Run, clashing: list[str]) -> None:
    done = run("conflicts", clashing[0])
    assert (done.status, done.out) == (0, "")
    assert done.err.startswith("no conflicts; 1 catalogue looked at")


@pytest.mark.parametrize(
    ("options", "of_errors", "of_warnings"),
    [
        pytest.param([], 1, 0, id="default"),
        pytest.param(["--fail-on", "error"], 1, 0, id="error"),
        pytest.param(["--fail-on", "warning"], 1, 1, id="warning"),
        pytest.param(["--fail-on", "info"], 1, 1, id="info"),
        pytest.param(["--fail-on", "never"], 0, 0, id="never"),
        pytest.param(["--exit-zero"], 0, 0, id="exit-zero"),
        pytest.param(["--fail-on", "info", "--exit-zero"], 0, 0, id="exit-zero-wins"),
    ],
)
def test_the_status_follows_the_worst_finding(
    run: Run,
    clashing: list[str],
    alike: list[str],
    options: list[str],
    of_errors: int,
    of_warnings: int,
) -> None:
    assert run("conflicts", *clashing, *options).status == of_errors
    assert run("conflicts", *alike, *options).status == of_warnings


def test_a_bad_threshold_is_wrong_use(run: Run) -> None:
    done = run("conflicts", "--fail-on", "doom", "demo:tickets")
    assert done.status == 2
    assert "must be error, warning, info or never, not 'doom'" in done.err


def test_a_server_that_failed_outweighs_findings(run: Run, clashing: list[str]) -> None:
    done = run("conflicts", *clashing, "--json", "--", "no-such-program-x")
    assert done.status == 3
    assert done.json["servers"] == ["one", "two"]
    (missing,) = done.json["not_examined"]
    assert missing["server"] == "no-such-program-x"
    assert len(done.json["findings"]) == 1
    assert json.loads(done.err.splitlines()[0])["error"]["class"] == "spawn"


def test_exit_zero_does_not_hide_a_failure(run: Run) -> None:
    assert run("conflicts", "--exit-zero", "--", "no-such-program-x").status == 3


def test_running_servers_are_compared(run: Run) -> None:
    done = run("conflicts", "demo:tickets", "demo:notes", "--json")
    assert done.status == 1
    assert done.json["summary"] == {"error": 3, "warning": 2, "info": 0}
    assert {one["rule"] for one in done.json["findings"]} == {
        "name-clash",
        "name-clash-canonical",
        "uri-clash",
        "template-clash-canonical",
    }


def test_nothing_configured_is_wrong_use(run: Run) -> None:
    done = run("conflicts")
    assert done.status == 2
    assert done.err.startswith("error: no configured server can be asked\nhint: mcpx discover")


@pytest.fixture
def two_hosts(
    home: Path, project: Path, configure: Callable[..., Path], good_server: dict[str, Any]
) -> None:
    """Cursor has two servers with the same tools, Devin one of them, the project a third."""
    configure(
        home / ".cursor" / "mcp.json",
        first=good_server,
        second={**good_server, "args": [*good_server["args"], "--name", "second"]},
    )
    configure(home / ".codeium" / "windsurf" / "mcp_config.json", first=good_server)
    configure(project / ".mcp.json", third={**good_server, "env": {"THIRD": "1"}})


@pytest.mark.usefixtures("two_hosts")
def test_each_host_is_judged_by_its_own_servers(run: Run) -> None:
    done = run("conflicts", "--json")
    assert done.status == 1
    assert done.json["servers"] == ["first", "second"]
    hosts = {tuple(one["hosts"]) for one in done.json["findings"]}
    assert hosts == {("cursor",)}
    assert {one["subjects"][0]["key"] for one in done.json["findings"]} >= {"echo", "add", "fail"}
    reasons = {one["server"]: one["reason"] for one in done.json["not_examined"]}
    assert reasons["claude-code/third"] == NOT_APPROVED
    assert "left out: third of " in done.err


@pytest.mark.usefixtures("two_hosts")
def test_one_host_can_be_asked_about(run: Run) -> None:
    done = run("conflicts", "--host", "devin-desktop", "--json")
    assert (done.status, done.json["servers"], done.json["findings"]) == (0, ["first"], [])
    done = run("conflicts", "--host", "cursor", "--json")
    assert (done.status, done.json["servers"]) == (1, ["first", "second"])
    assert {tuple(one["hosts"]) for one in done.json["findings"]} == {("cursor",)}


@pytest.mark.usefixtures("two_hosts")
def test_trusting_the_project_lets_its_servers_join(run: Run) -> None:
    done = run("conflicts", "--trust-project", "--json")
    assert done.status == 1
    assert done.json["servers"] == ["first", "second", "third"]


@pytest.mark.usefixtures("two_hosts")
def test_a_denied_server_does_not_join(run: Run) -> None:
    assert run("trust", "deny", "third").status == 0
    done = run("conflicts", "--trust-project", "--json")
    assert done.status == 1
    assert done.json["servers"] == ["first", "second"]


@pytest.mark.parametrize("tty", [True, False], ids=["terminal", "pipe"])
def test_findings_are_told_to_people_and_programs(run: Run, clashing: list[str], tty: bool) -> None:
    done = run("conflicts", *clashing, "--color", "never", tty=tty)
    assert done.out.startswith("error [name-clash] " if tty else "error\tname-clash\t")
    assert run("conflicts", *clashing, "-f", "markdown").out.startswith("**conflicts**: ")
    (line,) = run("conflicts", *clashing, "-f", "ndjson").lines
    assert line["format"] == "mcpx.conflicts.finding"


def test_a_command_can_stand_beside_files(run: Run, clashing: list[str]) -> None:
    done = run("conflicts", clashing[0], "--json", "--", *GOOD_SERVER)
    assert (done.status, done.json["servers"]) == (0, ["good_stdio", "one"])
