from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

CANARY = "c4nary-value-1"


@pytest.fixture
def configured(configure: Callable[..., Path], home: Path, project: Path) -> None:
    configure(
        project / ".mcp.json",
        tickets={"command": "run", "args": ["tickets"], "env": {"TOKEN": CANARY}},
        broken={"command": 3},
    )
    configure(
        home / ".cursor" / "mcp.json",
        files={"command": "npx", "args": ["-y", "files", "--api-key", CANARY]},
        remote={"url": f"https://me:{CANARY}@host/mcp?key={CANARY}"},
    )


def test_nothing_configured_is_no_error(run: Run) -> None:
    done = run("discover")
    assert (done.status, done.out) == (0, "")
    assert done.err == "no servers found; mcpx discover --hosts shows where was looked\n"


@pytest.mark.usefixtures("configured")
def test_definitions_and_problems_are_listed(run: Run, project: Path) -> None:
    done = run("discover")
    assert done.status == 0
    servers = {row[1]: row for row in done.rows if row[0] == "server"}
    assert set(servers) == {"tickets", "files", "remote"}
    assert "claude-code" in servers["tickets"][2]
    assert servers["tickets"][4:6] == ["stdio", "run tickets"]
    assert servers["files"][5:] == ["npx -y files --api-key '***'", "~/.cursor/mcp.json:3"]
    assert servers["remote"][4:6] == ["http", "https://***@host/mcp?key=***"]
    assert [row[3] for row in done.rows if row[0] == "problem"] == ["broken"]
    assert done.err.startswith("3 definitions in ")
    assert done.err.endswith(" 1 problems\n") or done.err.endswith(" 1 problem\n")


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("form", ["table", "json", "ndjson", "markdown"])
@pytest.mark.parametrize("tty", [True, False], ids=["terminal", "pipe"])
def test_no_form_shows_a_secret(run: Run, form: str, tty: bool) -> None:
    done = run("discover", "-f", form, tty=tty)
    assert done.status == 0
    assert "tickets" in done.out
    assert CANARY not in done.out + done.err


@pytest.mark.usefixtures("configured")
def test_a_person_gets_headings(run: Run) -> None:
    done = run("discover", tty=True)
    assert "SERVER" in done.out.splitlines()[0]
    assert "problems" in [line.strip("\x1b[1m0") for line in done.out.splitlines()] or (
        "problems" in done.out
    )


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    ("options", "names"),
    [
        pytest.param(["--host", "cursor"], {"tickets", "files", "remote"}, id="host"),
        pytest.param(["--host", "claude-code"], {"tickets"}, id="other-host"),
        pytest.param(["--host", "cursor", "--scope", "user"], {"files", "remote"}, id="scope"),
        pytest.param(["--host", "zed", "--host", "claude-code"], {"tickets"}, id="two-hosts"),
    ],
)
def test_hosts_and_scopes_narrow_the_search(run: Run, options: list[str], names: set[str]) -> None:
    done = run("discover", "--json", *options)
    assert done.status == 0
    found = {one["name"] for one in done.json["definitions"]}
    assert found <= names
    assert names - found <= {"tickets"}


@pytest.mark.parametrize(
    ("options", "word"),
    [
        pytest.param(["--host", "curser"], "curser", id="host"),
        pytest.param(["--scope", "galaxy"], "galaxy", id="scope"),
        pytest.param(["--os", "plan9"], "plan9", id="system"),
        pytest.param(["--home", "/no/such/folder"], "--home /no/such/folder", id="home"),
        pytest.param(["--project", "nowhere"], "--project nowhere", id="project"),
    ],
)
def test_what_does_not_exist_is_wrong_use(run: Run, options: list[str], word: str) -> None:
    done = run("discover", *options)
    assert (done.status, done.out) == (2, "")
    assert word in done.err.splitlines()[0]


def test_another_home_and_project_can_be_looked_at(
    run: Run, tmp_path: Path, configure: Callable[..., Path]
) -> None:
    other = tmp_path / "other"
    configure(other / "home" / ".cursor" / "mcp.json", mine={"command": "a"})
    configure(other / "project" / ".mcp.json", ours={"command": "b"})
    done = run("discover", "--home", other / "home", "--project", other / "project", "--json")
    assert {one["name"] for one in done.json["definitions"]} == {"mine", "ours"}


@pytest.mark.usefixtures("configured")
def test_hosts_are_listed_found_or_not(run: Run) -> None:
    done = run("discover", "--hosts", "--json")
    assert done.status == 0
    files = done.json["files"]
    found = {(one["host"], one["scope"]) for one in files if one["found"]}
    assert ("cursor", "user") in found
    assert len(files) > 100
    assert len({one["host"] for one in files}) > 50
    rows = run("discover", "--hosts").rows
    assert len(rows) == len(files)
    assert [one["host"] for one in files] == [row[0] for row in rows]


@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_paths_of_every_system_can_be_shown(run: Run, system: str, home: Path) -> None:
    done = run("discover", "--hosts", "--os", system, "--json")
    assert done.status == 0
    paths = {one["path"] for one in done.json["files"] if one["host"] == "claude-desktop"}
    place = {"linux": ".config", "macos": "Application Support", "windows": "AppData"}[system]
    assert any(place in path for path in paths)


@pytest.mark.usefixtures("configured")
def test_each_definition_and_problem_is_a_line(run: Run) -> None:
    lines = run("discover", "-f", "ndjson").lines
    kinds = [one["format"] for one in lines]
    assert kinds.count("mcpx.discover.definition") == 3
    assert kinds.count("mcpx.discover.problem") == len(kinds) - 3 >= 1


def test_nothing_is_started(run: Run, project: Path, configure: Callable[..., Path]) -> None:
    ran = project / "ran"
    configure(
        project / ".mcp.json",
        bad={"command": "touch", "args": [str(ran)]},
        worse={"command": "sh", "args": ["-c", f"$(touch {ran})"], "env": {"A": f"`touch {ran}`"}},
    )
    assert run("discover").status == 0
    assert not ran.exists()


def test_hostile_names_stay_where_they_are(run: Run, home: Path) -> None:
    evil = "::error::\x1b[2J\n::x"
    path = home / ".cursor" / "mcp.json"
    path.parent.mkdir()
    entry: dict[str, Any] = {"command": evil, "args": [evil], "env": {evil: evil}}
    path.write_text(json.dumps({"mcpServers": {evil: entry}}))
    for form in ("table", "json", "ndjson", "markdown"):
        for tty in (True, False):
            done = run("discover", "-f", form, "--color", "never", tty=tty)
            assert "\x1b" not in done.out + done.err
            assert not any(line.startswith("::") for line in done.out.splitlines())
