"""The server-sent events of a whole body, as text.

Source: WHATWG HTML, 9.2.5 and 9.2.6 ("Parsing" and "Interpreting an event stream").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mcpx.sessions.events import StreamEvent

_LINE_END = re.compile(r"\r\n|\n|\r")
_LONGEST_DIGITS = 12


def stream_events(body: str) -> Iterator[tuple[StreamEvent, str]]:
    """Each event of a body with its data; the data is empty when the event had none.

    An event that the end of the body cuts off is told too, for it came that far. Comments are not.
    """
    fields: list[tuple[str, str]] = []
    for line in _LINE_END.split(body.removeprefix("\ufeff")):
        if line:
            name, _, value = line.partition(":")
            if name:
                fields.append((name, value.removeprefix(" ")))
            continue
        if fields:
            yield _event(fields)
            fields = []
    if fields:
        yield _event(fields)


def _event(fields: list[tuple[str, str]]) -> tuple[StreamEvent, str]:
    last = dict(fields)
    data = "\n".join(value for name, value in fields if name == "data")
    retry = last.get("retry", "")
    digits = retry.isascii() and retry.isdigit() and len(retry) <= _LONGEST_DIGITS
    event = StreamEvent(
        id=last.get("id"),
        event=last.get("event"),
        retry=int(retry) if digits else None,
        empty=not data,
    )
    return event, data
