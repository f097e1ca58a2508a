"""Tests that are coroutines, each in an event loop of its own."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any

_HANGS_AFTER = 30.0


def in_a_loop(play: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Make a test of a coroutine; its parameters are the test's fixtures."""

    @functools.wraps(play)
    def test(**fixtures: Any) -> None:
        asyncio.run(asyncio.wait_for(play(**fixtures), _HANGS_AFTER))

    return test
