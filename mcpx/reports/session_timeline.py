"""A session as a document: its timeline, its whole messages, or arrows between two lifelines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Any

from mcpx.reports.document import Listing, Part, Text
from mcpx.reports.session_data import header_data, item_data
from mcpx.reports.session_messages import messages
from mcpx.reports.session_rows import Row, rows_of, table
from mcpx.reports.session_sequence import Step, lifelines, steps
from mcpx.reports.units import seconds_shown
from mcpx.sessions.events import EraKnown, Header, Note
from mcpx.sessions.items import Item, Outcome, RoundTrip
from mcpx.terminal import counted

_HEAD = {"format": "mcpx.session.show", "version": 1}
_HEAD_OF_ITEM = {"format": "mcpx.session.show.item", "version": 1}
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
    DATA = "for programs"


_PIECES: dict[Layout, Callable[[Item], Iterator[Any]]] = {
    Layout.TABLE: rows_of,
    Layout.MESSAGES: messages,
    Layout.SEQUENCE: steps,
    Layout.DATA: lambda item: iter((item_data(item),)),
}


class Gathering:
    """What of a session is shown: added item by item, in any order; the messages are not kept.

    ``remarks`` are notes on the whole recording: people are told them beside the result.
    """

    def __init__(self, layout: Layout, width: int) -> None:
        """``width`` is the columns that lifelines may fill."""
        self._layout = layout
        self._width = width
        self._pieces: list[tuple[int, list[Any]]] = []
        self.remarks: list[str] = []

    def add(self, item: Item) -> None:
        """Take what is shown of an item."""
        if isinstance(item, Note) and not self._pieces and self._layout is not Layout.DATA:
            self.remarks.append(item.text)
            return
        if pieces := list(_PIECES[self._layout](item)):
            self._pieces.append((item.number, pieces))

    def listing(self, header: Header, complete: bool, warnings: Sequence[str] = ()) -> Listing:
        """All of it in the order in which it began; ``data`` is there in the layout of data."""
        self._pieces.sort(key=lambda one: one[0])
        pieces = [piece for _, some in self._pieces for piece in some]
        if self._layout is Layout.DATA:
            data = {
                **_HEAD,
                "header": header_data(header),
                "complete": complete,
                "warnings": list(warnings),
                "items": pieces,
            }
            return Listing(data, (), [{**_HEAD_OF_ITEM, **one} for one in pieces])
        return Listing({}, self._parts(pieces))

    def _parts(self, pieces: list[Any]) -> Sequence[Part]:
        if self._layout is Layout.TABLE:
            rows: list[Row] = pieces
            several = len({row.connection for row in rows} - {0}) > 1
            return [table(row for row in rows if several or not row.opens)]
        if self._layout is Layout.SEQUENCE:
            arrows: list[Step] = pieces
            return [lifelines(arrows, self._width)]
        texts: list[tuple[int, Text]] = pieces
        return [text for _, text in sorted(texts, key=lambda one: one[0])]


def record(item: Item) -> dict[str, Any]:
    """The line of an item in ndjson."""
    return {**_HEAD_OF_ITEM, **item_data(item)}


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

    def words(self) -> str:
        """The count in a line."""
        found = self._outcomes
        parts = [f"{found[outcome]} {said}" for outcome, said in _COUNTED.items() if found[outcome]]
        requests = sum(found.values()) - found[Outcome.UNASKED] - found[Outcome.AGAIN]
        said = [counted(requests, "request") + (f" ({', '.join(parts)})" if parts else "")]
        connections = len(self._connections - {0})
        if connections > 1:
            said.append(counted(connections, "connection"))
        return "; ".join([*said, *self._spoken, seconds_shown(self._seconds)])
