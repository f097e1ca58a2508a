"""A session for programs, written piece by piece: its items wait in a temporary file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mcpx.reports.json_text import dumps, line
from mcpx.reports.session_data import header_data, item_data
from mcpx.sessions.events import Header
from mcpx.sessions.exporting.spool import Spool
from mcpx.sessions.items import Item

_HEAD = {"format": "mcpx.session.show", "version": 1}
_HEAD_OF_ITEM = {"format": "mcpx.session.show.item", "version": 1}
_INDENT = "\n    "


class Records:
    """What programs get of a session: added item by item, in any order; none is kept in memory.

    ``lines``: as ndjson, else as one object. To be closed.
    """

    def __init__(self, lines: bool) -> None:
        self._lines = lines
        self._spool = Spool()
        self._places: list[tuple[int, int, int]] = []

    def add(self, item: Item) -> None:
        """Take an item. Raises ConfigError when the temporary file cannot be written."""
        if self._lines:
            text = line(record(item))
        else:
            text = dumps(item_data(item), indent=2, sort_keys=True).replace("\n", _INDENT)
        data = text.encode()
        self._places.append((item.number, self._spool.put(data), len(data)))

    def pieces(self, header: Header, complete: bool, warnings: Sequence[str] = ()) -> Iterator[str]:
        """All of it in the order in which it began."""
        texts = self._texts()
        if self._lines:
            yield from texts
            return
        before = {"complete": complete, **_HEAD, "header": header_data(header), "items": []}
        whole = dumps({**before, "warnings": list(warnings)}, indent=2, sort_keys=True)
        head, end = '\n  "items": [', "]"
        begin, rest = whole.split(f"{head}{end}", 1)
        yield begin + head
        separator = _INDENT
        for text in texts:
            yield separator + text
            separator = f",{_INDENT}"
        yield ("\n  " if self._places else "") + end + rest + "\n"

    def _texts(self) -> Iterator[str]:
        # Of items of the same number, as in a batch, the first comes first.
        self._places.sort(key=lambda one: one[0])
        for _, start, length in self._places:
            yield self._spool.get(start, length).decode()

    def close(self) -> None:
        """The temporary file is gone."""
        self._spool.close()


def record(item: Item) -> dict[str, Any]:
    """The line of an item in ndjson."""
    return {**_HEAD_OF_ITEM, **item_data(item)}
