"""One client's TCP connection through an HTTP tap: request after request, passed on and answered.

Each has a connection of its own to the server, so that what one end of it does the other sees: an
answer that breaks off, a connection that is not kept, a client that leaves, which is how a request
is cancelled in the modern era (specification 2026-07-28, basic/transports/streamable-http).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

import h11

from mcpx import admission
from mcpx.errors import Fault, McpxError, RefusedError, ServerError
from mcpx.operations.taps.http import heads
from mcpx.operations.taps.http.connections import RecordedConnection
from mcpx.operations.taps.http.endpoints import Endpoints
from mcpx.operations.taps.http.heads import Headers, Places, value_of
from mcpx.operations.taps.http.recorded_exchange import ProxyRecording, RecordedExchange
from mcpx.operations.taps.http.upstream import Upstream
from mcpx.serving.http.wire import BrokenError, Event, LeftError, Wire
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import Finish

# Seconds for a client to finish a request whose answer it has got already, and for a server to take
# what a client said before it left.
_LINGERS = 2.0


@dataclass(slots=True)
class _Exchange:
    """One request on its way, with what has come of its body.

    ``by_client``: it was the client who left.
    """

    request: h11.Request
    begun: list[Event]
    headers: Headers
    places: Places
    recorded: RecordedExchange
    by_client: bool = False


class Passage:
    """A client's connection, to the end of it; ``here`` is our origin for who names none."""

    def __init__(
        self, client: Wire, upstream: Upstream, recording: ProxyRecording, here: str
    ) -> None:
        self._client = client
        self._upstream = upstream
        self._recording = recording
        self._here = here
        self._server: Wire | None = None
        self._watches: list[asyncio.Task[None]] = []
        self._current: RecordedConnection | None = None

    async def run(self) -> None:
        """Serve the client until it or the server leaves; raises nothing."""
        try:
            while events := await self._client.events():
                if not await self._exchanged(events):
                    break
                self._client.go_on()
        except BrokenError as error:
            with contextlib.suppress(LeftError, h11.LocalProtocolError):
                self._say(error.status, McpxError(f"not HTTP: {error}"))
        except LeftError:
            pass
        except asyncio.CancelledError:
            self._end(Wire.abort)
            raise
        finally:
            self._end(Wire.close)

    def _end(self, how: Callable[[Wire], None]) -> None:
        for watch in self._watches:
            watch.cancel()
        for wire in (self._client, self._server):
            if wire is not None:
                how(wire)

    async def _exchanged(self, events: list[Event]) -> bool:
        """One exchange, of which these have come; whether another may follow it."""
        exchange = self._exchange_of(events)
        recorded = exchange.recorded
        try:
            return await self._passed_on(exchange)
        except LeftError:
            why = (
                Finish.CLIENT if exchange.by_client or self._client.left.is_set() else Finish.SERVER
            )
            words = "" if why is Finish.CLIENT else "the server closed the connection"
            recorded.finished(why, words)
        except BrokenError as error:
            words = f"the server sent broken HTTP: {error}"
            recorded.finished(Finish.SERVER, words)
            if self._client.takes_answer:
                self._say(502, ServerError(Fault.PROTOCOL, words, hint="check the URL"))
        finally:
            # Cancelled, it was we who ended it.
            recorded.finished(Finish.TAP)
            if recorded.connection is not None and not recorded.connection.in_session:
                self._current = recorded.connection
        return False

    def _exchange_of(self, events: list[Event]) -> _Exchange:
        request, *begun = events
        assert isinstance(request, h11.Request)
        headers = request.headers.raw_items()
        path = admission.path_of(request.target)
        text = path.decode("latin-1")
        host = value_of(headers, "host")
        here = f"http://{host}" if host else self._here
        is_mcp = text.partition("?")[0] == self._upstream.path
        method = request.method.decode("latin-1")
        recorded = RecordedExchange(self._recording, method, text, headers, is_mcp, self._current)
        return _Exchange(request, begun, headers, Places(self._upstream.url, here), recorded)

    async def _passed_on(self, exchange: _Exchange) -> bool:
        recorded, headers = exchange.recorded, exchange.headers
        path = admission.path_of(exchange.request.target)
        refused = admission.refusal(headers)
        if refused or not path:
            error = RefusedError(refused or "this is no proxy for other hosts")
            return await self._turned_away(exchange, 403, error, Finish.REFUSED)
        try:
            self._upstream.guard(headers)
            server = await self._connected()
        except RefusedError as error:
            return await self._turned_away(exchange, 403, error, Finish.REFUSED)
        except ServerError as error:
            return await self._turned_away(exchange, 502, error, Finish.UNREACHABLE)
        sent = heads.of_request(
            headers, self._upstream.host, self._upstream.origin, self._upstream.headers
        )
        head = h11.Request(
            method=exchange.request.method, target=self._upstream.target(path), headers=sent
        )
        server.put(head, *map(_as_put, exchange.begun))
        recorded.passed_on()
        asking = asyncio.ensure_future(self._ask(exchange, server))
        try:
            await self._answer(exchange, server)
            if self._client.has_more:
                await asyncio.wait([asking], timeout=_LINGERS)
            recorded.finished(Finish.END)
        finally:
            asking.cancel()
            await asyncio.wait([asking])
        return self._client.may_go_on and server.may_go_on and not server.left.is_set()

    async def _connected(self) -> Wire:
        if self._server is None:
            self._server = await self._upstream.connect()
            self._watches = [
                asyncio.ensure_future(self._until_server_left(self._server)),
                asyncio.ensure_future(self._until_client_left(self._server)),
            ]
        elif self._server.left.is_set():
            raise LeftError
        else:
            self._server.go_on()
        return self._server

    async def _until_server_left(self, server: Wire) -> None:
        """A server that leaves between two exchanges leaves the client."""
        await server.left.wait()
        if self._client.is_idle:
            self._client.close()

    async def _until_client_left(self, server: Wire) -> None:
        """A server that does not take what a client said before it left is not waited for."""
        await self._client.left.wait()
        await asyncio.sleep(_LINGERS)
        server.abort()
        self._client.abort()

    async def _ask(self, exchange: _Exchange, server: Wire) -> None:
        """Pass the request's body on, then wait for the client to leave; that ends the exchange."""
        recorded, events = exchange.recorded, exchange.begun
        hears = True
        try:
            while True:
                if _told(recorded, events):
                    await self._client.left.wait()
                    break
                if hears:
                    # A server may answer before that, and hear no more.
                    with contextlib.suppress(LeftError):
                        hears = False
                        await server.taken()
                        hears = True
                events = await self._client.events()
                if hears:
                    with contextlib.suppress(LeftError):
                        server.put(*map(_as_put, events))
        except (LeftError, BrokenError):
            recorded.has_asked(whole=False)
        # What it said last, such as that it has no need of an answer, still arrives.
        exchange.by_client = True
        server.close()
        self._client.abort()

    async def _answer(self, exchange: _Exchange, server: Wire) -> None:
        """Pass the answer on as it comes."""
        passing = _Passing(self._client, exchange)
        while not passing.is_over:
            if not (events := await server.events()):
                raise LeftError
            passed = [one for event in events for one in passing.of(event)]
            self._client.put(*passed)
            for event in events:
                passing.record(event)
            await self._client.taken()

    async def _turned_away(
        self, exchange: _Exchange, status: int, error: McpxError, why: Finish
    ) -> bool:
        """Answer in the server's place, once the request has been heard out."""
        recorded, events = exchange.recorded, exchange.begun
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGERS):
                while True:
                    if why is not Finish.REFUSED:
                        _told(recorded, events)
                    if not self._client.has_more:
                        break
                    events = await self._client.events()
        recorded.finished(why, error.message)
        self._say(status, error)
        return False

    def _say(self, status: int, error: McpxError) -> None:
        """Answer in the server's place: an error of JSON-RPC that has no id, and no other follows.

        Its code is the HTTP status, which is none of those that JSON-RPC or MCP have given a
        meaning.
        """
        said = {"code": status, "message": f"mcpx: {error.message}", "data": error.described()}
        body = json.dumps({"jsonrpc": "2.0", "error": said}).encode() + b"\n"
        length = str(len(body)).encode()
        headers = [
            (b"Content-Type", b"application/json"),
            (b"Content-Length", length),
            heads.CLOSE,
        ]
        reason = HTTPStatus(status).phrase.encode()
        self._client.put(
            h11.Response(status_code=status, headers=headers, reason=reason),
            h11.Data(data=body),
            h11.EndOfMessage(),
        )


