from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcpx.errors import UsageError
from mcpx.servers import Origin, Place, Transport
from mcpx.sources import paths
from mcpx.sources.definitions import Definition, Kind
from mcpx.sources.dialects import Switch
from mcpx.sources.discovery import discover
from mcpx.sources.hosts import host_table
from tests.sources.machine import Machine, problems, reading

SERVER = '{"mcpServers": {"a": {"command": "run"}}}'


def servers(**entries: Any) -> str:
    return json.dumps({"mcpServers": entries})


# -- what is chosen


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        pytest.param(
            {"hosts": ["cursr"]}, "unknown host 'cursr'", "did you mean 'cursor'?", id="host"
        ),
        pytest.param(
            {"scopes": ["projet"]}, "unknown scope 'projet'", "did you mean 'project'?", id="scope"
        ),
        pytest.param(
            {"system": "beos"}, "unknown system 'beos'", "known: linux, macos, windows", id="system"
        ),
    ],
)
def test_unknown_choices(options: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        discover(**options)
    assert (raised.value.message, raised.value.hint) == (message, hint)


def test_chosen_hosts_and_scopes(machine: Machine) -> None:
    machine.write("~/.cursor/mcp.json", SERVER)
    machine.write("./.cursor/mcp.json", SERVER)
    machine.write("~/.kiro/settings/mcp.json", SERVER)
    found = machine.discover(hosts=["cursor"], scopes=["user"])
    assert {one.host for one in found.files} == {"cursor"}
    assert {one.scope for one in found.files} == {"user"}
    (definition,) = found.definitions
    # What lost to another scope still says so.
    assert definition.read_by[0].reason.startswith("overridden by project scope")


# -- one definition


def test_a_definition_in_full(machine: Machine, one: Callable[..., Definition]) -> None:
    entry = {
        "command": "run",
        "args": ["--token", "${env:TOKEN}"],
        "env": {"A": 1, "B": None, "C": True, "D": "${env:HOME}"},
    }
    path = machine.write(
        "~/.cursor/mcp.json", '{\n"mcpServers": {\n"a": ' + json.dumps(entry) + "}}"
    )
    definition = one(machine.discover(), "a")
    assert (definition.host, definition.scope, definition.path) == ("cursor", "user", path)
    assert definition.resolved == path.resolve()
    assert definition.line == 3
    assert definition.spec.place == Place("cursor", "user", str(path), "a")
    assert definition.spec.origin is Origin.USER
    assert dict(definition.spec.env) == {"A": "1", "C": "true", "D": "${env:HOME}"}
    assert definition.unset == ("TOKEN",)
    assert definition.enabled is Switch.YES
    assert reading(definition, "cursor").enabled is Switch.UNKNOWN


def test_duplicates_by_identity(machine: Machine, one: Callable[..., Definition]) -> None:
    entry = {"command": "run", "args": ["x"], "env": {"K": "v"}}
    machine.write("~/.cursor/mcp.json", servers(a=entry))
    kiro = machine.write("~/.kiro/settings/mcp.json", servers(b=entry))
    machine.write("~/.junie/mcp/mcp.json", servers(a={**entry, "env": {"K": "w"}}))
    found = machine.discover()
    assert one(found, "a", host="cursor").duplicates == (Place("kiro", "user", str(kiro), "b"),)
    assert one(found, "a", host="junie").duplicates == ()


# -- who wrote a file


@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_a_file_that_others_may_write_counts_as_a_projects(machine: Machine, mode: int) -> None:
    machine.write("~/.cursor/mcp.json", SERVER).chmod(mode)
    (definition,) = machine.discover(system=paths.this_system()).definitions
    assert definition.spec.origin is Origin.PROJECT
    assert definition.issues == ("others may write the file: it counts as a project's",)


def test_permissions_of_another_systems_tree_say_nothing(machine: Machine) -> None:
    machine.write("~/.cursor/mcp.json", SERVER).chmod(0o666)
    (definition,) = machine.discover(system="windows", hosts=["cursor"]).definitions
    assert definition.spec.origin is Origin.USER


def test_somebody_elses_file_counts_as_a_projects(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = machine.write("~/.cursor/mcp.json", SERVER)
    if os.geteuid() == 0:
        os.chown(path, 12345, 12345)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    (definition,) = machine.discover().definitions
    assert definition.spec.origin is Origin.PROJECT
    assert definition.issues == ("the file belongs to somebody else: it counts as a project's",)


def test_a_link_into_the_project_is_the_projects(machine: Machine) -> None:
    target = machine.write("./config/mcp.json", SERVER)
    (machine.home / ".cursor").mkdir()
    (machine.home / ".cursor/mcp.json").symlink_to(target)
    (definition,) = machine.discover(hosts=["cursor"]).definitions
    assert definition.spec.origin is Origin.PROJECT
    assert definition.resolved == target.resolve()


def test_a_project_that_is_the_home_keeps_the_users_files(machine: Machine) -> None:
    machine.write("~/.cursor/mcp.json", SERVER)
    (definition,) = machine.discover(hosts=["cursor"], project=machine.home).definitions
    assert [one.scope for one in definition.read_by] == ["user"]
    assert definition.spec.origin is Origin.USER


# -- files


def test_a_linked_file_counts_once(machine: Machine, one: Callable[..., Definition]) -> None:
    target = machine.write("~/dotfiles/mcp.json", SERVER)
    for folder in (".cursor", ".junie/mcp"):
        (machine.home / folder).mkdir(parents=True)
        (machine.home / folder / "mcp.json").symlink_to(target)
    definition = one(machine.discover(), "a")
    assert definition.path == machine.home / ".cursor/mcp.json"
    assert definition.resolved == target.resolve()
    assert {one.host: one.path for one in definition.read_by} == {
        "cursor": machine.home / ".cursor/mcp.json",
        "junie": machine.home / ".junie/mcp/mcp.json",
    }


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_huge(path: Path) -> None:
    path.touch()
    os.truncate(path, 21 * 1024 * 1024)


def make_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(make_pipe, "cannot be read: not a regular file", id="pipe"),
        pytest.param(Path.mkdir, "cannot be read: not a regular file", id="folder"),
        pytest.param(
            lambda path: path.symlink_to("/dev/zero"),
            "cannot be read: not a regular file",
            id="device",
        ),
        pytest.param(
            lambda path: path.symlink_to("nowhere"), "the link leads nowhere", id="dangling"
        ),
        pytest.param(make_loop, "cannot be read: Too many levels of symbolic links", id="loop"),
        pytest.param(make_huge, "cannot be read: larger than 20 MiB", id="huge"),
    ],
)
def test_a_bad_file_is_one_problem_and_the_others_are_read(
    machine: Machine, make: Callable[[Path], None], message: str
) -> None:
    path = machine.home / ".cursor/mcp.json"
    path.parent.mkdir()
    make(path)
    machine.write("~/.kiro/settings/mcp.json", SERVER)
    found = machine.discover()
    assert [one.name for one in found.definitions] == ["a"]
    (problem,) = found.problems
    assert (problem.kind, problem.path, problem.hosts) == (Kind.UNREADABLE, path, ("cursor",))
    assert problem.message == message


