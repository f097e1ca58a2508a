"""A connection to one server: opened in the right era, asked, and always ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

from mcpx.client.eras import Opening
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
        self._terms = terms
        self._line = opened.line
        self._conversation = opened.conversation
        self.opening = opened.opening
        self.spec = opened.line.spec
        self.limits = opened.line.limits
        self.attempts = 0
        self.awaits = ""  # what is waited for between two requests, for the error of a timeout
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
    async def in_time(self, seconds: float | None = None) -> AsyncIterator[None]:
        """Run the block within so many seconds from now, or within the deadline to connect.

        What a person takes to answer a question does not count. Raises ServerError (``timeout``).
        """
        if seconds is not None:
            self._line.clock.restart(seconds)
        try:
            async with self._line.clock.running():
                yield
        except TimeoutError as error:
            await asyncio.sleep(0)  # the requests learn that nobody waits for them
            raise self._line.timed_out(self._line.clock.seconds, self.awaits) from error

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
        harmless = harmless or method in READS
        attempt = 1
        while True:
            self.attempts = attempt
            async with self._reopening:
                opening = self.opening  # what is sent now belongs to it
            try:
                result = await self._once(method, params or {}, schema)
            except ServerError as error:
                if self.peer.failed:
                    raise
                if error.fault is Fault.SESSION_LOST and attempt == 1:
                    # Begun anew in any case (2025-11-25, basic/transports, "Session Management"),
                    # repeated only where that does no harm.
                    await self._reopen(opening)
                    if not harmless:
                        raise
                else:
                    wait = self._terms.retries.wait(error, attempt, harmless, self._line.clock.left)
                    if wait is None:
                        raise
                    await asyncio.sleep(wait)
                attempt += 1
            else:
                self._terms.retries.budget.earn()
                return result

    async def _once(self, method: str, params: Mapping[str, Any], schema: Any) -> Any:
        whole = self._conversation.params(params)
        headers = {}
        if self.transport is not Transport.STDIO:
            headers = self._conversation.headers(method, params, schema)
        return await self.peer.request(method, whole, headers)

    async def _reopen(self, lost: Opening) -> None:
        """The handshake once more, for a server that has lost the session of this opening."""
        from mcpx.client.streamable import StreamableHttp

        wire = self._line.wire
        assert isinstance(wire, StreamableHttp)
        async with self._reopening:
            if self.opening is not lost:
                return  # another request has done it
            wire.forget_session()
            self.opening = (await opened(self._line, self._conversation)).opening


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
    ``terms.deadline``, and so does what runs in it through ``in_time``.
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
