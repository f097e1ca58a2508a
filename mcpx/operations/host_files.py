"""A host's file with one entry of it changed: locked, with a backup beside it, shown as a diff."""

from __future__ import annotations

import bisect
import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from mcpx.errors import ConfigError
from mcpx.files import check_writable, folder_locked, write_whole
from mcpx.masking import Mask, mask_text
from mcpx.operations.host_edits import EntryText, UneditableError, read_again
from mcpx.servers import numbered
from mcpx.sources.parsing import InvalidError
from mcpx.sources.readers import LARGEST_JSON, UnreadableError, read_bytes
from mcpx.sources.written import Written

BACKUP = ".mcpx-backup"
# Lines beside a change that a diff shows; characters where it is too long to be read.
_CONTEXT = 1
_BESIDE = 60
_LONGEST = 4_000

T = TypeVar("T", str, list[str])


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of an entry.

    ``after`` gives the bytes of the whole file with it changed, and may raise UneditableError and
    InvalidError. ``by_hand`` is what a person can do where that is so.
    """

    after: Callable[[EntryText], bytes]
    by_hand: str


@dataclass(frozen=True, slots=True, eq=False)
class FileEdit:
    """The entry before, the bytes of its file before and after, and where the former are kept."""

    entry: EntryText
    before: bytes
    after: bytes
    backup: Path | None = None


def planned(one: Written, change: Change) -> FileEdit:
    """What a change makes of the file of an entry as it is now; nothing is written.

    Raises ConfigError.
    """
    data = _bytes(one.resolved)
    try:
        entry = read_again(EntryText(data, one.layer, one.keys), data)
        if entry.layer.entry.spec != one.spec:
            raise _meanwhile(one.resolved)
        return FileEdit(entry, data, change.after(entry))
    except InvalidError as error:
        raise _meanwhile(one.resolved) from error
    except UneditableError as error:
        raise ConfigError(
            f"'{one.spec.name}' in {one.layer.path} cannot be changed: {error}",
            hint=f"nothing was changed; {change.by_hand}",
        ) from error


def edit(one: Written, change: Change, backup: bool = True) -> FileEdit:
    """Change the file of an entry, whole or not at all. Raises ConfigError.

    With ``backup`` what it held is kept beside it, for its owner only.
    """
    path = one.resolved
    with folder_locked(path):
        check_writable(path)
        made = planned(one, change)
        kept = _keep(path, made.before) if backup else None
        try:
            # The host has no lock: what it wrote until now is seen, and not written over.
            if _bytes(path) != made.before:
                raise _meanwhile(path)
            write_whole(path, made.after)
        except ConfigError:
            if kept:
                kept.unlink()
            raise
    return replace(made, backup=kept)


def backups(path: Path) -> list[Path]:
    """What is kept of a file beside it."""
    return sorted(one for one in path.parent.iterdir() if one.name.startswith(path.name + BACKUP))


def remove_backups(path: Path, data: bytes) -> None:
    """Remove those backups of a file that hold these bytes."""
    for kept in backups(path):
        if _holds(kept, data):
            kept.unlink(missing_ok=True)


def _keep(path: Path, data: bytes) -> Path:
    """Write what a file holds beside it, for its owner only; nothing there is written over."""
    taken = {kept.name for kept in backups(path)}
    target = path.with_name(numbered(path.name + BACKUP, taken))
    write_whole(target, data, private=True)
    return target


def _holds(path: Path, data: bytes) -> bool:
    try:
        return read_bytes(str(path), LARGEST_JSON) == data
    except (FileNotFoundError, UnreadableError):
        return False


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


# -- the difference


def difference(path: str, made: FileEdit, mask: Mask) -> str:
    """The changed lines as a unified diff, masked; of very long lines only what is around."""
    whole = [data.decode("utf-8-sig").splitlines() for data in (made.before, made.after)]
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
