"""Tests that are coroutines, each in an event loop of its own."""

from __future__ import annotations

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

_HANGS_AFTER = 30.0


def in_a_loop(play: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Make a test of a coroutine; its parameters are the test's fixtures."""

    @functools.wraps(play)
    def test(**fixtures: Any) -> None:
        asyncio.run(asyncio.wait_for(play(**fixtures), _HANGS_AFTER))

    return test


class _NeverWaits(selectors.DefaultSelector):
    """Counts the seconds that it should have waited."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "waits for something that will never come"
        self.passed += max(timeout, 0)
        return super().select(0)


def _hasty() -> asyncio.AbstractEventLoop:
    selector = _NeverWaits()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.passed  # type: ignore[method-assign]
    return loop


def in_no_time(play: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Make a test of a coroutine that talks to nobody: whatever it sleeps takes no time.

    The loop's own clock goes on by exactly what was slept.
    """

    @functools.wraps(play)
    def test(**fixtures: Any) -> None:
        with asyncio.Runner(loop_factory=_hasty) as runner:
            runner.run(play(**fixtures))

    return test
