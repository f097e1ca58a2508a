"""Lines cut out of a stream that comes in pieces, however long they are; no I/O."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """A line without the line feed at its end; ``size`` is that of one too long, cut to its start.

    ``size`` is in bytes, and 0 for a line that is whole.
    """

    data: bytes
    size: int = 0


class Lines:
    """Cuts a stream into lines; of one longer than ``longest`` bytes ``kept`` bytes are kept."""

    __slots__ = ("_kept", "_length", "_longest", "_pieces")

    def __init__(self, longest: int, kept: int = 0) -> None:
        self._longest = longest
        self._kept = kept
        self._pieces: list[bytes] = []  # of a line that has not ended
        self._length = 0

    def of(self, piece: bytes) -> list[Line]:
        """The lines that end in this piece of the stream."""
        first, *whole = piece.split(b"\n")
        self._add(first)
        if not whole:
            return []
        rest = whole.pop()
        found = [self._end(), *map(self._whole, whole)]
        self._add(rest)
        return found

    def rest(self) -> list[Line]:
        """What has come after the last line feed, for a stream that has ended."""
        return [self._end()] if self._length else []

    def _add(self, part: bytes) -> None:
        if not part:
            return
        before = self._length
        self._length += len(part)
        if self._length <= self._longest:
            self._pieces.append(part)
        elif before <= self._longest:
            start = b"".join(self._pieces)[: self._kept]
            self._pieces = [start + part[: self._kept - len(start)]]

    def _end(self) -> Line:
        data, length = b"".join(self._pieces), self._length
        self._pieces, self._length = [], 0
        return Line(data, length) if length > self._longest else Line(data)

    def _whole(self, data: bytes) -> Line:
        if len(data) > self._longest:
            return Line(data[: self._kept], len(data))
        return Line(data)
