"""The network export of the MCP Inspector 2: a JSON array of what it fetched.

Source: github.com/modelcontextprotocol/inspector, core/mcp/types.ts, "FetchRequestEntry", and
fetchTracking.ts (2026-08): ``duration`` ends with the head of the answer, some members of bodies
are replaced, and the stream of a GET is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.headers import lower_names
from mcpx.sessions.importing.drafts import Recording
from mcpx.sessions.importing.http_exchanges import (
    HttpExchange,
    drafts_of,
    status_of,
)
from mcpx.sessions.importing.losses import BY_JAVASCRIPT
from mcpx.sessions.importing.source import ImportFormat, Source, UnreadableError
from mcpx.sessions.importing.written import Written
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.wire import Finish

FORMAT = ImportFormat("inspector-network", "network export of the MCP Inspector 2 (JSON)")
_LONGEST = 86_400.0


def recognises(source: Source) -> bool:
    """Whether the file is an array of fetched requests."""
    array = source.document_array
    return (
        array is not None
        and bool(array.items)
        and {"timestamp", "method", "url", "requestHeaders"} <= array.items[0].members.keys()
    )


def read(source: Source) -> Recording:
    """The exchanges of MCP in an export. Raises UnreadableError."""
    entries = source.document.items
    exchanges = [
        _exchange(entry, place)
        for place, entry in enumerate(entries)
        if entry.word("category") != "auth"
    ]
    if not exchanges:
        raise UnreadableError(f"none of its {len(entries)} entries is a request of MCP")
    started = min(exchange.at for exchange in exchanges)
    recording = Recording(
        Fidelity.JSON,
        drafts=list(drafts_of(exchanges)),
        started=started,
        created=started,
        target=told_target(Transport.HTTP, url=exchanges[0].url),
        notes=[
            BY_JAVASCRIPT,
            "texts named token, code, password and alike were replaced in the messages",
            "the ends of answers have no times, and streams of GET requests were not kept",
        ],
    )
    if len(entries) > len(exchanges):
        left = len(entries) - len(exchanges)
        recording.notes.append(f"requests of a sign-in that were left out: {left}")
    return recording


def _exchange(entry: Written, place: int) -> HttpExchange:
    at = seconds_of(entry.get("timestamp"))
    if at is None:
        raise UnreadableError(f"entry {place}: 'timestamp' is no time")
    duration = min(max((entry.number("duration") or 0.0) / 1000, 0.0), _LONGEST)
    url = entry.word("url")
    exchange = HttpExchange(
        key=place,
        at=at,
        method=entry.word("method"),
        url=url,
        headers=lower_names(_headers(entry, "requestHeaders")),
        body=entry.word("requestBody") or None,
        status=status_of(entry.number("responseStatus")),
        answered=at + duration,
        answer_headers=lower_names(_headers(entry, "responseHeaders")),
        scope=url.partition("?")[0],
    )
    if wrong := entry.word("error"):
        exchange.finished, exchange.why, exchange.wrong = at + duration, Finish.UNREACHABLE, wrong
    elif body := entry.word("responseBody"):
        exchange.finished = at + duration
        exchange.take(body, exchange.answer_headers.get("content-type", ""))
    return exchange


def _headers(entry: Written, name: str) -> Iterator[tuple[str, str]]:
    for header, value in entry.part(name).members.items():
        yield header.encode("utf-8", "replace").decode(), value.string
