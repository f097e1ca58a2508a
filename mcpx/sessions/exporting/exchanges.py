"""The exchanges of a session: each a request with its answer, as HTTP has them.

What went over HTTP has exchanges of its own. What went through a pipe is told as Streamable HTTP
would have carried it (specification 2025-11-25, basic/transports): each message of the client is a
POST; what the server said to it is the body of its answer, a stream where that is more than the
answer itself; what belongs to none is the stream of a GET. A server's request or notification
belongs to the request whose progress token or subscription it names, else to the only one that
waits for its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from mcpx.json_rpc import LISTEN, SUBSCRIPTION, id_key, members, named
from mcpx.json_text import JsonTextError
from mcpx.servers import NOTHING
from mcpx.sessions.events import (
    Event,
    Exited,
    Finished,
    Http,
    Message,
    Raw,
    Streamed,
)
from mcpx.sessions.exporting.spool import LongText, Spool
from mcpx.sessions.exporting.streams import as_stream
from mcpx.sessions.items import CANCELLED, PROGRESS
from mcpx.sessions.json_strings import quoted
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import Direction, Finish, StreamEvent


@dataclass(slots=True, eq=False)
class Exchange:
    """A request, and what came of it until it was over.

    Times are seconds since the header. ``place`` is the path of the request, or names what it is
    about on a pipe. ``text`` is the body of a stream as a JSON string without its quotes, ``size``
    its size in bytes; ``single`` is what came when it was no stream. ``events`` are all of its
    events in their order, each as a JSON array with a comma: number, time, direction, kind, and of
    a message that was too large to be kept its size. ``number`` is that of the exchange, 0 on a
    pipe.
    ``status`` is 0 without an answer; on a pipe it is what HTTP would have said.
    On a pipe ``waits`` are the ids that have no answer yet, ``tokens`` those of its progress.
    """

    began: float
    text: LongText
    events: LongText
    connection: int = 0
    number: int = 0
    method: str = ""
    place: str = ""
    status: int = 0
    sent: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    answered: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    answer_time: float | None = None
    ended: float = 0.0
    asked: list[Message | Raw] = field(default_factory=list)
    single: Message | Raw | None = None
    streams: bool = False
    size: int = 0
    waits: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    why: Finish | None = None
    why_text: str = ""

    def takes(self, event: Message | Raw | Streamed) -> None:
        """One more message of it, or a server-sent event without one; comments are left out."""
        if isinstance(event, Streamed) and event.stream == StreamEvent():
            return
        self.note(event)
        if isinstance(event, Message | Raw) and event.direction is Direction.TO_SERVER:
            self.asked.append(event)
            return
        # Where the answer's head was not recorded, something came all the same.
        self.status = self.status or 200
        if self.answer_time is None:
            self.answer_time = event.time
        if isinstance(event, Streamed) or self.single or self._is_of_stream(event):
            self._streams(event)
        else:
            self.single = event

    def note(self, event: Event) -> None:
        """Keep that an event is one of it."""
        self.ended = event.time
        direction = getattr(event, "direction", Direction.TO_CLIENT)
        what = f'"{direction}","{_KINDS[type(event)]}"'
        if isinstance(event, Message) and not event.text:
            what = f'"{direction}","cut",{event.cut}'
        self.events.write(f"[{event.number},{event.time:.6f},{what}],")

    def _is_of_stream(self, event: Message | Raw) -> bool:
        if self.streams or (isinstance(event, Message) and event.stream is not None):
            return True
        return self.answered.get("content-type", "").startswith(EVENT_STREAM)

    def _streams(self, event: Message | Raw | Streamed) -> None:
        self.streams = True
        before = () if self.single is None else (self.single,)
        self.single = None
        text = "".join(map(as_stream, (*before, event)))
        self.size += len(text.encode("utf-8", "surrogatepass"))
        self.text.write(quoted(text)[1:-1])


_KINDS: dict[type[Event], str] = {
    Http: "http",
    Message: "msg",
    Raw: "raw",
    Streamed: "sse",
    Finished: "fin",
}


def exchanges(events: Iterable[Event], spool: Spool) -> Iterator[Exchange]:
    """The exchanges of a session, each when it is over; what was open at the end comes last."""
    over_http: dict[tuple[int, int], Exchange] = {}
    pipes: dict[int, _Pipe] = {}
    for event in events:
        place = event.connection, event.exchange
        if isinstance(event, Http) and event.direction is Direction.TO_SERVER:
            if place in over_http:
                yield over_http.pop(place)
            over_http[place] = one = _new(event, spool)
            one.method, one.place, one.sent = event.method, event.path, event.headers
            one.note(event)
        elif isinstance(event, Http):
            one = over_http.get(place) or over_http.setdefault(place, _new(event, spool))
            one.status, one.answered = event.status, event.headers
            one.answer_time = event.time
            one.note(event)
        elif isinstance(event, Finished):
            if place in over_http:
                one = over_http.pop(place)
                one.why, one.why_text = event.why, event.text
                one.note(event)
                yield one
        elif isinstance(event, Message | Raw | Streamed) and event.exchange:
            one = over_http.get(place) or over_http.setdefault(place, _new(event, spool))
            one.takes(event)
        elif isinstance(event, Message | Raw):
            pipe = pipes.get(event.connection) or pipes.setdefault(event.connection, _Pipe(spool))
            yield from pipe.takes(event)
        elif isinstance(event, Exited) and event.connection in pipes:
            yield from pipes.pop(event.connection).rest()
    for pipe in pipes.values():
        yield from pipe.rest()
    yield from over_http.values()


def _new(event: Event, spool: Spool) -> Exchange:
    return Exchange(
        began=event.time,
        ended=event.time,
        text=LongText(spool),
        events=LongText(spool),
        connection=event.connection,
        number=event.exchange,
    )


class _Pipe:
    """What is open on a connection through a pipe."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._open: dict[Exchange, None] = {}
        self._by_id: dict[str, Exchange] = {}
        self._by_token: dict[str, Exchange] = {}
        # Those that what names no request may belong to.
        self._asking: dict[Exchange, None] = {}
        self._other: Exchange | None = None

    def takes(self, event: Message | Raw) -> Iterator[Exchange]:
        """The exchanges that are over by an event."""
        values = list(_objects(event))
        if event.direction is Direction.TO_SERVER:
            yield from self._sent(event, values)
        else:
            yield from self._came(event, values)

    def rest(self) -> Iterator[Exchange]:
        """Those that never came to an end."""
        if self._other is not None:
            yield self._other
        yield from self._open

    def _sent(self, event: Message | Raw, values: list[dict[str, Any]]) -> Iterator[Exchange]:
        one = _new(event, self._spool)
        one.method, one.place = "POST", _place(event, values)
        one.takes(event)
        for value in values:
            method, params = value.get("method"), members(value.get("params"))
            if method == CANCELLED:
                cancelled = self._by_id.get(id_key(params.get("requestId")))
                if cancelled is not None:
                    self._asking.pop(cancelled, None)
            if not isinstance(method, str) or "id" not in value:
                continue
            key = id_key(value["id"])
            one.waits.add(key)
            self._by_id[key] = one
            token = members(params.get("_meta")).get("progressToken")
            if token is not None:
                one.tokens.add(id_key(token))
                self._by_token[id_key(token)] = one
            if method != LISTEN:
                self._asking[one] = None
        if one.waits:
            self._open[one] = None
        else:
            one.status = 202
            yield one

    def _came(self, event: Message | Raw, values: list[dict[str, Any]]) -> Iterator[Exchange]:
        one = self._belongs(event, values)
        one.takes(event)
        for value in values:
            if "id" in value and "method" not in value:
                key = id_key(value["id"])
                if self._by_id.get(key) is one:
                    del self._by_id[key]
                one.waits.discard(key)
        if one in self._open and not one.waits:
            del self._open[one]
            self._asking.pop(one, None)
            for token in one.tokens:
                if self._by_token.get(token) is one:
                    del self._by_token[token]
            yield one

    def _belongs(self, event: Message | Raw, values: list[dict[str, Any]]) -> Exchange:
        """The exchange whose answer an event is part of."""
        for value in values:
            params = members(value.get("params"))
            if "method" not in value:
                found = self._by_id.get(id_key(value.get("id")))
            elif value["method"] == PROGRESS:
                found = self._by_token.get(id_key(params.get("progressToken")))
            else:
                subscription = members(params.get("_meta")).get(SUBSCRIPTION)
                found = self._by_id.get(id_key(subscription))
                if found is None and len(self._asking) == 1:
                    found = next(iter(self._asking))
            if found is not None:
                return found
        if self._other is None:
            self._other = _new(event, self._spool)
            self._other.method, self._other.streams = "GET", True
        return self._other


def _objects(event: Message | Raw) -> Iterator[dict[str, Any]]:
    """The JSON-RPC messages of an event that can be read."""
    if isinstance(event, Raw):
        return
    try:
        value = event.value()
    except JsonTextError:
        return
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one


def _place(event: Message | Raw, values: list[dict[str, Any]]) -> str:
    """What a client's message on a pipe is about, as a path: its method, and tool or the like."""
    if len(values) != 1 or isinstance(event, Raw):
        return "/batch" if values else "/"
    method = values[0].get("method")
    if not isinstance(method, str):
        return "/response"
    name = named(method, members(values[0].get("params")))
    words = [quote(method, errors="surrogatepass")]
    if name:
        words.append(quote(name, safe="", errors="surrogatepass"))
    return "/" + "/".join(words)
