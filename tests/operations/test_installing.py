from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from mcpx import settings
from mcpx.errors import ConfigError, RefusedError, UsageError
from mcpx.masking import Mask
from mcpx.operations.host_files import BACKUP
from mcpx.operations.installing import install, uninstall
from mcpx.sources.hosts import host_table
from mcpx.sources.paths import candidates, surroundings
from mcpx.sources.readers import plain_json
from tests.conftest import GOOD_SERVER, ROOT, Run

TEXT = """{
  // mine
  "mcpServers": {
    "github": {
      "command": "npx", // run
      "args": ["-y", "pkg", "--token", "abc-123-def"],
      "env": {"API_KEY": "s3cr3t-value"}
    },
    "files": {"command": "files"},
    "remote": {"url": "https://user:pw@a.example/mcp?key=xyz"}
  }
}
"""


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(0o600)
    return path


@pytest.fixture(autouse=True)
def _kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested may lie in a temporary folder itself."""
    monkeypatch.setattr(tempfile, "gettempdir", lambda: "/nowhere")


@pytest.fixture
def cursor(home: Path) -> Path:
    return write(home / ".cursor/mcp.json", TEXT)


def beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir() if one != path)


def server(path: Path, name: str = "github") -> Any:
    return json.loads(plain_json(path.read_text()))["mcpServers"][name]


def test_an_installed_tap_stands_before_the_command_and_can_be_taken_out(cursor: Path) -> None:
    cursor.chmod(0o640)
    edited = install("cursor/github", None, Mask())
    folder = settings.state_folder() / "recordings" / "cursor-github"
    entry = server(cursor)
    program = Path(entry["command"])
    assert program.is_absolute()
    assert entry["args"][-9:] == [
        "record", "-o", f"{folder}/", "--", "npx", "-y", "pkg", "--token", "abc-123-def",
    ]  # fmt: skip
    assert entry["env"] == {"API_KEY": "s3cr3t-value"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (edited.entry, edited.path) == ("cursor:user/github", cursor)
    assert edited.backup == cursor.with_name("mcp.json" + BACKUP)
    assert edited.backup.read_text() == TEXT
    assert edited.backup.stat().st_mode & 0o777 == 0o600
    assert cursor.stat().st_mode & 0o777 == 0o640
    assert edited.notes == (
        "cursor:user/github is recorded from the next start of Cursor on: restart it",
        f"recordings: {folder}/, read with mcpx session show FILE",
        "undo: mcpx record --uninstall cursor:user/github",
    )

    edited = uninstall("cursor/github", Mask())
    assert cursor.read_text() == TEXT
    assert cursor.stat().st_mode & 0o777 == 0o640
    assert beside(cursor) == []
    assert edited.notes == ("cursor:user/github is started as before, once Cursor is restarted",)


def test_the_change_is_shown_as_a_diff_without_secrets(cursor: Path) -> None:
    shown = install("cursor/github", "/r", Mask(), dry_run=True)
    head, *lines = shown.diff.split("\n@@ ")[1].splitlines()
    assert head == "-4,4 +4,4 @@"
    assert [line[0] for line in lines] == [" ", "-", "-", "+", "+", " "]
    assert lines[2].strip("- ") == '"args": ["-y", "pkg", "--token", "***"],'
    assert lines[4].endswith('"record", "-o", "/r/", "--", "npx", "-y", "pkg", "--token", "***"],')
    assert lines[5].strip() == '"env": {"API_KEY": "***"}'
    assert (shown.backup, shown.notes) == (None, ())
    assert cursor.read_text() == TEXT
    assert beside(cursor) == []
    assert not settings.state_folder().exists()
    install("cursor/github", "/r", Mask())
    tapped = cursor.read_text()
    undone = uninstall("cursor/github", Mask(), dry_run=True)
    changed = [line for line in undone.diff.splitlines()[3:] if line[0] in "+-"]
    forth = [line for line in shown.diff.splitlines()[3:] if line[0] in "+-"]
    assert [line[1:] for line in changed] == [line[1:] for line in (*forth[2:], *forth[:2])]
    assert cursor.read_text() == tapped


def test_installing_twice_changes_nothing(cursor: Path) -> None:
    install("cursor/github", "/r", Mask())
    once = cursor.read_text()
    edited = install("cursor/github", "/other", Mask())
    assert edited.diff == ""
    assert edited.notes == (
        "cursor:user/github is recorded already into /r/; nothing was changed",
        "undo: mcpx record --uninstall cursor:user/github",
    )
    assert cursor.read_text() == once


def test_two_entries_of_a_file_come_and_go_in_any_order(cursor: Path) -> None:
    install("cursor/github", "/r", Mask())
    install("cursor/files", "/r", Mask())
    assert beside(cursor) == ["mcp.json" + BACKUP, "mcp.json" + BACKUP + "-2"]
    edited = uninstall("cursor/github", Mask())
    assert server(cursor)["command"] == "npx"
    assert server(cursor, "files")["args"][-1] == "files"
    assert edited.notes[1] == f"a backup of it is left: {cursor}{BACKUP}"
    uninstall("cursor/files", Mask())
    assert cursor.read_text() == TEXT


def test_what_others_changed_meanwhile_stays(cursor: Path) -> None:
    install("cursor/github", "/r", Mask())
    cursor.write_text(cursor.read_text().replace("// mine", "// ours").replace('"-y"', '"-q"'))
    edited = uninstall("cursor/github", Mask())
    assert cursor.read_text() == TEXT.replace("// mine", "// ours").replace('"-y"', '"-q"')
    assert edited.notes[1:] == (f"a backup of it is left: {cursor}{BACKUP}",)


def test_a_file_that_the_host_wrote_anew_is_restored_in_meaning(cursor: Path) -> None:
    install("cursor/github", "/r", Mask())
    install("cursor/files", "/r", Mask())
    names = ("github", "files")
    cursor.write_text(json.dumps({"mcpServers": {name: server(cursor, name) for name in names}}))
    exact = uninstall("cursor/github", Mask())
    assert exact.notes[1].startswith("a backup")
    cursor.write_text(json.dumps(json.loads(cursor.read_text()), indent=4))
    edited = uninstall("cursor/files", Mask())
    assert server(cursor, "files") == {"command": "files", "args": []}
    assert "written anew" in edited.notes[1]


def test_what_came_in_by_hand_goes_out_too(home: Path) -> None:
    entry = '{"command": "uvx", "args": ["mcpx", "record", "-o", "x", "--", "b"]}'
    text = f'{{"mcpServers": {{"a": {entry}}}}}'
    path = write(home / ".cursor/mcp.json", text)
    uninstall("cursor/a", Mask())
    assert path.read_text() == '{"mcpServers": {"a": {"command": "b", "args": []}}}'


def test_the_recorded_one_of_several_is_uninstalled(cursor: Path, project: Path) -> None:
    write(project / ".cursor/mcp.json", TEXT)
    install("cursor:user/github", "/r", Mask())
    assert uninstall("cursor/github", Mask()).entry == "cursor:user/github"


def test_a_projects_file_is_changed_only_when_it_is_named(project: Path) -> None:
    path = write(project / ".mcp.json", '{"mcpServers": {"a": {"command": "x"}}}')
    with pytest.raises(RefusedError):
        install("claude-code/a", "/r", Mask())
    assert beside(path) == [".git"]
    edited = install("claude-code:project/a", "/r", Mask())
    assert edited.notes[2:4] == (
        "the file is a project's: do not commit this change, nor the backup",
        "Claude Code may ask again: approval in Claude Code",
    )
    write(project / ".cursor/mcp.json", TEXT)
    notes = install("cursor:project/github", "/r", Mask()).notes
    assert [note.partition(":")[0] for note in notes[2:]] == [
        "the file is a project's",
        "undo",
    ]


@pytest.mark.parametrize(
    ("entry", "message", "hint"),
    [
        pytest.param(
            {"url": "https://user:pw@a.example/mcp?key=xyz"},
            "cursor:user/a is reached at https://***@a.example/mcp?key=***: "
            "there is no command to record",
            "mcpx record -o s.jsonl --http 'https://***@a.example/mcp?key=***' --listen 8900, "
            "and that address as its URL in {path}",
            id="remote",
        ),
        pytest.param(
            {"command": "x", "type": "http", "url": "https://a.example/mcp"},
            "cursor:user/a is reached at https://a.example/mcp: there is no command to record",
            "mcpx record -o s.jsonl --http 'https://a.example/mcp' --listen 8900, "
            "and that address as its URL in {path}",
            id="remote-with-command",
        ),
        pytest.param(
            {"command": "x", "args": None},
            "'a' in {path} cannot be changed: 'args' is not a list",
            "nothing was changed; write mcpx record -o FOLDER/ -- before its command yourself",
            id="null",
        ),
    ],
)
def test_what_cannot_be_recorded_is_refused(
    home: Path, entry: object, message: str, hint: str
) -> None:
    text = json.dumps({"mcpServers": {"a": entry}})
    path = write(home / ".cursor/mcp.json", text)
    with pytest.raises((UsageError, ConfigError)) as caught:
        install("cursor/a", "/r", Mask(), dry_run=True)
    assert caught.value.message == message.format(path=path)
    assert caught.value.hint == hint.format(path=path)
    assert path.read_text() == text


def test_an_extension_has_no_command(home: Path) -> None:
    write(home / ".config/zed/settings.json", '{"context_servers": {"a": {"settings": {}}}}')
    with pytest.raises(UsageError, match="zed:user/a names no command"):
        install("zed/a", "/r", Mask())


def test_what_is_not_recorded_cannot_be_uninstalled(cursor: Path) -> None:
    with pytest.raises(UsageError, match="cursor:user/github is not recorded") as caught:
        uninstall("cursor/github", Mask())
    assert caught.value.hint == "mcpx record --install cursor:user/github"


def test_an_entry_that_is_merged_from_files_is_left_alone(home: Path, project: Path) -> None:
    one = write(home / ".codex/config.toml", '[mcp_servers.a]\ncommand = "x"\n')
    other = write(project / ".codex/config.toml", '[mcp_servers.a]\nargs = ["y"]\ncommand="z"\n')
    with pytest.raises(ConfigError, match="merges 'a' from several files") as caught:
        install("codex:user/a", "/r", Mask())
    assert caught.value.details == (str(one), str(other))


def test_a_link_stays_a_link_and_bytes_around_the_text_stay(home: Path) -> None:
    data = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode() + b"\r\n \r\n"
    real = write(home / "dotfiles/mcp.json", data)
    link = home / ".cursor/mcp.json"
    link.parent.mkdir()
    link.symlink_to(real)
    edited = install("cursor/github", "/r", Mask())
    assert link.is_symlink()
    assert edited.path == real
    assert edited.backup is not None
    assert edited.backup.parent == real.parent
    tapped = real.read_bytes()
    assert tapped.startswith(b"\xef\xbb\xbf{\r\n")
    assert tapped.endswith(b"}\r\n\r\n \r\n")
    uninstall("cursor/github", Mask())
    assert real.read_bytes() == data


# -- where recordings go, and what starts mcpx


def test_a_folder_is_absolute_whatever_is_given(cursor: Path, project: Path) -> None:
    install("cursor/github", "rec", Mask())
    assert f"{project}/rec/" in server(cursor)["args"]
    assert (project / "rec").is_dir()


@pytest.mark.parametrize("given", ["taken", "s.jsonl"])
def test_a_file_is_no_folder_for_recordings(cursor: Path, project: Path, given: str) -> None:
    (project / "taken").write_text("x")
    with pytest.raises(UsageError, match="with --install it is a folder"):
        install("cursor/github", given, Mask())


def test_a_folder_that_cannot_be_made_is_said_before_anything_is_changed(
    cursor: Path, project: Path
) -> None:
    (project / "taken").write_text("x")
    with pytest.raises(ConfigError, match=r"cannot make the folder .*/taken/rec: Not a directory"):
        install("cursor/github", "taken/rec", Mask())
    assert cursor.read_text() == TEXT


def test_a_folder_of_nobody_is_refused(cursor: Path) -> None:
    with pytest.raises(UsageError, match="-o ~nobody-at-all/x"):
        install("cursor/github", "~nobody-at-all/x", Mask())


@pytest.mark.parametrize(
    ("name", "folder"),
    [("../../x y", "cursor-x-y"), ("..", "cursor-server"), ("é.b", "cursor-é.b")],
)
def test_a_servers_name_makes_a_safe_folder(home: Path, name: str, folder: str) -> None:
    text = json.dumps({"mcpServers": {name: {"command": "x"}}})
    path = write(home / ".cursor/mcp.json", text)
    install(f"cursor/{name}", None, Mask())
    assert f"{settings.state_folder()}/recordings/{folder}/" in server(path, name)["args"]


@pytest.mark.parametrize("script", [True, False])
def test_mcpx_is_started_without_a_path_to_find_it_in(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: bool
) -> None:
    python = write(tmp_path / "bin/python", "")
    if script:
        write(tmp_path / "bin/mcpx", "")
    monkeypatch.setattr(sys, "executable", str(python))
    entries = {"a": {"command": "x"}, "b": {"command": "x", "env": {"PYTHONPATH": "/app"}}}
    path = write(home / ".cursor/mcp.json", json.dumps({"mcpServers": entries}))
    for name in entries:
        install(f"cursor/{name}", "/r", Mask())
    by_module = [str(python), "-E", "-P", "-m", "mcpx", "record"]
    first = server(path, "a")
    expected = [str(tmp_path / "bin/mcpx"), "record"] if script else by_module
    assert [first["command"], *first["args"]][: len(expected)] == expected
    other = server(path, "b")
    assert [other["command"], *other["args"]][: len(by_module)] == by_module


def test_what_else_there_is_to_know_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = write(home / ".cache/uv/bin/python", "")
    monkeypatch.setattr(sys, "executable", str(python))
    write(home / ".claude.json", '{"mcpServers": {"a": {"command": "x"}}}')
    notes = install("claude-code/a", "/r", Mask()).notes
    assert "Claude Code writes this file while it runs" in notes[2]
    assert notes[3] == f"{python} is in a folder that may be cleared: install mcpx for good"
    write(home / ".codex/config.toml", '[mcp_servers.a]\ncommand = "x"\nenabled = false\n')
    assert "switched off" in install("codex/a", "/r", Mask()).notes[2]
    text = '{"mcpServers": {"a": {"command": "x"}, }}'
    write(home / ".gemini/extensions/e/gemini-extension.json", text)
    notes = install("gemini-cli/a", "/r", Mask()).notes
    assert notes[2].startswith("Gemini CLI does not use the entry: strict JSON")


# -- as the rest of mcpx sees it, and as a host does


def test_a_recorded_server_is_the_same_server(cursor: Path, home: Path, run: Run) -> None:
    write(home / ".codeium/windsurf/mcp_config.json", TEXT)
    install("cursor/github", "/r", Mask())
    found = run("discover", "--json").json["definitions"]
    ours = next(one for one in found if one["from"]["host"] == "cursor" and one["name"] == "github")
    assert "its traffic is recorded: it is started through mcpx record" in ours["issues"]
    assert [place["host"] for place in ours["duplicates"]] == ["devin-desktop"]


REQUEST = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "host", "version": "1"},
    },
}


def as_json(key: str, command: str, args: list[str]) -> str:
    entry = f'"command": {json.dumps(command)}, // run\n "args": {json.dumps(args)},'
    return f'{{"{key}": {{"demo": {{\n {entry}\n "env": {{"LEVEL": "1"}}}}}}}}'


def as_toml(key: str, command: str, args: list[str]) -> str:
    entry = f"command = '{command}' # run\nargs = {json.dumps(args)}\nenv = {{ LEVEL = \"1\" }}\n"
    return f"[{key}.demo]\n{entry}"


def as_yaml(key: str, command: str, args: list[str]) -> str:
    items = "".join(f"    - {arg}\n" for arg in args)
    return (
        f"{key}:\n  demo:\n    type: stdio\n    cmd: {command}  # run\n    args:\n{items}"
        "    envs: {LEVEL: '1'}\n"
    )


@pytest.mark.parametrize(
    ("host", "key", "written", "read"),
    [
        pytest.param("cursor", "mcpServers", as_json, None, id="cursor"),
        pytest.param("claude-desktop", "mcpServers", as_json, json.loads, id="claude-desktop"),
        pytest.param("codex", "mcp_servers", as_toml, tomllib.loads, id="codex"),
        pytest.param("vscode", "servers", as_json, None, id="vscode"),
        pytest.param("goose", "extensions", as_yaml, yaml.safe_load, id="goose"),
    ],
)
def test_a_host_that_starts_what_is_configured_is_recorded(
    run: Run, host: str, key: str, written: Any, read: Any
) -> None:
    path = user_file(host)
    text = written(key, GOOD_SERVER[0], [GOOD_SERVER[1]])
    if read is json.loads:
        text = text.replace("// run", "")
    write(path, text)
    result = run("record", "--install", f"{host}/demo")
    assert result.status == 0, result.err
    content = path.read_text()
    entry = (read(content) if read else json.loads(plain_json(content)))[key]["demo"]
    command = [entry.get("command") or entry["cmd"], *entry["args"]]
    # As from a desktop: no PATH, another folder. What runs is the checkout that is tested.
    env = {"HOME": os.environ["HOME"], "PYTHONPATH": str(ROOT)}
    env |= entry.get("env") or entry["envs"]
    done = subprocess.run(
        command,
        input=json.dumps(REQUEST).encode() + b"\n",
        capture_output=True,
        env=env,
        cwd="/",
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout)["result"]["serverInfo"]["name"]
    folder = settings.state_folder() / "recordings" / f"{host}-demo"
    (recording,) = folder.glob("*.jsonl")
    lines = [json.loads(line) for line in recording.read_text().splitlines()]
    assert lines[0]["format"] == "mcpx-session/1"
    assert json.dumps(REQUEST) in recording.read_text()
    assert run("record", "--uninstall", f"{host}/demo").status == 0
    assert path.read_text() == text


def user_file(host_id: str) -> Path:
    """The file that a host has for the user on this system."""
    environ, table = dict(os.environ), host_table()
    where = surroundings(None, None, None, None, environ, table.vscode_user)
    host = next(one for one in table.hosts if one.id == host_id)
    file = next(one for one in host.files if one.scope == "user" and where.system in one.systems)
    return Path(next(candidates(host, file, where)).path)


def test_an_older_inspector_is_warned_of(home: Path, cursor: Path) -> None:
    write(home / ".mcp-inspector/mcp.json", '{"mcpServers": {"a": {"command": "a"}}}')
    said = "the CLI of its version 1 reads the -- of the entry as the end of its own options"
    assert said in install("mcp-inspector/a", str(home / "r"), Mask()).notes
    assert said not in install("cursor/github", str(home / "r"), Mask()).notes
