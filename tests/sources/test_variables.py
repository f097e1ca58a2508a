from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sources.definitions import Definition
from mcpx.sources.variables import expand
from tests.sources.machine import Machine

ENVIRON = {"SET": "value", "EMPTY": "", "HOME": "/home/dana"}

# host: its file, the key of its servers
FILES = {
    "claude-code": ("~/.claude.json", "mcpServers"),
    "cursor": ("~/.cursor/mcp.json", "mcpServers"),
    "vscode": ("./.vscode/mcp.json", "servers"),
    "copilot-cli": ("~/.copilot/mcp-config.json", "mcpServers"),
    "gemini-cli": ("~/.gemini/settings.json", "mcpServers"),
    "crush": ("./crush.json", "mcp"),
    "opencode": ("./opencode.json", "mcp"),
    "zed": ("./.zed/settings.json", "context_servers"),
    "kiro": ("~/.kiro/settings/mcp.json", "mcpServers"),
    "mcporter": ("~/.mcporter/mcporter.json", "mcpServers"),
    "roo-code": ("./.roo/mcp.json", "mcpServers"),
    "librechat": ("./librechat.yaml", "mcpServers"),
    "continue": ("~/.continue/mcpServers/x.json", "mcpServers"),
    "claude-desktop": ("~/.config/Claude/claude_desktop_config.json", "mcpServers"),
}


def define(machine: Machine, host: str, entry: Mapping[str, Any]) -> Definition:
    place, key = FILES[host]
    machine.write(place, json.dumps({key: {"a": entry}}))
    (definition,) = machine.discover(hosts=[host], system="linux").definitions
    return definition


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MISSING", "EMPTY", "SET"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("host", "text", "expanded", "unset"),
    [
        ("claude-code", "${SET}-${MISSING}", "value-${MISSING}", ["MISSING"]),
        ("claude-code", "${MISSING:-d}${SET:-d}${EMPTY:-d}", "dvalue", []),
        ("claude-code", "$SET ${var%pattern} ${CLAUDE_PLUGIN_ROOT}", None, ["CLAUDE_PLUGIN_ROOT"]),
        ("cursor", "${env:SET} ${SET} ${env:MISSING}", "value ${SET} ${env:MISSING}", ["MISSING"]),
        ("cursor", "${userHome}${pathSeparator}x", "/home/dana/x", []),
        ("cursor", "${workspaceFolderBasename}", "shop", []),
        ("vscode", "${env:SET}[${env:MISSING}]", "value[]", ["MISSING"]),
        ("vscode", "${input:pat}", "${input:pat}", []),
        ("copilot-cli", "$SET ${SET} ${MISSING:-d}", "value value ${MISSING:-d}", []),
        ("gemini-cli", "$SET %SET% ${MISSING:-d} $MISSING", "value value d $MISSING", ["MISSING"]),
        ("crush", "$SET ${MISSING} $(cat x)", "value  $(cat x)", ["MISSING"]),
        ("opencode", "{env:SET}[{env:MISSING}] ${SET}", "value[] ${SET}", ["MISSING"]),
        ("zed", "${SET} $SET {env:SET}", "${SET} $SET {env:SET}", []),
        ("claude-desktop", "${SET} ${user_config.x}", "${SET} ${user_config.x}", []),
        ("kiro", "${SET}${env:SET}", "valuevalue", []),
        ("mcporter", "$env:SET ${MISSING:-d}", "value d", []),
        ("roo-code", "${env:SET}", "value", []),
        ("librechat", "${SET} {{LIBRECHAT_USER_ID}}", "value {{LIBRECHAT_USER_ID}}", []),
        ("continue", "${{ secrets.TOKEN }}", "${{ secrets.TOKEN }}", []),
    ],
)
def test_variables_of_a_host(
    machine: Machine, host: str, text: str, expanded: str | None, unset: list[str]
) -> None:
    entry: dict[str, Any] = {"command": "run", "env": {"K": text}}
    if host == "opencode":
        entry = {"type": "local", "command": ["run"], "environment": {"K": text}}
    definition = define(machine, host, entry)
    assert definition.spec.env["K"] == text
    assert list(definition.unset) == unset
    spec = expand(definition, ENVIRON, machine.project)
    assert spec.env["K"] == (text if expanded is None else expanded)
    if expanded is None:
        return
    assert spec.place == definition.spec.place


