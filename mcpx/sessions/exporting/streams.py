"""Events of a session as the text of a stream of server-sent events.

Source: HTML standard, "Server-sent events", 9.2.6 (html.spec.whatwg.org, 2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mcpx.sessions.events import Message, Raw, Streamed
from mcpx.wire import StreamEvent

_LINE_END = re.compile(r"\r\n|\r|\n")


def as_stream(event: Message | Raw | Streamed) -> str:
    """One server-sent event; a comment in the place of a message that was too large to be kept."""
    if isinstance(event, Streamed):
        fields = [*_fields(event.stream), *(("data:",) if event.stream.empty else ())]
        return "\n".join(fields or [":"]) + "\n\n"
    if isinstance(event, Raw):
        lines = _LINE_END.split(event.data.decode("utf-8", "replace"))
        return "".join(f"data: {line}\n" for line in lines) + "\n"
    if not event.text:
        return f": {event.cut} bytes, not kept\n\n"
    # Outside a string JSON may hold a carriage return, which would end the line here.
    fields = [*(_fields(event.stream) if event.stream else ()), f"data: {_on_one_line(event.text)}"]
    return "\n".join(fields) + "\n\n"


def _fields(stream: StreamEvent) -> Iterator[str]:
    if stream.event is not None:
        yield f"event: {_on_one_line(stream.event)}"
    if stream.id is not None:
        yield f"id: {_on_one_line(stream.id)}"
    if stream.retry is not None:
        yield f"retry: {stream.retry}"


def _on_one_line(text: str) -> str:
    return _LINE_END.sub(" ", text)