def test_invalid_file(machine: Machine) -> None:
    path = machine.write("~/.kiro/settings/mcp.json", '{\n"mcpServers": {]}')
    (problem,) = machine.discover().problems
    assert problem.kind is Kind.INVALID
    assert (problem.path, problem.line) == (path, 2)
    assert problem.message == "not valid JSON: column 16"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[1]", "the document is not an object", id="list"),
        pytest.param('"x"', "the document is not an object", id="text"),
        pytest.param('{"mcpServers": 1}', "'mcpServers' is not an object", id="servers"),
    ],
)
def test_a_document_of_the_wrong_form(machine: Machine, text: str, message: str) -> None:
    machine.write("~/.kiro/settings/mcp.json", text)
    found = machine.discover()
    assert [one.message for one in found.problems] == [message]


def test_comments_where_the_host_wants_plain_json(machine: Machine) -> None:
    machine.write("./.mcp.json", '{\n// team\n"mcpServers": {"a": {"command": "run"}}}')
    found = machine.discover(system="linux")
    (definition,) = found.definitions
    (problem,) = problems(found, Kind.HOST_IGNORES)
    assert "claude-code" in problem.hosts
    assert "copilot-cli" in problem.hosts
    assert "command-code" not in problem.hosts
    assert problem.line == 2
    assert problem.message.startswith("strict JSON: the host ignores the file")
    assert not reading(definition, "claude-code").effective
    assert reading(definition, "command-code").effective


