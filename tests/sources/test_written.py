from __future__ import annotations

import json
from pathlib import Path

import pytest

from mcpx.errors import RefusedError, UsageError
from mcpx.sources.written import host_entries, named_entry

SERVER = {"command": "npx", "args": ["-y"]}


def write(path: Path, text: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text if isinstance(text, str) else json.dumps(text))
    path.chmod(0o600)
    return path


@pytest.fixture
def cursor(home: Path) -> Path:
    return write(home / ".cursor/mcp.json", {"mcpServers": {"files": SERVER, "a/b": SERVER}})


def test_an_entry_is_named_by_host_and_name(cursor: Path) -> None:
    for word in ("cursor/files", "cursor:user/files"):
        one, found = named_entry(word)
        assert (one.word, one.resolved, one.keys) == (
            "cursor:user/files",
            cursor.resolve(),
            ("mcpServers", "files"),
        )
        assert one.spec.args == ("-y",)
        assert [other.spec.name for other in found.entries] == ["files", "a/b"]
    assert named_entry("cursor/a/b")[0].keys == ("mcpServers", "a/b")


def test_entries_of_lists_and_of_one_server_have_keys_too(home: Path) -> None:
    write(home / ".continue/config.yaml", "mcpServers:\n- name: x\n  command: y\n")
    write(home / ".continue/mcpServers/one.json", {"command": "z"})
    assert [one.keys for one in host_entries("continue").entries] == [("mcpServers", "0"), ()]


@pytest.mark.parametrize(
    ("word", "message", "hint"),
    [
        ("cursor", "cursor: expected HOST/NAME", "mcpx discover lists hosts and their servers"),
        ("cursor/", "cursor/: expected HOST/NAME", "mcpx discover lists hosts and their servers"),
        ("cursr/files", "unknown host 'cursr'", "did you mean 'cursor'?"),
        ("cursor:usr/files", "unknown scope 'usr'", "did you mean 'user'?"),
        ("cursor/file", "Cursor has no server 'file'", "did you mean files?"),
        ("cursor/x", "Cursor has no server 'x'", "it has a/b, files"),
        (
            "cursor:project/files",
            "Cursor has no server 'files' in its project scope",
            "mcpx discover --hosts --host cursor shows where was looked",
        ),
    ],
)
def test_a_word_that_names_nothing_is_refused(
    cursor: Path, word: str, message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        named_entry(word)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_file_that_cannot_be_read_is_said_where_nothing_is_found(home: Path) -> None:
    path = write(home / ".cursor/mcp.json", "{")
    with pytest.raises(UsageError) as caught:
        named_entry("cursor/files")
    assert caught.value.details == (f"{path}: not valid JSON: column 2",)


def test_several_entries_of_a_name_are_listed(cursor: Path, project: Path) -> None:
    other = write(project / ".cursor/mcp.json", {"mcpServers": {"files": SERVER}})
    with pytest.raises(UsageError) as caught:
        named_entry("cursor/files")
    assert caught.value.message == "'cursor/files' names 2 entries"
    assert caught.value.hint == "write cursor:user/files or cursor:project/files"
    assert caught.value.details == (
        f"cursor:user/files  in {cursor}",
        f"cursor:project/files  in {other}",
    )
    one, _ = named_entry("cursor/files", lambda entry: entry.layer.path == str(cursor))
    assert one.word == "cursor:user/files"


def test_several_files_of_one_scope_cannot_be_told_apart_by_it(home: Path) -> None:
    for name in ("a", "b"):
        path = home / f".continue/mcpServers/{name}.yaml"
        write(path, "mcpServers:\n- name: x\n  command: y\n")
    with pytest.raises(UsageError) as caught:
        named_entry("continue:user/x")
    assert caught.value.hint == "take all but one of them out, or give them names of their own"


def test_a_projects_entry_is_meant_only_with_its_scope(project: Path) -> None:
    path = write(project / ".cursor/mcp.json", {"mcpServers": {"files": SERVER}})
    with pytest.raises(RefusedError) as caught:
        named_entry("cursor/files")
    assert caught.value.message.startswith("cursor/files stands in a project's file")
    assert caught.value.hint.endswith(": cursor:project/files")
    assert caught.value.details == (f"file: {path}",)
    assert named_entry("cursor:project/files")[0].layer.path == str(path)
