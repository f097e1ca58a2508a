"""HTTP exchanges with one server, by httpx: on its origin only, bounded, faults in our words."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from urllib.parse import urlunsplit

from mcpx import web, web_faults
from mcpx.client import faults
from mcpx.client.exchanges import Heard
from mcpx.client.taps import Tap
from mcpx.errors import Fault, ServerError
from mcpx.inflate import Inflater, TooLongError
from mcpx.masking import mask_url
from mcpx.servers import ServerSpec
from mcpx.settings import Limits
from mcpx.sse_events import EventReader, EventTooLongError, SseEvent
from mcpx.wire import Finish

# Seconds that a message waits for those before it, which have no answer, to be taken.
IN_ORDER = 2.0
# Messages that wait to be taken; a server that makes us say more floods us.
MOST_WAITING = 1_000
# Redirects of a call: each sends once more what may not be done twice.
MOST_OF_A_CALL = 2
# Of an error's body: bytes that are read.
MOST_OF_AN_ERROR = 1_000_000
# Of a stream: bytes that may come at once, and that are handed on at a time.
_LONGEST_PIECE = 1 << 20
_AT_ONCE = 1 << 16


def redirects_of(method: str) -> int:
    """How many redirects of a message with this JSON-RPC method are followed."""
    return MOST_OF_A_CALL if method == "tools/call" else web.MOST_REDIRECTS


class Answer:
    """The status and headers of an answer, its body still to be read.

    ``url`` is where it came from, after redirects.
    """

    def __init__(
        self, spec: ServerSpec, url: str, response: Any, limits: Limits, heard: Heard
    ) -> None:
        self.url = url
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._spec = spec
        self._response = response
        self._limits = limits
        self._heard = heard

    @property
    def kind(self) -> str:
        """The media type, without its parameters; empty when none is given."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    async def pieces(self, limit: int | None = None) -> AsyncIterator[bytes]:
        """The decoded body as it comes; ``limit`` bounds it as a whole. Raises ServerError.

        Deadlines are heeded however much a server sends at once: each piece is a turn of the loop.
        """
        endless = limit is None
        # A piece of a stream may hold several events, which are bounded one by one.
        allowed = max(self._limits.line, _LONGEST_PIECE) if limit is None else limit
        with _told(self._spec):
            undo = Inflater(self.headers.get("content-encoding", ""), allowed)
            async for raw in self._response.aiter_raw():
                for piece in undo(raw):
                    if endless:
                        undo.allow(allowed)
                    for start in range(0, len(piece), _AT_ONCE):
                        yield piece[start : start + _AT_ONCE]
                        await asyncio.sleep(0)

    async def events(self) -> AsyncIterator[SseEvent]:
        """The events of a stream, as they come. Raises ServerError, also for one too long."""
        try:
            reader = EventReader(self._limits.line)
            async for piece in self.pieces():
                for event in reader.of(piece):
                    self._heard.event(event)
                    yield event
        except EventTooLongError as error:
            failure = faults.over_limit(self._spec, "line", str(error))
            self._heard.broke(failure)
            raise failure from error
        except ServerError as error:
            self._heard.broke(error)
            raise
        self._heard.over(Finish.END)

    async def whole(self, limit: int) -> bytes:
        """The decoded body. Raises ServerError, also for more than ``limit`` bytes."""
        found = bytearray()
        await self._read(found, limit)
        return bytes(found)

    async def beginning(self, limit: int = MOST_OF_AN_ERROR) -> bytes:
        """As much of the body as there is, up to ``limit`` bytes; never fails, waits a second."""
        found = bytearray()
        with contextlib.suppress(ServerError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._read(found, limit)
        return bytes(found)

    async def _read(self, found: bytearray, limit: int) -> None:
        try:
            async for piece in self.pieces(limit):
                found += piece
        except BaseException as error:
            self._heard.cut(found, error)
            raise
        self._heard.body(self.kind, found)


class Http:
    """Exchanges with the server of ``spec``, with the headers that its definition asks for."""

    def __init__(self, spec: ServerSpec, limits: Limits, tap: Tap | None = None) -> None:
        """Raises RefusedError when credentials would be readable on the way."""
        parts = web.checked_url(spec.url)
        web.guard_credentials(spec.name, spec.url, spec.headers)
        self.spec = spec
        self.url = urlunsplit(parts._replace(fragment=""))
        self._limits = limits
        self._client: Any = None
        self._retired: list[Any] = []
        self._tap = tap
        self._exchanges = 0

    @contextlib.asynccontextmanager
    async def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        redirects: int = web.MOST_REDIRECTS,
    ) -> AsyncIterator[Answer]:
        """Send a request and give its answer, which is closed when the block is left.

        A redirect is followed when it stays on the origin and keeps the request as it is, at most
        ``redirects`` times; any other comes back as the answer. Raises ServerError.
        """
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(redirects + 1):
                self._exchanges += 1
                heard = stack.enter_context(Heard(self._tap, self._exchanges))
                with self._afresh_when_lost(), _told(self.spec, sending=True):
                    client = self._opened()
                    request = client.build_request(method, url, headers=headers, content=body)
                    heard.requested(request, body)
                    response = await client.send(request, stream=True)
                stack.push_async_callback(_closed, response)
                location = web.show_location(response)
                heard.answered(response)
                target = web.followed(method, url, response.status_code, location)
                if not target:
                    yield Answer(self.spec, url, response, self._limits, heard)
                    return
                heard.left()
                url = target
            raise ServerError(
                Fault.HTTP,
                f"{self.spec.name}: redirects more than {redirects} times",
                hint="what is redirected has not been done; check the URL",
            )

    @contextlib.contextmanager
    def _afresh_when_lost(self) -> Iterator[None]:
        """Connections that were kept open may all have gone; the next attempt uses none of them."""
        try:
            yield
        except ServerError as error:
            if error.fault is Fault.LOST and self._client is not None:
                self._retired.append(self._client)
                self._client = None
            raise

    def _opened(self) -> Any:
        if self._client is None:
            given = {
                "user-agent": web.USER_AGENT,
                "accept-encoding": web.ACCEPT_ENCODING,
                **{name.lower(): value for name, value in self.spec.headers.items()},
            }
            timeout = web.library().Timeout(None, connect=web.CONNECT)
            self._client = web.client(
                "AsyncClient", self.url, given, _hide_location, timeout=timeout
            )
        return self._client

    async def close(self) -> None:
        """Close every connection."""
        clients = [*self._retired, *([] if self._client is None else [self._client])]
        with contextlib.suppress(TimeoutError, Exception):
            async with asyncio.timeout(0.5):
                for client in clients:
                    await client.aclose()


async def _hide_location(response: Any) -> None:
    web.hide_location(response)


async def _closed(response: Any) -> None:
    with contextlib.suppress(Exception):
        await response.aclose()


@contextlib.contextmanager
def _told(spec: ServerSpec, sending: bool = False) -> Iterator[None]:
    """Errors of the library as ours. ``sending``: nothing of an answer has come yet."""
    try:
        yield
    except TooLongError as error:
        raise faults.over_limit(spec, "line", str(error)) from error
    except Exception as error:  # what is no error of the library is raised again
        where = mask_url(spec.url)
        found = web_faults.failure(
            error, where, lambda text: faults.own_words(spec, text, faults.MOST_SHOWN), not sending
        )
        if found is None:
            raise
        if found.fault is Fault.LOST:
            raise faults.broken_off(spec, found.words) from error
        raise ServerError(found.fault, f"{spec.name}: {found.words}", hint=found.hint) from error
