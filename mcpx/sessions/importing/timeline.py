"""Drafts put in order, given connections, exchanges, times and numbers: the events of a session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from mcpx.json_spans import checked
from mcpx.sessions.era_watch import EraWatch
from mcpx.sessions.events import EraKnown, Event, Message, Note, Opened
from mcpx.sessions.importing.clients import Clients
from mcpx.sessions.importing.drafts import Draft, Recording, Shape
from mcpx.wire import Direction

# A request by who asked it, and its id.
_Asked = tuple[Direction, str]


def events_of(recording: Recording) -> Iterator[Event]:
    """The events of a recording, its notes first; what was found is added to its notes."""
    drafts = recording.drafts
    if recording.in_order:
        drafts = _not_backwards(drafts)
    else:
        drafts = list(_asked_first(sorted(drafts, key=lambda draft: draft.at)))
    started = recording.started
    if started is None:
        started = drafts[0].at if drafts else 0.0
    clients = Clients(_requests_of(drafts))
    found = list(_placed(drafts, clients, started))
    recording.notes += clients.notes()
    notes: list[Event] = [Note(number=0, time=0.0, text=text) for text in recording.notes]
    for number, event in enumerate(notes + found, 1):
        yield replace(event, number=number)


def _placed(drafts: Sequence[Draft], clients: Clients, started: float) -> Iterator[Event]:
    exchanges: dict[Hashable, int] = {}
    counts: dict[int, int] = {}
    watches: dict[int, EraWatch] = {}
    for draft in drafts:
        time = round(max(draft.at - started, 0.0), 6)
        connection = clients.place(draft)
        exchange = 0
        if draft.exchange is not None:
            if draft.exchange not in exchanges:
                counts[connection] = counts.get(connection, 0) + 1
                exchanges[draft.exchange] = counts[connection]
            exchange = exchanges[draft.exchange]
        if connection not in watches:
            watches[connection] = EraWatch()
            yield Opened(number=0, time=time, connection=connection)
        event = replace(draft.event, time=time, connection=connection, exchange=exchange)
        yield event
        if isinstance(event, Message) and event.text:
            seen = watches[connection].see(event.direction, checked(event.text))
            if seen is not None:
                yield EraKnown(
                    number=0,
                    time=time,
                    connection=connection,
                    exchange=exchange,
                    era=seen.era,
                    version=seen.version,
                    how=seen.how,
                    server=seen.server,
                )


def _requests_of(drafts: Sequence[Draft]) -> dict[Hashable, tuple[Shape, ...]]:
    """What each exchange of HTTP carries to the server."""
    sent: dict[Hashable, tuple[Shape, ...]] = {}
    for draft in drafts:
        to_server = getattr(draft.event, "direction", None) is Direction.TO_SERVER
        if draft.exchange is not None and to_server:
            sent[draft.exchange] = sent.get(draft.exchange, ()) + draft.shapes
    return sent


def _not_backwards(drafts: Sequence[Draft]) -> list[Draft]:
    found: list[Draft] = []
    latest = 0.0
    for draft in drafts:
        latest = max(latest, draft.at)
        found.append(draft if draft.at == latest else replace(draft, at=latest))
    return found


def _asked_first(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """Of drafts at the same time, an answer after its request.

    Where whole streams are written at their end, what they brought stands after what was said
    meanwhile.
    """
    open_requests: Counter[_Asked] = Counter()
    for _, group in groupby(drafts, key=lambda draft: draft.at):
        same_time = list(group)
        to_come = Counter(one for draft in same_time for one in _asked(draft))
        held: dict[_Asked, list[Draft]] = {}
        for draft in same_time:
            answered = _answered(draft)
            missing = [one for one in answered if not open_requests[one] and to_come[one]]
            if missing:
                held.setdefault(missing[0], []).append(draft)
                continue
            yield draft
            open_requests.subtract(one for one in answered if open_requests[one])
            for one in _asked(draft):
                open_requests[one] += 1
                to_come[one] -= 1
                for answer in held.pop(one, []):
                    yield answer
                    open_requests.subtract(
                        other for other in _answered(answer) if open_requests[other]
                    )
        for answers in held.values():
            yield from answers


def _asked(draft: Draft) -> list[_Asked]:
    way = getattr(draft.event, "direction", None)
    return [(way, shape.id) for shape in draft.shapes if way and shape.is_request]


def _answered(draft: Draft) -> list[_Asked]:
    way = getattr(draft.event, "direction", None)
    return [(way.other, shape.id) for shape in draft.shapes if way and shape.is_answer]
