"""Copies of HTTP bodies as they go by, and the messages in them; nothing of a body waits for them.

A JSON body is a message, or an array of them (specification 2025-03-26, basic/transports); an
event stream holds one in each event. Everything else is kept as bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mcpx.inflate import EncodingError, Inflater, TooLongError
from mcpx.sse_events import EVENT_STREAM, EventReader, SseEvent
from mcpx.wire import StreamEvent

# Decoded bytes that one body may stand for, and that each byte of a stream may, beside some more:
# what stands for more was made to keep its reader busy.
_MOST_DECODED = 1 << 26
_DENSEST = 200
_MORE = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """A part of a body: ``data``, or its beginning, and then ``size`` is that of all of it.

    ``json``: it stands where a message belongs. ``stream`` is the event that brought it.
    """

    data: bytes
    json: bool
    size: int = 0
    stream: StreamEvent | None = None


class Copy(Protocol):
    """Takes a body piece by piece, and gives what is complete."""

    def add(self, piece: bytes) -> list[Found]:
        """What this piece completes."""

    def end(self, whole: bool, /) -> list[Found]:
        """What the end completes; ``whole``: the body was not cut off."""


def copy_of(kind: str, encoding: str, longest: int) -> Copy:
    """A copy of a body with this content type and coding, of ``longest`` bytes per message."""
    kind = kind.partition(";")[0].strip().lower()
    if encoding.strip().lower() not in ("", "identity"):
        return _Decoded(kind, encoding, longest)
    return _plain(kind, longest)


def count_of() -> Copy:
    """Counts the bytes of a body, and keeps none."""
    return _Whole(0, json=False)


def _plain(kind: str, longest: int) -> Copy:
    if kind == EVENT_STREAM:
        return _Stream(longest)
    return _Whole(longest, json=kind == "application/json" or kind.endswith("+json"))


class _Whole:
    """A body that means something as a whole."""

    def __init__(self, longest: int, json: bool) -> None:
        self._longest = longest
        self._json = json
        self._data = bytearray()
        self._size = 0

    def add(self, piece: bytes) -> list[Found]:
        self._size += len(piece)
        self._data += piece[: self._longest - len(self._data)]
        return []

    def end(self, whole: bool) -> list[Found]:
        if not self._size:
            return []
        cut = self._size if self._size > len(self._data) else 0
        return [Found(bytes(self._data), self._json and whole, cut)]


class _Stream:
    """A body of server-sent events."""

    def __init__(self, longest: int) -> None:
        self._reader = EventReader(longest, cuts=True)

    def add(self, piece: bytes) -> list[Found]:
        return [_of_event(event) for event in self._reader.of(piece)]

    def end(self, *_: bool) -> list[Found]:
        return []


def _of_event(event: SseEvent) -> Found:
    return Found(event.data, event.is_message, event.cut, event.fields)


class _Decoded:
    """A body in a coding; one that cannot be undone is kept as it came."""

    def __init__(self, kind: str, encoding: str, longest: int) -> None:
        self._copy = _plain(kind, longest)
        self._raw: Copy | None = None
        self._undo: Callable[[bytes], list[Found]] = self._inflate
        try:
            self._inflater = Inflater(encoding, _MOST_DECODED)
        except EncodingError:
            self._give_up(longest)
        self._longest = longest
        self._endless = isinstance(self._copy, _Stream)

    def add(self, piece: bytes) -> list[Found]:
        return self._undo(piece)

    def end(self, whole: bool) -> list[Found]:
        copy = self._raw or self._copy
        return copy.end(whole)

    def _inflate(self, piece: bytes) -> list[Found]:
        found: list[Found] = []
        if self._endless:
            self._inflater.allow(_MORE + _DENSEST * len(piece))
        try:
            for decoded in self._inflater(piece):
                found += self._copy.add(decoded)
        except (EncodingError, TooLongError):
            self._give_up(self._longest)
            return found + self._undo(piece)
        return found

    def _give_up(self, longest: int) -> None:
        self._raw = _Whole(longest, json=False)
        self._undo = self._raw.add
