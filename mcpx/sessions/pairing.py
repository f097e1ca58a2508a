"""Requests paired with what came of them, event by event, in bounded memory; no I/O.

Ids count per connection and per sender: a server's request may have the id of a client's
(JSON-RPC 2.0, section 4; specification 2025-11-25, basic, "Requests"). Of any JSON type, ``1`` and
``"1"`` are two ids.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mcpx.json_rpc import LISTEN, SUBSCRIPTION, id_key, members, named
from mcpx.json_text import JsonTextError
from mcpx.servers import Era
from mcpx.sessions.events import Ended, EraKnown, Event, Finished, Http, Message
from mcpx.sessions.items import (
    CANCELLED,
    PROGRESS,
    Item,
    Notification,
    Outcome,
    Piece,
    RoundTrip,
)
from mcpx.sessions.legs import Legs
from mcpx.sessions.waiting import Exchange, Request, Side, Waiting, memory
from mcpx.wire import Direction, Finish

_MEBIBYTE = 1024 * 1024
# Of what waits for an answer or an end, and of answered ids that are kept in mind.
_MOST_OPEN = 10_000
_MOST_ANSWERED = 10_000
# Of an id, in characters; what stands for a longer one is as good.
_LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class Keeping:
    """How much is kept of what waits.

    ``said``: notifications that a round trip holds, and as many round trips inside it; what is
    more is told by itself. ``held``: the memory of all texts together, in bytes; beyond it the
    oldest requests are told as if they had no answer, but never the last.
    """

    said: int = 100
    held: int = 48 * _MEBIBYTE


class Pairing:
    """What is open in a session, and how each event changes that."""

    def __init__(self, keeping: Keeping | None = None) -> None:
        self._keeping = keeping or Keeping()
        self._waiting = Waiting()
        self._exchanges: dict[tuple[int, int], Exchange] = {}
        self._answered: dict[tuple[Side, str], None] = {}
        self._eras: dict[int, Era] = {}
        # Who has sent what is not known, so that an answer may be to a request of that.
        self._blind: set[Side] = set()
        self._legs = Legs()
        self._held = 0
        self._complete = False
        self._told: list[Item] = []

    def take(self, event: Event) -> list[Item]:
        """What is known by an event: round trips that are over, and what belongs to none."""
        if isinstance(event, Message):
            self._message(event)
        elif isinstance(event, Http):
            self._http(event)
        elif isinstance(event, Finished):
            self._finished(event)
        else:
            if isinstance(event, EraKnown):
                self._eras[event.connection] = event.era
            if isinstance(event, Ended):
                self._complete = not event.dropped
                self._close_all()
            self._told.append(event)
        return self._taken()

    def rest(self) -> list[Item]:
        """What has not come to an end, when there is no more."""
        self._close_all()
        return self._taken()

    def _taken(self) -> list[Item]:
        told, self._told = self._told, []
        return told

    # --- messages ------------------------------------------------------------------------------

    def _message(self, event: Message) -> None:
        exchange = self._exchanges.get((event.connection, event.exchange))
        if exchange is not None and event.direction is Direction.TO_CLIENT:
            exchange.messages += 1
        if event.cut:
            self._blinded(event, exchange)
            self._told.append(event)
            return
        try:
            value = event.value()
        except JsonTextError:
            self._told.append(event)
            return
        if not isinstance(value, list) or not value:
            self._one(Piece(event), value, exchange)
            return
        for place, one in enumerate(value):
            self._one(Piece(event, place), one, exchange)

    def _blinded(self, event: Message, exchange: Exchange | None) -> None:
        self._blind.add((event.connection, event.direction))
        for request in self._waiting.of_side((event.connection, event.direction.other)):
            request.holes = True
        if exchange is not None and event.direction is Direction.TO_CLIENT:
            exchange.cut = Piece(event)

    def _one(self, piece: Piece, value: Any, exchange: Exchange | None) -> None:
        if not isinstance(value, dict):
            self._told.append(piece.event)
            return
        method = value.get("method")
        if isinstance(method, str) and "id" in value:
            self._asked(piece, method, value, exchange)
        elif isinstance(method, str):
            self._notified(piece, method, value, exchange)
        elif "result" in value or "error" in value:
            self._answers(piece, value, exchange)
        else:
            self._told.append(piece.event)

    def _asked(
        self, piece: Piece, method: str, value: Mapping[str, Any], exchange: Exchange | None
    ) -> None:
        event, params = piece.event, members(value.get("params"))
        side = event.connection, event.direction
        key, name = _key(value["id"]), named(method, params)
        token = members(params.get("_meta")).get("progressToken")
        carried = exchange if event.direction is Direction.TO_SERVER else None
        request = Request(
            piece,
            method,
            name,
            value["id"],
            key,
            self._legs.of(method, params),
            self._around(event, exchange),
            carried,
            reused=self._waiting.of(side, key) is not None,
            held=memory(piece) + sum(map(sys.getsizeof, (method, name, value["id"]))),
            token=None if token is None else _key(token),
        )
        self._waiting.add(request)
        self._answered.pop((side, key), None)
        self._held += request.held
        if carried is not None:
            carried.asks = True
            carried.requests[request] = None
        self._make_room()

    def _around(self, event: Message, exchange: Exchange | None) -> Request | None:
        """The request that a request of the other side belongs to, where that can be told."""
        if event.exchange and event.direction is Direction.TO_CLIENT:
            return exchange.only if exchange else None
        others = self._waiting.of_side((event.connection, event.direction.other))
        waiting = [one for one in others if one.method != LISTEN]
        return waiting[0] if len(waiting) == 1 else None

    def _notified(
        self, piece: Piece, method: str, value: Mapping[str, Any], exchange: Exchange | None
    ) -> None:
        event, params = piece.event, members(value.get("params"))
        if method == PROGRESS:
            side = event.connection, event.direction.other
            request = self._waiting.of_token(side, _key(params.get("progressToken")))
            if request is not None:
                request.progress += 1
                request.last_progress = piece
                self._keep(request, piece, method)
                return
        request = self._meant(piece, method, params, exchange)
        if request is None:
            self._told.append(Notification(piece, method))
            return
        request.notifications += 1
        self._keep(request, piece, method)

    def _meant(
        self, piece: Piece, method: str, params: Mapping[str, Any], exchange: Exchange | None
    ) -> Request | None:
        """The request that a notification belongs to."""
        event = piece.event
        mine = event.connection, event.direction
        others = event.connection, event.direction.other
        if method == CANCELLED:
            key = _key(params.get("requestId"))
            request = self._waiting.of(mine, key, event.exchange)
            if request is None:
                # A server names a subscription that it ends.
                request = self._waiting.of(others, key, event.exchange)
                request = request if request is not None and request.method == LISTEN else None
            if request is not None:
                request.cancelled = piece
                return request
        subscription = members(params.get("_meta")).get(SUBSCRIPTION)
        if subscription is not None:
            request = self._waiting.of(others, _key(subscription), event.exchange)
            if request is not None:
                return request
        in_answer = event.direction is Direction.TO_CLIENT and exchange is not None
        return exchange.only if in_answer and exchange else None

    def _keep(self, request: Request, piece: Piece, method: str) -> None:
        said, size = Notification(piece, method, request.piece.number), memory(piece)
        if len(request.said) < self._keeping.said and self._held + size <= self._keeping.held:
            request.said.append(said)
            request.held += size
            self._held += size
        else:
            self._told.append(said)

    def _answers(self, piece: Piece, value: Mapping[str, Any], exchange: Exchange | None) -> None:
        event = piece.event
        side = event.connection, event.direction.other
        key = _key(value.get("id"))
        request = self._waiting.of(side, key, event.exchange)
        if request is None and "error" in value and event.direction is Direction.TO_CLIENT:
            # A request that could not be read has no id to answer to.
            request = exchange.only if exchange else None
        outcome, code = _outcome(value)
        if request is not None:
            self._close(request, piece, outcome, code, value)
            return
        if (side, key) in self._answered:
            outcome = Outcome.AGAIN
        else:
            outcome = Outcome.NOT_RECORDED if side in self._blind else Outcome.UNASKED
        self._told.append(
            RoundTrip(
                connection=event.connection,
                direction=event.direction.other,
                outcome=outcome,
                id=value.get("id"),
                answer=piece,
                code=code,
                http=exchange.told() if exchange else None,
            )
        )

    # --- HTTP ----------------------------------------------------------------------------------

    def _http(self, event: Http) -> None:
        key = event.connection, event.exchange
        if event.direction is Direction.TO_SERVER:
            if key in self._exchanges:
                self._leave(self._exchanges.pop(key))
            self._exchanges[key] = Exchange(event)
            if len(self._exchanges) > _MOST_OPEN:
                self._leave(self._exchanges.pop(next(iter(self._exchanges))))
        elif key in self._exchanges:
            self._exchanges[key].status = event.status
            self._exchanges[key].answered = event.headers
        else:
            self._told.append(event)

    def _finished(self, event: Finished) -> None:
        exchange = self._exchanges.pop((event.connection, event.exchange), None)
        if exchange is None:
            self._told.append(event)
            return
        exchange.end, exchange.is_open = event, False
        self._deliver(exchange)
        refused = exchange.status >= 400 or event.why in (Finish.UNREACHABLE, Finish.REFUSED)
        modern = self._eras.get(event.connection) is Era.MODERN
        for request in tuple(exchange.requests):
            if exchange.cut is not None:
                self._close(request, exchange.cut, Outcome.NOT_RECORDED)
            elif refused:
                self._close(request, None, Outcome.HTTP_ERROR)
            elif modern:
                # Nothing of it can come on another exchange (2026-07-28, basic/transports).
                self._close(request, None, self._unanswered(request, final=True))
        odd = refused or event.why is not Finish.END
        if not exchange.asks and (odd or exchange.head.method != "POST"):
            self._told.append(exchange.told())

    def _leave(self, exchange: Exchange) -> None:
        """Wait no longer for the end of an exchange."""
        exchange.is_open = False
        self._deliver(exchange)
        if not exchange.asks:
            self._told.append(exchange.told())

    def _deliver(self, exchange: Exchange) -> None:
        """Tell what waited for the end of an exchange."""
        done, exchange.done = exchange.done, []
        for request, trip in done:
            self._tell(request, trip)

    # --- ends ----------------------------------------------------------------------------------

    def _close_all(self) -> None:
        exchanges, self._exchanges = self._exchanges, {}
        for exchange in exchanges.values():
            exchange.is_open = False
            self._deliver(exchange)
        for request in self._waiting:
            self._close(request, None, self._unanswered(request))
        self._told += [one.told() for one in exchanges.values() if not one.asks]

    def _make_room(self) -> None:
        """Tell so much of what waits that no more is held than may be."""
        if self._held > self._keeping.held:
            for exchange in self._exchanges.values():
                self._deliver(exchange)
        while len(self._waiting) > _MOST_OPEN or (
            self._held > self._keeping.held and len(self._waiting) > 1
        ):
            oldest = self._waiting.oldest
            self._blind.add(oldest.side)
            self._close(oldest, None, Outcome.NOT_RECORDED, waits=False)

    def _unanswered(self, request: Request, final: bool = False) -> Outcome:
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
        request: Request,
        answer: Piece | None,
        outcome: Outcome,
        code: int | None = None,
        value: Mapping[str, Any] | None = None,
        waits: bool = True,
    ) -> None:
        """What became of a request is known; told at the end of its exchange if it ``waits``."""
        self._waiting.remove(request)
        exchange = request.exchange
        if exchange is not None:
            del exchange.requests[request]
        if answer is not None:
            self._answered[request.side, request.key] = None
            if len(self._answered) > _MOST_ANSWERED:
                del self._answered[next(iter(self._answered))]
        if outcome is Outcome.INPUT_REQUIRED and value is not None:
            number, params = request.piece.number, request.piece.params()
            result = members(value.get("result"))
            self._legs.asked(number, request.leg.place, request.method, params, result)
        if outcome is Outcome.ERROR and request.cancelled is not None:
            outcome = Outcome.CANCELLED
        trip = RoundTrip(
            connection=request.side[0],
            direction=request.side[1],
            outcome=outcome,
            method=request.method,
            name=request.name,
            id=request.id,
            request=request.piece,
            answer=answer,
            code=code,
            progress=request.progress,
            last_progress=request.last_progress,
            notifications=request.notifications,
            said=tuple(request.said),
            within=request.within.piece.number if request.within else 0,
            inside=tuple(request.inside),
            follows=request.leg.follows,
            leg=request.leg.place,
            reused=request.reused,
            cancelled=request.cancelled,
        )
        request.said.clear()
        request.inside.clear()
        size = memory(answer)
        request.held += size
        self._held += size
        if exchange is not None and exchange.is_open and waits:
            exchange.done.append((request, trip))
            self._make_room()
        else:
            self._tell(request, trip)

    def _tell(self, request: Request, trip: RoundTrip) -> None:
        """Tell a round trip, or have the one around it tell it."""
        if request.exchange is not None:
            trip = replace(trip, http=request.exchange.told())
        around = request.within
        fits = self._held <= self._keeping.held
        if (
            around is not None
            and around in self._waiting
            and len(around.inside) < self._keeping.said
            and fits
        ):
            around.inside.append(trip)
            around.held += request.held
        else:
            self._held -= request.held
            self._told.append(trip)


def _outcome(answer: Mapping[str, Any]) -> tuple[Outcome, int | None]:
    """What an answer says, and the code of its error."""
    if "error" in answer:
        code = members(answer["error"]).get("code")
        return Outcome.ERROR, code if isinstance(code, int) else None
    result = members(answer.get("result"))
    if result.get("isError") is True:
        return Outcome.TOOL_ERROR, None
    if result.get("resultType") == "input_required":
        return Outcome.INPUT_REQUIRED, None
    return Outcome.OK, None


def _key(value: Any) -> str:
    """What stands for an id or a token, however long it is."""
    key = id_key(value)
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
