"""A header or an event as one line of a session file; no I/O.

Lines are JSON objects in UTF-8 without a line feed in them. The message of an event, ``m``, stands
last and verbatim: it is spliced into the line.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mcpx.sessions.events import (
    FORMAT,
    VERSION,
    Ended,
    EraKnown,
    Event,
    Exited,
    Finished,
    Header,
    Http,
    Masked,
    Message,
    Note,
    Opened,
    Raw,
    Stderr,
    Streamed,
)
from mcpx.wire import Direction, StreamEvent

# From the beginning of a run of spaces on, so that no run makes the search slow.
_LINE_END = re.compile(r"(?<![ \t])[ \t]*+[\r\n][ \t\r\n]*+")


def on_one_line(text: str) -> tuple[str, bool]:
    """A JSON text without its line feeds, and whether it had any.

    They stand between its values, and go with the white space around them.
    """
    if "\n" not in text and "\r" not in text:
        return text, False
    return _LINE_END.sub("", text), True


def header_line(header: Header) -> bytes:
    """A header as the first line, with its line feed."""
    redaction = {"on": bool(header.redaction), "policy": header.redaction or None}
    fields: dict[str, Any] = {
        "k": "header",
        "format": f"{FORMAT}/{VERSION}",
        "id": header.id,
        "created": header.created,
        "tool": header.tool,
        "mode": header.mode,
        "fidelity": header.fidelity,
        "target": dict(header.target),
        "redaction": {name: value for name, value in redaction.items() if value is not None},
    }
    if header.source:
        fields["source"] = header.source
    return _encoded(_text(fields)) + b"\n"


def event_line(event: Event) -> bytes:
    """An event as a line, with its line feed.

    ``time`` is written in microseconds. A message's text must be JSON on one line.
    """
    head = f'"n":{event.number},"t":{event.time:.6f}'
    if event.connection:
        head += f',"c":{event.connection}'
    if event.exchange:
        head += f',"x":{event.exchange}'
    kind, fields = _KINDS[type(event)]
    rest = _text(fields(event))[1:-1]
    line = f'{{"k":"{kind}",{head}{"," if rest else ""}{rest}'
    if isinstance(event, Message) and event.text:
        # A large text is copied as seldom as can be.
        return b"".join((_encoded(f'{line},"m":'), _encoded(event.text), b"}\n"))
    return _encoded(line) + b"}\n"


def message_line(
    number: int, time: float, connection: int, exchange: int, direction: Direction, text: str
) -> bytes:
    """The line of a message of which nothing has to be told but its text."""
    place = f'"c":{connection},"x":{exchange}' if exchange else f'"c":{connection}'
    return (
        f'{{"k":"msg","n":{number},"t":{time:.6f},{place},"d":"{direction}","m":{text}}}\n'
    ).encode()


def _text(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _encoded(text: str) -> bytes:
    # A lone surrogate cannot be written in UTF-8; within a JSON string it can be escaped.
    return text.encode("utf-8", "backslashreplace")


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", 0, (), [])}


def _masked(masked: Iterable[Masked]) -> list[list[str]]:
    return [[one.pointer, one.source] for one in masked]


def _stream(stream: StreamEvent | None) -> dict[str, Any] | None:
    if stream is None:
        return None
    fields = {"id": stream.id, "event": stream.event, "retry": stream.retry}
    said: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    return {**said, "empty": True} if stream.empty else said


def _message_fields(event: Message) -> dict[str, Any]:
    return _present(
        {
            "d": event.direction,
            "rd": _masked(event.masked),
            "bl": list(event.blobs),
            "ws": int(event.respaced),
            "cut": event.cut,
            "ev": _stream(event.stream),
        }
    )


def _raw_fields(event: Raw) -> dict[str, Any]:
    try:
        data = {"s": event.data.decode()}
    except UnicodeDecodeError:
        data = {"s": base64.b64encode(event.data).decode(), "enc": "base64"}
    more = _present({"rd": _masked(event.masked), "cut": event.cut})
    return {"d": event.direction, **data, "why": event.why, **more}


def _http_fields(event: Http) -> dict[str, Any]:
    fields = {"method": event.method, "path": event.path, "status": event.status}
    return {"d": event.direction, **_present(fields), "h": dict(event.headers)}


def _era_fields(event: EraKnown) -> dict[str, Any]:
    fields = {"era": event.era, "version": event.version, "how": event.how}
    return {**fields, "server": dict(event.server)} if event.server else fields


_KINDS: dict[type[Event], tuple[str, Callable[[Any], dict[str, Any]]]] = {
    Opened: ("open", lambda event: _present({"pid": event.pid})),
    Message: ("msg", _message_fields),
    Raw: ("raw", _raw_fields),
    Http: ("http", _http_fields),
    Streamed: ("sse", lambda event: {"ev": _stream(event.stream)}),
    Finished: ("fin", lambda event: {"why": event.why, **_present({"s": event.text})}),
    Stderr: ("err", lambda event: {"s": event.text}),
    Exited: ("exit", lambda event: {"code": event.code, "by": event.by}),
    EraKnown: ("era", _era_fields),
    Note: ("note", lambda event: {"s": event.text}),
    Ended: ("end", lambda event: {"events": event.events, "dropped": event.dropped}),
}
