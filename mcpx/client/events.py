"""Server-sent events, read from the pieces of a body as they come.

Source: WHATWG HTML, 9.2.5 and 9.2.6 ("Parsing" and "Interpreting an event stream").
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

EVENT_STREAM = "text/event-stream"
# Of an event's id, which is sent back as a header.
_LONGEST_ID = 4_096


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``retry`` is in seconds; ``id`` is None when the event names none."""

    kind: str
    data: bytes
    id: str | None = None
    retry: float | None = None


class EventTooLongError(ValueError):
    """An event of more bytes than allowed."""


async def events(pieces: AsyncIterator[bytes], longest: int) -> AsyncIterator[Event]:
    """The events of a body, also those without data, since those carry ids and retry times.

    Raises EventTooLongError for one of more than ``longest`` bytes. An event that the end of the
    body cuts off is dropped.
    """
    reader = _Reader(longest)
    async for piece in pieces:
        for line in reader.lines(piece):
            event = reader.take(line)
            if event is not None:
                yield event


class _Reader:
    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._rest = bytearray()
        self._after_cr = False
        self._first = True
        self._clear()

    def _clear(self) -> None:
        self._kind = ""
        self._data = bytearray()
        self._has_data = False
        self._id: str | None = None
        self._retry: float | None = None
        self._said = False

    def lines(self, piece: bytes) -> list[bytes]:
        """The lines that a piece completes, ended by LF, CR or CRLF."""
        if not piece:
            return []
        if self._after_cr:
            piece = piece.removeprefix(b"\n")
        self._after_cr = piece.endswith(b"\r")
        # A long line is searched for its end once only.
        if b"\n" not in piece and b"\r" not in piece:
            self._rest += piece
            self._refuse_long(len(self._rest))
            return []
        if b"\r" in piece:
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        first, *others = piece.split(b"\n")
        self._rest += first
        found = [bytes(self._rest), *others[:-1]]
        self._rest = bytearray(others[-1])
        return found

    def take(self, line: bytes) -> Event | None:
        """One line; the event that it completes, if any."""
        if self._first:
            line = line.removeprefix(b"\xef\xbb\xbf")
            self._first = False
        if not line:
            event = None
            if self._said:
                event = Event(self._kind, bytes(self._data), self._id, self._retry)
            self._clear()
            return event
        if line.startswith(b":"):
            return None
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            if self._has_data:
                self._data += b"\n"
            self._has_data = True
            self._data += value
            self._refuse_long(len(self._data))
        elif name == b"event":
            self._kind = value[:200].decode("utf-8", "replace")
        elif name == b"id" and b"\0" not in value and len(value) <= _LONGEST_ID:
            self._id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit() and len(value) < 16:
            self._retry = int(value) / 1000
        else:
            return None
        self._said = True
        return None

    def _refuse_long(self, size: int) -> None:
        if size > self._longest:
            raise EventTooLongError(f"an event of more than {self._longest} bytes")
