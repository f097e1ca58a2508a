"""A session for people: its timeline, its whole messages, or arrows between two lifelines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Any

from mcpx.reports.document import Listing, Part, Text
from mcpx.reports.session_messages import messages
from mcpx.reports.session_rows import Row, rows_of, table
from mcpx.reports.session_sequence import Step, lifelines, steps
from mcpx.reports.units import seconds_shown
from mcpx.sessions.events import EraKnown, Note
from mcpx.sessions.items import Item, Outcome, RoundTrip
from mcpx.terminal import counted

_COUNTED = {
    Outcome.TOOL_ERROR: "with isError",
    Outcome.ERROR: "with an error",
    Outcome.HTTP_ERROR: "refused over HTTP",
    Outcome.UNANSWERED: "unanswered",
    Outcome.NOT_RECORDED: "without an answer in the recording",
    Outcome.CANCELLED: "cancelled",
}


class Layout(Enum):
    """How a session is shown."""

    TABLE = "a row for each round trip"
    MESSAGES = "every message whole"
    SEQUENCE = "arrows between two lifelines"


_PIECES: dict[Layout, Callable[[Item], Iterator[Any]]] = {
    Layout.TABLE: rows_of,
    Layout.MESSAGES: messages,
    Layout.SEQUENCE: steps,
}


class Gathering:
    """What of a session is shown: added item by item, in any order; the messages are not kept.

    ``remarks`` are notes on the whole recording: people are told them beside the result.
    """

    def __init__(self, layout: Layout, width: int, errors: bool = False) -> None:
        """``width`` is the columns that lifelines may fill; ``errors``: only these are added."""
        self._layout = layout
        self._errors = errors
        self._width = width
        self._pieces: list[tuple[int, list[Any]]] = []
        self.remarks: list[str] = []

    def add(self, item: Item) -> None:
        """Take what is shown of an item."""
        if isinstance(item, Note) and not self._pieces:
            self.remarks.append(item.text)
            return
        if pieces := list(_PIECES[self._layout](item)):
            self._pieces.append((item.number, pieces))

    def listing(self) -> Listing:
        """All of it in the order in which it began."""
        self._pieces.sort(key=lambda one: one[0])
        return Listing({}, self._parts([piece for _, some in self._pieces for piece in some]))

    def _parts(self, pieces: list[Any]) -> Sequence[Part]:
        if self._layout is Layout.TABLE:
            rows: list[Row] = pieces
            several = len({row.connection for row in rows} - {0}) > 1
            return [table((row for row in rows if several or not row.opens), self._errors)]
        if self._layout is Layout.SEQUENCE:
            arrows: list[Step] = pieces
            return [lifelines(arrows, self._width)]
        texts: list[tuple[int, Text]] = pieces
        return [text for _, text in sorted(texts, key=lambda one: one[0])]


class Tally:
    """What a session comes to: counted item by item."""

    def __init__(self) -> None:
        self.items = 0
        self._outcomes: Counter[Outcome] = Counter()
        self._connections: set[int] = set()
        self._spoken: dict[str, None] = {}
        self._seconds = 0.0

    def add(self, item: Item) -> None:
        """Count an item."""
        self.items += 1
        self._connections.add(item.connection)
        self._seconds = max(self._seconds, item.time)
        if isinstance(item, EraKnown):
            self._spoken[f"{item.era.value} era, {item.version}"] = None
        if isinstance(item, RoundTrip):
            self._outcomes[item.outcome] += 1
            for one in item.inside:
                self.add(one)

    def has_connection(self, number: int) -> bool:
        """Whether something of this connection was counted."""
        return number in self._connections

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._connections - {0})

    @property
    def _requests(self) -> int:
        found = self._outcomes
        return sum(found.values()) - found[Outcome.UNASKED] - found[Outcome.AGAIN]

    def words(self, shown: Tally | None = None) -> str:
        """The count in a line; where not all is shown, what is ``shown`` of how many."""
        found = (shown or self)._outcomes
        parts = [f"{found[outcome]} {said}" for outcome, said in _COUNTED.items() if found[outcome]]
        of = f"{shown._requests} of " if shown else ""
        said = [
            f"{of}{counted(self._requests, 'request')}"
            + (f" ({', '.join(parts)})" if parts else "")
        ]
        if self.connections > 1:
            said.append(counted(self.connections, "connection"))
        return "; ".join([*said, *self._spoken, seconds_shown(self._seconds)])
