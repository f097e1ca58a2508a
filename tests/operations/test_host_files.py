from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mcpx import files
from mcpx.errors import ConfigError
from mcpx.masking import Mask
from mcpx.operations import host_files
from mcpx.operations.host_edits import EntryText, UneditableError
from mcpx.operations.host_files import (
    BACKUP,
    Change,
    FileEdit,
    backups,
    difference,
    edit,
    planned,
    remove_backups,
)
from mcpx.sources.written import Written, named_entry

TEXT = """{
  // mine
  "mcpServers": {
    "github": {
      "command": "npx", // run
      "env": {"API_KEY": "s3cr3t-value"}
    }
  }
}
"""
AFTER = TEXT.replace("npx", "bunx")
BUNX = Change(lambda entry: entry.data.replace(b"npx", b"bunx"), "write bunx yourself")


@pytest.fixture
def cursor(home: Path) -> Path:
    path = home / ".cursor/mcp.json"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT)
    path.chmod(0o640)
    return path


def entry() -> Written:
    return named_entry("cursor/github")[0]


def beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir() if one != path)


def test_a_change_is_written_and_what_was_there_is_kept(cursor: Path) -> None:
    made = edit(entry(), BUNX)
    assert (made.before, made.after) == (TEXT.encode(), AFTER.encode())
    assert (cursor.read_text(), cursor.stat().st_mode & 0o777) == (AFTER, 0o640)
    kept = cursor.with_name("mcp.json" + BACKUP)
    assert (made.backup, kept.read_text()) == (kept, TEXT)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert backups(cursor) == [kept]


def test_a_plan_writes_nothing(cursor: Path) -> None:
    assert planned(entry(), BUNX).after == AFTER.encode()
    assert cursor.read_text() == TEXT
    assert beside(cursor) == []


def test_backups_of_what_is_there_again_are_removed(cursor: Path) -> None:
    edit(entry(), BUNX)
    other = cursor.with_name("mcp.json" + BACKUP + "-2")
    other.write_text("else")
    made = edit(entry(), Change(lambda now: now.data.replace(b"bunx", b"npx"), ""), backup=False)
    assert made.backup is None
    remove_backups(cursor, made.after)
    assert backups(cursor) == [other]


def test_an_entry_that_cannot_be_changed_is_said_with_what_to_do(cursor: Path) -> None:
    def never(_entry: EntryText) -> bytes:
        raise UneditableError("it has no command")

    with pytest.raises(ConfigError) as caught:
        edit(entry(), Change(never, "write it yourself"))
    assert caught.value.message == f"'github' in {cursor} cannot be changed: it has no command"
    assert caught.value.hint == "nothing was changed; write it yourself"
    assert beside(cursor) == []


@pytest.mark.parametrize("where", ["check_writable", "_keep"])
def test_what_somebody_else_writes_is_not_written_over(
    cursor: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    real: Callable[..., Any] = getattr(host_files, where)
    theirs = TEXT.replace("npx", "uvx")

    def meanwhile(*given: Any) -> Any:
        found = real(*given)
        cursor.write_text(theirs)
        return found

    monkeypatch.setattr(host_files, where, meanwhile)
    with pytest.raises(ConfigError, match="changed by somebody else just now"):
        edit(entry(), BUNX)
    assert cursor.read_text() == theirs
    assert beside(cursor) == []


@pytest.mark.parametrize("content", ["{", '{"mcpServers": {}}', None])
def test_a_file_that_is_gone_or_broken_meanwhile_is_said(
    cursor: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    one = entry()

    def meanwhile(_path: Path) -> None:
        cursor.unlink()
        if content is not None:
            cursor.write_text(content)

    monkeypatch.setattr(host_files, "check_writable", meanwhile)
    with pytest.raises(ConfigError, match=r"cannot read|by somebody else|not where it was found"):
        edit(one, BUNX)
    assert beside(cursor) == []


def test_a_file_that_cannot_be_written_stays_as_it_is(
    cursor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files.os, "access", lambda *_: False)
    with pytest.raises(ConfigError, match="permission denied"):
        edit(entry(), BUNX)
    assert cursor.read_text() == TEXT
    assert beside(cursor) == []


def test_a_backup_never_takes_the_place_of_something_else(cursor: Path) -> None:
    taken = cursor.with_name("mcp.json" + BACKUP)
    taken.mkdir()
    made = edit(entry(), BUNX)
    assert made.backup == cursor.with_name(f"mcp.json{BACKUP}-2")
    remove_backups(cursor, made.before)
    assert backups(cursor) == [taken]


def test_a_write_that_fails_leaves_no_backup(cursor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = host_files.write_whole

    def failing(path: Path, data: bytes, private: bool = False) -> None:
        if path == cursor:
            raise ConfigError("disk full")
        real(path, data, private)

    monkeypatch.setattr(host_files, "write_whole", failing)
    for backup in (True, False):
        with pytest.raises(ConfigError, match="disk full"):
            edit(entry(), BUNX, backup)
        assert cursor.read_text() == TEXT
        assert beside(cursor) == []


# -- the difference


def shown(before: str, after: str) -> list[str]:
    one = entry()
    made = FileEdit(EntryText(b"", one.layer, one.keys), before.encode(), after.encode())
    return difference("f.json", made, Mask()).splitlines()


def test_a_difference_shows_the_lines_around_it(cursor: Path) -> None:
    assert shown("a\nb\nc\nd\n", "a\nb\nx\nd\n") == [
        *("--- f.json", "+++ f.json", "@@ -2,3 +2,3 @@"),
        *(" b", "-c", "+x", " d"),
    ]


def test_a_difference_shows_no_secret(cursor: Path) -> None:
    old = '"env": {"API_KEY": "s3cr3t-value"},\n"command": "npx"\n'
    assert shown(old, old.replace("npx", "bunx"))[3] == ' "env": {"API_KEY": "***"},'


def test_of_very_long_lines_only_what_changes_is_shown(cursor: Path) -> None:
    long = json.dumps({"z" * 9_000: 1, "command": "npx", "y" * 9_000: 1})
    old, new = shown(long, long.replace("npx", "bunx"))[3:]
    assert old.startswith("-…")
    assert '"command": "npx"' in old
    assert '"command": "bunx"' in new
    assert max(len(old), len(new)) < 500
