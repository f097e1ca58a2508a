"""A wire and the peer on it: what one attempt to talk to a server needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from mcpx.client import faults
from mcpx.client.clock import Clock
from mcpx.client.frames import Outgoing
from mcpx.client.peer import Peer
from mcpx.client.terms import Terms
from mcpx.errors import ServerError
from mcpx.servers import ServerSpec, Transport


class Wire(Protocol):
    """A transport: it sends messages, feeds a peer with what it receives, and ends."""

    transport: Transport
    awaits: str  # what the wire itself waits for, beside the answers to requests

    def send(self, message: Outgoing) -> None:
        """Send a message, now or as soon as the other side takes it."""

    def abandon(self, number: int) -> bool:
        """Wait for the answer to this request no more; whether that tells the server."""

    def opened(self, headers: Mapping[str, str], legacy: bool) -> None:
        """The conversation is open; ``headers`` go along with everything from now on."""

    def signs_of_life(self) -> tuple[list[str], str]:
        """What was seen of a silent server: its last lines of stderr, and what else."""

    async def close(self) -> None:
        """End it, in bounded time."""


class Line:
    """One wire, made by ``plug`` for the peer on it, and the clock that both live by."""

    def __init__(self, spec: ServerSpec, terms: Terms, plug: Callable[[Peer], Wire]) -> None:
        self.spec = spec
        self.limits = terms.limits
        self.clock = Clock(terms.deadline)
        answering = _InNoTime(terms, self.clock)
        self.peer = Peer(spec, self, terms.limits, answering, terms.tap, terms.notified)
        self.wire = plug(self.peer)

    def send(self, message: Outgoing) -> None:
        """Hand a message of the peer to the wire."""
        self.wire.send(message)

    def abandon(self, number: int) -> bool:
        """Tell the wire that nobody waits for this answer any more."""
        return self.wire.abandon(number)

    def opened(self, headers: Mapping[str, str], legacy: bool) -> None:
        """Tell the wire in which era the conversation is."""
        self.wire.opened(headers, legacy)

    def timed_out(self, seconds: float, awaited: str = "") -> ServerError:
        """The error for a server whose time is over, with what was seen of it.

        ``awaited`` is what was waited for where no request is open.
        """
        stderr, noise = self.wire.signs_of_life()
        during = awaited or self.peer.waiting_for or self.wire.awaits
        oddities = self.peer.oddities
        if oddities.noise:
            lines = "line" if oddities.noise == 1 else "lines"
            noise = (
                f"stdout: {oddities.noise} {lines} that are no messages, "
                f"the first: {oddities.first_noise}"
            )
        return faults.timed_out(self.spec, during, seconds, stderr, noise)

    async def close(self) -> None:
        """End the wire."""
        self.peer.hush()
        await self.wire.close()


class _InNoTime:
    """Passes questions on; what a person takes to answer does not count against the server."""

    def __init__(self, terms: Terms, clock: Clock) -> None:
        self._answering = terms.answering
        self._clock = clock

    @property
    def offered(self) -> Mapping[str, Any]:
        return self._answering.offered

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        with self._clock.paused():
            return await self._answering.answer(method, params)
