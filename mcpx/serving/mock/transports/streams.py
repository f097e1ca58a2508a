"""What a player says in one go, kept so that a client who lost the connection can go on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator

from mcpx.serving.mock.playing.outs import Out


class Stream:
    """The messages of one request, or those that come unasked, as they are said.

    Who reads them may leave, and come again; they are said all the same.
    """

    def __init__(self, outs: AsyncGenerator[Out]) -> None:
        self._said: list[Out] = []
        self._more = asyncio.Event()
        self._error: Exception | None = None
        self.is_over = False
        self.heard = 0
        self._saying = asyncio.ensure_future(self._say(outs))

    async def outs(self, start: int = 0) -> AsyncIterator[Out]:
        """The messages from a place on. Raises what the player's side raised."""
        while True:
            while start < len(self._said):
                yield self._said[start]
                start += 1
                self.heard = max(self.heard, start)
            if self.is_over:
                if self._error is not None:
                    raise self._error
                return
            self._more.clear()
            await self._more.wait()

    def after(self, event_id: str) -> int:
        """The place behind the event with this id, and behind an end of the stream; 0 for none."""
        for at, out in enumerate(self._said, 1):
            if out.stream is not None and out.stream.id == event_id:
                ended = self._said[at : at + 1]
                return at + any(one.breaks and not one.final and not one.text for one in ended)
        return 0

    @property
    def resumes(self) -> bool:
        """Whether a client could name a place in it."""
        return any(out.stream is not None and out.stream.id is not None for out in self._said)

    async def stop(self) -> None:
        """Say nothing more."""
        self._saying.cancel()
        await asyncio.wait((self._saying,))

    async def _say(self, outs: AsyncGenerator[Out]) -> None:
        try:
            async with contextlib.aclosing(outs):
                async for out in outs:
                    self._said.append(out)
                    self._more.set()
        except Exception as error:  # for who reads
            self._error = error
        finally:
            self.is_over = True
            self._more.set()
