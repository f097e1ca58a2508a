"""What a session holds, gathered for a tape; no I/O."""

from __future__ import annotations

import bisect
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mcpx.json_rpc import LISTEN, members
from mcpx.json_text import JsonTextError
from mcpx.servers import Era
from mcpx.serving.mock.tape.framing import Framing, Place
from mcpx.serving.mock.tape.making import loose_of, take_of
from mcpx.serving.mock.tape.opaque import renewed
from mcpx.serving.mock.tape.takes import Loose, Take, is_of_server, is_said
from mcpx.sessions.events import EraKnown, Event, Http, Message, Raw
from mcpx.sessions.items import Notification, RoundTrip
from mcpx.sessions.pairing import Keeping, Pairing
from mcpx.wire import SESSION_HEADER, Direction

# A tape holds all: a mock that drops answers to save memory would not be the server.
_ALL = Keeping(said=1 << 62, held=1 << 62)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of the client: ``method`` is that of a notification, ``time`` in seconds."""

    number: int
    connection: int
    method: str
    time: float


@dataclass(frozen=True, slots=True)
class Spooled:
    """What a tape is made of; see ``Tape``. ``heard`` is what the client said, in its order."""

    takes: tuple[Take, ...]
    loose: tuple[Loose, ...]
    heard: tuple[Heard, ...]
    eras: Mapping[Era, Sequence[str]]
    server: Mapping[str, Any]
    has_sessions: bool


def spooled(events: Iterable[Event]) -> Spooled:
    """All of a session."""
    spool = _Spool()
    pairing = Pairing(_ALL)
    for event in renewed(events):
        spool.see(event)
        for item in pairing.take(event):
            spool.add(item)
    for item in pairing.rest():
        spool.add(item)
    return spool.all()


class _Spool:
    """What is gathered while a session is read."""

    def __init__(self) -> None:
        self._trips: list[RoundTrip] = []
        self._within: dict[int, list[RoundTrip | Notification]] = {}
        self._asking: dict[int, list[RoundTrip | Notification]] = {}
        self._loose: list[RoundTrip | Notification] = []
        self._heard: list[Heard] = []
        self._eras: dict[Era, list[str]] = {}
        self._of_connection: dict[int, set[Era]] = {}
        self._server: Mapping[str, Any] = {}
        self._has_sessions = False
        self._bodies: dict[Place, str] = {}
        self._framing = Framing()

    def see(self, event: Event) -> None:
        """An event, before it is known what it belongs to."""
        self._framing.see(event)
        if isinstance(event, EraKnown):
            versions = self._eras.setdefault(event.era, [])
            if event.version not in versions:
                versions.append(event.version)
            self._of_connection.setdefault(event.connection, set()).add(event.era)
            self._server = self._server or event.server
        elif isinstance(event, Http):
            self._has_sessions |= SESSION_HEADER in event.headers
        elif isinstance(event, Raw) and event.direction is Direction.TO_CLIENT:
            key = event.connection, event.exchange
            self._bodies[key] = event.data.decode("utf-8", "replace")
        elif isinstance(event, Message) and event.direction is Direction.TO_SERVER:
            self._heard += _heard(event)

    def add(self, item: object) -> None:
        """What has become of something."""
        if isinstance(item, RoundTrip):
            if not is_of_server(item):
                if item.request is not None:
                    self._trips.append(item)
            elif item.within:
                self._within.setdefault(item.within, []).append(item)
            else:
                self._loose.append(item)
        elif isinstance(item, Notification) and is_said(item):
            if item.about:
                self._within.setdefault(item.about, []).append(item)
            else:
                self._loose.append(item)

    def all(self) -> Spooled:
        """All of it, in its order."""
        self._trips.sort(key=lambda trip: trip.number)
        asked: dict[Place, RoundTrip] = {}
        for trip in self._trips:
            if trip.exchange:
                asked.setdefault((trip.connection, trip.exchange), trip)
        self._join(asked)
        self._lodge()
        takes = tuple(self._take_of(trip, asked) for trip in self._trips)
        heard = tuple(sorted(self._heard, key=lambda one: one.number))
        loose: list[Loose] = []
        for item in self._loose:
            loose += loose_of(item, _last_heard(heard, item.number, item.connection))
        for place in self._framing.places():
            for step in self._framing.steps(place) if place not in asked else ():
                after = max(step.after - _last_heard(heard, step.number, place[0]), 0.0)
                loose.append(Loose(replace(step, after=after), place[0]))
        loose.sort(key=lambda one: one.step.number)
        return Spooled(takes, tuple(loose), heard, self._eras, self._server, self._has_sessions)

    def _take_of(self, trip: RoundTrip, asked: Mapping[Place, RoundTrip]) -> Take:
        place = trip.connection, trip.exchange
        framed = self._framing.steps(place) if asked.get(place) is trip else []
        ended = self._framing.exit(trip.connection)
        within = self._within.get(trip.number, [])
        eras = self._of_connection.get(trip.connection, set())
        body = self._bodies.get(place, "") if trip.exchange else ""
        framed = framed if ended is None else [*framed, ended]
        take = take_of(trip, within, eras, body, framed)
        if asking := self._asking.get(trip.number):
            steps = take_of(trip, [*within, *asking], eras, body, framed).steps
            return replace(take, asking=steps)
        return take

    def _join(self, asked: Mapping[Place, RoundTrip]) -> None:
        """What came on a stream that went on with another belongs to what was asked there."""
        left = []
        for item in self._loose:
            first = self._framing.first((item.connection, _exchange(item)))
            if first in asked:
                self._within.setdefault(asked[first].number, []).append(item)
            else:
                left.append(item)
        self._loose = left

    def _lodge(self) -> None:
        """What a server says on stdio while requests are open may belong to one of them.

        What it logs does to the only one. What it asks may do to the one that it answers first once
        it knows, which counts for clients that cannot be asked beside all requests.
        """
        left, waiting = [], deque(self._trips)
        open_now: list[RoundTrip] = []
        for item in sorted(self._loose, key=lambda item: item.number):
            while waiting and waiting[0].number < item.number:
                open_now.append(waiting.popleft())
            open_now = [one for one in open_now if one.answer and item.number < one.answer.number]
            around = [
                one
                for one in open_now
                if one.connection == item.connection and one.method != LISTEN
            ]
            asked_by = _asked_by(item, around) if isinstance(item, RoundTrip) else None
            if _is_log(item) and len(around) == 1:
                self._within.setdefault(around[0].number, []).append(item)
            else:
                left.append(item)
            if asked_by is not None:
                self._asking.setdefault(asked_by.number, []).append(item)
        self._loose = left


def _exchange(item: RoundTrip | Notification) -> int:
    return item.exchange if isinstance(item, RoundTrip) else item.piece.event.exchange


def _last_heard(heard: Sequence[Heard], number: int, connection: int) -> float:
    """When the client had last said anything before an event, in seconds."""
    at = bisect.bisect(heard, number, key=lambda one: one.number)
    same = (heard[n].time for n in range(at - 1, -1, -1) if heard[n].connection == connection)
    return next(same, 0.0)


def _asked_by(question: RoundTrip, around: Iterable[RoundTrip]) -> RoundTrip | None:
    """Which of the requests that are open asks; None where a stream tells, or nothing does."""
    if question.exchange or question.answer is None:
        return None
    heard = question.answer.number
    ended = [(one.answer.number, one) for one in around if one.answer is not None]
    later = [(number, one) for number, one in ended if number > heard]
    return min(later, key=lambda one: one[0])[1] if later else None


def _is_log(item: RoundTrip | Notification) -> bool:
    return (
        isinstance(item, Notification)
        and item.method == "notifications/message"
        and not item.piece.event.exchange
    )


def _heard(event: Message) -> Iterator[Heard]:
    """The client's messages of an event."""
    try:
        value = event.value()
    except JsonTextError:
        value = None
    for one in value if isinstance(value, list) else [value]:
        found = members(one)
        method = found.get("method")
        is_notification = isinstance(method, str) and "id" not in found
        said = str(method) if is_notification else ""
        yield Heard(event.number, event.connection, said, event.time)
