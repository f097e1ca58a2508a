"""What of a wire no message says: the statuses of answers, and how a process ended."""

from __future__ import annotations

import re
from typing import Protocol

from mcpx.client.taps import Headers, Tap
from mcpx.sse_events import SseEvent
from mcpx.wire import Direction, Ending

_ID = re.compile(rb'\{"jsonrpc":"2.0","id":(\d+),"method"')


class Watched(Protocol):
    """Who is told; ``exit`` is how the process ended by itself."""

    exit: int | None

    def listens(self) -> None:
        """The stream of what comes unasked has been answered."""

    def saw(self, number: int, status: int, kind: str) -> None:
        """The request of this number was answered with this HTTP status and media type."""


class Watching(Tap):
    """Tells a connection of its wire."""

    def __init__(self, connection: Watched) -> None:
        self._connection = connection
        self._numbers: dict[int, int] = {}
        self._streams: set[int] = set()

    def message(
        self,
        direction: Direction,
        raw: bytes,
        exchange: int = 0,
        event: SseEvent | None = None,  # noqa: ARG002
    ) -> None:
        """Note which request of ours an exchange carries."""
        if exchange and direction is Direction.TO_SERVER and (found := _ID.match(raw)):
            self._numbers[exchange] = int(found[1])

    def requested(self, exchange: int, method: str, path: str, headers: Headers) -> None:  # noqa: ARG002
        """Note that an exchange opens a stream."""
        if method == "GET":
            self._streams.add(exchange)

    def answered(self, exchange: int, status: int, headers: Headers) -> None:
        """Tell what came of either."""
        if exchange in self._streams:
            self._streams.remove(exchange)
            self._connection.listens()
        number = self._numbers.pop(exchange, 0)
        if number:
            kinds = [value for name, value in headers if name.lower() == "content-type"]
            kind = kinds[0].partition(";")[0].strip().lower() if kinds else ""
            self._connection.saw(number, status, kind)

    def exited(self, code: int, why: Ending) -> None:
        """Tell the status of a process that nobody killed."""
        if why in (Ending.ITSELF, Ending.END_OF_INPUT):
            self._connection.exit = code
