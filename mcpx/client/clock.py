"""A deadline that stands still while a person is being asked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator


class Clock:
    """Seconds that run from the start, but not while it is paused; ``spent`` have gone before."""

    def __init__(self, seconds: float, spent: float = 0.0) -> None:
        self.seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._running: set[asyncio.Timeout] = set()
        self._pauses = 0
        self._paused_at = self._loop.time()
        self._expires = self._paused_at + seconds - spent

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self._expires - (self._paused_at if self._pauses else self._loop.time())

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the block before the deadline. Raises TimeoutError."""
        async with asyncio.timeout_at(None if self._pauses else self._expires) as timeout:
            self._running.add(timeout)
            try:
                yield
            finally:
                self._running.discard(timeout)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Let no time count while the block runs."""
        if self._pauses == 0:
            self._paused_at = self._loop.time()
            self._reschedule(None)
        self._pauses += 1
        try:
            yield
        finally:
            self._pauses -= 1
            if self._pauses == 0:
                self._expires += self._loop.time() - self._paused_at
                self._reschedule(self._expires)

    def _reschedule(self, when: float | None) -> None:
        for timeout in self._running:
            if not timeout.expired():
                timeout.reschedule(when)
