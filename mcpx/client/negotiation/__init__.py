"""Finding out how a server wants to be spoken to: what its first answers mean."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from mcpx.client import faults
from mcpx.client.eras import Conversation, Opening
from mcpx.client.eras.legacy import VERSIONS as LEGACY_VERSIONS
from mcpx.client.eras.legacy import Legacy
from mcpx.client.eras.modern import PROBE_METHOD, RECOGNISED, Modern, versions_offered
from mcpx.client.eras.modern import VERSIONS as MODERN_VERSIONS
from mcpx.client.faults import MOST_SHOWN
from mcpx.client.line import Line
from mcpx.client.peer import RpcError
from mcpx.errors import Fault, ServerError
from mcpx.retry import Happened, happened
from mcpx.servers import Era, ServerSpec

# A server that has not answered the probe by now gets the handshake as well: one that is only slow
# is not asked twice, one that ignores what it does not know answers that.
PROBE = 2.0


@dataclass(frozen=True, slots=True)
class Opened:
    """An open conversation: over which line, in which era, and what the server said of itself."""

    line: Line
    conversation: Conversation
    opening: Opening


async def opened(line: Line, conversation: Conversation) -> Opened:
    """Open this conversation, come what may. Raises ServerError and RpcError."""
    return _begun(line, conversation, await conversation.open(line.peer))


def _begun(line: Line, conversation: Conversation, opening: Opening) -> Opened:
    conversation.begin(line.peer, opening)
    return Opened(line, conversation, opening)


async def probed(
    line: Line,
    modern: Modern,
    patience: Callable[[], float | None] = lambda: None,
    unanswered: Callable[[], object] = lambda: None,
) -> Opened | None:
    """What the probe leads to and, when that takes long, the handshake beside it.

    ``patience`` is for how many seconds both together may be silent; None comes back when they
    were. ``unanswered`` is called when the handshake has won and the probe had no answer.
    Raises what the handshake failed with, or the probe when that closes the handshake too.
    """
    asked: list[asyncio.Future[Opening]] = [_quietly(modern, line)]
    try:
        done, _ = await asyncio.wait(asked, timeout=PROBE)
        if not done:
            asked.append(_quietly(Legacy(), line))
            if not await _hedged(asked[0], asked[1], patience):
                return None
        probe, handshake = asked[0], asked[-1]
        won = probe if _succeeded(probe) else handshake
        if won is not probe and not probe.done():
            unanswered()
    finally:
        for one in reversed(asked):
            one.cancel()
        # Whatever the other has brought has to be there before one of them is begun.
        await asyncio.wait(asked)
    return _begun(line, modern if won is probe else Legacy(), won.result())


def _quietly(conversation: Conversation, line: Line) -> asyncio.Future[Opening]:
    """Open it beside us; nobody has to ask how it ended."""
    task = asyncio.ensure_future(conversation.open(line.peer))
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


def _succeeded(asked: asyncio.Future[Opening]) -> bool:
    return asked.done() and asked.exception() is None


async def _hedged(
    probe: asyncio.Future[Opening],
    handshake: asyncio.Future[Opening],
    patience: Callable[[], float | None],
) -> bool:
    """Wait until one of them succeeds or none can; whether that was before patience ran out.

    Raises what the probe failed with when that closes the handshake too.
    """
    waiting = {probe, handshake}
    while waiting:
        done, waiting = await asyncio.wait(
            waiting, timeout=patience(), return_when=asyncio.FIRST_COMPLETED
        )
        if _succeeded(probe) or _succeeded(handshake):
            return True
        if probe.done() and not leaves_handshake(probe.exception()):
            probe.result()
        if not done and patience() is not None:
            return False
    return True


def leaves_handshake(error: BaseException | None) -> bool:
    """Whether a server that fails so while it is opened may still know the handshake."""
    if isinstance(error, RpcError):
        return error.method != PROBE_METHOD or speaks_legacy(error)
    if not isinstance(error, ServerError):
        return False
    if error.fault in (Fault.INVALID_RESPONSE, Fault.PROTOCOL):
        return True
    # What a gateway says of itself tells nothing of the server behind it, which is asked again.
    of_server = happened(error) is Happened.ANSWERED
    return error.fault is Fault.HTTP and of_server and (error.evidence.status or 0) >= 400


def speaks_legacy(error: RpcError) -> bool:
    """Whether an error answer to the probe leaves the handshake open.

    An error that only a modern server sends does not, unless it names a legacy version among those
    it speaks; any other is that of a server which does not know the probe (2026-07-28,
    basic/transports/stdio, "Backward compatibility": no single code may be relied on).
    """
    versions = versions_offered(error)
    if any(version in LEGACY_VERSIONS for version in versions):
        return True
    return not versions and error.code not in RECOGNISED


def speaks_modern(error: RpcError) -> bool:
    """Whether what a handshake was refused with names a modern version."""
    return any(version in MODERN_VERSIONS for version in versions_offered(error))


def refused(spec: ServerSpec, error: RpcError, era: Era | None) -> ServerError:
    """The error for a server that answered the opening with an error."""
    if versions := versions_offered(error):
        known = (*MODERN_VERSIONS, *LEGACY_VERSIONS)
        spoken = faults.own_words(spec, ", ".join(versions), MOST_SHOWN)
        if era is not None and any(version in known for version in versions):
            return faults.wrong_era(spec, spoken, era)
        return faults.wrong_version(spec, spoken, known)
    if era is Era.MODERN and error.code not in RECOGNISED:
        return faults.wrong_era(spec, "", era)
    return faults.answered_with_error(spec, error.method, error.error)