class _Passing:
    """An answer on its way to a client."""

    def __init__(self, client: Wire, exchange: _Exchange) -> None:
        self._client = client
        self._exchange = exchange
        self._endpoints: Endpoints | None = None
        self.is_over = False

    def of(self, event: Event) -> Iterator[Event]:
        """What the client gets for a part of the answer."""
        if isinstance(event, h11.InformationalResponse):
            if self._client.speaks_1_1:
                yield event
        elif isinstance(event, h11.Response):
            yield self._head(event)
        elif isinstance(event, h11.Data):
            piece = bytes(event.data)
            passed = piece if self._endpoints is None else self._endpoints(piece)
            if passed:
                yield h11.Data(data=passed)
        else:
            self.is_over = True
            if self._endpoints is not None and (rest := self._endpoints.rest()):
                yield h11.Data(data=rest)
            yield h11.EndOfMessage()

    def record(self, event: Event) -> None:
        """Write down what has been passed on."""
        exchange = self._exchange
        if isinstance(event, h11.Response):
            headers = event.headers.raw_items()
            exchange.recorded.answered(event.status_code, headers, exchange.places)
        elif isinstance(event, h11.Data):
            exchange.recorded.answers(bytes(event.data))

    def _head(self, answer: h11.Response) -> h11.Response:
        exchange, headers = self._exchange, answer.headers.raw_items()
        kind = value_of(headers, "content-type").partition(";")[0].strip().lower()
        fixed = {b"content-encoding", b"content-length"} & {name.lower() for name, _ in headers}
        if exchange.request.method == b"GET" and kind == EVENT_STREAM and not fixed:
            self._endpoints = Endpoints(exchange.places, exchange.recorded.rewrote_endpoint)
        ends = heads.closes(headers) or answer.http_version < b"1.1"
        origin = value_of(exchange.headers, "origin").encode("latin-1")
        passed = heads.of_answer(headers, exchange.places, origin, ends)
        return h11.Response(status_code=answer.status_code, headers=passed, reason=answer.reason)


def _told(recorded: RecordedExchange, events: list[Event]) -> bool:
    """Write down parts of a request's body; whether they are the last."""
    for event in events:
        if isinstance(event, h11.Data):
            recorded.asks(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage):
            recorded.has_asked()
            return True
    return False


def _as_put(event: Event) -> Event:
    """A part of a body as it goes on: in a chunk of ours, and without trailers."""
    return h11.Data(data=event.data) if isinstance(event, h11.Data) else h11.EndOfMessage()
