"""Opening a conversation with a started process, also with one that leaves at the first word."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import PurePath

from mcpx.client import faults
from mcpx.client.clock import Clock
from mcpx.client.eras.legacy import Legacy
from mcpx.client.eras.modern import PROBE_METHOD, Modern
from mcpx.client.line import Line
from mcpx.client.lines import stdio_line
from mcpx.client.negotiation import (
    Opened,
    opened,
    probed,
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
# For programs that download a package first; ended while they do, some never start again.
DOWNLOAD = 180.0
DOWNLOADING = 90.0


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
        downloads = self._downloads()
        if downloads:
            deadline = max(deadline, DOWNLOAD)
        try:
            async with asyncio.timeout(deadline):
                found = await self._open()
        except TimeoutError as error:
            await asyncio.sleep(0)  # the requests learn that nobody waits for them
            raise self._lines[-1].timed_out(deadline) from error
        spent = 0.0 if downloads else loop.time() - started
        found.line.clock = Clock(self._terms.deadline, spent)
        return found

    def _downloads(self) -> bool:
        return PurePath(self._spec.command).name in faults.LAUNCHERS

    async def _open(self) -> Opened:
        modern = self._modern(sure=self._terms.era is Era.MODERN)
        line = self._line()
        try:
            if self._terms.era is Era.LEGACY:
                return await opened(line, Legacy())
            if self._terms.era is Era.MODERN:
                return await opened(line, modern)
            if self._terms.remembered(self._spec) is Era.LEGACY:
                # What a definition starts may have learnt the modern era meanwhile.
                with contextlib.suppress(RpcError):
                    return await opened(line, Legacy())
            return await self._probe(line, modern)
        except RpcError as error:
            raise refused(self._spec, error, self._terms.era) from error

    async def _probe(self, line: Line, modern: Modern) -> Opened:
        """Modern if it answers so; legacy on any other answer, on silence and on its exit."""
        silence = DOWNLOADING if self._downloads() else SILENCE
        try:
            found = await probed(
                line,
                modern,
                patience=lambda: None if _heard(line) else silence,
                unanswered=lambda: self._terms.remember(self._spec, Era.LEGACY),
            )
        except RpcError as error:
            if error.method != PROBE_METHOD or not speaks_legacy(error):
                raise
            return await opened(line, Legacy())
        except ServerError as error:
            if error.fault in (Fault.PROTOCOL, Fault.INVALID_RESPONSE):
                return await self._legacy_unless_told_better(line)
            # Some servers leave at the first message they do not know; those of which it is known
            # why they left would only do it again.
            hopeless = error.evidence.exit_code in (126, 127) or error.evidence.cause
            if error.fault is not Fault.EXITED or hopeless:
                raise
            found = None
        return found or await self._afresh(line)

    async def _legacy_unless_told_better(self, line: Line) -> Opened:
        """The handshake, after an answer to the probe that was none; or what it is refused for."""
        try:
            return await opened(line, Legacy())
        except RpcError as error:
            if not speaks_modern(error):
                raise
        return await opened(line, self._modern(sure=True))

    def _modern(self, sure: bool) -> Modern:
        return Modern(self._terms.answering.offered, sure, self._terms.tasks)

    def _line(self) -> Line:
        process, self._process = self._process, None
        line = stdio_line(self._spec, self._terms, process)
        self._lines.append(line)
        return line

    async def _afresh(self, line: Line) -> Opened:
        """The handshake with a process that has not seen the probe."""
        await line.close()
        self._lines.remove(line)
        found = await opened(self._line(), Legacy())
        self._terms.remember(self._spec, Era.LEGACY)
        return found

    async def close(self) -> None:
        """End every process of this attempt."""
        if self._process is not None:
            self._process.kill()
            self._process = None
        for line in self._lines:
            await line.close()


def _heard(line: Line) -> bool:
    return isinstance(line.wire, Stdio) and line.wire.heard
