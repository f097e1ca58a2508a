"""What is wrong with a session file, and what went wrong in the session, as findings."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from mcpx.analyses.finding import Finding, Location, Severity, Subject
from mcpx.analyses.session_rules import SESSIONS
from mcpx.errors import ConfigError
from mcpx.json_text import disarmed
from mcpx.servers import Era, canonical_json
from mcpx.sessions.events import (
    Direction,
    Ended,
    Ending,
    EraKnown,
    Event,
    Exited,
    Message,
    Opened,
    Raw,
    Unread,
)
from mcpx.sessions.inlining import digests
from mcpx.sessions.items import Outcome, RoundTrip
from mcpx.sessions.reading import Oddity, Remark
from mcpx.sessions.round_trips import timeline

_RULES = {rule.id: rule for rule in SESSIONS}
# Findings of one rule that are told one by one.
_MOST = 1_000
_LONGEST = 60
# Both sides are watched at once: who is written down first may have come a moment later.
_A_MOMENT = 0.05
_HEX = re.compile(r"sha256:[0-9a-f]{64}")
_OF_REMARKS = {
    Oddity.UNKNOWN: "session-skipped",
    Oddity.GAP: "session-dropped",
    Oddity.AFTER_END: "session-dropped",
}
_EARLY = ("initialize", "ping", "server/discover")


@dataclass(frozen=True, slots=True)
class Checked:
    """What is checked: the events of a file, ``path`` as findings name it, its blobs by digest.

    ``remarks`` are the reader's, once the events have been read. ``numbered``: an event stands in
    the line after its number.
    """

    path: str
    events: Iterable[Event]
    blob: Callable[[str], bytes]
    remarks: Callable[[], Iterable[Remark]] = tuple
    numbered: bool = True


def check(checked: Checked) -> Iterator[Finding]:
    """The findings of a file, in no certain order. Raises ConfigError when it cannot be read."""
    checking = _Checking(checked)
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


@dataclass(slots=True)
class _Connection:
    """What has to be known of a connection."""

    first: int
    era: Era | None = None
    asked: bool = False
    greeted: float | None = None


@dataclass(slots=True)
class _Checking:
    of: Checked
    found: list[Finding] = field(default_factory=list)
    connections: dict[int, _Connection] = field(default_factory=dict)
    variables: dict[str, tuple[int, int]] = field(default_factory=dict)
    blobs: dict[str, bool] = field(default_factory=dict)
    early: dict[int, list[RoundTrip]] = field(default_factory=dict)
    last: int = 0
    time: float = 0.0
    ended: Ended | None = None

    def findings(self) -> Iterator[Finding]:
        for item in timeline(self._events()):
            if isinstance(item, RoundTrip):
                self._trip(item)
            elif isinstance(item, Message) and not item.cut:
                self._tell("session-no-message", item.number, f"{_shown(item.text)} is no message")
            yield from self._told()
        self._whole()
        yield from self._told()

    def _told(self) -> list[Finding]:
        told, self.found = self.found, []
        return told

    def _events(self) -> Iterator[Event]:
        """The events, each looked at by itself when it passes."""
        for event in self.of.events:
            self._order(event)
            self._event(event)
            yield event

    def _order(self, event: Event) -> None:
        if event.time < self.time - _A_MOMENT:
            text = f"{event.time:.3f} s comes after {self.time:.3f} s"
            self._tell("session-time", event.number, text)
        self.last, self.time = event.number, max(event.time, self.time)

    def _event(self, event: Event) -> None:
        if isinstance(event, Ended):
            self.ended = event
            if event.dropped:
                text = f"{event.dropped} could not be written while it was recorded"
                self._tell("session-dropped", event.number, text)
        elif isinstance(event, Message):
            self._message(event)
        elif isinstance(event, Raw) and event.why is not Unread.BODY:
            shown = _shown(event.data[: 4 * _LONGEST].decode("utf-8", "backslashreplace"))
            self._tell("session-no-message", event.number, f"{shown} is no message")
        elif isinstance(event, Exited) and event.by is Ending.ITSELF:
            how = f"by signal {-event.code}" if event.code < 0 else f"with status {event.code}"
            given = None if event.code else Severity.INFO
            self._tell("session-server-ended", event.number, f"it ended {how}", given)
        elif isinstance(event, EraKnown):
            self._connection(event).era = event.era
        elif isinstance(event, Opened):
            self._connection(event)

    def _connection(self, event: Event) -> _Connection:
        return self.connections.setdefault(event.connection, _Connection(event.number))

    def _message(self, event: Message) -> None:
        connection = self._connection(event)
        connection.asked = connection.asked or event.direction is Direction.TO_SERVER
        if event.cut:
            text = f"only its size was recorded: {event.cut} bytes"
            self._tell("session-cut", event.number, text)
        for one in event.masked:
            kind, _, name = one.source.partition(":")
            if event.direction is not Direction.TO_SERVER:
                continue
            if kind == "env":
                number, times = self.variables.get(name, (event.number, 0))
                self.variables[name] = number, times + 1
            elif kind == "rule":
                text = f"‹{one.source}› stands at {one.pointer}"
                self._tell("session-masked-request", event.number, text)
        if event.blobs:
            self._blobs(event)

    def _blobs(self, event: Message) -> None:
        named = list(digests(event))
        if len(named) < len(event.blobs):
            self._tell("session-blob", event.number, "it names a blob that it does not refer to")
        for digest in named:
            if digest in self.blobs:
                continue
            self.blobs[digest] = True
            if not _HEX.fullmatch(digest):
                self._tell("session-blob", event.number, f"{_shown(digest)} is no digest")
                continue
            try:
                data = self.of.blob(digest)
            except ConfigError as error:
                self._tell("session-blob", event.number, error.message)
                continue
            if f"sha256:{hashlib.sha256(data).hexdigest()}" != digest:
                text = f"what stands there as {digest} has another digest"
                self._tell("session-blob", event.number, text)

    def _trip(self, trip: RoundTrip) -> None:
        for one in trip.inside:
            self._trip(one)
        if trip.reused:
            text = f"{_name(trip)}: an open request had this id"
            self._tell("session-id-reused", trip.number, text, of=trip)
        if trip.outcome is Outcome.UNANSWERED:
            why = f" ({trip.why})" if trip.why else ""
            text = f"{_name(trip)} has no answer{why}"
            self._tell("session-unanswered", trip.number, text, of=trip)
        elif trip.outcome is Outcome.UNASKED:
            text = f"nobody asked for an answer to id {_shown_id(trip)}"
            self._tell("session-unasked", trip.number, text, of=trip)
        elif trip.outcome is Outcome.AGAIN:
            text = f"id {_shown_id(trip)} had its answer already"
            self._tell("session-answered-twice", trip.number, text, of=trip)
        connection = self.connections.get(trip.connection)
        if connection is None or trip.request is None:
            return
        if trip.method == "initialize" and trip.answer is not None:
            connection.greeted = trip.answer.number
            for one in self.early.pop(trip.connection, ()):
                self._early(one, connection.greeted)
        elif trip.method not in _EARLY and connection.era is not Era.MODERN:
            if connection.greeted is not None:
                self._early(trip, connection.greeted)
            elif len(waiting := self.early.setdefault(trip.connection, [])) < _MOST:
                waiting.append(trip)

    def _early(self, trip: RoundTrip, greeted: float) -> None:
        if trip.number < greeted:
            text = f"{_name(trip)} was sent before initialize was answered"
            self._tell("session-early-request", trip.number, text, of=trip)

    def _whole(self) -> None:
        """What can only be said when everything has been seen."""
        remarks = list(self.of.remarks())
        torn = [one for one in remarks if one.oddity is Oddity.TORN]
        if torn or self.ended is None:
            text = torn[0].text if torn else "the last event is not its end"
            self._tell("session-incomplete", torn[0].line - 1 if torn else self.last, text)
        for name, (number, times) in sorted(self.variables.items()):
            where = "once" if times == 1 else f"{times} times"
            text = f"requests need the value of {name}, {where}"
            self._tell("session-needs-variable", number, text, key=name)
        for number, connection in sorted(self.connections.items()):
            if connection.asked and connection.era is None:
                text = f"connection {number} does not say what it speaks"
                self._tell("session-era-unknown", connection.first, text)
        for remark in remarks:
            if (rule := _OF_REMARKS.get(remark.oddity)) is not None:
                more = f", {remark.times} times" if remark.times > 1 else ""
                self._tell(rule, remark.line - 1, remark.text + more, key=remark.text)

    def _tell(
        self,
        rule: str,
        number: int,
        text: str,
        given: Severity | None = None,
        of: RoundTrip | None = None,
        key: str = "",
    ) -> None:
        """Keep a finding of an event; ``of`` or ``key`` say what it is about, else its number."""
        kind = "request" if of else "value" if key else "event"
        about = key or (f"#{number} {_name(of)}" if of else f"#{number}")
        line = number + 1 if self.of.numbered else None
        self.found.append(
            Finding(
                _RULES[rule],
                text,
                (Subject(kind, about, self.of.path),),
                location=Location(self.of.path, line),
                given=given,
            )
        )

    def subjects(self) -> tuple[Subject, ...]:
        """The whole file, as what a finding is about."""
        return (Subject("session", "", self.of.path),)


def _name(trip: RoundTrip | None) -> str:
    if trip is None or trip.request is None:
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
