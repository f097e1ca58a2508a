"""The rows of a session's timeline: one for each round trip, below it what happened inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from mcpx.reports.document import Cell, Column, Table
from mcpx.reports.session_words import (
    ARROWS,
    answered_with,
    asked,
    cut,
    given,
    happened,
    progressed,
    result,
    took,
    without_meta,
)
from mcpx.reports.units import bytes_shown
from mcpx.sessions.events import Message, Opened, Raw, Stderr, Unread
from mcpx.sessions.items import (
    PROGRESS,
    HttpExchange,
    Item,
    Notification,
    Piece,
    RoundTrip,
)
from mcpx.terminal import safe

COLUMNS = (
    Column("#", right=True),
    Column("TIME", right=True),
    Column("CONN", unless_same=True),
    Column("MESSAGE", crops=24),
    Column("WITH", crops=8),
    Column("OUTCOME", crops=10),
    Column("TOOK", right=True),
    Column("SIZE", right=True),
)
# Where only errors are shown, people are told the reason rather than all else.
_OF_ERRORS = (
    *COLUMNS[:4],
    Column("WITH", minor=True),
    Column("OUTCOME", crops=40),
    Column("TOOK", right=True, minor=True),
    Column("SIZE", right=True, minor=True),
)
# Of lines and notifications that follow each other, before they are only counted.
_MOST_ALIKE = 3
_LONGEST = 100
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the timeline.

    ``alike`` is the same of rows of which many say little more; ``opens``: it only says that a
    connection was opened.
    """

    number: int
    time: float
    connection: int
    message: str
    given: str = ""
    outcome: str = ""
    took: str = ""
    size: str = ""
    alike: str = ""
    opens: bool = False

    @property
    def cells(self) -> tuple[Cell, ...]:
        """What it says, by the columns."""
        return (
            self.number,
            f"{self.time:.3f}",
            self.connection or None,
            self.message,
            self.given,
            self.outcome,
            self.took,
            self.size,
        )


def table(rows: Iterable[Row], errors: bool = False) -> Table:
    """The rows, many of a kind counted; of ``errors`` what they say is their outcome."""
    if errors:
        told = (row if row.outcome else replace(row, given="", outcome=row.given) for row in rows)
        return Table("row", _OF_ERRORS, [row.cells for row in fewer(told)])
    return Table("row", COLUMNS, [row.cells for row in fewer(rows)])


def row_line(row: Row, width: int) -> str:
    """A row by itself, for people who watch: what follows is not known, so the columns stand."""
    place = f"{row.connection} " if row.connection > 1 else ""
    outcome = " ".join(filter(None, (row.outcome, row.took, row.size)))
    words = "  ".join(filter(None, (row.message, row.given, outcome)))
    return cut(f"{row.time:>9.3f}  {place}{safe(words)}", max(width, 40))


def fewer(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, of many alike in succession only the first, and how many more there are."""
    for alike, some in groupby(rows, lambda row: (row.alike, row.connection)):
        group = list(some)
        if not alike[0] or len(group) <= _MOST_ALIKE + 1:
            yield from group
            continue
        yield from group[:_MOST_ALIKE]
        first = group[_MOST_ALIKE]
        more = f"{alike[0]} ×{len(group) - _MOST_ALIKE} more"
        yield Row(first.number, first.time, first.connection, more)


def rows_of(item: Item) -> Iterator[Row]:
    """The rows of an item, none for what says nothing to people."""
    if isinstance(item, RoundTrip):
        yield from _of_trip(item, _INDENT if item.within else "")
    elif isinstance(item, Notification):
        # What belongs to a request is counted below it.
        if not item.about:
            yield _of_notification(item.piece, item.method, "")
    elif isinstance(item, HttpExchange):
        what = f"→ {cut(f'{item.method} {item.path}'.rstrip(), _LONGEST)}"
        yield Row(item.number, item.time, item.connection, what, outcome=answered_with(item))
    elif (said := happened(item)) is not None:
        what, words = said
        if isinstance(item, Raw) and item.why is Unread.BODY:
            what = f"{_INDENT}{what}"  # of the exchange above it
        size = item.cut if isinstance(item, Message | Raw) else 0
        yield Row(
            item.number,
            item.time,
            item.connection,
            what,
            cut(words, _LONGEST),
            size=bytes_shown(size) if size else "",
            alike=what if isinstance(item, Stderr | Raw) else "",
            opens=isinstance(item, Opened),
        )


def _of_trip(trip: RoundTrip, indent: str) -> Iterator[Row]:
    answer_alone = trip.request is None
    arrow = ARROWS[trip.direction]
    if answer_alone:
        arrow = "←" if arrow == "→" else "→"
    size = (trip.answer or trip.request or _nothing()).size
    yield Row(
        trip.number,
        trip.time,
        trip.connection,
        f"{indent}{arrow} {asked(trip)}",
        given(trip),
        result(trip),
        took(trip),
        bytes_shown(size) if trip.answer else "",
    )
    below = indent + _INDENT
    inside = [list(_of_trip(one, below)) for one in trip.inside]
    inside += [[row] for row in _of_said(trip, below)]
    if trip.last_progress is not None:
        inside.append([_of_progress(trip, trip.last_progress, below)])
    for rows in sorted(inside, key=lambda some: some[0].number):
        yield from rows


def _nothing() -> Piece:
    raise AssertionError("a round trip without a message")


def _of_progress(trip: RoundTrip, last: Piece, indent: str) -> Row:
    event = last.event
    times = f" ×{trip.progress}" if trip.progress > 1 else ""
    what = f"{indent}{ARROWS[event.direction]} progress{times}"
    return Row(last.number, event.time, event.connection, what, progressed(last))


def _of_said(trip: RoundTrip, indent: str) -> Iterator[Row]:
    """The notifications inside a round trip: of each method one row, with the first of them."""
    by_method: dict[str, list[Piece]] = {}
    kept = 0
    for said in trip.said:
        if said.method == PROGRESS:
            continue
        kept += 1
        by_method.setdefault(said.method, []).append(said.piece)
    for method, pieces in by_method.items():
        yield _of_notification(pieces[0], method, indent, len(pieces))
    if trip.notifications > kept:
        left = trip.notifications - kept
        yield Row(trip.number, trip.time, trip.connection, f"{indent}and {left} more notifications")


def _of_notification(piece: Piece, method: str, indent: str, times: int = 1) -> Row:
    event = piece.event
    many = f" ×{times}" if times > 1 else ""
    what = f"{ARROWS[event.direction]} {cut(method, _LONGEST)}"
    return Row(
        piece.number,
        event.time,
        event.connection,
        f"{indent}{what}{many}",
        without_meta(piece.params()),
        alike="" if indent else what,
    )
