"""The main task of an event loop, which signals cancel instead of raising in the middle of any."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from mcpx import interrupts

if TYPE_CHECKING:
    import asyncio

# Seconds between two ticks for somebody who waits.
TICK = 0.35


async def ticking(tick: Callable[[], None], work: Coroutine[Any, Any, None]) -> None:
    """Do the work, and tick while it lasts."""
    import asyncio

    async def go_on() -> None:
        while True:
            await asyncio.sleep(TICK)
            tick()

    clock = asyncio.ensure_future(go_on())
    try:
        await work
    finally:
        clock.cancel()


class Work:
    """What runs in a loop until it is done, or until a signal cancels it."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._tasks: list[asyncio.Task[Any]] = []

    def run(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do the work as the task that is cancelled.

        Raises KeyboardInterrupt, once the task has ended, when a signal has cancelled it.
        """
        import asyncio

        loop = self._runner.get_loop()
        came = False

        def interrupt() -> None:
            nonlocal came
            came = True
            self.cancel()
            loop.call_soon_threadsafe(lambda: None)  # wakes a loop that waits

        async def do() -> None:
            if came:
                raise asyncio.CancelledError
            if task := asyncio.current_task():
                self._tasks.append(task)
            await work()

        with interrupts.telling(interrupt):
            try:
                self._runner.run(do())
            except asyncio.CancelledError as error:
                if came:
                    raise KeyboardInterrupt from error
                raise

    def cancel(self) -> None:
        """Cancel the task, if it still runs."""
        for task in self._tasks:
            task.cancel()

    def settle(self) -> None:
        """Take note of how the task ended; it has been told already."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.exception()
