from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mcpx.sources import paths
from mcpx.sources.hosts import Host, HostFile, host_table
from mcpx.sources.paths import Candidate, Surroundings, candidates, fold, surroundings
from tests.sources.machine import Machine


def surrounding(**more: Any) -> Surroundings:
    values: dict[str, Any] = {
        "system": "linux",
        "home": "/home/dana",
        "project": "/srv/shop/web",
        "project_names": frozenset(),
        "root": "/",
        "environ": {},
        "vscode_user": host_table().vscode_user,
        **more,
    }
    return Surroundings(**values)


def find(host_id: str, file_id: str) -> tuple[Host, HostFile]:
    host = next(one for one in host_table().hosts if one.id == host_id)
    return host, next(one for one in host.files if one.id == file_id)


def look(host_id: str, file_id: str, **more: Any) -> list[Candidate]:
    return list(candidates(*find(host_id, file_id), surrounding(**more)))


@pytest.mark.parametrize(
    ("place", "system", "environ", "path"),
    [
        pytest.param("cursor/user", "linux", {}, "/home/dana/.cursor/mcp.json", id="home"),
        pytest.param("cursor/project", "linux", {}, "/srv/shop/web/.cursor/mcp.json", id="project"),
        pytest.param(
            "zed/user-unix", "macos", {}, "/home/dana/.config/zed/settings.json", id="xdg"
        ),
        pytest.param(
            "zed/user-unix",
            "linux",
            {"XDG_CONFIG_HOME": "/x"},
            "/x/zed/settings.json",
            id="xdg-set",
        ),
        pytest.param(
            "zed/user-unix",
            "linux",
            {"XDG_CONFIG_HOME": "relative"},
            "/home/dana/.config/zed/settings.json",
            id="xdg-relative",
        ),
        pytest.param(
            "zed/user-unix",
            "linux",
            {"FLATPAK_XDG_CONFIG_HOME": "/f"},
            "/f/zed/settings.json",
            id="flatpak",
        ),
        pytest.param(
            "crush/data-unix",
            "linux",
            {},
            "/home/dana/.local/share/crush/crush.json",
            id="xdg-data",
        ),
        pytest.param(
            "claude-desktop/user-windows",
            "windows",
            {},
            "/home/dana/AppData/Roaming/Claude/claude_desktop_config.json",
            id="appdata",
        ),
        pytest.param(
            "claude-desktop/user-windows",
            "windows",
            {"APPDATA": "/R"},
            "/R/Claude/claude_desktop_config.json",
            id="appdata-set",
        ),
        pytest.param(
            "hermes/user-windows",
            "windows",
            {},
            "/home/dana/AppData/Local/hermes/config.yaml",
            id="localappdata",
        ),
        pytest.param(
            "jan/user", "linux", {}, "/home/dana/.config/Jan/data/mcp_config.json", id="jan"
        ),
        pytest.param(
            "jan/user",
            "macos",
            {},
            "/home/dana/Library/Application Support/Jan/data/mcp_config.json",
            id="jan-macos",
        ),
        pytest.param(
            "jan/user",
            "windows",
            {},
            "/home/dana/AppData/Roaming/Jan/data/mcp_config.json",
            id="jan-windows",
        ),
        pytest.param("codex/system-unix", "linux", {}, "/etc/codex/config.toml", id="system"),
        pytest.param(
            "codex/system-windows",
            "windows",
            {},
            "/ProgramData/OpenAI/Codex/config.toml",
            id="programdata",
        ),
        pytest.param(
            "claude-code/managed-windows",
            "windows",
            {"PROGRAMFILES": "/P"},
            "/P/ClaudeCode/managed-mcp.json",
            id="programfiles",
        ),
        pytest.param(
            "claude-code/user",
            "linux",
            {"CLAUDE_CONFIG_DIR": "/c"},
            "/c/.claude.json",
            id="claude-config-dir",
        ),
        pytest.param(
            "claude-code/settings-user",
            "linux",
            {"CLAUDE_CONFIG_DIR": "/c"},
            "/c/settings.json",
            id="claude-settings",
        ),
        pytest.param(
            "codex/user", "linux", {"CODEX_HOME": "/c"}, "/c/config.toml", id="codex-home"
        ),
        pytest.param(
            "gemini-cli/user",
            "linux",
            {"GEMINI_CLI_HOME": "/g"},
            "/g/.gemini/settings.json",
            id="gemini-home",
        ),
        pytest.param(
            "amp/user-json", "linux", {"AMP_SETTINGS_FILE": "/a.json"}, "/a.json", id="amp"
        ),
        pytest.param("opencode/env-file", "linux", {"OPENCODE_CONFIG": "/o"}, "/o", id="opencode"),
        pytest.param(
            "cline/user", "linux", {"CLINE_MCP_SETTINGS_PATH": "/s"}, "/s", id="cline-file"
        ),
        pytest.param(
            "cline/user",
            "linux",
            {"CLINE_DIR": "/d"},
            "/d/data/settings/cline_mcp_settings.json",
            id="cline-dir",
        ),
        pytest.param(
            "vscode/user", "linux", {}, "/home/dana/.config/Code/User/mcp.json", id="vscode"
        ),
    ],
)
def test_where_a_file_is_looked_for(
    place: str, system: str, environ: Mapping[str, str], path: str
) -> None:
    host, _, file = place.partition("/")
    found = look(host, file, system=system, environ=environ)
    assert [one.path for one in found if "*" not in one.template] == [path]