def test_comments_where_nothing_is_known(machine: Machine) -> None:
    machine.write("~/.cursor/mcp.json", SERVER.replace("}}}", "},}}"))
    (definition,) = machine.discover().definitions
    assert definition.issues == (
        "a comment, a trailing comma or another deviation from plain JSON in line 1: "
        "not documented whether the host accepts it",
    )
    assert reading(definition, "cursor").effective


def test_comments_do_not_matter_where_no_server_stands(machine: Machine) -> None:
    machine.write("~/.claude/settings.json", '{"model": "x"} // mine')
    machine.write("~/.config/devin/config.json", '{"theme": "x",}')
    assert machine.discover(system="linux").problems == ()


def test_claude_code_size_limit(machine: Machine) -> None:
    machine.write("./.mcp.json", SERVER + " " * 2 * 1024 * 1024)
    found = machine.discover(hosts=["claude-code", "vscode"])
    (problem,) = problems(found, Kind.HOST_IGNORES)
    assert problem.hosts == ("claude-code",)
    assert problem.message == "larger than 2 MiB: the host ignores the file"
    assert [one.host for one in found.effective] == ["vscode"]


def test_wrong_key_of_a_host(machine: Machine) -> None:
    path = machine.write("./.mcp.json", '{"servers": {"a": {"command": "run"}}}')
    found = machine.discover(system="linux")
    (definition,) = found.definitions
    assert definition.host == "generic"
    text = "key 'servers': Claude Code expects 'mcpServers' and does not read it"
    assert definition.issues == (text,)
    assert [(one.kind, one.path, one.hosts, one.message) for one in found.problems] == [
        (Kind.HOST_IGNORES, path, ("claude-code",), text)
    ]


def test_a_name_given_twice(machine: Machine) -> None:
    text = '{"mcpServers": {"a": {"command": "x"},\n"a": {"command": "y"}}}'
    machine.write("~/.kiro/settings/mcp.json", text)
    found = machine.discover()
    assert [(one.spec.command, one.line) for one in found.definitions] == [("y", 2)]
    (problem,) = found.problems
    assert (problem.entry, problem.line) == ("a", 2)
    assert problem.message == "stands twice in this file; the last one counts"


@pytest.mark.parametrize(
    ("entry", "message", "listed"),
    [
        pytest.param(1, "the entry is not an object", False, id="number"),
        pytest.param({}, "neither a command nor a URL", False, id="empty"),
        pytest.param(
            {"command": 1}, "'command' is not text; neither a command nor a URL", False, id="number"
        ),
        pytest.param({"command": "x", "args": "y"}, "'args' is not a list", True, id="args"),
        pytest.param(
            {"command": "x", "args": ["y", 1]},
            "'args' holds something that is not text",
            True,
            id="arg",
        ),
        pytest.param({"command": "x", "env": ["y"]}, "'env' is not an object", True, id="env"),
        pytest.param(
            {"command": "x", "env": {"K": ["y"]}},
            "'env' holds something that is not text",
            True,
            id="env-value",
        ),
        pytest.param(
            {"command": "x", "disabled": "no", "cwd": 1},
            "'disabled' is not true or false; 'cwd' is not text",
            True,
            id="two",
        ),
        pytest.param(
            {"type": "http", "command": "x"},
            "the type asks for a URL, and there is none",
            True,
            id="no-url",
        ),
        pytest.param(
            {"type": "stdio", "url": "https://x"},
            "the type asks for a command, and there is none",
            True,
            id="no-command",
        ),
    ],
)
def test_one_problem_per_bad_entry(
    machine: Machine, entry: object, message: str, listed: bool
) -> None:
    text = '{"mcpServers": {"good": {"command": "x"},\n"bad": ' + json.dumps(entry) + "}}"
    machine.write("~/.kiro/settings/mcp.json", text)
    found = machine.discover()
    assert ("bad" in {one.name for one in found.definitions}) is listed
    (problem,) = found.problems
    assert (problem.kind, problem.entry, problem.line) == (Kind.BAD_ENTRY, "bad", 2)
    assert problem.message == message


