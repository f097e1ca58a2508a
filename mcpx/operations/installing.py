"""The tap put into a host's configuration in place of a server, and taken out again."""

from __future__ import annotations

import bisect
import contextlib
import difflib
import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from mcpx import settings
from mcpx.errors import ConfigError, UsageError
from mcpx.files import check_writable, folder_locked, write_whole
from mcpx.masking import Mask, mask_text, mask_url
from mcpx.operations.host_edits import (
    EntryText,
    UneditableError,
    put_before,
    read_again,
    take_away,
    words_of,
)
from mcpx.servers import Origin, Transport, numbered, tap_words
from mcpx.sources.dialects import Switch
from mcpx.sources.hosts import Merge
from mcpx.sources.parsing import InvalidError
from mcpx.sources.readers import LARGEST_JSON, UnreadableError, read_bytes
from mcpx.sources.written import HostEntries, Written, named_entry

BACKUP = ".mcpx-backup"
# Files that their host writes while it runs. Source: Claude Code 2.1.330, ~/.claude.json.
_REWRITES = (("claude-code", "user"), ("claude-code", "local"))
# Lines beside a change that a diff shows; characters where it is too long to be read.
_CONTEXT = 1
_BESIDE = 60
_LONGEST = 4_000


T = TypeVar("T", str, list[str])
Change = Callable[[EntryText], bytes]


@dataclass(frozen=True, slots=True)
class Edited:
    """What was done to a host's file, or would be.

    ``entry`` names it (HOST:SCOPE/NAME); ``diff`` is the change as a unified diff with secrets
    masked, empty when there was nothing to do; ``backup`` holds what the file held before;
    ``notes`` is what a person should know, a line each.
    """

    entry: str
    path: Path
    diff: str = ""
    backup: Path | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Edit:
    """The entry before, the bytes of its file before and after, and where the former are kept."""

    entry: EntryText
    before: bytes
    after: bytes
    backup: Path | None = None


def install(word: str, folder: str | None, mask: Mask, dry_run: bool = False) -> Edited:
    """Put ``mcpx record`` before the command of the entry HOST/NAME or HOST:SCOPE/NAME.

    ``folder`` is where recordings go (None: a folder of ours for this entry). ``mask`` learns the
    secrets of the host's entries. An entry that is recorded already stays as it is. Raises
    UsageError for what cannot be recorded that way, RefusedError for a project's entry that was not
    named with its scope, ConfigError for a file that cannot be changed.
    """
    one, host = named_entry(word)
    _learn(mask, host)
    if count := _tapped(one):
        where = _folder_of(words_of(one.layer)[:count])
        notes = (f"{one.word} is recorded already{where}; nothing was changed", _undo(one))
        return Edited(one.word, one.resolved, notes=notes)
    _check_started(one)
    _check_alone(one, host)
    target = recordings_folder(one, folder)
    program = _program(one.spec.env)
    words = (*program, "record", "-o", f"{target}/", "--")
    edit = _planned(one, lambda entry: put_before(entry, words))
    if dry_run:
        return Edited(one.word, one.resolved, _difference(one.layer.path, edit, mask))
    _make(target)
    edit = _edit(one, lambda entry: put_before(entry, words))
    return Edited(
        one.word,
        one.resolved,
        _difference(one.layer.path, edit, mask),
        edit.backup,
        tuple(_installed(one, target, program[0])),
    )


def uninstall(word: str, mask: Mask, dry_run: bool = False) -> Edited:
    """Take ``mcpx record`` out of an entry again, however it came in.

    The backups that hold what the file then holds again are removed. As ``install`` for the rest.
    """
    one, host = named_entry(word, likelier=lambda entry: _tapped(entry) > 0)
    _learn(mask, host)
    count = _tapped(one)
    if not count:
        raise UsageError(
            f"{one.word} is not recorded: it is started without mcpx record",
            hint=f"mcpx record --install {shlex.quote(one.word)}",
        )
    if dry_run:
        edit = _planned(one, lambda entry: take_away(entry, count))
        return Edited(one.word, one.resolved, _difference(one.layer.path, edit, mask))
    edit = _edit(one, lambda entry: take_away(entry, count), backup=False)
    for kept in _backups(one.resolved):
        if _holds(kept, edit.after):
            kept.unlink(missing_ok=True)
    return Edited(
        one.word,
        one.resolved,
        _difference(one.layer.path, edit, mask),
        None,
        tuple(_uninstalled(one, edit, count)),
    )


