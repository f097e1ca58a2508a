"""What is told of a connection, as it happens, to whoever wants to see or keep what crosses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mcpx.servers import ServerSpec, Transport
from mcpx.sse_events import SseEvent
from mcpx.wire import Direction, Ending, Finish

Headers = Iterable[tuple[str, str]]


class Tap:
    """Is told of one connection; does nothing with it, so that who wants a part overrides that.

    ``exchange`` counts the HTTP requests of a connection from 1, redirects, resumptions and
    repetitions too; it is 0 on stdio. Everything is as it was on the wire, nothing is masked: a
    line may lack its newline, a body is decoded. What is sent is told once it has gone on its way
    on stdio and as it goes over HTTP; what comes is told before it is acted on. A tap returns at
    once and raises nothing.
    """

    def message(
        self, direction: Direction, raw: bytes, exchange: int = 0, event: SseEvent | None = None
    ) -> None:
        """A message, or a line or a body of JSON where one belongs; ``event`` brought it."""

    def unread(self, direction: Direction, data: bytes, exchange: int = 0) -> None:
        """Bytes that nobody takes for a message: a body that is not JSON, half of one, too much."""

    def requested(self, exchange: int, method: str, path: str, headers: Headers) -> None:
        """The head of an HTTP request; its body follows."""

    def answered(self, exchange: int, status: int, headers: Headers) -> None:
        """The head of its answer."""

    def event(self, exchange: int, event: SseEvent) -> None:
        """A server-sent event without a message: priming, a comment, the endpoint."""

    def finished(self, exchange: int, end: Finish, text: str = "") -> None:
        """An exchange is over; ``text`` says what went wrong, without secrets."""

    def stderr(self, line: bytes) -> None:
        """A line of stderr, without its newline."""

    def exited(self, code: int, why: Ending) -> None:
        """The process has left with this status, negative for a signal."""


# Called for each connection that opens, with what is connected to, over what, and the process id:
# each attempt, each fresh process, and the old transport after the new is a connection of its own.
Tapping = Callable[[ServerSpec, Transport, int | None], Tap]


def together(*tappings: Tapping | None) -> Tapping | None:
    """All of these as one; None when there are none."""
    given = [one for one in tappings if one is not None]
    if len(given) < 2:
        return given[0] if given else None
    return lambda spec, transport, pid: _Several([one(spec, transport, pid) for one in given])


class _Several(Tap):
    def __init__(self, taps: list[Tap]) -> None:
        self._taps = taps

    def message(
        self, direction: Direction, raw: bytes, exchange: int = 0, event: SseEvent | None = None
    ) -> None:
        for tap in self._taps:
            tap.message(direction, raw, exchange, event)

    def unread(self, direction: Direction, data: bytes, exchange: int = 0) -> None:
        for tap in self._taps:
            tap.unread(direction, data, exchange)

    def requested(self, exchange: int, method: str, path: str, headers: Headers) -> None:
        given = list(headers)
        for tap in self._taps:
            tap.requested(exchange, method, path, given)

    def answered(self, exchange: int, status: int, headers: Headers) -> None:
        given = list(headers)
        for tap in self._taps:
            tap.answered(exchange, status, given)

    def event(self, exchange: int, event: SseEvent) -> None:
        for tap in self._taps:
            tap.event(exchange, event)

    def finished(self, exchange: int, end: Finish, text: str = "") -> None:
        for tap in self._taps:
            tap.finished(exchange, end, text)

    def stderr(self, line: bytes) -> None:
        for tap in self._taps:
            tap.stderr(line)

    def exited(self, code: int, why: Ending) -> None:
        for tap in self._taps:
            tap.exited(code, why)
