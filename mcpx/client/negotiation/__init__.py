"""Finding out how a server wants to be spoken to: what its first answers mean."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from mcpx.client import faults
from mcpx.client.eras import Conversation, Opening
from mcpx.client.eras.legacy import VERSIONS as LEGACY_VERSIONS
from mcpx.client.eras.modern import RECOGNISED, versions_offered
from mcpx.client.eras.modern import VERSIONS as MODERN_VERSIONS
from mcpx.client.faults import MOST_SHOWN
from mcpx.client.line import Line
from mcpx.client.peer import RpcError
from mcpx.errors import ServerError
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


def quietly(opening: Coroutine[Any, Any, Opening]) -> asyncio.Future[Opening]:
    """Run it beside us; nobody has to ask how it ended."""
    task = asyncio.ensure_future(opening)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


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
