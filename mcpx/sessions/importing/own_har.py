"""HTTP archives that mcpx has exported, with the order and the times of their events.

What the members of an archive that begin with ``_`` say is told in ``exporting/har.py``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mcpx.servers import Transport
from mcpx.sessions.events import Event, Fidelity, Finished, Http, Streamed
from mcpx.sessions.headers import lower_names
from mcpx.sessions.importing.drafts import Draft, Recording, cut_message, message_of
from mcpx.sessions.importing.http_exchanges import path_of, status_of, stream_events
from mcpx.sessions.importing.source import UnreadableError
from mcpx.sessions.importing.written import Written
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import Direction, Finish

SESSION = "_session"
_NOTHING = Written("{}")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What ``_events`` tells of an event."""

    number: int
    time: float
    direction: Direction
    kind: str
    size: int


def read(log: Written) -> Recording:
    """The session that an archive was made of. Raises UnreadableError."""
    session = log.members.get(SESSION) or _NOTHING
    created = seconds_of(session.get("created")) or 0.0
    entries = log.members.get("entries") or Written("[]")
    naming = Redaction.none()
    numbered = [
        (seen, draft)
        for place, entry in enumerate(entries.items)
        for seen, draft in _drafts(place, entry, created, naming)
    ]
    numbered.sort(key=lambda pair: pair[0])
    try:
        fidelity = Fidelity(session.word("fidelity"))
    except ValueError:
        fidelity = Fidelity.SEMANTIC
    return Recording(
        fidelity,
        drafts=[draft for _, draft in numbered],
        started=created,
        created=created,
        target=_target(session.members.get("target") or _NOTHING),
        notes=["exported by mcpx: stderr, the ends of processes and eras are not in it"],
        in_order=True,
    )


def _target(target: Written) -> dict[str, Any]:
    try:
        transport = Transport(target.word("transport"))
    except ValueError:
        transport = Transport.UNKNOWN
    return told_target(
        transport,
        [word.string for word in target.part("command").items],
        target.word("url"),
        target.word("cwd"),
    )


def _drafts(
    place: int, entry: Written, created: float, naming: Redaction
) -> Iterator[tuple[int, Draft]]:
    """The drafts of an entry, each with its number in the session."""
    told = entry.members.get("_events") or Written("[]")
    seen = [_seen(place, one) for one in told.items]
    request = entry.members.get("request") or _NOTHING
    response = entry.members.get("response") or _NOTHING
    sent, came = _sent(request, seen), _came(place, response)
    connection, exchange = entry.word("connection"), entry.number("_exchange")
    for one in seen:
        shapes: Any = ()
        event: Event
        to_server = one.direction is Direction.TO_SERVER
        if one.kind == "http":
            event = _head(request if to_server else response, to_server, naming)
        elif one.kind == "fin":
            event = _end(response)
        elif one.kind == "cut":
            event = cut_message(one.direction, one.size)
            # Of what was cut there is an empty line, or a comment in a stream.
            next(sent if to_server else came, None)
        elif to_server:
            event, shapes = message_of(one.direction, next(sent, ""))
        else:
            stream, text = next(came, (None, ""))
            if one.kind == "sse" and stream is not None:
                event = Streamed(number=0, time=0.0, stream=stream)
            else:
                event, shapes = message_of(one.direction, text, stream if exchange else None)
        key = (connection, exchange) if exchange else None
        yield one.number, Draft(created + one.time, event, key, connection, shapes=shapes)


def _seen(place: int, told: Written) -> _Seen:
    value = told.value
    try:
        number, time, direction, kind, *size = value
        return _Seen(int(number), float(time), Direction(direction), str(kind), int((*size, 0)[0]))
    except (TypeError, ValueError, OverflowError) as error:
        raise UnreadableError(f"log/entries/{place}/_events: {told.text[:80]}") from error


def _sent(request: Written, seen: list[_Seen]) -> Iterator[str]:
    text = (request.members.get("postData") or _NOTHING).word("text")
    bodies = [one for one in seen if one.direction is Direction.TO_SERVER and one.kind != "http"]
    yield from [text] if len(bodies) == 1 else text.split("\n")


def _came(place: int, response: Written) -> Iterator[tuple[Any, str]]:
    content = response.members.get("content") or _NOTHING
    text = content.word("text")
    if content.word("encoding") == "base64":
        try:
            text = base64.b64decode(text, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError) as error:
            reason = f"log/entries/{place}/response/content: its text is not base64"
            raise UnreadableError(reason) from error
    if content.word("mimeType").startswith(EVENT_STREAM):
        yield from stream_events(text)
    else:
        yield None, text


def _head(message: Written, to_server: bool, naming: Redaction) -> Http:
    listed = message.members.get("headers") or Written("[]")
    pairs = ((one.word("name"), one.word("value")) for one in listed.items)
    headers = naming.headers(lower_names(pairs))
    if to_server:
        url, method = message.word("url"), message.word("method")
        return Http(
            number=0,
            time=0.0,
            direction=Direction.TO_SERVER,
            method=method,
            path=naming.path(path_of(url)),
            headers=headers,
        )
    status = status_of(message.number("status")) or 0
    return Http(number=0, time=0.0, direction=Direction.TO_CLIENT, status=status, headers=headers)


def _end(response: Written) -> Finished:
    word, _, text = response.word("_error").partition(": ")
    try:
        return Finished(number=0, time=0.0, why=Finish(word) if word else Finish.END, text=text)
    except ValueError:
        return Finished(number=0, time=0.0, why=Finish.END, text=word)