def recordings_folder(one: Written, given: str | None) -> Path:
    """The folder for the recordings of an entry, absolute: a host starts servers anywhere.

    Raises UsageError when it cannot be a folder.
    """
    if given is None:
        name = re.sub(r"[^\w.-]+", "-", one.spec.name).strip("-.") or "server"
        return settings.state_folder() / "recordings" / f"{one.layer.host.id}-{name[:64]}"
    try:
        path = Path(given).expanduser().absolute()
    except RuntimeError as error:
        raise UsageError(f"-o {given}: {error}") from error
    if (path.exists() and not path.is_dir()) or path.suffix == ".jsonl":
        raise UsageError(
            f"-o {given}: with --install it is a folder",
            hint="each start of the server makes a file of its own in it",
        )
    return path


# -- what may be changed


def _tapped(one: Written) -> int:
    return tap_words(words_of(one.layer))


def _check_started(one: Written) -> None:
    """Raises UsageError unless the entry is a server that the host starts."""
    spec = one.spec
    if spec.transport is Transport.STDIO and spec.command and not one.layer.entry.partial:
        return
    if spec.url:
        raise UsageError(
            f"{one.word} is reached at {mask_url(spec.url)}: there is no command to record",
            hint=f"mcpx record -o s.jsonl --http '{mask_url(spec.url)}' --listen 8900, and that "
            f"address as its URL in {one.layer.path}",
        )
    raise UsageError(
        f"{one.word} names no command: there is nothing to record",
        hint=f"it stands in {one.layer.path}",
    )


def _check_alone(one: Written, host: HostEntries) -> None:
    """Raises ConfigError where the host puts the entry together from several files."""
    others = [
        other.layer.path
        for other in host.entries
        if other.spec.name == one.spec.name and other is not one and not other.layer.entry.partial
    ]
    if others and host.host.merge is Merge.FIELDS:
        raise ConfigError(
            f"{host.host.name} merges '{one.spec.name}' from several files, key by key",
            hint="keep its command and arguments in one of them",
            details=[one.layer.path, *others],
        )


def _program(env: Mapping[str, str]) -> tuple[str, ...]:
    """What starts mcpx from anywhere: a host on a desktop has no PATH to find it in.

    The script beside our own interpreter, which names that in full; the interpreter itself where
    there is none, or where the entry sets variables that change what Python imports.
    """
    script = Path(sys.executable).with_name("mcpx.exe" if sys.platform == "win32" else "mcpx")
    if script.is_file() and not any(name.startswith("PYTHON") for name in env):
        return (str(script),)
    # Without those variables, and without what lies in the folder that the host starts it in.
    return (sys.executable, "-E", "-P", "-m", "mcpx")


# -- the file


def _edit(one: Written, change: Change, backup: bool = True) -> _Edit:
    """Change the file of an entry, whole or not at all. Raises ConfigError."""
    path = one.resolved
    with folder_locked(path):
        check_writable(path)
        edit = _planned(one, change)
        kept = _keep(path, edit.before) if backup else None
        try:
            # The host has no lock: what it wrote until now is seen, and not written over.
            if _bytes(path) != edit.before:
                raise _meanwhile(path)
            write_whole(path, edit.after)
        except ConfigError:
            if kept:
                kept.unlink()
            raise
    return replace(edit, backup=kept)


def _planned(one: Written, change: Change) -> _Edit:
    """What a change makes of the file of an entry as it is now. Raises ConfigError."""
    data = _bytes(one.resolved)
    try:
        entry = read_again(EntryText(data, one.layer, one.keys), data)
        if entry.layer.entry.spec != one.spec:
            raise _meanwhile(one.resolved)
        return _Edit(entry, data, change(entry))
    except InvalidError as error:
        raise _meanwhile(one.resolved) from error
    except UneditableError as error:
        raise ConfigError(
            f"'{one.spec.name}' in {one.layer.path} cannot be changed: {error}",
            hint="nothing was changed; write mcpx record -o FOLDER/ -- before its command yourself",
        ) from error


