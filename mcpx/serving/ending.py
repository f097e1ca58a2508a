"""How a server of ours ends: by a signal, as it is meant to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from mcpx import interrupts


@contextlib.contextmanager
def ended_by_signals(over: asyncio.Event) -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP set ``over`` in the running loop, and nothing else.

    Raises KeyboardInterrupt when one has come before.
    """
    loop = asyncio.get_running_loop()

    def hear() -> None:
        loop.call_soon_threadsafe(over.set)

    with interrupts.awaited(hear):
        yield
