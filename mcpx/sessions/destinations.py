"""Where a recording goes: a file that does not exist yet, alone or in a folder."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

# What a recording is called until it is complete.
PART = ".part"
SUFFIX = ".jsonl"


@dataclass(frozen=True, slots=True)
class Destination:
    """What was asked for: a file, or a folder (it is one, or ends in ``/``).

    ``name`` is what a file in a folder is called after: the server. ``now`` is in seconds since
    the epoch.
    """

    path: str
    name: str = "session"
    now: float = field(default_factory=time.time)

    def is_folder(self) -> bool:
        """Whether recordings get names of their own in it."""
        separators = ("/", os.sep, os.altsep or "/")
        # Unlike Path.is_dir, this raises nothing for a name that is too long, say.
        return self.path.endswith(separators) or os.path.isdir(self.path)  # noqa: PTH112

    def first(self) -> Path:
        """The file that is wanted, whether or not it is free."""
        if not self.is_folder():
            return Path(self.path)
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.now))
        kept = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in self.name)
        name = kept.strip("-.")[:64] or "session"
        return Path(self.path) / f"{name}-{stamp}-{os.getpid()}{SUFFIX}"

    def candidates(self) -> Iterator[Path]:
        """The file that is wanted, then s-2.jsonl, s-3.jsonl and so on, for ever."""
        return numbered_paths(self.first())


def numbered_paths(path: Path) -> Iterator[Path]:
    """The path, then the same with -2, -3 and so on before its last suffix, for ever."""
    yield path
    for number in count(2):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")


def part_of(path: Path) -> Path:
    """What a recording is called while it is written."""
    return path.with_name(path.name + PART)


def is_free(path: Path) -> bool:
    """Whether neither a recording nor one that is not complete has this name."""
    return not os.path.lexists(path) and not os.path.lexists(part_of(path))
