"""Opening a conversation with a URL: modern, else the handshake, else the old HTTP+SSE.

Source: specification 2026-07-28, basic/transports/streamable-http, "Backward Compatibility".
"""

from __future__ import annotations

import asyncio

from mcpx.client import faults
from mcpx.client.clock import Clock
from mcpx.client.eras.legacy import Legacy
from mcpx.client.eras.modern import RECOGNISED, Modern, versions_offered
from mcpx.client.line import Line
from mcpx.client.lines import http_line, sse_line
from mcpx.client.negotiation import (
    Opened,
    leaves_handshake,
    opened,
    probed,
    refused,
    speaks_modern,
)
from mcpx.client.peer import RpcError
from mcpx.client.sse import HttpSse
from mcpx.client.terms import Terms
from mcpx.errors import Fault, McpxError, ServerError
from mcpx.servers import Era, ServerSpec, Transport

# Statuses that a server of the old transport has for a POST to its stream's URL.
_OLD = (400, 404, 405)
# Seconds for a stream to name its endpoint when a POST was refused: a GET may also have led to a
# stream that is for something else, and says nothing.
ENDPOINT = 5.0


class HttpOpener:
    """Finds out how a URL wants to be spoken to; owns every connection that this takes."""

    def __init__(self, spec: ServerSpec, terms: Terms) -> None:
        self._spec = spec
        self._terms = terms
        self._lines: list[Line] = []

    async def open(self) -> Opened:
        """The open conversation. Raises ServerError; RefusedError for credentials in the open."""
        loop = asyncio.get_running_loop()
        expires = loop.time() + self._terms.deadline
        attempt = 1
        while True:
            try:
                async with asyncio.timeout_at(expires):
                    found = await self._open()
                left = expires - loop.time()
                found.line.clock = Clock(self._terms.deadline, self._terms.deadline - left)
                return found
            except TimeoutError as error:
                await asyncio.sleep(0)  # the requests learn that nobody waits for them
                if not self._lines:
                    raise faults.timed_out(
                        self._spec, "anything", self._terms.deadline, []
                    ) from error
                raise self._lines[-1].timed_out(self._terms.deadline) from error
            except ServerError as error:
                left = expires - loop.time()
                wait = self._terms.retries.wait(error, attempt, True, left)
                if wait is None:
                    faults.hint_unopened(self._spec, error)
                    raise
                attempt += 1
                await self.close()
                await asyncio.sleep(wait)

    async def _open(self) -> Opened:
        modern = self._modern(sure=self._terms.era is Era.MODERN)
        try:
            if self._spec.transport is Transport.SSE and self._terms.era is not Era.MODERN:
                return await self._old()
            line = self._line()
            if self._terms.era is Era.MODERN:
                return await self._modern_alone(line, modern)
            if self._terms.era is Era.LEGACY:
                return await self._handshake(line)
            return await self._probe(line, modern)
        except RpcError as error:
            raise refused(self._spec, error, self._terms.era) from error

    async def _modern_alone(self, line: Line, modern: Modern) -> Opened:
        try:
            return await opened(line, modern)
        except ServerError as error:
            if not _may_be_old(error) or not await self._is_old():
                raise
            raise faults.only_old(self._spec, Era.MODERN) from error

    async def _probe(self, line: Line, modern: Modern) -> Opened:
        try:
            if found := await probed(line, modern):
                return found
        except (RpcError, ServerError) as error:
            if not leaves_handshake(error):
                raise
        try:
            return await self._handshake(line)
        except RpcError as error:
            if not speaks_modern(error):
                raise
        return await opened(line, self._modern(sure=True))

    async def _handshake(self, line: Line) -> Opened:
        """The handshake by POST; where that is not known, over the old transport."""
        try:
            return await opened(line, Legacy())
        except (RpcError, ServerError) as error:
            if not _may_be_old(error):
                raise
            refusal = error
        await line.close()
        self._lines.remove(line)
        try:
            return await self._old(ENDPOINT)
        except McpxError as error:
            wire = self._lines[-1].wire
            if isinstance(wire, HttpSse) and wire.began:
                raise
            if isinstance(error, ServerError) and error.fault in _NO_STREAM:
                raise refusal from error
            raise
        except TimeoutError as error:
            raise refusal from error

    async def _old(self, patience: float | None = None) -> Opened:
        """The handshake over HTTP+SSE. Raises TimeoutError without an endpoint by then."""
        return await opened(await self._stream(patience), Legacy())

    async def _is_old(self) -> bool:
        """Whether the URL is that of a stream of the old transport."""
        try:
            await self._stream(ENDPOINT)
        except (McpxError, TimeoutError):
            return False
        return True

    async def _stream(self, patience: float | None = None) -> Line:
        """A line over HTTP+SSE. Raises TimeoutError without an endpoint by then."""
        line, wire = sse_line(self._spec, self._terms)
        self._lines.append(line)
        async with asyncio.timeout(patience):
            await wire.connect()
        return line

    def _modern(self, sure: bool) -> Modern:
        return Modern(self._terms.answering.offered, sure, self._terms.tasks)

    def _line(self) -> Line:
        line = http_line(self._spec, self._terms)
        self._lines.append(line)
        return line

    async def close(self) -> None:
        """End every connection of this attempt."""
        for line in self._lines:
            await line.close()
        self._lines.clear()


# How a URL fails that is no stream of the old transport either.
_NO_STREAM = (Fault.HTTP, Fault.INVALID_RESPONSE, Fault.LOST)


def _may_be_old(error: RpcError | ServerError) -> bool:
    """Whether a server that refuses the handshake so may speak the old transport."""
    if isinstance(error, RpcError):
        # Of a server that explains itself in JSON-RPC, unless only Streamable HTTP knows the words.
        foreign = error.code not in RECOGNISED and not versions_offered(error)
        return foreign and error.status in _OLD
    return error.fault is Fault.HTTP and error.evidence.status in _OLD
