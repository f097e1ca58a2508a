"""What happened in a session as programs read it."""

from __future__ import annotations

from typing import Any

from mcpx.sessions.events import (
    Ended,
    EraKnown,
    Event,
    Exited,
    Finished,
    Header,
    Http,
    Message,
    Note,
    Opened,
    Raw,
    Stderr,
    Streamed,
)
from mcpx.sessions.items import HttpExchange, Item, Notification, RoundTrip


def header_data(header: Header) -> dict[str, Any]:
    """What a session file says of itself."""
    return {
        "id": header.id,
        "created": header.created,
        "tool": header.tool,
        "mode": header.mode.value,
        "fidelity": header.fidelity.value,
        "target": dict(header.target),
        "redaction": header.redaction,
        "source": header.source,
    }


def item_data(item: Item) -> dict[str, Any]:
    """An item of a timeline; ``kind`` says which of its members there are."""
    if isinstance(item, RoundTrip):
        return {"kind": "round-trip", **_trip(item)}
    if isinstance(item, Notification):
        piece = item.piece
        place = {"number": item.number, "time": item.time, "connection": item.connection}
        said = {"direction": piece.event.direction.value, "message": piece.value()}
        about = {"method": item.method, "about": item.about or None}
        return {"kind": "notification", **place, **said, **about}
    if isinstance(item, HttpExchange):
        return {
            "kind": "http",
            "number": item.number,
            "time": item.time,
            "connection": item.connection,
            "exchange": item.exchange,
            "method": item.method,
            "path": item.path,
            "status": item.status or None,
            "messages": item.messages,
            "why": item.why.value if item.why else None,
            "text": item.text,
            "ended": item.ended,
        }
    place = {"number": item.number, "time": item.time, "connection": item.connection}
    return {**_event(item), **place}


def _trip(trip: RoundTrip) -> dict[str, Any]:
    return {
        "number": trip.number,
        "time": trip.time,
        "connection": trip.connection,
        "exchange": trip.exchange or None,
        "direction": trip.direction.value,
        "method": trip.method,
        "name": trip.name,
        "id": trip.id,
        "outcome": trip.outcome.value,
        "code": trip.code,
        "status": trip.status or None,
        "why": trip.why,
        "seconds": None if trip.seconds is None else round(trip.seconds, 6),
        "cancelled": trip.cancelled.event.time if trip.cancelled else None,
        "size": trip.answer.size if trip.answer else None,
        "request": trip.request.value() if trip.request else None,
        "answer": trip.answer.value() if trip.answer else None,
        "progress": trip.progress,
        "notifications": trip.notifications,
        "said": [one.piece.value() for one in trip.said],
        "within": trip.within or None,
        "inside": [_trip(one) for one in trip.inside],
        "follows": trip.follows or None,
        "leg": trip.leg,
    }


def _event(event: Event) -> dict[str, Any]:
    if isinstance(event, Stderr):
        return {"kind": "stderr", "text": event.text}
    if isinstance(event, Note):
        return {"kind": "note", "text": event.text}
    if isinstance(event, Exited):
        return {"kind": "exit", "status": event.code, "by": event.by.value}
    if isinstance(event, EraKnown):
        server = {"server": dict(event.server), "how": event.how}
        return {"kind": "era", "era": event.era.value, "revision": event.version, **server}
    if isinstance(event, Opened):
        return {"kind": "open", "pid": event.pid}
    if isinstance(event, Raw):
        text = event.data.decode("utf-8", "backslashreplace")
        what = {"why": event.why.value, "text": text, "cut": event.cut or None}
        return {"kind": "raw", "direction": event.direction.value, **what}
    if isinstance(event, Message):
        what = {"text": event.text, "cut": event.cut or None}
        return {"kind": "message", "direction": event.direction.value, **what}
    if isinstance(event, Ended):
        return {"kind": "end", "events": event.events, "dropped": event.dropped}
    if isinstance(event, Streamed):
        stream = event.stream
        fields = {"id": stream.id, "event": stream.event, "retry": stream.retry}
        told = {**fields, "empty": stream.empty}
        return {"kind": "sse", "exchange": event.exchange or None, "stream": told}
    # What follows is of an exchange of which the recording has no request.
    if isinstance(event, Http):
        answer = {"status": event.status or None, "headers": dict(event.headers)}
        return {"kind": "http-answer", "exchange": event.exchange or None, **answer}
    if isinstance(event, Finished):
        end = {"why": event.why.value, "text": event.text}
        return {"kind": "http-end", "exchange": event.exchange or None, **end}
    raise AssertionError(f"no data for {type(event).__name__}")
