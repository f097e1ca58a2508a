"""A session as arrows between two lifelines, its client's and its server's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mcpx.reports.document import Text
from mcpx.reports.session_rows import rows_of
from mcpx.reports.session_words import asked, cut, result, short, took
from mcpx.sessions.items import PROGRESS, Item, Notification, Piece, RoundTrip
from mcpx.terminal import safe
from mcpx.wire import Direction

# Columns between the lifelines; wider ones are harder to read.
_WIDEST = 84
_NARROWEST = 24
_LONGEST_ID = 12


@dataclass(frozen=True, slots=True)
class Step:
    """An arrow with what it carries, or without a direction what happened beside it."""

    number: int
    time: float
    connection: int
    words: str
    direction: Direction | None = None
    opens: bool = False


def lifelines(steps: Iterable[Step], width: int) -> Text:
    """The lifelines with an arrow for each message, as wide as ``width`` columns allow."""
    ordered = sorted(steps, key=lambda one: one.number)
    several = len({step.connection for step in ordered} - {0}) > 1
    margin = 15 if several else 11
    room = max(min(width - margin - 2, _WIDEST), _NARROWEST)
    lines = [" " * margin + "client" + " " * (room - 10) + "server"]
    for step in ordered:
        if step.opens and not several:
            continue
        place = f"{step.connection or '':>3} " if several else ""
        lines.append(f"{step.time:>9.3f}  {place}{_drawn(step, room)}")
    return Text("\n".join(lines))


def _drawn(step: Step, room: int) -> str:
    words = cut(safe(step.words), room - 6)
    if step.direction is None:
        return f"│ · {words}{' ' * (room - 3 - len(words))}│"
    line = "─" * (room - 5 - len(words))
    if step.direction is Direction.TO_SERVER:
        return f"│─ {words} {line}─▶│"
    return f"│◀─{line} {words} ─│"


def steps(item: Item) -> Iterator[Step]:
    """What happened in an item, each message of it an arrow; progress only once."""
    if isinstance(item, RoundTrip):
        yield from _of_trip(item)
    elif isinstance(item, Notification):
        # Of progress the last is told with its request.
        if not (item.about and item.method == PROGRESS):
            yield _arrow(item.piece, item.method)
    else:
        for row in rows_of(item):
            words = " ".join(filter(None, (row.message, row.given, row.outcome)))
            yield Step(row.number, row.time, row.connection, words, opens=row.opens)


def _of_trip(trip: RoundTrip) -> Iterator[Step]:
    name = f"({short(trip.id, _LONGEST_ID)})"
    if trip.request is not None:
        more = "" if trip.answer else f": {result(trip)}"
        yield _arrow(trip.request, f"{asked(trip)} {name}{more}")
    if trip.answer is not None:
        yield _arrow(trip.answer, " ".join(filter(None, (name, result(trip), took(trip)))))
    for said in trip.said:
        if said.method != PROGRESS:
            yield _arrow(said.piece, said.method)
    if trip.last_progress is not None:
        times = f" ×{trip.progress}" if trip.progress > 1 else ""
        yield _arrow(trip.last_progress, f"progress{times} {name}")
    for one in trip.inside:
        yield from _of_trip(one)


def _arrow(piece: Piece, words: str) -> Step:
    event = piece.event
    return Step(event.number, event.time, event.connection, words, event.direction)
