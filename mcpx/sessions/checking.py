"""What is wrong with a session file, and what went wrong in the session, as findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mcpx.analyses.finding import Finding, Location, Severity, Subject
from mcpx.analyses.session_rules import SESSIONS
from mcpx.errors import ConfigError
from mcpx.json_text import disarmed
from mcpx.servers import Era, canonical_json
from mcpx.sessions.blobs import digests
from mcpx.sessions.events import (
    Ended,
    EraKnown,
    Event,
    Exited,
    Http,
    Message,
    Opened,
    Raw,
    Stderr,
    Unread,
)
from mcpx.sessions.items import Outcome, RoundTrip
from mcpx.sessions.reading import Oddity, Reading, Remark
from mcpx.sessions.round_trips import timeline
from mcpx.wire import Direction, Ending

_RULES = {rule.id: rule for rule in SESSIONS}
# Findings of one rule that are told one by one.
_MOST = 1_000
_LONGEST = 60
# Other recorders write down when something came a moment after it did.
_A_MOMENT = 0.05
# Of those who speak, each with a time before which it cannot speak again.
_MOST_SPEAKERS = 10_000
_OF_REMARKS = {
    Oddity.UNKNOWN: "session-skipped",
    Oddity.GAP: "session-dropped",
    Oddity.AFTER_END: "session-dropped",
}
_EARLY = ("initialize", "ping", "server/discover")


def check(reading: Reading) -> Iterator[Finding]:
    """The findings of a file, in no certain order. Raises ConfigError when it cannot be read."""
    checking = _Checking(reading)
    told: Counter[str] = Counter()
    for finding in checking.findings():
        told[finding.rule.id] += 1
        if told[finding.rule.id] <= _MOST:
            yield finding
    for rule, number in told.items():
        if number > _MOST:
            yield Finding(
                _RULES[rule], f"and {number - _MOST} more like these", checking.subjects()
            )


class _Place(NamedTuple):
    """Where something stands: the number of its event, and its line (0: in none to be shown)."""

    number: int
    line: int


_BEFORE = _Place(0, 0)
# Who says something: on a connection, in an exchange, which way (None: on stderr).
_Speaker = tuple[int, int, Direction | None]


@dataclass(slots=True)
class _Connection:
    """What has to be known of a connection."""

    first: _Place
    era: Era | None = None
    asked: bool = False
    greeted: int | None = None


@dataclass(slots=True)
class _Checking:
    of: Reading
    found: list[Finding] = field(default_factory=list)
    connections: dict[int, _Connection] = field(default_factory=dict)
    variables: dict[str, tuple[_Place, int]] = field(default_factory=dict)
    blobs: set[str] = field(default_factory=set)
    early: dict[int, list[tuple[_Place, str]]] = field(default_factory=dict)
    times: dict[_Speaker, float] = field(default_factory=dict)
    last: _Place = _BEFORE
    ended: Ended | None = None

    def findings(self) -> Iterator[Finding]:
        read = iter(self.of)
        for item in timeline(self._events(read)):
            if isinstance(item, RoundTrip):
                self._trip(item)
            elif isinstance(item, Message) and not item.cut:
                self._tell("session-no-message", item, f"{_shown(item.text)} is no message")
            del item  # as large as its messages; not kept while the next are read
            yield from self._told()
        self._whole(read.remarks)
        yield from self._told()

    def _told(self) -> list[Finding]:
        told, self.found = self.found, []
        return told

    def _events(self, read: Iterator[Event]) -> Iterator[Event]:
        """The events, each looked at by itself when it passes."""
        for event in read:
            self._order(event)
            self._event(event)
            yield event
            del event  # a large one is not kept while the next is read

    def _order(self, event: Event) -> None:
        """Compare times of what one side said, or one exchange: only they have one order.

        Over HTTP exchanges are written as they end, so that of several each has its own times.
        """
        if isinstance(event, Message | Raw | Http | Stderr):
            way = None if isinstance(event, Stderr) else event.direction
            speaker = event.connection, event.exchange, way
            latest = self.times.pop(speaker, 0.0)
            if event.time < latest - _A_MOMENT:
                text = f"{event.time:.3f} s comes after {latest:.3f} s"
                self._tell("session-time", event, text)
            self.times[speaker] = max(event.time, latest)
            if len(self.times) > _MOST_SPEAKERS:
                del self.times[next(iter(self.times))]
        self.last = _place(event)

    def _event(self, event: Event) -> None:
        if isinstance(event, Ended):
            self.ended = event
            if event.dropped:
                text = f"{event.dropped} could not be written while it was recorded"
                self._tell("session-dropped", event, text)
        elif isinstance(event, Message):
            self._message(event)
        elif isinstance(event, Raw) and event.why is not Unread.BODY:
            shown = _shown(event.data[: 4 * _LONGEST].decode("utf-8", "backslashreplace"))
            self._tell("session-no-message", event, f"{shown} is no message")
        elif isinstance(event, Exited) and event.by is Ending.ITSELF:
            how = f"by signal {-event.code}" if event.code < 0 else f"with status {event.code}"
            given = None if event.code else Severity.INFO
            self._tell("session-server-ended", event, f"it ended {how}", given)
        elif isinstance(event, EraKnown):
            self._connection(event).era = event.era
        elif isinstance(event, Opened):
            self._connection(event)

    def _connection(self, event: Event) -> _Connection:
        return self.connections.setdefault(event.connection, _Connection(_place(event)))

    def _message(self, event: Message) -> None:
        connection = self._connection(event)
        connection.asked = connection.asked or event.direction is Direction.TO_SERVER
        if event.cut:
            text = f"only its size was recorded: {event.cut} bytes"
            self._tell("session-cut", event, text)
        for one in event.masked:
            kind, _, name = one.source.partition(":")
            if event.direction is not Direction.TO_SERVER:
                continue
            if kind == "env":
                first, times = self.variables.get(name, (_place(event), 0))
                self.variables[name] = first, times + 1
            elif kind == "rule":
                text = f"‹{one.source}› stands at {one.pointer}"
                self._tell("session-masked-request", event, text)
        if event.blobs:
            self._blobs(event)

    def _blobs(self, event: Message) -> None:
        named = list(digests(event))
        if len(named) < len(event.blobs):
            self._tell("session-blob", event, "it names a blob that it does not refer to")
        for digest in named:
            if digest in self.blobs:
                continue
            self.blobs.add(digest)
            try:
                self.of.blob(digest)
            except ConfigError as error:
                self._tell("session-blob", event, error.message)

    def _trip(self, trip: RoundTrip) -> None:
        for one in trip.inside:
            self._trip(one)
        if trip.reused:
            text = f"{_name(trip)}: an open request had this id"
            self._tell("session-id-reused", trip, text)
        if trip.outcome is Outcome.UNANSWERED:
            why = f" ({trip.why})" if trip.why else ""
            text = f"{_name(trip)} has no answer{why}"
            self._tell("session-unanswered", trip, text)
        elif trip.outcome is Outcome.UNASKED:
            text = f"nobody asked for an answer to id {_shown_id(trip)}"
            self._tell("session-unasked", trip, text)
        elif trip.outcome is Outcome.AGAIN:
            text = f"id {_shown_id(trip)} had its answer already"
            self._tell("session-answered-twice", trip, text)
        connection = self.connections.get(trip.connection)
        if connection is None or trip.request is None:
            return
        if trip.method == "initialize" and trip.answer is not None:
            connection.greeted = trip.answer.number
            for place, name in self.early.pop(trip.connection, ()):
                self._early(place, name, connection.greeted)
        elif trip.method not in _EARLY and connection.era is not Era.MODERN:
            if connection.greeted is not None:
                self._early(_place(trip), _name(trip), connection.greeted)
            elif len(waiting := self.early.setdefault(trip.connection, [])) < _MOST:
                waiting.append((_place(trip), _name(trip)))

    def _early(self, place: _Place, name: str, greeted: int) -> None:
        if place.number < greeted:
            text = f"{name} was sent before initialize was answered"
            self._tell("session-early-request", place, text, name=name)

    def _whole(self, remarks: Sequence[Remark]) -> None:
        """What can only be said when everything has been seen."""
        torn = [one for one in remarks if one.oddity is Oddity.TORN]
        if torn or self.ended is None:
            text = torn[0].text if torn else "the last event is not its end"
            place = self._place_of(torn[0]) if torn else self.last
            self._tell("session-incomplete", place, text)
        for name, (first, times) in sorted(self.variables.items()):
            where = "once" if times == 1 else f"{times} times"
            text = f"requests need the value of {name}, {where}"
            self._tell("session-needs-variable", first, text, key=name)
        for number, connection in sorted(self.connections.items()):
            if connection.asked and connection.era is None:
                text = f"connection {number} does not say what it speaks"
                self._tell("session-era-unknown", connection.first, text)
        for remark in remarks:
            if (rule := _OF_REMARKS.get(remark.oddity)) is not None:
                more = f", {remark.times} times" if remark.times > 1 else ""
                place = self._place_of(remark)
                self._tell(rule, place, remark.text + more, key=remark.text)

    def _place_of(self, remark: Remark) -> _Place:
        return _Place(remark.line - 1, remark.line if self.of.has_lines else 0)

    def _tell(
        self,
        rule: str,
        of: Event | RoundTrip | _Place,
        text: str,
        given: Severity | None = None,
        name: str = "",
        key: str = "",
    ) -> None:
        """Keep a finding of what stands in a place; ``name`` is that of a request.

        It is about the event or round trip, or about ``key``.
        """
        name = _name(of) if isinstance(of, RoundTrip) else name
        kind = "request" if name else "value" if key else "event"
        about = key or f"#{of.number} {name}".rstrip()
        self.found.append(
            Finding(
                _RULES[rule],
                text,
                (Subject(kind, about, self.of.name),),
                location=Location(self.of.name, of.line or None),
                given=given,
            )
        )

    def subjects(self) -> tuple[Subject, ...]:
        """The whole file, as what a finding is about."""
        return (Subject("session", "", self.of.name),)


def _place(of: Event | RoundTrip) -> _Place:
    return _Place(of.number, of.line)


def _name(trip: RoundTrip) -> str:
    if trip.request is None:
        return "an answer"
    named = f"{trip.method} {trip.name}".rstrip()
    return f"{named[:_LONGEST]} (id {_shown_id(trip)})"


def _shown_id(trip: RoundTrip) -> str:
    try:
        return disarmed(canonical_json(trip.id))[:_LONGEST]
    except (RecursionError, ValueError):
        return "…"


def _shown(text: str) -> str:
    line = text.strip()
    return f"'{line[:_LONGEST]}…'" if len(line) > _LONGEST else f"'{line}'"
