"""A connection to one server: opened in the right era, asked, and always ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from mcpx.client import faults, processes
from mcpx.client.eras import Conversation, Opening, offer
from mcpx.client.eras.legacy import VERSIONS as LEGACY_VERSIONS
from mcpx.client.eras.legacy import Legacy
from mcpx.client.eras.modern import PROBE_METHOD, RECOGNISED, Modern, versions_offered
from mcpx.client.eras.modern import VERSIONS as MODERN_VERSIONS
from mcpx.client.faults import MOST_SHOWN
from mcpx.client.peer import Peer, RpcError, Tap
from mcpx.client.processes import Process
from mcpx.client.stdio import Stdio
from mcpx.errors import Fault, ServerError
from mcpx.servers import Era, ServerSpec, Transport
from mcpx.settings import Limits

# A server that has not answered the probe by now gets the handshake as well, on the same process:
# one that is only slow is not started twice, one that ignores what it does not know answers that.
PROBE = 2.0
# One that has said nothing at all by then gets a fresh process and the handshake alone.
SILENCE = 8.0
# For programs that download a package first.
DOWNLOAD = 180.0


@dataclass(frozen=True, slots=True)
class Terms:
    """How to connect: era, what we say that we offer, how long to wait, how much to accept.

    ``remembered`` tells the era that a definition is known to need (None: not known);
    ``remember`` is told when finding it out cost time.
    """

    era: Era | None = None
    capabilities: tuple[str, ...] = ()
    deadline: float = 30.0
    limits: Limits = field(default_factory=Limits)
    inherit_env: bool = False
    tap: Tap | None = None
    remembered: Callable[[ServerSpec], Era | None] = lambda _spec: None
    remember: Callable[[ServerSpec, Era], None] = lambda _spec, _era: None


class Connection:
    """An open conversation with one server."""

    def __init__(self, line: _Line, conversation: Conversation, opening: Opening) -> None:
        self._line = line
        self._conversation = conversation
        line.peer.answers = conversation.era is Era.LEGACY
        self.opening = opening
        self.spec = line.spec
        self.limits = line.limits
        self.expires = 0.0

    @property
    def peer(self) -> Peer:
        """The JSON-RPC peer, for what it noticed on the wire."""
        return self._line.peer

    @contextlib.asynccontextmanager
    async def in_time(self) -> AsyncIterator[None]:
        """Run the block before the deadline of the connection. Raises ServerError (``timeout``)."""
        try:
            async with asyncio.timeout_at(self.expires):
                yield
        except TimeoutError as error:
            line = self._line
            raise timed_out(self.spec, line.transport, line.peer, line.deadline) from error

    async def request(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """Send a request and return its raw result. Raises RpcError and ServerError."""
        return await self.peer.request(method, self._conversation.params(params or {}))


class _Line:
    """A process, the transport over it and the peer on that: what one attempt to connect needs."""

    def __init__(self, spec: ServerSpec, terms: Terms, process: Process) -> None:
        self.spec = spec
        self.limits = terms.limits
        self.deadline = terms.deadline
        self.peer = Peer(spec, self._send, terms.limits, offer(terms.capabilities), terms.tap)
        self.transport = Stdio(
            spec,
            process,
            terms.limits,
            self.peer.feed,
            self.peer.fail,
            lambda: self.peer.waiting_for,
        )

    def _send(self, raw: bytes) -> None:
        self.transport.send(raw)


@contextlib.asynccontextmanager
async def connect(
    spec: ServerSpec, terms: Terms, process: Process | None = None
) -> AsyncIterator[Connection]:
    """Connect to a server, and end it when the block is left.

    ``process`` is one that was started ahead. Raises ServerError; the time until the block is
    entered counts against ``terms.deadline``, and so does what runs in it through ``in_time``.
    """
    if spec.transport is not Transport.STDIO:
        raise ServerError(
            Fault.CONNECT,
            f"{spec.name}: mcpx {_unsupported(spec.transport)}",
            hint="only stdio servers can be connected to so far",
        )
    opener = _Opener(spec, terms, process)
    try:
        yield await opener.open()
    finally:
        await asyncio.shield(opener.close())


def _unsupported(transport: Transport) -> str:
    if transport is Transport.EXTENSION:
        return "cannot start what a host's extension provides"
    return f"does not connect over {transport} yet"


class _Opener:
    """Finds out how a server wants to be spoken to; owns every process that this takes."""

    def __init__(self, spec: ServerSpec, terms: Terms, process: Process | None) -> None:
        self._spec = spec
        self._terms = terms
        self._process = process
        self._lines: list[_Line] = []

    async def open(self) -> Connection:
        """The open connection. Raises ServerError."""
        clock = asyncio.get_running_loop().time
        started, deadline = clock(), self._terms.deadline
        downloads = PurePath(self._spec.command).name in faults.LAUNCHERS
        if downloads:
            deadline = max(deadline, DOWNLOAD)
        try:
            async with asyncio.timeout(deadline):
                connection = await self._open()
            connection.expires = (clock() if downloads else started) + self._terms.deadline
            return connection
        except TimeoutError as error:
            await asyncio.sleep(0)  # the requests learn that nobody waits for them
            line = self._lines[-1]
            raise timed_out(line.spec, line.transport, line.peer, deadline) from error

    async def _open(self) -> Connection:
        modern = Modern(offer(self._terms.capabilities), sure=self._terms.era is Era.MODERN)
        line = self._line()
        try:
            if self._terms.era is Era.LEGACY:
                return await self._legacy(line)
            if self._terms.era is Era.MODERN:
                return Connection(line, modern, await modern.open(line.peer))
            if self._terms.remembered(self._spec) is Era.LEGACY:
                # What a definition starts may have learnt the modern era meanwhile.
                with contextlib.suppress(RpcError):
                    return await self._legacy(line)
            return await self._probe(line, modern)
        except RpcError as error:
            raise self._refused(error) from error

    async def _probe(self, line: _Line, modern: Modern) -> Connection:
        """Modern if it answers so; legacy on any other answer, on silence and on its exit."""
        try:
            connection = await self._answered(line, modern)
        except RpcError as error:
            if error.method != PROBE_METHOD or not _speaks_legacy(error):
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
            connection = None
        return connection or await self._afresh(line)

    async def _answered(self, line: _Line, modern: Modern) -> Connection | None:
        """What the probe and, when it takes long, the handshake lead to; None on silence."""
        probe = _quietly(modern.open(line.peer))
        try:
            done, _ = await asyncio.wait([probe], timeout=PROBE)
            if not done:
                return await self._hedge(line, modern, probe)
            return Connection(line, modern, probe.result())
        finally:
            probe.cancel()

    async def _hedge(
        self, line: _Line, modern: Modern, probe: asyncio.Future[Opening]
    ) -> Connection | None:
        """No answer yet: offer the handshake too, and take whichever is answered."""
        legacy = Legacy()
        handshake = _quietly(legacy.open(line.peer))
        try:
            waiting = {probe, handshake}
            while waiting:
                patience = None if line.transport.heard else SILENCE
                done, waiting = await asyncio.wait(
                    waiting, timeout=patience, return_when=asyncio.FIRST_COMPLETED
                )
                if probe in done and probe.exception() is None:
                    return Connection(line, modern, probe.result())
                if handshake in done and handshake.exception() is None:
                    if not probe.done():
                        self._terms.remember(self._spec, Era.LEGACY)
                    return Connection(line, legacy, handshake.result())
                if not done and not line.transport.heard:
                    return None
            return Connection(line, legacy, handshake.result())
        finally:
            handshake.cancel()

    async def _legacy(self, line: _Line) -> Connection:
        legacy = Legacy()
        return Connection(line, legacy, await legacy.open(line.peer))

    async def _legacy_unless_told_better(self, line: _Line) -> Connection:
        """The handshake, after an answer to the probe that was none; or what it is refused for."""
        try:
            return await self._legacy(line)
        except RpcError as error:
            if not any(version in MODERN_VERSIONS for version in versions_offered(error)):
                raise
        modern = Modern(offer(self._terms.capabilities), sure=True)
        return Connection(line, modern, await modern.open(line.peer))

    def _refused(self, error: RpcError) -> ServerError:
        if versions := versions_offered(error):
            known = (*MODERN_VERSIONS, *LEGACY_VERSIONS)
            spoken = faults.own_words(self._spec, ", ".join(versions), MOST_SHOWN)
            if self._terms.era is not None and any(version in known for version in versions):
                return faults.wrong_era(self._spec, spoken, self._terms.era)
            return faults.wrong_version(self._spec, spoken, known)
        if self._terms.era is Era.MODERN:
            return faults.wrong_era(self._spec, "", self._terms.era)
        return faults.answered_with_error(self._spec, error.method, error.error)

    def _line(self) -> _Line:
        process = self._process or processes.start(self._spec, self._terms.inherit_env)
        self._process = None
        line = _Line(self._spec, self._terms, process)
        self._lines.append(line)
        return line

    async def _afresh(self, line: _Line) -> Connection:
        """The handshake with a process that has not seen the probe."""
        await line.transport.close()
        self._lines.remove(line)
        connection = await self._legacy(self._line())
        self._terms.remember(self._spec, Era.LEGACY)
        return connection

    async def close(self) -> None:
        """End every process of this attempt."""
        if self._process is not None:
            self._process.kill()
            self._process = None
        for line in self._lines:
            await line.transport.close()


def _quietly(opening: Coroutine[Any, Any, Opening]) -> asyncio.Future[Opening]:
    """Run it beside us; nobody has to ask how it ended."""
    task = asyncio.ensure_future(opening)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


def _speaks_legacy(error: RpcError) -> bool:
    """Whether an error answer to the probe leaves the handshake open.

    An error that only a modern server sends does not, unless it names a legacy version among those
    it speaks; any other is that of a server which does not know the probe (2026-07-28,
    basic/transports/stdio, "Backward compatibility": no single code may be relied on).
    """
    versions = versions_offered(error)
    if any(version in LEGACY_VERSIONS for version in versions):
        return True
    return not versions and error.code not in RECOGNISED


def timed_out(spec: ServerSpec, transport: Stdio, peer: Peer, seconds: float) -> ServerError:
    """The error for a connection whose time is over, with what was seen on it."""
    noise = ""
    if peer.oddities.noise:
        lines = "line" if peer.oddities.noise == 1 else "lines"
        noise = (
            f"stdout: {peer.oddities.noise} {lines} that are no messages, "
            f"the first: {peer.oddities.first_noise}"
        )
    code = transport.process.exit_code()
    if code is not None:
        noise = noise or f"its process {faults.how_it_ended(code)}, but its output is still open"
    return faults.timed_out(spec, peer.waiting_for, seconds, transport.stderr_lines(), noise)