@pytest.mark.parametrize(
    ("place", "content", "message"),
    [
        pytest.param(
            "./.crushrc",
            "mcp add x",
            "servers may stand here: it is a shell script, and is not run",
            id="script",
        ),
        pytest.param(
            "~/.config/JetBrains/IDEA/options/llm.mcpServers.xml",
            "<x/>",
            "servers may stand here: it is not parsed",
            id="xml",
        ),
        pytest.param(
            "./server.json",
            '{"$schema": "https://static.example/2025-12-11/server.schema.json", "name": "a/b"}',
            "a registry manifest: it describes a server for others and configures none here",
            id="package",
        ),
    ],
)
def test_what_is_there_and_not_read(
    machine: Machine, place: str, content: str, message: str
) -> None:
    path = machine.write(place, content)
    found = machine.discover(system="linux")
    assert [(one.kind, one.path, one.message) for one in found.problems] == [
        (Kind.NOT_READ, path, message)
    ]
    assert found.definitions == ()


def test_any_other_server_json_is_left_alone(machine: Machine) -> None:
    path = machine.write("./server.json", '{"port": 80}')
    found = machine.discover()
    assert found.problems == ()
    report = next(one for one in found.files if one.path == path)
    assert report.notes == ("not a registry manifest",)


def test_goose_builtins_are_a_note(machine: Machine) -> None:
    machine.write(
        "~/.config/goose/config.yaml", "extensions:\n  dev: {type: builtin, enabled: true}\n"
    )
    found = machine.discover(system="linux")
    assert (found.definitions, found.problems) == ((), ())
    report = next(one for one in found.files if one.host == "goose" and one.found)
    assert report.notes == ("'dev': an extension that is not an MCP server",)
    assert report.entries == 0


def test_continue_blocks_kept_elsewhere(machine: Machine) -> None:
    machine.write(
        "~/.continue/config.yaml", "mcpServers:\n- uses: acme/hub\n- {name: x, command: y}\n"
    )
    found = machine.discover()
    assert [one.name for one in found.definitions] == ["x"]
    (problem,) = found.problems
    assert (problem.kind, problem.entry) == (Kind.NOT_READ, "#1")


def test_claude_code_plugin_manifest(machine: Machine) -> None:
    base = "~/.claude/plugins/cache/acme/docs/1.0"
    machine.write(f"{base}/more.json", '{"c": {"command": "more"}}')
    machine.write("~/.claude/secrets.json", '{"d": {"command": "stolen"}}')
    manifest = {
        "mcpServers": [
            {"i": {"command": "inline"}},
            "./more.json",
            "../../../../../secrets.json",
            "no.json",
            "a\0b",
        ]
    }
    path = machine.write(f"{base}/.claude-plugin/plugin.json", json.dumps(manifest))
    found = machine.discover(hosts=["claude-code"])
    assert {one.name: one.spec.command for one in found.definitions} == {"i": "inline", "c": "more"}
    assert [(one.path, one.message) for one in found.problems] == [
        (path, "names a file outside the plugin"),
        (path, "names a file that does not exist"),
    ]


def test_the_number_of_entries_is_bounded(machine: Machine) -> None:
    machine.write("./.mcp.json", servers(**{f"s{n}": {"command": "x"} for n in range(1_005)}))
    found = machine.discover(hosts=["claude-code"])
    assert len(found.definitions) == 1_000
    (problem,) = found.problems
    assert problem.message == "more than 1000 entries, the rest is not read"


def test_extension_manifest_by_platform(machine: Machine) -> None:
    config = {"command": "x", "platform_overrides": {"win32": {"command": "x.exe"}}}
    text = json.dumps({"server": {"mcp_config": config}})
    machine.write("~/AppData/Roaming/Claude/Claude Extensions/e1/manifest.json", text)
    machine.write("~/.config/Claude/Claude Extensions/e1/manifest.json", text)
    for system, command in (("windows", "x.exe"), ("linux", "x")):
        (definition,) = machine.discover(system=system, hosts=["claude-desktop"]).definitions
        assert (definition.name, definition.spec.command) == ("manifest", command)


# -- the environment of this process