def _bytes(path: Path) -> bytes:
    try:
        return read_bytes(str(path), LARGEST_JSON)
    except (FileNotFoundError, UnreadableError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from error


def _meanwhile(path: Path) -> ConfigError:
    return ConfigError(
        f"{path} was changed by somebody else just now",
        hint="nothing was changed; end the program that writes it, and try again",
    )


def _keep(path: Path, data: bytes) -> Path:
    """Write what a file holds beside it, for its owner only; nothing there is written over."""
    taken = {kept.name for kept in _backups(path)}
    target = path.with_name(numbered(path.name + BACKUP, taken))
    write_whole(target, data, private=True)
    return target


def _backups(path: Path) -> list[Path]:
    return sorted(one for one in path.parent.iterdir() if one.name.startswith(path.name + BACKUP))


def _holds(path: Path, data: bytes) -> bool:
    try:
        return read_bytes(str(path), LARGEST_JSON) == data
    except (FileNotFoundError, UnreadableError):
        return False


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(f"cannot make the folder {folder}: {error.strerror}") from error


# -- what is told


def _installed(one: Written, folder: Path, program: str) -> Iterator[str]:
    host = one.layer.host
    yield f"{one.word} is recorded from the next start of {host.name} on: restart it"
    yield f"recordings: {folder}/, read with mcpx session show FILE"
    if (host.id, one.layer.file.id) in _REWRITES:
        yield f"{host.name} writes this file while it runs: if the entry is as before, end it first"
    if one.layer.entry.enabled is Switch.NO:
        yield "the entry is switched off: it is not started until somebody switches it on"
    if one.layer.barred:
        yield f"{host.name} does not use the entry: {one.layer.barred}"
    if one.spec.origin is Origin.PROJECT:
        yield "the file is a project's: do not commit this change, nor the backup"
        if one.layer.file.approval:
            yield f"{host.name} may ask again: {one.layer.file.approval}"
    if _is_passing(program):
        yield f"{program} is in a folder that may be cleared: install mcpx for good"
    yield _undo(one)


def _uninstalled(one: Written, edit: _Edit, count: int) -> Iterator[str]:
    yield f"{one.word} is started as before, once {one.layer.host.name} is restarted"
    if not _is_exact(edit, count):
        yield "the entry was written anew meanwhile: it says the same as before, spaced otherwise"
    for kept in _backups(one.resolved):
        yield f"a backup of it is left: {kept}"


def _undo(one: Written) -> str:
    return f"undo: mcpx record --uninstall {shlex.quote(one.word)}"


def _folder_of(words: Sequence[str]) -> str:
    """Where a tap with these words records to, as far as they tell."""
    after = words[words.index("-o") + 1 :] if "-o" in words else ()
    return f" into {after[0]}" if after else ""


def _is_exact(edit: _Edit, count: int) -> bool:
    """Whether what is there now is what was there: putting the words back gives the same file."""
    words = words_of(edit.entry.layer)[:count]
    with contextlib.suppress(UneditableError, InvalidError):
        return put_before(read_again(edit.entry, edit.after), words) == edit.before
    return False


def _is_passing(program: str) -> bool:
    """Whether a program lies where things are kept for a while only, as with uvx and pipx run."""
    folders = (tempfile.gettempdir(), str(settings.cache_folder().parent))
    return ".cache" in Path(program).parts or any(program.startswith(f"{one}/") for one in folders)


def _learn(mask: Mask, host: HostEntries) -> None:
    for one in host.entries:
        mask.learn(one.spec)


# -- the difference


def _difference(path: str, edit: _Edit, mask: Mask) -> str:
    """The changed lines as a unified diff, masked; of very long lines only what is around."""
    whole = [data.decode("utf-8-sig").splitlines() for data in (edit.before, edit.after)]
    first, (old, new) = _around(whole, _CONTEXT)
    texts = ["\n".join(lines) for lines in (old, new)]
    if max(map(len, texts)) > _LONGEST:
        # The name that makes a value a secret may stand some way before it.
        _, texts = _around(texts, _LONGEST)
        _, texts = _around([mask_text(mask(text)) for text in texts], _BESIDE)
        texts = [f"…{text}…" for text in texts]
    before, after = (mask_text(mask(text)).splitlines() for text in texts)
    place = f"@@ -{first + 1},{len(old)} +{first + 1},{len(new)} @@"
    lines = [*difflib.unified_diff(before, after, n=len(before), lineterm="")][3:]
    return "".join(f"{line}\n" for line in (f"--- {path}", f"+++ {path}", place, *lines))


def _around(both: Sequence[T], beside: int) -> tuple[int, list[T]]:
    """Where two texts, or lists of lines, begin to differ, and what does, with some beside it."""
    old, new = both
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    first = max(start - beside, 0)
    return first, [one[first : len(one) - max(end - beside, 0)] for one in both]


def _common(old: T, new: T) -> int:
    """How many characters or lines two texts begin with in common."""
    lengths = range(1, min(len(old), len(new)) + 1)
    return bisect.bisect_left(lengths, True, key=lambda count: old[:count] != new[:count])
