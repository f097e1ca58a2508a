"""What waits in a session: requests for their answers, HTTP exchanges for their ends; no I/O."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mcpx.servers import NOTHING
from mcpx.sessions.by_id import ById
from mcpx.sessions.events import Finished, Http
from mcpx.sessions.items import HttpExchange, Notification, Piece, RoundTrip
from mcpx.sessions.legs import Leg
from mcpx.wire import Direction, Finish

# Who asks: a connection, and which way.
Side = tuple[int, Direction]


@dataclass(slots=True, eq=False)
class Request:
    """One that waits for its answer; ``held`` is the memory of what is kept of it, in bytes."""

    piece: Piece
    method: str
    name: str
    id: Any
    key: str
    leg: Leg
    within: Request | None
    exchange: Exchange | None
    reused: bool
    held: int
    token: str | None = None
    progress: int = 0
    last_progress: Piece | None = None
    notifications: int = 0
    said: list[Notification] = field(default_factory=list)
    inside: list[RoundTrip] = field(default_factory=list)
    cancelled: Piece | None = None
    holes: bool = False

    @property
    def side(self) -> Side:
        """Who asks."""
        return self.piece.event.connection, self.piece.event.direction

    @property
    def finish(self) -> Finish | None:
        """How its exchange ended; None while that is open, and on stdio."""
        end = self.exchange.end if self.exchange else None
        return end.why if end else None


@dataclass(slots=True, eq=False)
class Exchange:
    """An HTTP exchange; ``done`` are requests of it that have their answer before it is over.

    ``asks``: it carried requests, of which ``requests`` wait; ``cut`` is what of its answer was
    too large to be kept.
    """

    head: Http
    status: int = 0
    answered: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    messages: int = 0
    asks: bool = False
    requests: dict[Request, None] = field(default_factory=dict)
    done: list[tuple[Request, RoundTrip]] = field(default_factory=list)
    cut: Piece | None = None
    is_open: bool = True
    end: Finished | None = None

    @property
    def only(self) -> Request | None:
        """The only request of it that waits."""
        return next(iter(self.requests)) if len(self.requests) == 1 else None

    def told(self) -> HttpExchange:
        """What is known of it."""
        head, end = self.head, self.end
        return HttpExchange(
            head.number,
            head.time,
            head.connection,
            head.exchange,
            head.method,
            head.path,
            self.status,
            end.why if end else None,
            end.text if end else "",
            self.messages,
            end.time if end else None,
            head.headers,
            self.answered,
        )


class Waiting:
    """The open requests of a session, in their order."""

    def __init__(self) -> None:
        self._order: dict[Request, None] = {}
        self._by_id: dict[Side, ById[Request]] = {}
        self._by_token: dict[tuple[Side, str], Request] = {}

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Request]:
        return iter(tuple(self._order))

    def __contains__(self, request: object) -> bool:
        return request in self._order

    def add(self, request: Request) -> None:
        """One more."""
        self._order[request] = None
        exchange = request.piece.event.exchange
        self._by_id.setdefault(request.side, ById()).add(request.key, request, exchange)
        if request.token is not None:
            self._by_token[request.side, request.token] = request

    def remove(self, request: Request) -> None:
        """It waits no longer."""
        del self._order[request]
        of_side = self._by_id[request.side]
        of_side.remove(request.key, request)
        if not of_side:
            del self._by_id[request.side]
        if request.token is not None and self.of_token(request.side, request.token) is request:
            del self._by_token[request.side, request.token]

    @property
    def oldest(self) -> Request:
        """The one that has waited longest."""
        return next(iter(self._order))

    def of(self, side: Side, key: str, exchange: int = 0) -> Request | None:
        """That of an id: of the same exchange, else the oldest."""
        of_side = self._by_id.get(side)
        return None if of_side is None else of_side.of(key, exchange)

    def of_token(self, side: Side, token: str) -> Request | None:
        """That of a progress token."""
        return self._by_token.get((side, token))

    def of_side(self, side: Side) -> Iterator[Request]:
        """Those of one side."""
        return iter(self._by_id.get(side, ()))


def memory(*pieces: Piece | None) -> int:
    """The bytes of memory that the texts of pieces take: of some signs up to four each."""
    return sum(sys.getsizeof(one.event.text) for one in pieces if one is not None)
