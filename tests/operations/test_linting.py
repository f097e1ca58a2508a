from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcpx.analyses.configuration_lint import Configured
from mcpx.operations.linting import configured, named, unread
from mcpx.servers import ServerSpec
from mcpx.sources.discovery import discover

NPX = {"command": "npx", "args": ["-y", "pkg"], "env": {"TOKEN": "${TOKEN}"}}


@pytest.mark.usefixtures("project")
def test_definitions_are_looked_at_as_they_are_written(
    home: Path, configure: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "ghp_012345678901234567890123456789012345")
    path = configure(home / ".cursor" / "mcp.json", mine=NPX, other=NPX)
    path.chmod(0o666)
    found = list(configured(discover()))
    assert [one.spec.name for one in found] == ["mine", "other"]
    assert found[0].spec.env == {"TOKEN": "${TOKEN}"}
    assert found[0].hosts == ("cursor",)
    assert found[0].writable_by_others
    assert found[0].location is not None
    assert found[0].location.path == str(path)
    path.chmod(0o600)
    assert not next(configured(discover())).writable_by_others
    (one,) = named([found[1].spec], discover())
    assert one.spec.name == "other"


@pytest.mark.usefixtures("home", "project")
def test_what_was_typed_stands_in_no_file() -> None:
    spec: Any = ServerSpec("npx", command="npx", args=("pkg",), env={"A": "secret"})
    (one,) = named([spec], discover())
    assert one == Configured(
        ServerSpec("npx", command="npx", args=("pkg",), env={}, headers={}), (), None, False
    )


def test_a_definition_that_another_one_replaces_is_looked_at(
    home: Path, project: Path, configure: Callable[..., Path]
) -> None:
    configure(home / ".cursor" / "mcp.json", mine=NPX)
    configure(project / ".cursor" / "mcp.json", mine={**NPX, "args": ["other"]})
    found = {one.file: one.used_by for one in configured(discover())}
    assert found == {"~/.cursor/mcp.json": (), "./.cursor/mcp.json": ("cursor",)}


@pytest.mark.usefixtures("home")
def test_what_cannot_be_read_is_named(project: Path) -> None:
    path = project / ".mcp.json"
    path.write_text("{")
    path.chmod(0o666)
    (one,) = unread(discover())
    assert (one.location.path, one.file, one.entry) == (str(path), "./.mcp.json", "")
    assert one.writable_by_others
    assert "claude-code" in one.hosts