@pytest.mark.parametrize(
    ("host", "text", "asked"),
    [
        ("vscode", "${input:pat} ${command:x} ${input:pat}", ("input:pat", "command:x")),
        ("crush", "$(op read x)", ("$(...)",)),
        ("continue", "${{ secrets.T }}", ("secrets.T",)),
        ("librechat", "{{LIBRECHAT_USER_ID}}", ("LIBRECHAT_USER_ID",)),
        ("claude-desktop", "${user_config.x}", ()),
    ],
)
def test_what_a_host_asks_for(
    machine: Machine, host: str, text: str, asked: tuple[str, ...]
) -> None:
    definition = define(machine, host, {"command": "run", "env": {"K": text}})
    assert definition.needs.asked == asked


def test_every_field_of_claude_code(machine: Machine) -> None:
    entry = {"command": "${SET}", "args": ["-${SET}"], "cwd": "${SET}", "env": {"A": "${SET}"}}
    spec = expand(define(machine, "claude-code", entry), ENVIRON, None)
    assert (spec.command, spec.args, spec.cwd) == ("value", ("-value",), "value")
    remote = {"type": "http", "url": "https://${SET}/", "headers": {"H": "Bearer ${SET}"}}
    spec = expand(define(machine, "claude-code", remote), ENVIRON, None)
    assert (spec.url, dict(spec.headers)) == ("https://value/", {"H": "Bearer value"})


def test_copilot_replaces_in_env_and_headers_only(machine: Machine) -> None:
    entry = {"command": "$MISSING", "args": ["$SET"], "env": {"A": "$SET"}}
    definition = define(machine, "copilot-cli", entry)
    assert definition.unset == ()
    spec = expand(definition, ENVIRON, None)
    assert (spec.command, spec.args, dict(spec.env)) == ("$MISSING", ("$SET",), {"A": "value"})


def test_folders_of_plugins_and_extensions(machine: Machine) -> None:
    args = ["${CLAUDE_PLUGIN_ROOT}/x", "${CLAUDE_PROJECT_DIR}", "${CLAUDE_PLUGIN_DATA}"]
    plugin = machine.write(
        "~/.claude/plugins/cache/p/.mcp.json", json.dumps({"a": {"command": "run", "args": args}})
    )
    (definition,) = machine.discover(hosts=["claude-code"]).definitions
    assert definition.unset == ()
    spec = expand(definition, ENVIRON, machine.project)
    assert spec.args == (f"{plugin.parent}/x", str(machine.project), "${CLAUDE_PLUGIN_DATA}")

    args = ["${extensionPath}${/}x", "${workspacePath}"]
    entry = {"mcpServers": {"a": {"command": "run", "args": args}}}
    extension = machine.write("~/.gemini/extensions/x/gemini-extension.json", json.dumps(entry))
    (definition,) = machine.discover(hosts=["gemini-cli"]).definitions
    spec = expand(definition, ENVIRON, machine.project)
    assert spec.args == (f"{extension.parent}/x", str(machine.project))
    assert expand(definition, ENVIRON, None).args[1] == "${workspacePath}"

    config = {"command": "node", "args": ["${__dirname}/i.js", "${HOME}", "${user_config.k}"]}
    manifest = machine.write(
        "~/.config/Claude/Claude Extensions/e/manifest.json",
        json.dumps({"name": "e", "server": {"mcp_config": config}}),
    )
    (definition,) = machine.discover(hosts=["claude-desktop"], system="linux").definitions
    assert definition.needs.asked == ("user_config.k",)
    spec = expand(definition, ENVIRON, None)
    assert spec.args == (f"{manifest.parent}/i.js", "/home/dana", "${user_config.k}")


def test_plugin_manifest_folder(machine: Machine) -> None:
    entry = {"mcpServers": {"a": {"command": "${CLAUDE_PLUGIN_ROOT}/run"}}}
    base = "~/.claude/plugins/cache/p"
    path = machine.write(f"{base}/.claude-plugin/plugin.json", json.dumps(entry))
    (definition,) = machine.discover(hosts=["claude-code"]).definitions
    assert expand(definition, ENVIRON, None).command == f"{path.parent.parent}/run"


CODEX = """
[mcp_servers.a]
url = "https://a.example/mcp"
bearer_token_env_var = "SET"
env_http_headers = { "X-Key" = "SET", "X-None" = "MISSING" }

[mcp_servers.b]
command = "run"
env_vars = ["SET", "MISSING", { name = "HOME" }, { name = "REMOTE", source = "remote" }]
env = { A = "$SET" }
"""