def test_variables_move_folders_of_the_own_home_only(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.write("/moved/config.toml", '[mcp_servers.a]\ncommand = "run"\n')
    monkeypatch.setenv("CODEX_HOME", str(machine.root / "moved"))
    monkeypatch.setenv("HOME", str(machine.home))
    own = discover(project=machine.project, hosts=["codex"])
    assert [one.name for one in own.definitions] == ["a"]
    assert [one.template for one in own.files if one.scope == "user"] == ["$CODEX_HOME/config.toml"]
    assert machine.discover(hosts=["codex"]).definitions == ()


def test_configuration_in_a_variable_is_reported(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCODE_CONFIG_CONTENT", '{"mcp": {}}')
    monkeypatch.setenv("HOME", str(machine.home))
    found = discover(project=machine.project, hosts=["opencode"])
    (problem,) = found.problems
    assert (problem.kind, str(problem.path)) == (Kind.NOT_READ, "$OPENCODE_CONFIG_CONTENT")


def test_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", refuse)
    with pytest.raises(UsageError) as raised:
        discover()
    assert raised.value.message == "there is no home folder"


def test_a_working_folder_that_is_gone(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = machine.root / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    machine.write("~/.cursor/mcp.json", SERVER)
    found = discover(home=machine.home)
    assert [one.name for one in found.definitions] == ["a"]
    skipped = [one for one in found.files if one.host == "cursor" and one.scope == "project"]
    assert {one.notes for one in skipped} == {("no project folder",)}


# -- reports


def test_every_place_is_reported(machine: Machine) -> None:
    path = machine.write("~/.cursor/mcp.json", SERVER)
    found = machine.discover(system="linux")
    report = next(one for one in found.files if one.path == path)
    assert (report.found, report.entries, report.template) == (True, 1, "{home}/.cursor/mcp.json")
    assert (report.format, report.status, report.confidence) == ("jsonc", "current", "code")
    assert report.sources == ("snyk", "addmcp", "rulesync", "vscode-src")
    expected = {
        (host.id, file.scope)
        for host in host_table().hosts
        for file in host.files
        if "linux" in file.systems
    }
    assert {(one.host, one.scope) for one in found.files} == expected


def test_system_wide_files_of_an_unknown_root_are_not_looked_at(tmp_path: Path) -> None:
    found = discover(home=tmp_path, project=tmp_path, hosts=["codex"], system="linux")
    report = next(one for one in found.files if one.scope == "system")
    assert report.notes == ("system-wide files are not looked at in another home",)
    assert not report.found


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "mcpServers",
                    "command",
                    "args",
                    "env",
                    "url",
                    "type",
                    "a",
                    "headers",
                    "transport",
                    "projects",
                    "disabled",
                    "mcp",
                    "servers",
                    "excluded",
                    "uses",
                    "enabled",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)

EVERYWHERE = (
    "~/.claude.json",
    "./.mcp.json",
    "~/.gemini/settings.json",
    "./opencode.json",
    "~/.config/zed/settings.json",
    "~/.cline/data/settings/cline_mcp_settings.json",
    "~/.continue/mcpServers/x.json",
    "~/.codex/plugins/cache/a/b/c/.mcp.json",
    "~/.claude/plugins/cache/a/.claude-plugin/plugin.json",
    "~/.claude/settings.json",
    "~/.config/goose/config.yaml",
)


@settings(max_examples=60, deadline=None)
@given(value=junk)
def test_no_document_breaks_the_scan(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    machine = Machine(tmp_path_factory.getbasetemp() / "junk-scan")
    for place in EVERYWHERE:
        machine.write(
            place,
            json.dumps(
                {
                    "mcpServers": value,
                    "mcp": value,
                    "extensions": value,
                    "context_servers": value,
                    "projects": value,
                }
            ),
        )
    found = machine.discover(system="linux")
    for definition in found.definitions:
        spec = definition.spec
        toggle = definition.partial or spec.transport is Transport.EXTENSION
        assert toggle or spec.command or spec.url


def test_deep_documents_do_not_break_the_merge(machine: Machine) -> None:
    deep = '{"mcp": {"a": {"type": "local", "command": ["x"], "y": ' + '{"y": ' * 300 + "1"
    text = deep + "}" * 300 + "}}}"
    machine.write("~/.config/opencode/opencode.json", text)
    machine.write("./opencode.json", text)
    (server,) = machine.discover(hosts=["opencode"]).effective
    assert server.spec.command == "x"


def test_a_scan_imports_nothing_slow(machine: Machine) -> None:
    machine.write("~/.cursor/mcp.json", SERVER)
    code = (
        "import sys; before = set(sys.modules);"
        "from mcpx.sources.discovery import discover; discover();"
        "print(*sorted((set(sys.modules) - before) & {'yaml','tomllib','httpx','rich','mcp',"
        "'pydantic','typer','asyncio','platformdirs','difflib','shlex'}))"
    )
    environ = {**os.environ, "HOME": str(machine.home)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environ,
        cwd=machine.project,
        capture_output=True,
        check=True,
    )
    assert set(done.stdout.decode().split()) <= {"difflib"}
