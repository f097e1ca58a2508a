"""A tap that keeps what it is told, connection by connection."""

from __future__ import annotations

import json
from typing import Any

from mcpx.client.taps import Headers, Tap
from mcpx.servers import ServerSpec, Transport
from mcpx.sse_events import SseEvent
from mcpx.wire import Direction, Ending, Finish

WORDS = {Direction.TO_SERVER: "sent", Direction.TO_CLIENT: "received"}


class HeardTap(Tap):
    """Everything told of one connection, in its order: what it was, then what came with it."""

    def __init__(self, transport: Transport, pid: int | None) -> None:
        self.transport = transport
        self.pid = pid
        self.told: list[tuple[Any, ...]] = []

    def message(
        self, direction: Direction, raw: bytes, exchange: int = 0, event: SseEvent | None = None
    ) -> None:
        self.told.append((WORDS[direction], raw, exchange, event))

    def unread(self, direction: Direction, data: bytes, exchange: int = 0) -> None:
        self.told.append(("unread", data, exchange))

    def requested(self, exchange: int, method: str, path: str, headers: Headers) -> None:
        self.told.append(("requested", exchange, method, path, dict(headers)))

    def answered(self, exchange: int, status: int, headers: Headers) -> None:
        self.told.append(("answered", exchange, status, dict(headers)))

    def event(self, exchange: int, event: SseEvent) -> None:
        self.told.append(("event", exchange, event))

    def finished(self, exchange: int, end: Finish, text: str = "") -> None:
        self.told.append(("finished", exchange, end, text))

    def stderr(self, line: bytes) -> None:
        self.told.append(("stderr", line))

    def exited(self, code: int, why: Ending) -> None:
        self.told.append(("exited", code, why))

    def of(self, *kinds: str) -> list[tuple[Any, ...]]:
        """What was told of these kinds, without the kind where there is one only."""
        found = [one for one in self.told if one[0] in kinds]
        return [one[1:] for one in found] if len(kinds) == 1 else found

    def exchange(self, number: int) -> list[tuple[Any, ...]]:
        """What was told of one exchange: heads without their headers."""
        found: list[tuple[Any, ...]] = []
        for kind, *rest in self.told:
            if kind in ("sent", "received", "unread") and rest[1] == number:
                found.append((kind, rest[0]))
            elif kind in ("requested", "answered") and rest[0] == number:
                found.append((kind, *rest[1:-1]))
            elif kind in ("event", "finished") and rest[0] == number:
                found.append((kind, *rest[1:2]))
        return found


class Heard:
    """Taps every connection of a run; give ``tapping`` to the terms."""

    def __init__(self) -> None:
        self.taps: list[HeardTap] = []

    def tapping(self, _spec: ServerSpec, transport: Transport, pid: int | None) -> HeardTap:
        """A tap for a connection that opens."""
        self.taps.append(HeardTap(transport, pid))
        return self.taps[-1]

    @property
    def sent(self) -> list[Any]:
        """The messages that were sent, as values, over all connections."""
        return [json.loads(raw) for tap in self.taps for raw, *_ in tap.of("sent")]

    @property
    def methods(self) -> list[str]:
        """Their methods; empty for answers."""
        return [one.get("method", "") for one in self.sent]
