"""The tap put into a host's configuration in place of a server, and taken out again."""

from __future__ import annotations

import contextlib
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mcpx import settings
from mcpx.errors import ConfigError, UsageError
from mcpx.masking import Mask, mask_url
from mcpx.operations.host_edits import (
    UneditableError,
    put_before,
    read_again,
    take_away,
    words_of,
)
from mcpx.operations.host_files import (
    Change,
    FileEdit,
    backups,
    difference,
    edit,
    planned,
    remove_backups,
)
from mcpx.servers import Origin, Transport, tap_words
from mcpx.sources.dialects import Switch
from mcpx.sources.hosts import Merge
from mcpx.sources.parsing import InvalidError
from mcpx.sources.written import HostEntries, Written, named_entry

# Files that their host writes while it runs. Source: Claude Code 2.1.330, ~/.claude.json.
_REWRITES = (("claude-code", "user"), ("claude-code", "local"))
_INSPECTOR = "mcp-inspector"
_BY_HAND = "write mcpx record -o FOLDER/ -- before its command yourself"


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
    change = Change(lambda entry: put_before(entry, words), _BY_HAND)
    made = planned(one, change)
    if dry_run:
        return Edited(one.word, one.resolved, difference(one.layer.path, made, mask))
    _make(target)
    made = edit(one, change)
    return Edited(
        one.word,
        one.resolved,
        difference(one.layer.path, made, mask),
        made.backup,
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
    change = Change(lambda entry: take_away(entry, count), _BY_HAND)
    if dry_run:
        return Edited(
            one.word, one.resolved, difference(one.layer.path, planned(one, change), mask)
        )
    made = edit(one, change, backup=False)
    remove_backups(one.resolved, made.after)
    return Edited(
        one.word,
        one.resolved,
        difference(one.layer.path, made, mask),
        None,
        tuple(_uninstalled(one, made, count)),
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
    if host.id == _INSPECTOR:
        yield "the CLI of its version 1 reads the -- of the entry as the end of its own options"
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


def _uninstalled(one: Written, made: FileEdit, count: int) -> Iterator[str]:
    yield f"{one.word} is started as before, once {one.layer.host.name} is restarted"
    if not _is_exact(made, count):
        yield "the entry was written anew meanwhile: it says the same as before, spaced otherwise"
    for kept in backups(one.resolved):
        yield f"a backup of it is left: {kept}"


def _undo(one: Written) -> str:
    return f"undo: mcpx record --uninstall {shlex.quote(one.word)}"


def _folder_of(words: Sequence[str]) -> str:
    """Where a tap with these words records to, as far as they tell."""
    after = words[words.index("-o") + 1 :] if "-o" in words else ()
    return f" into {after[0]}" if after else ""


def _is_exact(made: FileEdit, count: int) -> bool:
    """Whether what is there now is what was there: putting the words back gives the same file."""
    words = words_of(made.entry.layer)[:count]
    with contextlib.suppress(UneditableError, InvalidError):
        return put_before(read_again(made.entry, made.after), words) == made.before
    return False


def _is_passing(program: str) -> bool:
    """Whether a program lies where things are kept for a while only, as with uvx and pipx run."""
    folders = (tempfile.gettempdir(), str(settings.cache_folder().parent))
    return ".cache" in Path(program).parts or any(program.startswith(f"{one}/") for one in folders)


def _learn(mask: Mask, host: HostEntries) -> None:
    for one in host.entries:
        mask.learn(one.spec)
