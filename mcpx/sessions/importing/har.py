"""HTTP archives (HAR 1.2) of mitmproxy, of browsers and of other programs.

Source: w3c.github.io/web-performance/specs/HAR: times are in milliseconds, -1 where they do not
apply, and the body of an answer is one text, without a time for its parts.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mcpx.json_text import JsonTextError
from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.headers import lower_names
from mcpx.sessions.importing import own_har
from mcpx.sessions.importing.drafts import Recording
from mcpx.sessions.importing.http_exchanges import (
    HttpExchange,
    drafts_of,
    status_of,
)
from mcpx.sessions.importing.json_rpc import is_message
from mcpx.sessions.importing.source import ImportFormat, Source, UnreadableError
from mcpx.sessions.importing.written import Written
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import Finish

FORMAT = ImportFormat("har", "HTTP archive, as of mitmproxy and browsers (.har)")
_BEFORE_THE_ANSWER = ("blocked", "dns", "connect", "send", "wait")
# mitmproxy connects while the client waits, and counts that twice (12.2.3).
_OF_MITMPROXY = ("send", "wait")
_LONGEST = 86_400.0 * 1000


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of an archive with its place in it."""

    place: int
    json: Written
    request: Written
    response: Written

    @property
    def url(self) -> str:
        return self.request.word("url")

    @property
    def body(self) -> str | None:
        return self.request.part("postData").word("text") or None


def recognises(source: Source) -> bool:
    """Whether the file is a document with a log in it."""
    first = source.first_object
    return first is not None and "entries" in first.part("log").members


def read(source: Source) -> Recording:
    """The exchanges of MCP in an archive. Raises UnreadableError."""
    log = source.document.part("log")
    if own_har.SESSION in log.members:
        return own_har.read(log)
    entries = [_entry(place, item) for place, item in enumerate(log.part("entries").items)]
    kept = list(_of_mcp(entries))
    if not kept:
        raise UnreadableError(f"none of its {len(entries)} entries is a request of MCP")
    creator = log.part("creator").word("name")[:80]
    steps = _OF_MITMPROXY if creator == "mitmproxy" else _BEFORE_THE_ANSWER
    exchanges = [_exchange(entry, steps) for entry in kept]
    addresses = Counter(exchange.url for exchange in exchanges)
    started = min(exchange.at for exchange in exchanges)
    recording = Recording(
        Fidelity.WIRE,
        drafts=list(drafts_of(exchanges)),
        started=started,
        created=started,
        target=told_target(Transport.HTTP, url=addresses.most_common(1)[0][0]),
        notes=[f"recorded by {creator or 'a program that is not named'}"],
    )
    recording.notes += _notes(entries, kept, exchanges, addresses)
    return recording


def _notes(
    entries: list[_Entry],
    kept: list[_Entry],
    exchanges: list[HttpExchange],
    addresses: Counter[str],
) -> Iterator[str]:
    if len(entries) > len(kept):
        yield f"entries that are no requests of MCP and were left out: {len(entries) - len(kept)}"
    if len(addresses) > 1:
        yield f"it holds {len(addresses)} addresses; connections tell them apart"
    streams = [one for one in exchanges if len(one.brought) > 1]
    if streams:
        yield (
            "the events of a stream have no times: the last stands at the end of its exchange, "
            "the others at its beginning"
        )
    empty = sum(1 for one in exchanges if one.finished is None)
    if empty:
        yield f"exchanges whose answer was still to come, or was not kept: {empty}"


def _entry(place: int, item: Written) -> _Entry:
    request = item.part("request")
    if not request.members:
        raise UnreadableError(f"log/entries/{place} has no request")
    return _Entry(place, item, request, item.part("response"))


def _of_mcp(entries: Iterable[_Entry]) -> Iterator[_Entry]:
    """Requests with a message in them, and all others that went to an address of such."""
    entries = list(entries)
    speaking = {entry.place for entry in entries if _speaks(entry)}
    addresses = {entry.url for entry in entries if entry.place in speaking}
    for entry in entries:
        is_stream = _content_type(entry).startswith(EVENT_STREAM)
        # The stream of the HTTP+SSE transport has an address of its own.
        if entry.place in speaking or entry.url in addresses or (is_stream and speaking):
            yield entry


def _speaks(entry: _Entry) -> bool:
    body = entry.body
    if body is None or body.lstrip()[:1] not in ("{", "["):
        return False
    try:
        return is_message(Written.of(body))
    except JsonTextError:
        return False


def _exchange(entry: _Entry, steps: Iterable[str]) -> HttpExchange:
    at = seconds_of(entry.json.get("startedDateTime"))
    if at is None:
        raise UnreadableError(f"log/entries/{entry.place}: 'startedDateTime' is no time")
    timings = entry.json.part("timings")
    before = sum(_milliseconds(timings, name) for name in steps)
    receive = _milliseconds(timings, "receive")
    body = _content(entry)
    status = status_of(entry.response.number("status"))
    exchange = HttpExchange(
        key=entry.place,
        at=at,
        method=entry.request.word("method"),
        url=entry.url,
        headers=lower_names(_headers(entry.request)),
        body=entry.body,
        status=status,
        answered=at + before / 1000,
        answer_headers=lower_names(_headers(entry.response)),
        scope=entry.url.partition("?")[0],
    )
    is_stream = _content_type(entry).startswith(EVENT_STREAM)
    if status is None:
        exchange.finished = at + max(_milliseconds(entry.json, "time"), before) / 1000
        exchange.why = Finish.UNREACHABLE
        exchange.wrong = entry.response.word("_error") or "there was no answer"
    elif body or receive or not is_stream:
        # A stream of which nothing came may have been open when the archive was written.
        exchange.finished = at + (before + receive) / 1000
    exchange.take(body, _content_type(entry))
    return exchange


def _content_type(entry: _Entry) -> str:
    return entry.response.part("content").word("mimeType").lower()


def _content(entry: _Entry) -> str:
    content = entry.response.part("content")
    text = content.word("text")
    if content.word("encoding") != "base64":
        return text
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        place = f"log/entries/{entry.place}/response/content"
        raise UnreadableError(f"{place}: its text is not base64") from error


def _headers(message: Written) -> Iterator[tuple[str, str]]:
    for header in message.part("headers").items:
        yield header.word("name"), header.word("value")


def _milliseconds(timings: Written, name: str) -> float:
    return min(max(timings.number(name) or 0.0, 0.0), _LONGEST)
