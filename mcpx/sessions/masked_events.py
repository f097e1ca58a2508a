"""Events without secrets: each field of each kind that may hold one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mcpx.sessions.blobs import Blob, places_of, taken_out
from mcpx.sessions.events import (
    EraKnown,
    Event,
    Finished,
    Http,
    Message,
    Note,
    Raw,
    Stderr,
    Streamed,
)
from mcpx.sessions.redaction import Redacted, Redaction
from mcpx.wire import StreamEvent

# What of a text is looked at beyond the part that is kept: a secret may lie on the border.
_BEYOND = 4096
_CUT = "…"


def masked_event(event: Event, redaction: Redaction, longest: int) -> Event:
    """An event that is no message without secrets; of text ``longest`` bytes are kept."""
    mask = _MASKS.get(type(event))
    return event if mask is None else mask(event, redaction, longest)


def masked_message(event: Message, redaction: Redaction) -> tuple[Message, tuple[Blob, ...]]:
    """A message without secrets and without its blobs, and the blobs."""
    text, blobs = taken_out(event.text, redaction.may_know)
    found = redaction.message(text) if text else Redacted(text)
    places = places_of(found.text, blobs) if blobs else ()
    masked = replace(
        event,
        text=found.text,
        masked=event.masked + found.masked,
        blobs=event.blobs + places,
        stream=event.stream and masked_stream(event.stream, redaction),
    )
    return masked, blobs


def masked_stream(stream: StreamEvent, redaction: Redaction) -> StreamEvent:
    """The fields of a server-sent event; its id is the server's to choose."""
    return replace(stream, id=redaction.text(stream.id).text) if stream.id else stream


def _raw(event: Raw, redaction: Redaction, longest: int) -> Raw:
    size = event.cut or len(event.data)
    text = _first(event.data, longest + _BEYOND).decode("utf-8", "surrogateescape")
    found = redaction.text(text)
    data = found.text.encode("utf-8", "surrogateescape")
    if size > longest:
        return replace(event, data=_first(data, longest), masked=found.masked, cut=size)
    return replace(event, data=data, masked=event.masked + found.masked)


def _first(data: bytes, size: int) -> bytes:
    """The first bytes, without one that begins a character of UTF-8 that lies on the border."""
    for end in range(size, size - 4, -1):
        if data[end : end + 1] < b"\x80" or data[end : end + 1] >= b"\xc0":
            return data[:end]
    return data[:size]


def _http(event: Http, redaction: Redaction, _: int) -> Http:
    redaction.learn(event.path, event.headers)
    headers = redaction.headers(event.headers)
    return replace(event, path=redaction.path(event.path), headers=headers)


def _stderr(event: Stderr, redaction: Redaction, longest: int) -> Stderr:
    text = redaction.text(event.text[: longest + _BEYOND]).text
    return replace(event, text=text if len(text) <= longest else text[:longest] + _CUT)


def _text(event: Any, redaction: Redaction, _: int) -> Any:
    return replace(event, text=redaction.text(event.text).text) if event.text else event


def _era(event: EraKnown, redaction: Redaction, _: int) -> EraKnown:
    server = {
        name: redaction.text(value).text if isinstance(value, str) else value
        for name, value in event.server.items()
    }
    return replace(event, server=server)


_MASKS: dict[type[Event], Callable[[Any, Redaction, int], Event]] = {
    Raw: _raw,
    Http: _http,
    Streamed: lambda event, redaction, _: replace(
        event, stream=masked_stream(event.stream, redaction)
    ),
    Finished: _text,
    Stderr: _stderr,
    Note: _text,
    EraKnown: _era,
}
