"""Requests paired with what came of them, event by event, in bounded memory; no I/O.

Ids count per connection and per sender: a server's request may have the id of a client's
(JSON-RPC 2.0, section 4; specification 2025-11-25, basic, "Requests"). Of any JSON type, ``1`` and
``"1"`` are two ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mcpx.json_text import JsonTextError
from mcpx.servers import Era
from mcpx.sessions.events import (
    Direction,
    Ended,
    EraKnown,
    Event,
    Finish,
    Finished,
    Http,
    Message,
)
from mcpx.sessions.items import HttpExchange, Item, Notification, Outcome, Piece, RoundTrip
from mcpx.sessions.legs import Leg, Legs

LISTEN = "subscriptions/listen"
_SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
# Of what waits for an answer or an end: so many, and so many characters of text altogether.
_MOST_OPEN = 10_000
_MOST_HELD = 64 * 1024 * 1024
# Of what a request keeps of what was said meanwhile; the rest is only counted.
_MOST_SAID = 100
_MOST_ANSWERED = 10_000

_OTHER = {
    Direction.TO_SERVER: Direction.TO_CLIENT,
    Direction.TO_CLIENT: Direction.TO_SERVER,
}


def round_trips(events: Iterable[Event]) -> Iterator[RoundTrip]:
    """The requests of a session with what came of them, each as soon as that is known.

    Not in the order of the requests: ``number`` tells it.
    """
    return (item for item in timeline(events) if isinstance(item, RoundTrip))


def timeline(events: Iterable[Event]) -> Iterator[Item]:
    """Round trips, notifications and HTTP exchanges that belong to none, and all other events.

    Each as soon as it is known; ``number`` tells their order.
    """
    pairing = _Pairing()
    for event in events:
        yield from pairing.take(event)
    yield from pairing.rest()


@dataclass(slots=True, eq=False)
class _Request:
    """One that waits for its answer."""

    piece: Piece
    direction: Direction
    method: str
    name: str
    id: Any
    key: str
    leg: Leg
    within: _Request | None
    reused: bool
    token: str | None = None
    held: int = 0
    progress: int = 0
    last_progress: Piece | None = None
    notifications: int = 0
    said: list[Piece] = field(default_factory=list)
    inside: list[RoundTrip] = field(default_factory=list)
    cancelled: float | None = None
    finish: Finish | None = None
    text: str = ""
    status: int = 0
    holes: bool = False

    @property
    def side(self) -> tuple[int, Direction]:
        return self.piece.event.connection, self.direction


@dataclass(slots=True, eq=False)
class _Exchange:
    """An HTTP exchange that is not over."""

    number: int
    time: float
    method: str
    path: str
    headers: Mapping[str, str]
    status: int = 0
    messages: int = 0
    asks: bool = False
    requests: list[_Request] = field(default_factory=list)
    cut: Piece | None = None


class _Pairing:
    """What is open in a session, and how each event changes that."""

    def __init__(self) -> None:
        # Open requests: by connection and sender, in their order; those of one id together.
        self._open: dict[tuple[int, Direction], dict[str, list[_Request]]] = {}
        self._order: dict[_Request, None] = {}
        self._tokens: dict[tuple[int, Direction, str], _Request] = {}
        self._answered: dict[tuple[int, Direction, str], None] = {}
        self._exchanges: dict[tuple[int, int], _Exchange] = {}
        self._eras: dict[int, Era] = {}
        # Who has sent what is not known, so that an answer may be to a request of that.
        self._blind: set[tuple[int, Direction]] = set()
        self._legs = Legs()
        self._held = 0
        self._complete = False

    def take(self, event: Event) -> Iterator[Item]:
        """What is known by an event."""
        if isinstance(event, Message):
            yield from self._message(event)
        elif isinstance(event, Http):
            yield from self._http(event)
        elif isinstance(event, Finished):
            yield from self._finished(event)
        else:
            if isinstance(event, EraKnown):
                self._eras[event.connection] = event.era
            if isinstance(event, Ended):
                self._complete = not event.dropped
                yield from self.rest()
            yield event

    def rest(self) -> Iterator[Item]:
        """What has not come to an end."""
        for request in list(self._order):
            yield from self._close(request, None, self._unanswered(request))
        for (connection, number), one in self._exchanges.items():
            if not one.asks:
                yield _told(connection, number, one, None)
        self._exchanges.clear()

    def _message(self, event: Message) -> Iterator[Item]:
        exchange = self._exchanges.get((event.connection, event.exchange))
        if exchange is not None and event.direction is Direction.TO_CLIENT:
            exchange.messages += 1
        if event.cut:
            self._blinded(event, exchange)
            yield event
            return
        try:
            value = event.value()
        except JsonTextError:
            yield event
            return
        if not isinstance(value, list) or not value:
            yield from self._one(Piece(event), value, exchange)
            return
        for place, one in enumerate(value):
            yield from self._one(Piece(event, place), one, exchange)

    def _blinded(self, event: Message, exchange: _Exchange | None) -> None:
        self._blind.add((event.connection, event.direction))
        for requests in self._open.get((event.connection, _OTHER[event.direction]), {}).values():
            for request in requests:
                request.holes = True
        if exchange is not None and event.direction is Direction.TO_CLIENT:
            exchange.cut = Piece(event)

    def _one(self, piece: Piece, value: Any, exchange: _Exchange | None) -> Iterator[Item]:
        if not isinstance(value, dict):
            yield piece.event
            return
        method = value.get("method")
        if isinstance(method, str) and "id" in value:
            yield from self._asked(piece, method, value, exchange)
        elif isinstance(method, str):
            yield from self._notified(piece, method, value, exchange)
        elif "result" in value or "error" in value:
            yield from self._answers(piece, value, exchange)
        else:
            yield piece.event

    def _asked(
        self, piece: Piece, method: str, value: Mapping[str, Any], exchange: _Exchange | None
    ) -> Iterator[Item]:
        event, params = piece.event, _members(value.get("params"))
        side = event.connection, event.direction
        key = _key(value["id"])
        open_ones = self._open.setdefault(side, {}).setdefault(key, [])
        request = _Request(
            piece,
            event.direction,
            method,
            named(method, params),
            value["id"],
            key,
            self._legs.of(method, params),
            self._around(event, exchange),
            bool(open_ones),
            held=len(event.text),
        )
        open_ones.append(request)
        self._order[request] = None
        self._answered.pop((*side, key), None)
        self._held += request.held
        token = _members(params.get("_meta")).get("progressToken")
        if token is not None:
            request.token = _key(token)
            self._tokens[(*side, request.token)] = request
        if exchange is not None and event.direction is Direction.TO_SERVER:
            exchange.asks = True
            exchange.requests.append(request)
        while len(self._order) > _MOST_OPEN or (self._held > _MOST_HELD and len(self._order) > 1):
            oldest = next(iter(self._order))
            self._blind.add(oldest.side)
            yield from self._close(oldest, None, Outcome.NOT_RECORDED)

    def _around(self, event: Message, exchange: _Exchange | None) -> _Request | None:
        """The request that a request of the other side belongs to, where that can be told."""
        if event.exchange and event.direction is Direction.TO_CLIENT:
            return self._only(exchange)
        others = self._open.get((event.connection, _OTHER[event.direction]), {})
        waiting = [one for some in others.values() for one in some if one.method != LISTEN]
        return waiting[0] if len(waiting) == 1 else None

    def _only(self, exchange: _Exchange | None) -> _Request | None:
        """The only request of an exchange that waits."""
        if exchange is None:
            return None
        waiting = [one for one in exchange.requests if one in self._order]
        return waiting[0] if len(waiting) == 1 else None

    def _notified(
        self, piece: Piece, method: str, value: Mapping[str, Any], exchange: _Exchange | None
    ) -> Iterator[Item]:
        event, params = piece.event, _members(value.get("params"))
        mine = event.connection, event.direction
        others = event.connection, _OTHER[event.direction]
        request: _Request | None = None
        if method == "notifications/progress":
            request = self._tokens.get((*others, _key(params.get("progressToken"))))
            if request is not None:
                request.progress += 1
                request.last_progress = piece
                self._keep(request, piece)
                return
        elif method == "notifications/cancelled":
            key = _key(params.get("requestId"))
            request = self._waiting(mine, key, event.exchange)
            if request is None:
                # A server names a subscription that it ends.
                request = self._waiting(others, key, event.exchange)
                request = request if request is not None and request.method == LISTEN else None
            if request is not None:
                request.cancelled = event.time
        if request is None:
            subscription = _members(params.get("_meta")).get(_SUBSCRIPTION)
            if subscription is not None:
                request = self._waiting(others, _key(subscription), event.exchange)
        if request is None and event.direction is Direction.TO_CLIENT:
            request = self._only(exchange)
        if request is None:
            yield Notification(piece, method)
            return
        request.notifications += 1
        self._keep(request, piece)

    def _keep(self, request: _Request, piece: Piece) -> None:
        size = len(piece.event.text)
        if len(request.said) < _MOST_SAID and self._held + size < _MOST_HELD:
            request.said.append(piece)
            request.held += size
            self._held += size

    def _waiting(self, side: tuple[int, Direction], key: str, exchange: int) -> _Request | None:
        """The open request of an id: that of the same exchange, else the oldest."""
        found = self._open.get(side, {}).get(key, ())
        same = (one for one in found if exchange and one.piece.event.exchange == exchange)
        return next(same, found[0] if found else None)

    def _answers(
        self, piece: Piece, value: Mapping[str, Any], exchange: _Exchange | None
    ) -> Iterator[Item]:
        event = piece.event
        side = event.connection, _OTHER[event.direction]
        key = _key(value.get("id"))
        request = self._waiting(side, key, event.exchange)
        if request is None and "error" in value and event.direction is Direction.TO_CLIENT:
            # A request that could not be read has no id to answer to.
            request = self._only(exchange)
        outcome, code = _outcome(value)
        if request is not None:
            yield from self._close(request, piece, outcome, code, value)
            return
        if (*side, key) in self._answered:
            outcome = Outcome.AGAIN
        else:
            outcome = Outcome.NOT_RECORDED if side in self._blind else Outcome.UNASKED
        yield RoundTrip(
            connection=event.connection,
            direction=side[1],
            outcome=outcome,
            exchange=event.exchange,
            id=value.get("id"),
            answer=piece,
            code=code,
            status=exchange.status if exchange else 0,
        )

    def _http(self, event: Http) -> Iterator[Item]:
        key = event.connection, event.exchange
        if event.direction is Direction.TO_SERVER:
            self._exchanges[key] = _Exchange(
                event.number, event.time, event.method, event.path, event.headers
            )
            if len(self._exchanges) > _MOST_OPEN:
                oldest = next(iter(self._exchanges))
                one = self._exchanges.pop(oldest)
                if not one.asks:
                    yield _told(*oldest, one, None)
        elif key in self._exchanges:
            self._exchanges[key].status = event.status
            for request in self._exchanges[key].requests:
                request.status = event.status

    def _finished(self, event: Finished) -> Iterator[Item]:
        key = event.connection, event.exchange
        one = self._exchanges.get(key)
        if one is None:
            yield event
            return
        refused = one.status >= 400 or event.why in (Finish.UNREACHABLE, Finish.REFUSED)
        modern = self._eras.get(event.connection) is Era.MODERN
        for request in [one for one in one.requests if one in self._order]:
            request.finish, request.text = event.why, event.text
            if one.cut is not None:
                yield from self._close(request, one.cut, Outcome.NOT_RECORDED)
            elif refused:
                yield from self._close(request, None, Outcome.HTTP_ERROR)
            elif modern:
                # Nothing of it can come on another exchange (2026-07-28, basic/transports).
                yield from self._close(request, None, self._unanswered(request, final=True))
        del self._exchanges[key]
        odd = refused or event.why is not Finish.END
        if not one.asks and (odd or one.method != "POST"):
            yield _told(*key, one, event)

    def _unanswered(self, request: _Request, final: bool = False) -> Outcome:
        """What to say of a request without an answer; ``final``: none can be missing."""
        if request.cancelled is not None or request.finish is Finish.CLIENT:
            return Outcome.CANCELLED
        cut_short = request.finish is Finish.TAP
        if request.method == LISTEN and (request.finish is None or cut_short):
            return Outcome.LISTENING
        if request.holes or cut_short or not (final or self._complete):
            return Outcome.NOT_RECORDED
        return Outcome.UNANSWERED

    def _close(
        self,
        request: _Request,
        answer: Piece | None,
        outcome: Outcome,
        code: int | None = None,
        value: Mapping[str, Any] | None = None,
    ) -> Iterator[RoundTrip]:
        """Tell what became of a request, or have the one around it tell it."""
        event = request.piece.event
        del self._order[request]
        of_id = self._open[request.side][request.key]
        of_id.remove(request)
        if not of_id:
            del self._open[request.side][request.key]
        if request.token is not None:
            token = (*request.side, request.token)
            if self._tokens.get(token) is request:
                del self._tokens[token]
        if answer is not None:
            self._answered[(*request.side, request.key)] = None
            if len(self._answered) > _MOST_ANSWERED:
                del self._answered[next(iter(self._answered))]
        if outcome is Outcome.INPUT_REQUIRED and value is not None:
            self._legs.asked(
                request.piece.number,
                request.leg.place,
                request.method,
                request.piece.params(),
                _members(value.get("result")),
            )
        if outcome is Outcome.ERROR and request.cancelled is not None:
            outcome = Outcome.CANCELLED
        why = "" if answer or request.finish is None else request.text or request.finish.value
        trip = RoundTrip(
            connection=event.connection,
            direction=request.direction,
            outcome=outcome,
            exchange=event.exchange,
            method=request.method,
            name=request.name,
            id=request.id,
            request=request.piece,
            answer=answer,
            code=code,
            status=request.status,
            why=why,
            progress=request.progress,
            last_progress=request.last_progress,
            notifications=request.notifications,
            said=tuple(request.said),
            inside=tuple(request.inside),
            follows=request.leg.follows,
            leg=request.leg.place,
            reused=request.reused,
            cancelled=request.cancelled,
        )
        around = request.within
        if around in self._order and around is not None and len(around.inside) < _MOST_SAID:
            around.inside.append(trip)
            size = 0 if answer is None else len(answer.event.text)
            around.held += request.held + size
            self._held += size
        else:
            self._held -= request.held
            yield trip


def _told(connection: int, number: int, one: _Exchange, end: Finished | None) -> HttpExchange:
    return HttpExchange(
        one.number,
        one.time,
        connection,
        number,
        one.method,
        one.path,
        one.status,
        end.why if end else None,
        end.text if end else "",
        one.messages,
        end.time if end else None,
        one.headers,
    )


def _outcome(answer: Mapping[str, Any]) -> tuple[Outcome, int | None]:
    """What an answer says, and the code of its error."""
    if "error" in answer:
        code = _members(answer["error"]).get("code")
        return Outcome.ERROR, code if isinstance(code, int) else None
    result = _members(answer.get("result"))
    if result.get("isError") is True:
        return Outcome.TOOL_ERROR, None
    if result.get("resultType") == "input_required":
        return Outcome.INPUT_REQUIRED, None
    return Outcome.OK, None


def named(method: str, params: Mapping[str, Any]) -> str:
    """The tool or prompt, or the URI, that a request is about; empty when there is none."""
    about = _members(params.get("ref")) if method == "completion/complete" else params
    for member in ("name", "uri", "taskId"):
        if isinstance(about.get(member), str):
            return str(about[member])
    return ""


def _members(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _key(value: Any) -> str:
    """What stands for an id or a token: equal for equal JSON values; 1 and 1.0 are one number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return json.dumps(value, sort_keys=True)
    except (RecursionError, ValueError):  # so deep, or so long a number, that nobody sends it twice
        return ""
