"""Entries that the samples of the research do not cover, host by host."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.servers import Transport
from mcpx.sources.definitions import Definition
from mcpx.sources.dialects import Switch
from tests.sources.machine import Machine


def read(machine: Machine, place: str, document: object, host: str) -> Definition:
    machine.write(place, document if isinstance(document, str) else json.dumps(document))
    (definition,) = machine.discover(hosts=[host], system="linux").definitions
    return definition


def entry_of(machine: Machine, host: str, place: str, entry: dict[str, Any]) -> Definition:
    key = {"opencode": "mcp", "zed": "context_servers", "kilo-code": "mcp"}.get(host, "mcpServers")
    return read(machine, place, {key: {"a": entry}}, host)


@pytest.mark.parametrize(
    ("host", "place", "entry", "transport", "issue"),
    [
        pytest.param(
            "claude-desktop",
            "~/.config/Claude/claude_desktop_config.json",
            {"type": "http", "url": "https://x"},
            "http",
            "remote-server: the host ignores it, it starts commands only",
            id="claude-desktop-remote",
        ),
        pytest.param(
            "roo-code",
            "./.roo/mcp.json",
            {"url": "https://x"},
            "http",
            "type-missing: the host refuses it",
            id="roo-untyped",
        ),
        pytest.param(
            "opencode",
            "./opencode.json",
            {"command": ["run"]},
            "stdio",
            "type-missing: the host refuses it",
            id="opencode-untyped",
        ),
        pytest.param(
            "claude-code",
            "~/.claude.json",
            {"type": "carrier-pigeon", "command": "coo"},
            "unknown",
            "unknown-type: the host skips this entry",
            id="unknown-type",
        ),
        pytest.param(
            "claude-code",
            "~/.claude.json",
            {"type": 5, "command": "coo"},
            "unknown",
            "unknown-type: the host skips this entry",
            id="type-is-a-number",
        ),
        pytest.param(
            "cursor",
            "~/.cursor/mcp.json",
            {"type": "ws", "url": "wss://x"},
            "unknown",
            "unknown-type: none of the types documented for the host",
            id="undocumented-type",
        ),
        pytest.param(
            "claude-code",
            "~/.claude.json",
            {"command": "x", "headersHelper": "./print-headers"},
            "stdio",
            "'headersHelper' is a command that prints headers; it is not run",
            id="headers-helper",
        ),
        pytest.param(
            "gemini-cli",
            "~/.gemini/settings.json",
            {"command": "x", "url": "https://x"},
            "sse",
            "both a command and a URL: the URL wins",
            id="gemini-both",
        ),
        pytest.param(
            "kiro",
            "~/.kiro/settings/mcp.json",
            {"command": "x", "url": "https://x"},
            "stdio",
            "both a command and a URL: the command wins",
            id="kiro-both",
        ),
        pytest.param(
            "claude-code",
            "/etc/claude-code/managed-settings.json",
            {"type": "http", "url": "http://x"},
            "http",
            "the host accepts only https servers in this file",
            id="managed",
        ),
    ],
)
def test_issues(
    machine: Machine, host: str, place: str, entry: dict[str, Any], transport: str, issue: str
) -> None:
    if "managed-settings" in place:
        found = read(machine, place, {"managedMcpServers": {"a": entry}}, host)
    else:
        found = entry_of(machine, host, place, entry)
    assert found.spec.transport == transport
    assert found.issues == (issue,)


@pytest.mark.parametrize(
    ("name", "issue"),
    [
        ("a b", "the host accepts only letters, digits, '_' and '-' in a name"),
        ("ok", "the host refuses 'bearer_token'"),
    ],
)
def test_codex_rules(machine: Machine, name: str, issue: str) -> None:
    token = 'bearer_token = "x"\n' if name == "ok" else ""
    text = f'[mcp_servers."{name}"]\nurl = "https://x"\n{token}'
    assert read(machine, "~/.codex/config.toml", text, "codex").issues == (issue,)


def test_codex_variables_of_the_wrong_form(machine: Machine) -> None:
    text = '[mcp_servers.a]\ncommand = "x"\nenv_vars = ["HOME", 1, { source = "remote" }]\n'
    machine.write("~/.codex/config.toml", text)
    found = machine.discover(hosts=["codex"])
    assert found.definitions[0].needs.variables == ("HOME",)
    assert [one.message for one in found.problems] == [
        "'env_vars' holds something that is not a name"
    ]


def test_claude_code_reserved_name(machine: Machine) -> None:
    found = read(
        machine, "~/.claude.json", {"mcpServers": {"workspace": {"command": "x"}}}, "claude-code"
    )
    assert found.issues == ("the host keeps this name for itself",)


@pytest.mark.parametrize(
    ("entry", "transport"),
    [
        ({"url": "wss://x"}, Transport.WS),
        ({"url": "https://x"}, Transport.SSE),
        ({"type": "streamable-http", "url": "https://x"}, Transport.HTTP),
    ],
)
def test_librechat_goes_by_the_scheme(
    machine: Machine, entry: dict[str, Any], transport: Transport
) -> None:
    document = {"interface": {"mcpServers": {"use": True}}, "mcpServers": {"a": entry}}
    assert read(machine, "./librechat.yaml", document, "librechat").spec.transport is transport


def test_poolside_headers_are_lines(machine: Machine) -> None:
    entry = {"transport": {"type": "http", "url": "https://x", "headers": ["A: b: c", "D:e"]}}
    found = read(
        machine, "~/.config/poolside/settings.yaml", {"mcp_servers": {"a": entry}}, "poolside"
    )
    assert dict(found.spec.headers) == {"A": "b: c", "D": "e"}
    assert found.spec.transport is Transport.HTTP


def test_header_lines_without_a_name(machine: Machine) -> None:
    entry = {"transport": {"type": "http", "url": "https://x", "headers": ["secret", 1]}}
    machine.write("~/.config/poolside/settings.yaml", json.dumps({"mcp_servers": {"a": entry}}))
    (problem,) = machine.discover(hosts=["poolside"]).problems
    assert problem.message == "'headers' is not an object"


def test_vibe_list(machine: Machine) -> None:
    text = (
        '[[mcp_servers]]\nname = "v"\ntransport = "stdio"\ncommand = ["run", "x"]\nargs = ["y"]\n'
    )
    found = read(machine, "~/.vibe/config.toml", text, "mistral-vibe")
    assert (found.name, found.spec.command, found.spec.args) == ("v", "run", ("x", "y"))
    assert found.line == 1


def test_continue_oldest_form(machine: Machine) -> None:
    transport = {"type": "stdio", "command": "run", "args": ["x"]}
    document = {"experimental": {"modelContextProtocolServers": [{"transport": transport}]}}
    found = read(machine, "~/.continue/config.json", document, "continue")
    assert (found.name, found.spec.command, found.spec.args) == ("#1", "run", ("x",))


def test_continue_copied_claude_file(machine: Machine) -> None:
    document = {"projects": {"/any": {"mcpServers": {"a": {"command": "run"}}}}}
    found = read(machine, "~/.continue/mcpServers/c.json", document, "continue")
    assert found.name == "a"


def test_mcporter_token_becomes_a_header(machine: Machine) -> None:
    entry = {"base_url": "no", "baseUrl": "https://x", "bearerToken": "t"}
    found = entry_of(machine, "mcporter", "~/.mcporter/mcporter.json", entry)
    assert dict(found.spec.headers) == {"Authorization": "Bearer t"}


@pytest.mark.parametrize("field", ["command", "url"])
def test_plugin_map_without_a_wrapper(machine: Machine, field: str) -> None:
    place = "~/.codex/plugins/cache/a/b/c/.mcp.json"
    assert read(machine, place, {"x": {field: "y"}, "z": {}}, "codex").name == "x"


@pytest.mark.parametrize(
    "document", [{"name": "plugin", "version": "1"}, {"a": {"title": "no server"}}, {}, {"a": 1}]
)
def test_other_documents_are_not_taken_for_servers(
    machine: Machine, document: dict[str, Any]
) -> None:
    machine.write("~/.codex/plugins/cache/a/b/c/.mcp.json", json.dumps(document))
    found = machine.discover(hosts=["codex"])
    assert (found.definitions, found.problems) == ((), ())


def test_a_switch_that_is_neither(machine: Machine) -> None:
    found = entry_of(machine, "zed", "./.zed/settings.json", {"command": "x", "enabled": "yes"})
    assert found.enabled is Switch.UNKNOWN


def test_kilo_reads_the_older_file_too(machine: Machine) -> None:
    machine.write("./.kilocode/mcp.json", json.dumps({"mcpServers": {"a": {"command": "old"}}}))
    entry = {"type": "local", "command": ["new"]}
    machine.write("./kilo.json", json.dumps({"mcp": {"a": entry}}))
    found = machine.discover(hosts=["kilo-code"])
    assert [one.spec.command for one in found.effective] == ["new"]
    lost = next(one for one in found.definitions if one.spec.command == "old")
    assert lost.read_by[0].reason.startswith("overridden by project scope")