def test_variables_that_are_not_set() -> None:
    (found,) = look("opencode", "env-file")
    assert (found.present, found.skipped) == (False, "the variable is not set")


def test_every_editor_that_is_there(machine: Machine) -> None:
    for name in ("Code - Insiders", "Cursor"):
        (machine.home / ".config" / name / "User").mkdir(parents=True)
    found = look("roo-code", "user", home=str(machine.home))
    names = [Path(one.path).relative_to(machine.home / ".config").parts[0] for one in found]
    assert names == ["Code - Insiders", "Cursor"]


def test_walk_to_the_root() -> None:
    found = look("claude-code", "project")
    assert [(one.path, one.distance) for one in found] == [
        ("/srv/shop/web/.mcp.json", 0),
        ("/srv/shop/.mcp.json", 1),
        ("/srv/.mcp.json", 2),
    ]


def test_walk_to_the_repository(machine: Machine) -> None:
    deep = machine.project / "a" / "b"
    deep.mkdir(parents=True)
    found = look("codex", "project", project=str(deep))
    assert [one.path for one in found] == [
        f"{deep}/.codex/config.toml",
        f"{machine.project}/a/.codex/config.toml",
        f"{machine.project}/.codex/config.toml",
    ]


def test_walk_without_a_repository(tmp_path: Path) -> None:
    found = look("codex", "project", project=str(tmp_path / "x"))
    assert [one.path for one in found] == [f"{tmp_path}/x/.codex/config.toml"]


def test_patterns(machine: Machine) -> None:
    cache = ".claude/plugins/cache"
    for name in ("b/.mcp.json", "a/1/.mcp.json", ".mcp.json", "x/node_modules/y/.mcp.json"):
        machine.write(f"~/{cache}/{name}", "{}")
    outside = machine.root / "outside"
    machine.write("/outside/.mcp.json", "{}")
    (machine.home / cache / "link").symlink_to(outside)
    found = look("claude-code", "plugin-installed", home=str(machine.home))
    base = f"{machine.home}/{cache}"
    assert [one.path for one in found if one.present] == [
        f"{base}/.mcp.json",
        f"{base}/a/1/.mcp.json",
        f"{base}/b/.mcp.json",
    ]
    # The two other patterns of the file match nothing, and are reported too.
    assert [one.template.rsplit("/", 3)[1] for one in found if not one.present] == [
        "repos",
        "synced",
    ]


def test_a_pattern_in_a_name(machine: Machine) -> None:
    packages = machine.home / "AppData/Local/Packages"
    inner = "LocalCache/Roaming/Claude/claude_desktop_config.json"
    machine.write(f"~/AppData/Local/Packages/Claude_1/{inner}", "{}")
    machine.write(f"~/AppData/Local/Packages/Other_1/{inner}", "{}")
    found = look("claude-desktop", "user-windows-store", home=str(machine.home), system="windows")
    assert [one.path for one in found] == [f"{packages}/Claude_1/{inner}"]


def test_a_pattern_with_too_many_matches(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "MOST_MATCHES", 2)
    for name in ("a", "b", "c"):
        machine.write(f"~/.kiro/agents/{name}.json", "{}")
    found = look("kiro", "agents-user", home=str(machine.home))
    assert [one.present for one in found] == [True, True, False]
    assert found[-1].cut
    (problem,) = machine.discover(hosts=["kiro"]).problems
    assert problem.message == "too many matches, not all read"


def test_a_pattern_over_too_many_folders(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "MOST_FOLDERS", 3)
    for name in ("a", "b", "c", "d"):
        machine.write(f"~/.cursor/plugins/local/{name}/mcp.json", "{}")
    assert any(one.cut for one in look("cursor", "plugin", home=str(machine.home)))


def test_a_folder_that_cannot_be_listed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.write("~/.kiro/agents/a.json", "{}")

    def refuse(folder: str) -> Any:
        raise PermissionError(13, "Permission denied", folder)

    monkeypatch.setattr(os, "scandir", refuse)
    found = machine.discover(hosts=["kiro"])
    assert (machine.home / ".kiro/agents", "the folder cannot be listed") in {
        (one.path, one.message) for one in found.problems
    }


@pytest.mark.parametrize(
    ("home", "root"),
    [
        pytest.param("/mnt/disk/home/dana", "/mnt/disk", id="linux"),
        pytest.param("/mnt/disk/Users/dana", "/mnt/disk", id="macos"),
        pytest.param("/root", "/", id="superuser"),
        pytest.param("/data/x", None, id="unknown"),
    ],
)
def test_root_of_another_home(home: str, root: str | None) -> None:
    found = surroundings(None, Path(home), Path("/p"), None, {"CODEX_HOME": "/c"}, ())
    assert found.root == root
    assert found.environ == {}


def test_own_home() -> None:
    found = surroundings(None, None, Path("/p"), None, {"CODEX_HOME": "/c"}, ())
    assert found.home == str(Path.home())
    assert found.root == "/"
    assert found.environ == {"CODEX_HOME": "/c"}


@pytest.mark.parametrize(
    ("name", "system", "folded"),
    [
        ("C:\\Users\\Dana\\", "windows", "c:/users/dana"),
        ("/Home/x/", "linux", "/Home/x"),
        ("/", "linux", "/"),
    ],
)
def test_spellings_of_a_folder(name: str, system: str, folded: str) -> None:
    assert fold(name, system) == folded
