"""What careful reading yields besides values: where entries stand, and why a text is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TOO_DEEP = "nested too deeply"


class InvalidError(Exception):
    """A file is not what its name promises; the text says why, ``line`` where."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class Places:
    """Lines (from 1) of the entries of a map or list, and the names that stand there twice."""

    lines: Mapping[str, int] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()
