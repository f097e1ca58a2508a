"""The main task of an event loop, which signals cancel instead of raising in the middle of any."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any

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

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._tasks: list[asyncio.Task[Any]] = []

    async def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the work as the task that is cancelled."""
        import asyncio

        if task := asyncio.current_task():
            self._tasks.append(task)
        await work

    def cancel(self) -> None:
        """Cancel the task, if it still runs."""
        for task in self._tasks:
            task.cancel()

    def settle(self) -> None:
        """Take note of how the task ended; it has been told already."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.exception()

    @contextlib.contextmanager
    def cancelled_by_signals(self) -> Iterator[None]:
        """Let SIGTERM and SIGHUP cancel the task; SIGINT is the runner's own affair."""
        import signal

        handled: dict[int, Any] = {}
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            before = None if number is None else signal.getsignal(number)
            if number is None or before is signal.SIG_IGN:
                continue
            try:
                self._loop.add_signal_handler(number, self.cancel)
            except (NotImplementedError, RuntimeError, ValueError):
                break  # not the main thread, or Windows
            handled[number] = before
        try:
            yield
        finally:
            for number, before in handled.items():
                self._loop.remove_signal_handler(number)
                signal.signal(number, before)
