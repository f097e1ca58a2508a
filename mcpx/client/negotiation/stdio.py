"""Opening a conversation with a started process, also with one that leaves at the first word."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import PurePath

from mcpx.client import faults, processes
from mcpx.client.eras import Opening
from mcpx.client.eras.legacy import Legacy
from mcpx.client.eras.modern import PROBE_METHOD, Modern
from mcpx.client.line import Line
from mcpx.client.negotiation import (
    PROBE,
    Opened,
    quietly,
    refused,
    speaks_legacy,
    speaks_modern,
)
from mcpx.client.peer import RpcError
from mcpx.client.processes import Process
from mcpx.client.stdio import Stdio
from mcpx.client.terms import Terms
from mcpx.errors import Fault, ServerError
from mcpx.servers import Era, ServerSpec

# A server that has said nothing at all by then gets a fresh process and the handshake alone.
SILENCE = 8.0
# For programs that download a package first.
DOWNLOAD = 180.0


class StdioOpener:
    """Finds out how a process wants to be spoken to; owns every process that this takes."""

    def __init__(self, spec: ServerSpec, terms: Terms, process: Process | None) -> None:
        self._spec = spec
        self._terms = terms
        self._process = process
        self._lines: list[Line] = []

    async def open(self) -> Opened:
        """The open conversation. Raises ServerError."""
        loop = asyncio.get_running_loop()
        started, deadline = loop.time(), self._terms.deadline
        downloads = PurePath(self._spec.command).name in faults.LAUNCHERS
        if downloads:
            deadline = max(deadline, DOWNLOAD)
        try:
            async with asyncio.timeout(deadline):
                opened = await self._open()
        except TimeoutError as error:
            await asyncio.sleep(0)  # the requests learn that nobody waits for them
            raise self._lines[-1].timed_out(deadline) from error
        spent = 0.0 if downloads else loop.time() - started
        opened.line.clock.restart(self._terms.deadline - spent)
        opened.line.clock.seconds = self._terms.deadline
        return opened

    async def _open(self) -> Opened:
        modern = self._modern(sure=self._terms.era is Era.MODERN)
        line = self._line()
        try:
            if self._terms.era is Era.LEGACY:
                return await self._legacy(line)
            if self._terms.era is Era.MODERN:
                return Opened(line, modern, await modern.open(line.peer))
            if self._terms.remembered(self._spec) is Era.LEGACY:
                # What a definition starts may have learnt the modern era meanwhile.
                with contextlib.suppress(RpcError):
                    return await self._legacy(line)
            return await self._probe(line, modern)
        except RpcError as error:
            raise refused(self._spec, error, self._terms.era) from error

    async def _probe(self, line: Line, modern: Modern) -> Opened:
        """Modern if it answers so; legacy on any other answer, on silence and on its exit."""
        try:
            opened = await self._answered(line, modern)
        except RpcError as error:
            if error.method != PROBE_METHOD or not speaks_legacy(error):
                raise
            return await self._legacy(line)
        except ServerError as error:
            if error.fault in (Fault.PROTOCOL, Fault.INVALID_RESPONSE):
                return await self._legacy_unless_told_better(line)
            # Some servers leave at the first message they do not know; those of which it is known
            # why they left would only do it again.
            hopeless = error.evidence.exit_code in (126, 127) or error.evidence.cause
            if error.fault is not Fault.EXITED or hopeless:
                raise
            opened = None
        return opened or await self._afresh(line)

    async def _answered(self, line: Line, modern: Modern) -> Opened | None:
        """What the probe and, when it takes long, the handshake lead to; None on silence."""
        probe = quietly(modern.open(line.peer))
        try:
            done, _ = await asyncio.wait([probe], timeout=PROBE)
            if not done:
                return await self._hedge(line, modern, probe)
            return Opened(line, modern, probe.result())
        finally:
            probe.cancel()

    async def _hedge(
        self, line: Line, modern: Modern, probe: asyncio.Future[Opening]
    ) -> Opened | None:
        """No answer yet: offer the handshake too, and take whichever is answered."""
        legacy = Legacy()
        handshake = quietly(legacy.open(line.peer))
        try:
            waiting = {probe, handshake}
            while waiting:
                patience = None if _heard(line) else SILENCE
                done, waiting = await asyncio.wait(
                    waiting, timeout=patience, return_when=asyncio.FIRST_COMPLETED
                )
                if probe in done and probe.exception() is None:
                    return Opened(line, modern, probe.result())
                if handshake in done and handshake.exception() is None:
                    if not probe.done():
                        self._terms.remember(self._spec, Era.LEGACY)
                    return Opened(line, legacy, handshake.result())
                if not done and not _heard(line):
                    return None
            return Opened(line, legacy, handshake.result())
        finally:
            handshake.cancel()

    async def _legacy(self, line: Line) -> Opened:
        legacy = Legacy()
        return Opened(line, legacy, await legacy.open(line.peer))

    async def _legacy_unless_told_better(self, line: Line) -> Opened:
        """The handshake, after an answer to the probe that was none; or what it is refused for."""
        try:
            return await self._legacy(line)
        except RpcError as error:
            if not speaks_modern(error):
                raise
        modern = self._modern(sure=True)
        return Opened(line, modern, await modern.open(line.peer))

    def _modern(self, sure: bool) -> Modern:
        return Modern(self._terms.answering.offered, sure, self._terms.tasks)

    def _line(self) -> Line:
        process = self._process or processes.start(self._spec, self._terms.inherit_env)
        self._process = None
        line = Line(
            self._spec,
            self._terms,
            lambda peer: Stdio(
                self._spec,
                process,
                self._terms.limits,
                peer.feed,
                peer.fail,
                lambda: peer.waiting_for,
            ),
        )
        self._lines.append(line)
        return line

    async def _afresh(self, line: Line) -> Opened:
        """The handshake with a process that has not seen the probe."""
        await line.close()
        self._lines.remove(line)
        opened = await self._legacy(self._line())
        self._terms.remember(self._spec, Era.LEGACY)
        return opened

    async def close(self) -> None:
        """End every process of this attempt."""
        if self._process is not None:
            self._process.kill()
            self._process = None
        for line in self._lines:
            await line.close()


def _heard(line: Line) -> bool:
    return isinstance(line.wire, Stdio) and line.wire.heard
