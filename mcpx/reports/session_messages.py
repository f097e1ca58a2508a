"""The whole messages of a session, verbatim but for the white space between their values."""

from __future__ import annotations

from collections.abc import Iterator

from mcpx.json_spans import tokens
from mcpx.reports.document import Text
from mcpx.reports.session_rows import rows_of
from mcpx.reports.session_words import ARROWS, asked, result, took
from mcpx.sessions.events import Raw
from mcpx.sessions.items import Item, Notification, Piece, RoundTrip

# So deep is indented; what is nested further stands in one line.
_DEEPEST = 40


def messages(item: Item) -> Iterator[tuple[int, Text]]:
    """The messages of an item, each with the number of its event and under what it is."""
    if isinstance(item, RoundTrip):
        for piece, what in sorted(_of_trip(item), key=lambda one: one[0].number):
            yield piece.number, _message(piece, what)
    elif isinstance(item, Notification):
        yield item.number, _message(item.piece, item.method)
    else:
        for row in rows_of(item):
            words = " ".join(filter(None, (row.message, row.given, row.outcome)))
            heading = _heading(row.number, row.time, row.connection, words)
            if isinstance(item, Raw):
                text = item.data.decode("utf-8", "backslashreplace")
                yield row.number, Text(text, heading)
            else:
                yield row.number, Text(heading, ours=True)


def _of_trip(trip: RoundTrip) -> Iterator[tuple[Piece, str]]:
    if trip.request is not None:
        yield trip.request, asked(trip)
    if trip.answer is not None:
        to = f" to #{trip.request.number}" if trip.request else ""
        took_so_long = f" after {took(trip)}" if took(trip) else ""
        yield trip.answer, f"answer{to}{took_so_long}: {result(trip)}"
    for said in trip.said:
        yield said.piece, said.method
    for one in trip.inside:
        yield from _of_trip(one)


def _message(piece: Piece, what: str) -> Text:
    event = piece.event
    words = f"{ARROWS[event.direction]} {what}"
    text = indented(event.text) if event.text else f"({event.cut} bytes, not kept)"
    return Text(text, _heading(event.number, event.time, event.connection, words))


def _heading(number: int, time: float, connection: int, words: str) -> str:
    where = f" connection {connection}" if connection > 1 else ""
    return f"#{number} {time:.3f}{where} {words}"


def indented(text: str) -> str:
    """JSON text with one value to a line; every value, name and number stays as it was written."""
    parts: list[str] = []
    depth, opened = 0, False
    for match in tokens(text):
        token = match[0]
        if token in ("]", "}"):
            depth -= 1
            parts.append(token if opened else _line(depth) + token)
            opened = False
            continue
        if opened:
            parts.append(_line(depth))
        opened = token in ("[", "{")
        depth += opened
        parts.append(token)
        if token == ",":
            parts.append(_line(depth))
        elif token == ":":
            parts.append(" ")
    return "".join(parts)


def _line(depth: int) -> str:
    return "\n" + "  " * depth if depth <= _DEEPEST else " "
