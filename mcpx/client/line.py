"""A wire and the peer on it: what one attempt to talk to a server needs."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from mcpx.client import faults
from mcpx.client.clock import Clock
from mcpx.client.frames import Outgoing
from mcpx.client.peer import Peer
from mcpx.client.terms import Terms
from mcpx.errors import ServerError
from mcpx.servers import ServerSpec, Transport

# Gets the parameters of a notification of progress.
Progressed = Callable[[Mapping[str, Any]], None]


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
    """One wire, made by ``plug`` for the peer on it, and the clocks of what is asked over it.

    ``clock`` is that of connecting and of the first listing.
    """

    def __init__(self, spec: ServerSpec, terms: Terms, plug: Callable[[Peer], Wire]) -> None:
        self.spec = spec
        self.limits = terms.limits
        self.clock = Clock(terms.deadline)
        self._notified = terms.notified
        self._tokens = itertools.count(1)
        self._errands: dict[str, tuple[Clock, Progressed | None]] = {}
        self._pauses: list[contextlib.ExitStack] = []
        self.peer = Peer(spec, self, terms.limits, terms.answering, self._hear, self.paused)
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

    @contextlib.contextmanager
    def errand(self, clock: Clock, progressed: Progressed | None = None) -> Iterator[int]:
        """A progress token that is nobody else's, for requests by this clock in the block.

        ``progressed`` hears of the progress that is reported under it.
        """
        token = next(self._tokens)
        self._errands[str(token)] = (clock, progressed)
        for pause in self._pauses:
            pause.enter_context(clock.paused())
        try:
            yield token
        finally:
            del self._errands[str(token)]
            self.peer.forget(clock)

    @contextlib.contextmanager
    def paused(self, clock: Clock | None) -> Iterator[None]:
        """Let no time count while a person is asked: by this clock, or by any for None.

        On stdio and HTTP+SSE nobody can tell which request a question belongs to, and some servers
        do nothing else before they have the answer.
        """
        with contextlib.ExitStack() as pause:
            clocks = [clock] if clock is not None else [self.clock, *self._clocks()]
            for one in clocks:
                pause.enter_context(one.paused())
            if clock is None:
                self._pauses.append(pause)
                pause.callback(self._pauses.remove, pause)
            yield

    def _clocks(self) -> Iterator[Clock]:
        return (clock for clock, _ in self._errands.values())

    def _hear(self, method: str, params: Mapping[str, Any]) -> None:
        if method == "notifications/progress":
            # The token may come back as text, as the ids of some servers do.
            _, progressed = self._errands.get(str(params.get("progressToken")), (None, None))
            if progressed is not None:
                progressed(params)
        if self._notified is not None:
            self._notified(method, params)

    def timed_out(
        self, seconds: float, awaited: str = "", clock: Clock | None = None
    ) -> ServerError:
        """The error for a server whose time is over, with what was seen of it.

        ``awaited`` is what was waited for where no request is open; ``clock``: only the requests
        by this clock count.
        """
        stderr, noise = self.wire.signs_of_life()
        during = awaited or self.peer.waiting_for(clock) or self.wire.awaits
        oddities = self.peer.oddities
        if oddities.noise:
            lines = "line" if oddities.noise == 1 else "lines"
            noise = (
                f"stdout: {oddities.noise} {lines} that are no messages, "
                f"the first: {oddities.first_noise}"
            )
        noise = noise or self.peer.seen_for(clock)
        return faults.timed_out(self.spec, during, seconds, stderr, noise)

    async def close(self) -> None:
        """End the wire."""
        self.peer.hush()
        await self.wire.close()
