"""Opening a conversation with a URL: modern, else the handshake, else the old HTTP+SSE.

Source: specification 2026-07-28, basic/transports/streamable-http, "Backward Compatibility".
"""

from __future__ import annotations

import asyncio

from mcpx.client import faults
from mcpx.client.eras import Opening
from mcpx.client.eras.legacy import Legacy
from mcpx.client.eras.modern import PROBE_METHOD, Modern
from mcpx.client.http import Http
from mcpx.client.line import Line
from mcpx.client.negotiation import PROBE, Opened, quietly, refused, speaks_legacy, speaks_modern
from mcpx.client.peer import RpcError
from mcpx.client.sse import HttpSse
from mcpx.client.streamable import StreamableHttp
from mcpx.client.terms import Terms
from mcpx.errors import Fault, McpxError, ServerError
from mcpx.retry import Happened, happened
from mcpx.servers import Era, ServerSpec, Transport

# Statuses that a server of the old transport has for a POST to its stream's URL.
_OLD = (400, 404, 405)


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
                    opened = await self._open()
                opened.line.clock.restart(expires - loop.time())
                opened.line.clock.seconds = self._terms.deadline
                return opened
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
                return Opened(line, modern, await modern.open(line.peer))
            if self._terms.era is Era.LEGACY:
                return await self._handshake(line)
            return await self._probe(line, modern)
        except RpcError as error:
            raise refused(self._spec, error, self._terms.era) from error

    async def _probe(self, line: Line, modern: Modern) -> Opened:
        probe = quietly(modern.open(line.peer))
        try:
            done, _ = await asyncio.wait([probe], timeout=PROBE)
            if not done:
                return await self._hedge(line, modern, probe)
            return Opened(line, modern, probe.result())
        except RpcError as error:
            if error.method != PROBE_METHOD or not speaks_legacy(error):
                raise
        except ServerError as error:
            if not _may_be_legacy(error):
                raise
        finally:
            probe.cancel()
        try:
            return await self._handshake(line)
        except RpcError as error:
            if not speaks_modern(error):
                raise
        sure = self._modern(sure=True)
        return Opened(line, sure, await sure.open(line.peer))

    async def _hedge(self, line: Line, modern: Modern, probe: asyncio.Future[Opening]) -> Opened:
        """No answer yet: offer the handshake too, and take whichever is answered."""
        legacy = Legacy()
        handshake = quietly(legacy.open(line.peer))
        try:
            waiting = {probe, handshake}
            while waiting:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if probe in done and probe.exception() is None:
                    return Opened(line, modern, probe.result())
                if handshake in done and handshake.exception() is None:
                    return Opened(line, legacy, handshake.result())
            probe.result()
            return Opened(line, legacy, handshake.result())
        finally:
            handshake.cancel()

    async def _handshake(self, line: Line) -> Opened:
        """The handshake by POST; where that is not known, over the old transport."""
        legacy = Legacy()
        try:
            return Opened(line, legacy, await legacy.open(line.peer))
        except ServerError as error:
            if error.fault is not Fault.HTTP or error.evidence.status not in _OLD:
                raise
            refusal = error
        await line.close()
        self._lines.remove(line)
        try:
            return await self._old()
        except McpxError as error:
            wire = self._lines[-1].wire
            if isinstance(wire, HttpSse) and wire.began:
                raise
            if isinstance(error, ServerError) and error.fault in _NO_STREAM:
                raise refusal from error
            raise

    async def _old(self) -> Opened:
        """The handshake over HTTP+SSE."""
        http = Http(self._spec, self._terms.limits)
        line = Line(self._spec, self._terms, lambda peer: HttpSse(http, peer, self._terms.limits))
        self._lines.append(line)
        assert isinstance(line.wire, HttpSse)
        await line.wire.connect()
        legacy = Legacy()
        return Opened(line, legacy, await legacy.open(line.peer))

    def _modern(self, sure: bool) -> Modern:
        return Modern(self._terms.answering.offered, sure, self._terms.tasks)

    def _line(self) -> Line:
        http = Http(self._spec, self._terms.limits)
        limits, listening = self._terms.limits, self._terms.listening
        line = Line(
            self._spec, self._terms, lambda peer: StreamableHttp(http, peer, limits, listening)
        )
        self._lines.append(line)
        return line

    async def close(self) -> None:
        """End every connection of this attempt."""
        for line in self._lines:
            await line.close()
        self._lines.clear()


# How a URL fails that is no stream of events either.
_NO_STREAM = (Fault.HTTP, Fault.INVALID_RESPONSE)


def _may_be_legacy(error: ServerError) -> bool:
    """Whether a server that fails at the probe may still know the handshake."""
    if error.fault in (Fault.INVALID_RESPONSE, Fault.PROTOCOL):
        return True
    # What a gateway says of itself tells nothing of the server behind it, which is asked again.
    of_server = happened(error) is Happened.ANSWERED
    return error.fault is Fault.HTTP and of_server and (error.evidence.status or 0) >= 400
