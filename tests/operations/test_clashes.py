from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mcpx.operations.clashes import NOT_APPROVED, Plan, plan, together
from mcpx.sources.discovery import discover
from mcpx.trust import Gate
from tests.conftest import Run


def planned(project: Path, trusts: bool = False, **variables: str) -> Plan:
    return plan(discover(), Gate(trusts), {**os.environ, **variables}, project)


@pytest.fixture
def cursor(home: Path, configure: Callable[..., Path]) -> Callable[..., Path]:
    return lambda **servers: configure(home / ".cursor" / "mcp.json", **servers)


@pytest.fixture
def devin(home: Path, configure: Callable[..., Path]) -> Callable[..., Path]:
    path = home / ".codeium" / "windsurf" / "mcp_config.json"
    return lambda **servers: configure(path, **servers)


def test_a_server_of_several_hosts_is_asked_once(
    project: Path, cursor: Callable[..., Path], devin: Callable[..., Path]
) -> None:
    cursor(files={"command": "run"}, notes={"command": "notes"})
    devin(documents={"command": "run"})
    made = planned(project)
    assert sorted(spec.name for spec in made.specs) == ["files", "notes"]
    assert dict(made.members) == {
        "cursor": (("files", "files"), ("notes", "notes")),
        "devin-desktop": (("documents", "files"),),
    }
    assert made.skipped == ()


def test_servers_of_the_same_name_are_told_apart(
    project: Path, cursor: Callable[..., Path], devin: Callable[..., Path]
) -> None:
    cursor(files={"command": "run"})
    devin(files={"command": "another"})
    made = planned(project)
    assert [(spec.name, spec.command) for spec in made.specs] == [
        ("files", "run"),
        ("files-2", "another"),
    ] or [(spec.name, spec.command) for spec in made.specs] == [
        ("files", "another"),
        ("files-2", "run"),
    ]
    assert {members[0][0] for members in made.members.values()} == {"files"}


def test_variables_are_replaced_as_the_host_would(
    project: Path, cursor: Callable[..., Path]
) -> None:
    cursor(files={"command": "run", "args": ["${env:MY_FOLDER}"]})
    (spec,) = planned(project, MY_FOLDER="/srv").specs
    assert spec.args == ("/srv",)


def test_what_cannot_be_asked_is_left_out_with_the_reason(
    project: Path, cursor: Callable[..., Path], configure: Callable[..., Path]
) -> None:
    cursor(remote={"url": "wss://h", "type": "ws"}, off={"command": "o", "disabled": True})
    configure(project / ".cursor" / "mcp.json", ours={"command": "run"})
    skipped = dict(planned(project).skipped)
    assert skipped["cursor/remote"] == "not asked: its transport is unknown"
    assert skipped["cursor/ours"] == NOT_APPROVED


def test_what_is_switched_off_is_left_out(home: Path, project: Path) -> None:
    servers = {"on": {"command": "a"}, "off": {"command": "b"}}
    switches = {str(project): {"disabledMcpServers": ["off"]}}
    document = {"mcpServers": servers, "projects": switches}
    (home / ".claude.json").write_text(json.dumps(document))
    made = planned(project)
    assert [spec.name for spec in made.specs] == ["on"]
    assert dict(made.skipped)["claude-code/off"].startswith("switched off (")


def test_a_projects_server_joins_once_it_may(
    project: Path, configure: Callable[..., Path], run: Run
) -> None:
    configure(project / ".cursor" / "mcp.json", ours={"command": "run"})
    assert planned(project).specs == ()
    assert [spec.name for spec in planned(project, trusts=True).specs] == ["ours"]
    run("trust", "allow", "ours", "--yes")
    assert [spec.name for spec in planned(project).specs] == ["ours"]
    run("trust", "deny", "ours")
    for trusts in (True, False):
        made = planned(project, trusts)
        assert (made.specs, dict(made.skipped)) == ((), {"cursor/ours": "denied"})


def test_hosts_with_the_same_servers_in_one_order_are_judged_once() -> None:
    members = {
        "a": (("y", "y"), ("x", "x")),
        "b": (("y", "y"), ("x", "x")),
        "d": (("x", "x"), ("y", "y")),
        "c": (("x", "y"),),
    }
    assert together(Plan((), members, {}, ())) == [
        (("a", "b"), (("y", "y"), ("x", "x"))),
        (("d",), (("x", "x"), ("y", "y"))),
        (("c",), (("x", "y"),)),
    ]
