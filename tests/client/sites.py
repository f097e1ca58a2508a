"""Good HTTP servers that do as a test says about some of their requests."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mcpx.client.connection import Connection, connect
from mcpx.client.terms import Terms
from mcpx.servers import Era, ServerSpec, Transport
from tests.servers.good_http import Options, Served, TalkingSite, serving
from tests.servers.http_wire import Exchange, Request, event_of

Play = Callable[["Site", Exchange], None]
Message = dict[str, Any]


class Site(TalkingSite):
    """A good server, but for what ``plays`` has for a JSON-RPC method, an HTTP method or "*"."""

    def __init__(self, plays: Mapping[str, Play], **options: Any) -> None:
        super().__init__(Options(**options))
        self.plays = dict(plays)

    def play(self, exchange: Exchange) -> None:
        request = exchange.request
        for name in (request.rpc, request.method, "*"):
            if name in self.plays:
                self.plays[name](self, exchange)
                return
        super().play(exchange)

    def honest(self, exchange: Exchange) -> None:
        """Answer as a good server."""
        super().play(exchange)


@contextmanager
def site(plays: Mapping[str, Play] | None = None, **options: Any) -> Iterator[Served]:
    """Such a server, in threads of this process; the options are those of a good one."""
    with serving(Site(plays or {}, **options)) as served:
        yield served


def seen(served: Served) -> list[str]:
    """What came in, in order: JSON-RPC methods, HTTP methods of what has none, or "answer"."""
    return [
        one.rpc or ("answer" if one.method == "POST" else one.method) for one in served.requests
    ]


def only(served: Served, name: str) -> Request:
    """The one request with this JSON-RPC or HTTP method."""
    (found,) = [one for one in served.requests if name in (one.rpc, one.method)]
    return found


def result_of(exchange: Exchange, result: object) -> Message:
    """The frame that answers a request with this result."""
    return {"jsonrpc": "2.0", "id": exchange.request.message["id"], "result": result}


def answers(result: object, **headers: str) -> Play:
    """Answers with this result, as JSON."""

    def play(_site: Site, exchange: Exchange) -> None:
        exchange.answer(result_of(exchange, result), headers=tuple(headers.items()))

    return play


def responds(
    status: int, body: bytes = b"", kind: str = "application/json", **headers: str
) -> Play:
    """Answers with this status; underscores in the names of headers stand for hyphens."""
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())

    def play(_site: Site, exchange: Exchange) -> None:
        exchange.respond(status, body, kind, given)

    return play


def streams(*parts: object) -> Play:
    """Answers with a stream: bytes as they are, a message as an event, None for the good answer."""

    def play(site: Site, exchange: Exchange) -> None:
        exchange.stream()
        for part in parts:
            whole = frame(site, exchange) if part is None else part
            exchange.piece(whole if isinstance(whole, bytes) else event_of(whole))
        exchange.end()

    return play


def in_turn(*plays: Play | None) -> Play:
    """Does one after the other, the last again and again; None is what a good server does."""
    left = list(plays)

    def play(site: Site, exchange: Exchange) -> None:
        now = left.pop(0) if len(left) > 1 else left[0]
        (now or Site.honest)(site, exchange)

    return play


def frame(site: Site, exchange: Exchange) -> Message:
    """The message that a good server answers with."""
    message = exchange.request.message
    era = "modern" if site._is_modern(message) else "legacy"
    return next(server for key, server in site.eras.items() if key == era).honest(message)


def spec_of(served: Served, **more: Any) -> ServerSpec:
    """A server at this URL."""
    old = served.site.options.old
    transport = Transport.SSE if old else Transport.HTTP
    return ServerSpec(**{"name": "one", "transport": transport, "url": served.url, **more})


@contextlib.asynccontextmanager
async def connected(
    served: Served, era: Era | None = None, spec: ServerSpec | None = None, **terms: Any
) -> AsyncIterator[Connection]:
    """A connection to this server."""
    async with connect(spec or spec_of(served), Terms(era=era, **terms)) as connection:
        yield connection
