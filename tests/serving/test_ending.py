from __future__ import annotations

import asyncio
import os
import signal

import pytest

from mcpx import interrupts
from mcpx.serving.ending import ended_by_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_server_and_nothing_else(number: signal.Signals) -> None:
    async def play() -> None:
        over = asyncio.Event()
        with ended_by_signals(over):
            os.kill(os.getpid(), number)
            await asyncio.wait_for(over.wait(), 10)

    with interrupts.listening():
        asyncio.run(play())
        assert not interrupts.heard()
