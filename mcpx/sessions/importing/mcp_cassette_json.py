"""The cassettes of mcp-cassette for Python (cheneeheng): one JSON document of messages.

Source: github.com/cheneeheng/mcp-cassette, src/mcp_cassette/cassette.py (0.3.3, 2026-07-24):
``t_offset_ms`` counts from the start, ``exchange`` joins what one HTTP exchange carried, and
``channel`` names the stream that a message of the server came on.
"""

from __future__ import annotations

from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.importing.drafts import Recording
from mcpx.sessions.importing.http_exchanges import Brought, HttpExchange, drafts_of
from mcpx.sessions.importing.losses import BY_PYTHON
from mcpx.sessions.importing.source import ImportFormat, Source, UnreadableError
from mcpx.sessions.importing.written import Written
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.wire import Direction

FORMAT = ImportFormat("mcp-cassette-json", "mcp-cassette for Python, by cheneeheng (.mcp.json)")
_NEWEST = 2
_SENDERS = {"client": Direction.TO_SERVER, "server": Direction.TO_CLIENT}


def recognises(source: Source) -> bool:
    """Whether the file is a document with messages and a version."""
    first = source.first_object
    return first is not None and {"format_version", "messages"} <= first.members.keys()


def read(source: Source) -> Recording:
    """What a cassette holds. Raises UnreadableError."""
    document = source.document
    version = document.number("format_version")
    if version is None or not 1 <= version <= _NEWEST:
        found = document.part("format_version").text[:20]
        raise UnreadableError(f"its format_version is {found}; 1 and 2 are known")
    over_http = document.word("transport") == "http"
    url = document.word("server_url")
    recording = Recording(
        Fidelity.JSON,
        started=0.0,
        created=seconds_of(document.get("recorded_at")),
        target=told_target(Transport.HTTP if over_http else Transport.STDIO, url=url),
        notes=[BY_PYTHON],
        in_order=not over_http,
    )
    exchanges: dict[tuple[object, ...], HttpExchange] = {}
    redacted = 0
    for place, message in enumerate(document.part("messages").items):
        at, direction, payload = _parts(message, place)
        redacted += message.get("redacted") is True
        if payload.text.startswith('"'):
            recording.say_raw(at, direction, payload.string)
        elif not over_http:
            recording.say(at, direction, payload.text)
        else:
            _add(exchanges, url, at, direction, message, payload)
    recording.drafts += drafts_of(exchanges.values())
    if redacted:
        recording.notes.append(f"messages in which the recorder replaced something: {redacted}")
    if over_http:
        recording.notes.append("HTTP statuses, headers, ids of events and ends were not kept")
    return recording


def _parts(message: Written, place: int) -> tuple[float, Direction, Written]:
    milliseconds = message.number("t_offset_ms")
    if milliseconds is None or not 0 <= milliseconds < 1e15:
        raise UnreadableError(f"messages/{place}: 't_offset_ms' is no time")
    direction = _SENDERS.get(message.word("sender"))
    if direction is None:
        raise UnreadableError(f"messages/{place}: 'sender' is neither client nor server")
    payload = message.part("payload")
    if not payload.is_message and not payload.text.startswith('"'):
        raise UnreadableError(f"messages/{place}: 'payload' is no message")
    return milliseconds / 1000, direction, payload


def _add(
    exchanges: dict[tuple[object, ...], HttpExchange],
    url: str,
    at: float,
    direction: Direction,
    message: Written,
    payload: Written,
) -> None:
    number = message.part("exchange").text
    listens = message.word("channel") == "get"
    key: tuple[object, ...] = (number, listens)
    if direction is Direction.TO_SERVER and key in exchanges and exchanges[key].body is not None:
        # One request carries one body, whatever the file says.
        key = (*key, len(exchanges))
    if key not in exchanges:
        method = "GET" if listens else "POST"
        exchanges[key] = HttpExchange(key=key, at=at, method=method, url=url)
    if direction is Direction.TO_SERVER:
        exchanges[key].body = payload.text
    else:
        exchanges[key].brought.append(Brought(at, payload.text))
