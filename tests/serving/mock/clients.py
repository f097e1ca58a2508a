"""A client that asks a mock what was asked in a recording, and one that asks what a test says."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

from mcpx.serving.mock.playing.options import Options
from mcpx.serving.mock.playing.outs import Out
from mcpx.serving.mock.playing.player import Player
from mcpx.serving.mock.playing.players import Players
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.events import Event

# Steps of the loop after which nothing moves any more.
_STILL = 60


class Client:
    """One client of a mock on one stream; ``got`` is all that it was sent, in its order."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.got: list[Any] = []
        self.outs: list[Out] = []
        self.tasks: dict[Any, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, value: Any) -> None:
        """Send, and wait until nothing more comes of it."""
        await self.start(value)
        await self.still()

    async def start(self, value: Any) -> None:
        """Send, and go on."""
        name = value.get("id") if isinstance(value, dict) else None
        self._begin(self.player.hear(value), name if isinstance(name, str | int) else "")
        await asyncio.sleep(0)

    def listen(self) -> None:
        """Open the stream of what comes unasked."""
        self._begin(self.player.unasked(), "unasked")

    def _begin(self, outs: AsyncIterator[Out], name: Any) -> None:
        task = asyncio.ensure_future(self._read(outs))
        self._tasks.add(task)
        self.tasks[name] = task

    async def _read(self, outs: AsyncIterator[Out]) -> None:
        async with contextlib.aclosing(outs):  # type: ignore[type-var]
            async for out in outs:
                self.outs.append(out)
                if out.text:
                    self.got.append(json.loads(out.text))

    async def still(self) -> None:
        for _ in range(_STILL):
            await asyncio.sleep(0)
        for task in self._tasks:
            if task.done():
                task.result()

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def answer(self, id: Any) -> Any:
        """The answer to a request, None for none."""
        found = [one for one in self.got if one.get("id") == id and "method" not in one]
        assert len(found) <= 1, found
        return found[0] if found else None

    def take(self) -> list[Any]:
        """What has come since this was asked last."""
        found, self.got = self.got, []
        return found


def played(
    events: Iterable[Event],
    talk: Callable[[Client, Players], Awaitable[None]],
    options: Options | None = None,
    listens: bool = True,
) -> Client:
    """Have a client talk to a mock of a recording."""

    async def run() -> Client:
        players = Players(Tape.of(events), options or Options())
        client = Client(players.new())
        if listens:
            client.listen()
        await client.still()
        await talk(client, players)
        await client.leave()
        return client

    return asyncio.run(run())


def shape(messages: Iterable[Any]) -> list[str]:
    """What messages are, in a word each: the method, and of answers the id."""
    return [
        one["method"]
        if "method" in one
        else f"{'error' if 'error' in one else 'answer'} {one['id']}"
        for one in messages
    ]
