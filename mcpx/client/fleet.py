"""Many servers at once: one task and one outcome each, none can hurt another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from mcpx.catalogue.model import Catalogue
from mcpx.client.connection import Connection, connect
from mcpx.client.harvest import harvest
from mcpx.client.processes import Candidate
from mcpx.client.terms import Terms
from mcpx.errors import McpxError
from mcpx.servers import ServerSpec

# What else is done on a connection once the server's catalogue is there.
Then = Callable[[Connection, Catalogue], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one server: its catalogue or an error, and the seconds that it took."""

    spec: ServerSpec
    catalogue: Catalogue | None = None
    error: McpxError | None = None
    seconds: float = 0.0


class Fleet:
    """A run over many servers. Results are there before the servers have ended.

    ``told`` is called with each outcome as it comes. ``then`` is done before that; what it raises
    takes the place of the catalogue.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        terms: Terms,
        concurrency: int,
        told: Callable[[Outcome], None],
        then: Then | None = None,
    ) -> None:
        self._candidates = candidates
        self._terms = terms
        self._concurrency = concurrency
        self._told = told
        self._then = then
        self._tasks: list[asyncio.Task[None]] = []
        self._outcomes: list[asyncio.Future[Outcome]] = []

    async def outcomes(self) -> list[Outcome]:
        """Ask every server; their outcomes in the order of the candidates.

        The servers are still ending when this returns: ``finish`` waits for them.
        """
        loop = asyncio.get_running_loop()
        turns = asyncio.Semaphore(self._concurrency)
        self._outcomes = [loop.create_future() for _ in self._candidates]
        self._tasks = [
            loop.create_task(self._ask(candidate, turns, outcome))
            for candidate, outcome in zip(self._candidates, self._outcomes, strict=True)
        ]
        for task, outcome in zip(self._tasks, self._outcomes, strict=True):
            task.add_done_callback(partial(_pass_on, outcome))
        return list(await asyncio.gather(*self._outcomes))

    async def finish(self) -> None:
        """Wait until every server has ended."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def abandon(self) -> None:
        """Stop asking, and end every server."""
        for task in self._tasks:
            task.cancel()
        await self.finish()

    async def _ask(
        self, candidate: Candidate, turns: asyncio.Semaphore, outcome: asyncio.Future[Outcome]
    ) -> None:
        async with turns:
            started = time.monotonic()

            def tell(catalogue: Catalogue | None, error: McpxError | None) -> None:
                seconds = round(time.monotonic() - started, 3)
                result = Outcome(candidate.spec, catalogue, error, seconds)
                if not outcome.done():
                    self._told(result)
                    outcome.set_result(result)

            if candidate.error is not None:
                tell(None, candidate.error)
                return
            try:
                async with connect(candidate.spec, self._terms, candidate.process) as connection:
                    catalogue = await harvest(connection, tuple(self._terms.answering.offered))
                    if self._then is not None:
                        await self._then(connection, catalogue)
                    tell(catalogue, None)
            except McpxError as error:
                tell(None, error)


def _pass_on(outcome: asyncio.Future[Outcome], task: asyncio.Task[None]) -> None:
    """A bug in one task must end the run, not leave it waiting."""
    if outcome.done():
        return
    if task.cancelled():
        outcome.cancel()
    elif (error := task.exception()) is not None:
        outcome.set_exception(error)
