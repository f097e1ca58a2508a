"""Server-sent events, read from the pieces of a body as they come.

Source: WHATWG HTML, 9.2.5 and 9.2.6 ("Parsing" and "Interpreting an event stream").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mcpx.wire import StreamEvent

EVENT_STREAM = "text/event-stream"
# Of an event's id, which is sent back as a header.
_LONGEST_ID = 4_096


@dataclass(frozen=True, slots=True)
class SseEvent:
    """One event; a comment that stands alone is one with nothing in it.

    ``retry`` is in seconds; ``id`` is None when the event names none. ``cut`` is the size in bytes
    of data too long to be kept, of which there is the beginning.
    """

    kind: str
    data: bytes
    id: str | None = None
    retry: float | None = None
    cut: int = 0

    @property
    def is_message(self) -> bool:
        """Whether it carries a message of MCP."""
        return bool(self.data) and self.kind in ("", "message")

    @property
    def fields(self) -> StreamEvent:
        """What it has beside its data, as a recording keeps it."""
        retry = None if self.retry is None else round(self.retry * 1000)
        return StreamEvent(self.id, self.kind or None, retry, empty=not self.data)


class EventTooLongError(ValueError):
    """An event of more bytes than allowed."""


class EventReader:
    """Reads the events of one body from its pieces, also those without data.

    Of an event of more than ``longest`` bytes only as many are kept when it ``cuts``; otherwise
    EventTooLongError is raised.
    """

    def __init__(self, longest: int, cuts: bool = False) -> None:
        self._longest = longest
        self._cuts = cuts
        self._rest = bytearray()
        self._surplus = 0  # bytes of the line that were not kept
        self._after_cr = False
        self._first = True
        self._clear()

    def _clear(self) -> None:
        self._kind = ""
        self._data = bytearray()
        self._size = 0
        self._has_data = False
        self._id: str | None = None
        self._retry: float | None = None
        self._said = False

    def of(self, piece: bytes) -> Iterator[SseEvent]:
        """The events that a piece of the body completes. Raises EventTooLongError."""
        for line in self._lines(piece):
            event = self._take(line)
            if event is not None:
                yield event

    def rest(self) -> Iterator[SseEvent]:
        """The event that the end of the body cuts off, as far as it came; a client drops it."""
        for line in (bytes(self._rest), b""):
            event = self._take(line)
            if event is not None:
                yield event
        self._rest.clear()

    def _lines(self, piece: bytes) -> Iterator[bytes]:
        """The lines that a piece completes, ended by LF, CR or CRLF."""
        if not piece:
            return
        if self._after_cr:
            piece = piece.removeprefix(b"\n")
        self._after_cr = piece.endswith(b"\r")
        # A long line is searched for its end once only.
        if b"\n" not in piece and b"\r" not in piece:
            self._keep(piece)
            return
        if b"\r" in piece:
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        first, *others = piece.split(b"\n")
        self._keep(first)
        yield bytes(self._rest)
        self._rest.clear()
        self._surplus = 0
        yield from others[:-1]
        self._keep(others[-1])

    def _keep(self, piece: bytes) -> None:
        """A part of a line that has not ended."""
        self._rest += piece
        if len(self._rest) > self._longest:
            self._refuse_long()
            self._surplus += len(self._rest) - self._longest
            del self._rest[self._longest :]

    def _take(self, line: bytes) -> SseEvent | None:
        """One line; the event that it completes, if any."""
        if self._first:
            line = line.removeprefix(b"\xef\xbb\xbf")
            self._first = False
        if not line:
            event = None
            if self._said:
                cut = self._size if self._size > len(self._data) else 0
                event = SseEvent(self._kind, bytes(self._data), self._id, self._retry, cut)
            self._clear()
            return event
        if line.startswith(b":"):
            self._said = True
            return None
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            added = b"\n" + value if self._has_data else value
            self._has_data = True
            if self._size == len(self._data):
                self._data += added[: self._longest - len(self._data)]
            self._size += len(added) + self._surplus
            if self._size > len(self._data):
                self._refuse_long()
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

    def _refuse_long(self) -> None:
        if not self._cuts:
            raise EventTooLongError(f"an event of more than {self._longest} bytes")
