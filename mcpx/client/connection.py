"""A connection to one server: opened in the right era, asked, and always ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

from mcpx.client.clock import Clock
from mcpx.client.eras import Opening
from mcpx.client.line import Progressed
from mcpx.client.negotiation import Opened, opened
from mcpx.client.peer import Peer
from mcpx.client.processes import Process
from mcpx.client.terms import Terms
from mcpx.errors import Fault, ServerError
from mcpx.retry import READS
from mcpx.servers import ServerSpec, Transport


class Connection:
    """An open conversation with one server."""

    def __init__(self, terms: Terms, opened: Opened) -> None:
        self._deadline = terms.deadline
        self.retries = terms.retries
        self._line = opened.line
        self.conversation = opened.conversation
        self.opening = opened.opening
        self.spec = opened.line.spec
        self.limits = opened.line.limits
        self._first: Clock | None = opened.line.clock
        self._reopening = asyncio.Lock()

    @property
    def transport(self) -> Transport:
        """The transport that is really spoken, which a URL alone does not tell."""
        return self._line.wire.transport

    @property
    def peer(self) -> Peer:
        """The JSON-RPC peer, for what it noticed on the wire."""
        return self._line.peer

    @contextlib.asynccontextmanager
    async def in_time(
        self, seconds: float | None = None, progressed: Progressed | None = None
    ) -> AsyncIterator[Errand]:
        """An errand that ends so many seconds from now, or within the deadline to connect.

        Of that deadline the first such block has what opening has left. What a person takes to
        answer a question does not count. ``progressed`` hears of progress. Raises ServerError
        (``timeout``).
        """
        clock = Clock(self._deadline if seconds is None else seconds)
        if seconds is None and self._first is not None:
            clock, self._first = self._first, None
        with self._line.errand(clock, progressed) as token:
            errand = Errand(self, clock, token)
            try:
                async with clock.running():
                    yield errand
            except TimeoutError as error:
                await asyncio.sleep(0)  # the requests learn that nobody waits for them
                raise self._line.timed_out(clock.seconds, errand.awaits, clock) from error

    async def request(
        self, method: str, params: Mapping[str, Any] | None = None, **more: Any
    ) -> Any:
        """What ``Errand.request`` does, for a request alone, which no deadline ends."""
        clock = Clock(self._deadline)
        with self._line.errand(clock) as token:
            return await Errand(self, clock, token).request(method, params, **more)

    async def current(self) -> Opening:
        """What opened the session that a request sent now belongs to, once it has been reopened."""
        async with self._reopening:
            return self.opening

    async def reopen(self, lost: Opening) -> None:
        """The handshake once more, for a server that has lost the session of this opening."""
        from mcpx.client.streamable import StreamableHttp

        wire = self._line.wire
        assert isinstance(wire, StreamableHttp)
        async with self._reopening:
            if self.opening is not lost:
                return  # another request has done it
            wire.forget_session()
            self.opening = (await opened(self._line, self.conversation)).opening


class Errand:
    """What is asked of a server in one go, in as many requests as it takes.

    It has a clock and a progress token of its own; many can run side by side on a connection.
    ``attempts`` tells for each method how often its last request was sent.
    """

    def __init__(self, connection: Connection, clock: Clock, token: int) -> None:
        self.connection = connection
        self.clock = clock
        self.token = token
        self.attempts: dict[str, int] = {}
        self.awaits = ""  # what is waited for between two requests, for the error of a timeout

    async def request(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        schema: Any = None,
        harmless: bool = False,
    ) -> Any:
        """Send a request and return its raw result; what may be repeated is, when it was lost.

        ``schema`` is the input schema of a called tool, ``harmless`` whether the call may run
        twice. Raises RpcError and ServerError.
        """
        connection, retries = self.connection, self.connection.retries
        harmless = harmless or method in READS
        attempt = 1
        while True:
            self.attempts[method] = attempt
            opening = await connection.current()
            try:
                result = await self._once(method, params or {}, schema)
            except ServerError as error:
                if connection.peer.failed:
                    raise
                if error.fault is Fault.SESSION_LOST and attempt == 1:
                    # Begun anew in any case (2025-11-25, basic/transports, "Session Management"),
                    # repeated only where that does no harm.
                    await connection.reopen(opening)
                    if not harmless:
                        raise
                else:
                    wait = retries.wait(error, attempt, harmless, self.clock.left)
                    if wait is None:
                        raise
                    await asyncio.sleep(wait)
                attempt += 1
            else:
                retries.budget.earn()
                return result

    async def _once(self, method: str, params: Mapping[str, Any], schema: Any) -> Any:
        connection = self.connection
        whole = connection.conversation.params(params)
        headers = {}
        if connection.transport is not Transport.STDIO:
            headers = connection.conversation.headers(method, params, schema)
        return await connection.peer.request(method, whole, headers, self.clock)


class _Opener(Protocol):
    async def open(self) -> Opened:
        """The open conversation."""

    async def close(self) -> None:
        """End everything that opening took."""


@contextlib.asynccontextmanager
async def connect(
    spec: ServerSpec, terms: Terms, process: Process | None = None
) -> AsyncIterator[Connection]:
    """Connect to a server, and end it when the block is left.

    ``process`` is one that was started ahead. Raises ServerError, and RefusedError for credentials
    that would be readable on the way; the time until the block is entered counts against
    ``terms.deadline``, and so does the first block of ``in_time`` in it.
    """
    opener = _opener(spec, terms, process)
    try:
        yield Connection(terms, await opener.open())
    finally:
        await asyncio.shield(opener.close())


def _opener(spec: ServerSpec, terms: Terms, process: Process | None) -> _Opener:
    if spec.transport is Transport.STDIO:
        from mcpx.client.negotiation.stdio import StdioOpener

        return StdioOpener(spec, terms, process)
    if spec.transport in (Transport.HTTP, Transport.SSE):
        from mcpx.client.negotiation.http import HttpOpener

        return HttpOpener(spec, terms)
    what = f"does not connect over {spec.transport}"
    if spec.transport is Transport.EXTENSION:
        what = "cannot start what a host's extension provides"
    raise ServerError(
        Fault.CONNECT,
        f"{spec.name}: mcpx {what}",
        hint="servers on stdio, Streamable HTTP and HTTP+SSE can be connected to",
    )