def test_codex_takes_names_from_the_environment(machine: Machine) -> None:
    machine.write("~/.codex/config.toml", CODEX)
    a, b = machine.discover(hosts=["codex"]).definitions
    assert a.unset == ("MISSING",)
    assert dict(a.spec.headers) == {}
    assert dict(expand(a, ENVIRON, None).headers) == {
        "Authorization": "Bearer value",
        "X-Key": "value",
    }
    assert b.unset == ("MISSING",)
    assert dict(expand(b, ENVIRON, None).env) == {
        "SET": "value",
        "HOME": "/home/dana",
        "A": "$SET",
    }


def test_goose_keyring(machine: Machine) -> None:
    text = "extensions: {a: {type: stdio, cmd: run, env_keys: [TOKEN]}}"
    machine.write("~/.config/goose/config.yaml", text)
    (definition,) = machine.discover(hosts=["goose"], system="linux").definitions
    assert definition.needs.asked == ("keyring:TOKEN",)


def test_merged_definitions_expand_as_merged(machine: Machine) -> None:
    machine.write(
        "~/.codex/config.toml",
        '[mcp_servers.a]\nurl = "https://x"\nbearer_token_env_var = "SET"\n',
    )
    machine.write("./.codex/config.toml", '[mcp_servers.a]\nurl = "https://y"\n')
    found = machine.discover(hosts=["codex"])
    used = next(one for one in found.definitions if one.read_by[0].effective)
    spec = expand(used, ENVIRON, None)
    assert (spec.url, dict(spec.headers)) == ("https://y", {"Authorization": "Bearer value"})


def test_the_rules_of_another_reader(machine: Machine) -> None:
    machine.write("./.mcp.json", json.dumps({"mcpServers": {"a": {"command": "${SET}"}}}))
    (definition,) = machine.discover(hosts=["claude-code", "copilot-cli"]).definitions
    assert expand(definition, ENVIRON, None).command == "value"
    assert expand(definition, ENVIRON, None, host="copilot-cli").command == "${SET}"


def test_mcporter_splits_a_command(machine: Machine) -> None:
    definition = define(machine, "mcporter", {"command": "npx -y 'a b'"})
    spec = expand(definition, ENVIRON, None)
    assert (spec.command, spec.args) == ("npx", ("-y", "a b"))
    definition = define(machine, "mcporter", {"command": "npx 'a"})
    with pytest.raises(ConfigError, match="has an open quotation mark"):
        expand(definition, ENVIRON, None)


def test_opencode_files(machine: Machine) -> None:
    entry = {"type": "remote", "url": "https://x", "headers": {"A": "Bearer {file:./t.txt}"}}
    definition = define(machine, "opencode", entry)
    with pytest.raises(ConfigError, match="not found; 'a' in"):
        expand(definition, ENVIRON, None)
    machine.write("./t.txt", " secret\n")
    assert expand(definition, ENVIRON, None).headers["A"] == "Bearer secret"
    machine.write("./t.txt", b"\xff")
    with pytest.raises(ConfigError, match="not UTF-8 text; 'a' in"):
        expand(definition, ENVIRON, None)


@pytest.mark.parametrize("name", ["a\0b", "~nobody-here/x", "/dev/zero"])
def test_names_that_no_file_can_have(machine: Machine, name: str) -> None:
    entry = {"type": "remote", "url": "https://x", "headers": {"A": "{file:" + name + "}"}}
    definition = define(machine, "opencode", entry)
    with pytest.raises(ConfigError, match="takes a value from it"):
        expand(definition, ENVIRON, None)


def test_env_file(machine: Machine) -> None:
    entry = {"command": "run", "envFile": "${workspaceFolder}/.env", "env": {"B": "own"}}
    machine.write("./.env", "# A=0\nexport A='1 2'\nB=file\n\nC = 3\njunk\n")
    spec = expand(define(machine, "vscode", entry), ENVIRON, machine.project)
    assert dict(spec.env) == {"A": "1 2", "B": "own", "C": "3"}


def test_env_file_that_is_not_there(machine: Machine) -> None:
    definition = define(machine, "cursor", {"command": "run", "envFile": "no.env"})
    with pytest.raises(ConfigError, match="not found"):
        expand(definition, ENVIRON, Path(machine.project))
