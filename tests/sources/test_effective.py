"""Which definition a host would use, by the order of its files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mcpx.servers import Origin, Transport
from mcpx.sources.definitions import Definition, Discovery, Kind, Reading
from mcpx.sources.dialects import Switch
from tests.sources.machine import Machine, problems, reading


def servers(**entries: Any) -> str:
    return json.dumps({"mcpServers": entries})


def run(command: str, **more: Any) -> dict[str, Any]:
    return {"command": command, **more}


def by_scope(found: Discovery, host: str, name: str) -> dict[str, Reading]:
    return {
        one.scope: one
        for definition in found.definitions
        if definition.name == name
        for one in definition.read_by
        if one.host == host
    }


def test_claude_code_local_over_project_over_user(machine: Machine) -> None:
    local = {"projects": {str(machine.project): {"mcpServers": {"a": run("local")}}}}
    user = machine.write("~/.claude.json", json.dumps({"mcpServers": {"a": run("user")}, **local}))
    machine.write("./.mcp.json", servers(a=run("project")))
    found = machine.discover(hosts=["claude-code"])
    seen = by_scope(found, "claude-code", "a")
    assert {scope: one.effective for scope, one in seen.items()} == {
        "user": False,
        "project": False,
        "local": True,
    }
    assert seen["user"].reason == f"overridden by local scope {user}"
    assert seen["project"].reason == f"overridden by local scope {user}"
    assert seen["local"].reason == ""
    assert [(one.spec.command, one.parts[0].scope) for one in found.effective] == [
        ("local", "local")
    ]


def test_claude_code_local_scope_is_the_users(machine: Machine) -> None:
    local = {"projects": {str(machine.project): {"mcpServers": {"a": run("x")}}}}
    machine.write("~/.claude.json", json.dumps(local))
    machine.write("./.mcp.json", servers(b=run("x")))
    found = machine.discover(hosts=["claude-code"])
    assert {one.name: one.spec.origin for one in found.definitions} == {
        "a": Origin.USER,
        "b": Origin.PROJECT,
    }


def test_other_projects_are_counted_not_listed(machine: Machine) -> None:
    other = {"projects": {"/elsewhere": {"mcpServers": {"a": run("x")}}, "/empty": {}}}
    path = machine.write("~/.claude.json", json.dumps(other))
    found = machine.discover(hosts=["claude-code"])
    assert found.definitions == ()
    report = next(one for one in found.files if one.path == path and one.scope == "user")
    assert report.notes == ("1 other projects have servers of their own in this file",)


@pytest.mark.parametrize(
    "key", [r"C:\Users\dana\shop", "c:/users/Dana/shop", "C:/Users/dana/shop/"]
)
def test_windows_projects_in_every_spelling(machine: Machine, key: str) -> None:
    from pathlib import Path

    machine.write(
        "~/.claude.json", json.dumps({"projects": {key: {"mcpServers": {"a": run("x")}}}})
    )
    found = machine.discover(
        hosts=["claude-code"], system="windows", project=Path(r"C:\Users\dana\shop")
    )
    assert [(one.name, one.scope) for one in found.definitions] == [("a", "local")]


def test_case_counts_on_linux(machine: Machine) -> None:
    key = str(machine.project).upper()
    machine.write(
        "~/.claude.json", json.dumps({"projects": {key: {"mcpServers": {"a": run("x")}}}})
    )
    assert machine.discover(hosts=["claude-code"], system="linux").definitions == ()


def test_managed_file_takes_the_place_of_all_others(machine: Machine) -> None:
    managed = machine.write("/etc/claude-code/managed-mcp.json", servers(m=run("m")))
    machine.write("~/.claude.json", servers(a=run("a")))
    machine.write("./.mcp.json", servers(b=run("b")))
    found = machine.discover(system="linux")
    reason = f"{managed} takes the place of every other file"
    assert by_scope(found, "claude-code", "a")["user"].reason == reason
    assert by_scope(found, "claude-code", "b")["project"].reason == reason
    assert by_scope(found, "claude-code", "m")["managed"].effective
    assert by_scope(found, "copilot-cli", "b")["project"].effective
    assert [one.spec.name for one in found.effective if one.host == "claude-code"] == ["m"]


def test_claude_code_nearer_file_wins_per_name(machine: Machine) -> None:
    near = machine.write("./.mcp.json", servers(a=run("near")))
    far = machine.project.parent / ".mcp.json"
    far.write_text(servers(a=run("far"), b=run("far")))
    found = machine.discover(hosts=["claude-code"])
    used = {one.spec.name: one.spec.command for one in found.effective}
    assert used == {"a": "near", "b": "far"}
    lost = next(one for one in found.definitions if one.path == far and one.name == "a")
    assert lost.read_by[0].reason == f"overridden by project scope {near}"
    assert lost.spec.origin is Origin.PROJECT


def test_claude_code_plugin_with_the_same_server_is_dropped(machine: Machine) -> None:
    plugin = "~/.claude/plugins/cache/acme/docs/1.0/.mcp.json"
    machine.write(plugin, json.dumps({"p": run("docs", args=["x"]), "q": run("other")}))
    machine.write("~/.claude.json", servers(mine=run("docs", args=["x"])))
    found = machine.discover(hosts=["claude-code"])
    seen = by_scope(found, "claude-code", "p")["plugin"]
    assert not seen.effective
    assert seen.reason == f"the same server is configured in user scope {machine.home}/.claude.json"
    assert by_scope(found, "claude-code", "q")["plugin"].effective


@pytest.mark.parametrize(
    ("place", "content", "name", "setting"),
    [
        pytest.param(
            "~/.claude.json",
            {
                "projects": {"{project}": {"disabledMcpServers": ["u"]}},
                "mcpServers": {"u": run("u")},
            },
            "u",
            "disabledMcpServers of this project in",
            id="project-entry",
        ),
        pytest.param(
            "~/.claude/settings.json",
            {"disabledMcpjsonServers": ["p"]},
            "p",
            "disabledMcpjsonServers in",
            id="settings",
        ),
        pytest.param(
            "~/.claude/settings.json",
            {"deniedMcpServers": [{"serverCommand": ["p", "x"]}]},
            "p",
            "deniedMcpServers in",
            id="denied-command",
        ),
        pytest.param(
            "/etc/claude-code/managed-settings.json",
            {"deniedMcpServers": [{"serverName": "p"}]},
            "p",
            "deniedMcpServers in",
            id="denied-name",
        ),
        pytest.param(
            "/etc/claude-code/managed-settings.json",
            {"allowedMcpServers": [{"serverUrl": "https://*.corp/*"}]},
            "p",
            "allowedMcpServers in",
            id="not-allowed",
        ),
    ],
)
def test_claude_code_switches(
    machine: Machine, place: str, content: dict[str, Any], name: str, setting: str
) -> None:
    machine.write("./.mcp.json", servers(p=run("p", args=["x"])))
    text = json.dumps(content).replace("{project}", str(machine.project))
    path = machine.write(place, text)
    found = machine.discover(hosts=["claude-code"], system="linux")
    (seen,) = by_scope(found, "claude-code", name).values()
    assert seen.enabled is Switch.NO
    assert seen.enabled_at == f"{setting} {path}"


def test_claude_code_allowed_url(machine: Machine) -> None:
    machine.write(
        "~/.claude.json", servers(r={"type": "http", "url": "https://a.corp/mcp"}, s=run("s"))
    )
    rules = {"allowedMcpServers": [{"serverUrl": "https://*.corp/*"}, "junk"]}
    machine.write("/etc/claude-code/managed-settings.json", json.dumps(rules))
    found = machine.discover(hosts=["claude-code"], system="linux")
    assert by_scope(found, "claude-code", "r")["user"].enabled is Switch.YES
    assert by_scope(found, "claude-code", "s")["user"].enabled is Switch.NO


@pytest.mark.parametrize(
    ("place", "content", "approved"),
    [
        pytest.param("~/x", {}, Switch.UNKNOWN, id="nothing"),
        pytest.param(
            "~/.claude.json",
            {"projects": {"{project}": {"enabledMcpjsonServers": ["p"]}}},
            Switch.YES,
            id="project-entry",
        ),
        pytest.param(
            "./.claude/settings.local.json",
            {"enableAllProjectMcpServers": True},
            Switch.YES,
            id="local-settings",
        ),
        pytest.param(
            "./.claude/settings.json",
            {"enableAllProjectMcpServers": True, "enabledMcpjsonServers": ["p"]},
            Switch.UNKNOWN,
            id="a-repository-cannot-approve-itself",
        ),
    ],
)
def test_claude_code_approval(
    machine: Machine, place: str, content: dict[str, Any], approved: Switch
) -> None:
    machine.write("./.mcp.json", servers(p=run("p")))
    machine.write(place, json.dumps(content).replace("{project}", str(machine.project)))
    found = machine.discover(hosts=["claude-code"])
    assert by_scope(found, "claude-code", "p")["project"].approved is approved


def test_approval_of_other_hosts(machine: Machine) -> None:
    machine.write("./.mcp.json", servers(p=run("p")))
    machine.write("~/.cursor/mcp.json", servers(u=run("u")))
    found = machine.discover(hosts=["copilot-cli", "cursor"])
    seen = by_scope(found, "copilot-cli", "p")["project"]
    assert (seen.approved, seen.approval) == (Switch.UNKNOWN, "folder trust")
    assert by_scope(found, "cursor", "u")["user"].approved is Switch.YES
    assert by_scope(found, "cursor", "p")["project"].approved is Switch.UNKNOWN


def test_codex_merges_key_by_key(machine: Machine, one: Callable[..., Definition]) -> None:
    user = machine.write(
        "~/.codex/config.toml",
        '[mcp_servers.b]\ncommand = "run"\nargs = ["u"]\nbearer_token_env_var = "T"\n'
        'enabled = false\n[mcp_servers.b.env]\nA = "1"\nB = "1"\n',
    )
    project = machine.write(
        "./.codex/config.toml",
        '[mcp_servers.b]\nargs = ["p"]\nenabled = true\n[mcp_servers.b.env]\nB = "2"\n',
    )
    found = machine.discover(hosts=["codex"])
    assert problems(found, Kind.BAD_ENTRY) == []
    (server,) = found.effective
    assert server.spec.command == "run"
    assert server.spec.args == ("p",)
    assert dict(server.spec.env) == {"A": "1", "B": "2"}
    assert server.spec.origin is Origin.PROJECT
    assert (server.enabled, server.enabled_at) == (Switch.YES, f"enabled in {project}")
    assert [part.scope for part in server.parts] == ["project", "user"]
    lower = one(found, "b", scope="user")
    assert lower.spec.args == ("u",)
    assert lower.spec.origin is Origin.USER
    assert lower.enabled is Switch.NO
    assert lower.read_by[0].effective
    assert lower.read_by[0].spec == server.spec
    upper = one(found, "b", scope="project")
    assert upper.partial
    assert upper.spec.transport is Transport.UNKNOWN
    assert upper.read_by[0].reason == f"changes the definition in user scope {user}"


def test_codex_overlay_of_nothing_is_a_bad_entry(machine: Machine) -> None:
    machine.write("./.codex/config.toml", "[mcp_servers.b]\nenabled = true\n")
    found = machine.discover(hosts=["codex"])
    assert found.definitions == ()
    (problem,) = found.problems
    assert (problem.kind, problem.entry, problem.line) == (Kind.BAD_ENTRY, "b", 1)
    assert problem.message == "neither a command nor a URL"


def test_two_full_definitions_are_merged_into_the_higher(machine: Machine) -> None:
    machine.write("~/.codex/config.toml", '[mcp_servers.b]\ncommand = "u"\nargs = ["x"]\n')
    project = machine.write("./.codex/config.toml", '[mcp_servers.b]\ncommand = "p"\n')
    found = machine.discover(hosts=["codex"])
    (server,) = found.effective
    assert (server.spec.command, server.spec.args) == ("p", ("x",))
    lost = by_scope(found, "codex", "b")["user"]
    assert lost.reason == f"merged key by key into the definition in project scope {project}"


def test_opencode_toggle_switches_off_another_layer(
    machine: Machine, one: Callable[..., Definition]
) -> None:
    entry = {"type": "local", "command": ["run", "x"]}
    machine.write("~/.config/opencode/opencode.json", json.dumps({"mcp": {"a": entry}}))
    toggles = {"mcp": {"a": {"enabled": False}, "lone": {"enabled": False}}}
    project = machine.write("./opencode.json", json.dumps(toggles))
    found = machine.discover(hosts=["opencode"])
    (server,) = found.effective
    assert (server.spec.command, server.spec.args) == ("run", ("x",))
    assert (server.enabled, server.enabled_at) == (Switch.NO, f"enabled in {project}")
    seen = by_scope(found, "opencode", "a")
    assert seen["user"].enabled is Switch.NO
    assert not seen["project"].effective
    assert one(found, "a", scope="project").partial
    lone = one(found, "lone").read_by[0]
    assert lone.reason == "changes an entry that no other file of the host defines"


def test_opencode_toggle_across_versions(machine: Machine) -> None:
    entry = {"type": "local", "command": ["run"]}
    machine.write(
        "~/.config/opencode/opencode.json", json.dumps({"mcp": {"servers": {"a": entry}}})
    )
    machine.write("./opencode.json", json.dumps({"mcp": {"a": {"enabled": False}}}))
    (server,) = machine.discover(hosts=["opencode"]).effective
    assert (server.spec.command, server.enabled) == ("run", Switch.NO)


def test_opencode_server_called_servers(machine: Machine) -> None:
    entry = {"type": "local", "command": ["run"]}
    machine.write("./opencode.json", json.dumps({"mcp": {"servers": entry}}))
    found = machine.discover(hosts=["opencode"])
    assert [one.name for one in found.definitions] == ["servers"]


def test_vscode_has_no_override(machine: Machine) -> None:
    machine.write("~/.config/Code/User/mcp.json", json.dumps({"servers": {"a": run("u")}}))
    machine.write("./.vscode/mcp.json", json.dumps({"servers": {"a": run("p")}}))
    found = machine.discover(hosts=["vscode"], system="linux")
    assert [one.spec.command for one in found.effective] == ["u", "p"]
    seen = by_scope(found, "vscode", "a")
    assert [one.reason for one in seen.values()] == ["", ""]
    assert {one.enabled for one in seen.values()} == {Switch.UNKNOWN}
    assert seen["user"].enabled_at == "VS Code keeps its switches in its state storage"


def test_undocumented_order_is_said_so(machine: Machine) -> None:
    machine.write("~/.junie/mcp/mcp.json", servers(a=run("u")))
    path = machine.write("./.junie/mcp/mcp.json", servers(a=run("p")))
    seen = by_scope(machine.discover(hosts=["junie"]), "junie", "a")
    assert seen["user"].reason == (
        f"overridden by project scope {path} (the order is not documented)"
    )


def test_same_rank_is_left_open(machine: Machine) -> None:
    machine.write("~/.lmstudio/mcp.json", servers(a=run("new")))
    machine.write("~/.cache/lm-studio/mcp.json", servers(a=run("old")))
    found = machine.discover(hosts=["lm-studio"])
    assert len(found.effective) == 2
    reasons = [one.read_by[0].reason for one in found.definitions]
    assert any(reason.endswith("which one wins is not established") for reason in reasons)


def test_gemini_extension_only_fills_free_names(machine: Machine) -> None:
    extension = {"name": "x", "mcpServers": {"a": run("ext", args=["e"]), "b": run("ext")}}
    machine.write("~/.gemini/extensions/x/gemini-extension.json", json.dumps(extension))
    settings = machine.write("~/.gemini/settings.json", servers(a=run("user")))
    found = machine.discover(hosts=["gemini-cli"])
    used = {one.spec.name: (one.spec.command, one.spec.args) for one in found.effective}
    assert used == {"a": ("user", ()), "b": ("ext", ())}
    lost = by_scope(found, "gemini-cli", "a")["extension"]
    assert lost.reason == f"overridden by user scope {settings}"


def test_gemini_allowed_list_of_the_highest_file(machine: Machine) -> None:
    user = {"mcp": {"allowed": ["a", "b"]}, "mcpServers": {"a": run("a"), "b": run("b")}}
    machine.write("~/.gemini/settings.json", json.dumps(user))
    project = machine.write("./.gemini/settings.json", json.dumps({"mcp": {"allowed": ["b"]}}))
    found = machine.discover(hosts=["gemini-cli"])
    a, b = (by_scope(found, "gemini-cli", name)["user"] for name in "ab")
    assert (a.enabled, a.enabled_at) == (Switch.NO, f"mcp.allowed in {project}")
    assert b.enabled is Switch.YES


def test_copilot_ignores_the_second_repository_file(machine: Machine) -> None:
    machine.write("./.github/mcp.json", servers(a=run("a")))
    found = machine.discover(hosts=["copilot-cli"])
    assert by_scope(found, "copilot-cli", "a")["project"].effective
    other = machine.write("./.mcp.json", servers(b=run("b")))
    found = machine.discover(hosts=["copilot-cli"])
    seen = by_scope(found, "copilot-cli", "a")["project"]
    assert not seen.effective
    assert seen.reason == f"ignored because {other} exists"


def test_zcode_falls_back_only_without_its_own_servers(machine: Machine) -> None:
    machine.write("./.agents/mcp.json", servers(a=run("a")))
    assert by_scope(machine.discover(hosts=["zcode"]), "zcode", "a")["project"].effective
    own = json.dumps({"mcp": {"servers": {"b": run("b", enable=False)}}})
    machine.write("./.zcode/config.json", own)
    found = machine.discover(hosts=["zcode"])
    assert not by_scope(found, "zcode", "a")["project"].effective
    assert by_scope(found, "zcode", "b")["project"].enabled is Switch.NO


def test_rovodev_switches_beside_its_file(machine: Machine) -> None:
    machine.write("~/.rovodev/mcp.json", servers(a=run("a"), b=run("b")))
    path = machine.write("~/.rovodev/config.yml", "mcp:\n  disabledMcpServers: [a]\n")
    found = machine.discover(hosts=["rovodev"])
    a = by_scope(found, "rovodev", "a")["user"]
    assert (a.enabled, a.enabled_at) == (Switch.NO, f"mcp.disabledMcpServers in {path}")
    assert by_scope(found, "rovodev", "b")["user"].enabled is Switch.YES


@pytest.mark.parametrize(
    ("settings", "enabled"),
    [
        pytest.param({"isEnabled": True, "userConfig": {"k": "s"}}, Switch.YES, id="on"),
        pytest.param({"isEnabled": False}, Switch.NO, id="off"),
        pytest.param({"isEnabled": "maybe"}, Switch.UNKNOWN, id="junk"),
        pytest.param(None, Switch.UNKNOWN, id="absent"),
    ],
)
def test_claude_desktop_extension_switch(
    machine: Machine, settings: dict[str, Any] | None, enabled: Switch
) -> None:
    base = "~/.config/Claude"
    manifest = {"name": "notes", "server": {"mcp_config": run("node")}}
    machine.write(f"{base}/Claude Extensions/ant.x/manifest.json", json.dumps(manifest))
    if settings is not None:
        machine.write(f"{base}/Claude Extensions Settings/ant.x.json", json.dumps(settings))
    found = machine.discover(hosts=["claude-desktop"], system="linux")
    assert by_scope(found, "claude-desktop", "notes")["extension"].enabled is enabled


def test_entry_switch_says_where(machine: Machine) -> None:
    path = machine.write("~/.kiro/settings/mcp.json", servers(a=run("a", disabled=True)))
    found = machine.discover(hosts=["kiro"])
    seen = by_scope(found, "kiro", "a")["user"]
    assert (seen.enabled, seen.enabled_at) == (Switch.NO, f"disabled in {path}")


def test_one_row_for_a_file_that_several_hosts_read(
    machine: Machine, one: Callable[..., Definition]
) -> None:
    machine.write("./.mcp.json", servers(a={"url": "https://a.example/mcp"}))
    found = machine.discover(system="linux")
    definition = one(found, "a")
    assert [read.host for read in definition.read_by] == [
        "claude-code",
        "cursor",
        "vscode",
        "copilot-cli",
        "devin-desktop",
        "command-code",
    ]
    assert definition.host == "claude-code"
    assert not reading(definition, "claude-code").effective
    assert reading(definition, "claude-code").reason == "url-without-type: the host skips it"
    assert reading(definition, "copilot-cli").effective
    assert "generic" not in {server.host for server in found.effective}
    (problem,) = problems(found, Kind.HOST_IGNORES)
    assert problem.hosts == ("claude-code", "vscode")
    assert problem.entry == "a"
