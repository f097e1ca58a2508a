"""A talk with one server: connected, asked, and ended once its result is there."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from mcpx import interrupts
from mcpx.masking import Mask
from mcpx.operations.work import Work, ticking
from mcpx.servers import ServerSpec
from mcpx.settings import Settings

if TYPE_CHECKING:
    from mcpx.client.connection import Connection
    from mcpx.client.terms import Terms
    from mcpx.trust import Gate

T = TypeVar("T")


@contextlib.contextmanager
def talked(
    spec: ServerSpec,
    settings: Settings,
    mask: Mask,
    gate: Gate,
    terms: Callable[[], Terms],
    talk: Callable[[Connection], Awaitable[T]],
    tick: Callable[[], None] = lambda: None,
) -> Iterator[T]:
    """What ``talk`` comes to on a connection to a server, which ends when the block is left.

    The server is started, after ``gate`` has let it through, before anything else is imported;
    ``terms`` are asked for once that has been done. ``tick`` is called now and then meanwhile.
    Raises what ``talk`` raises, and RefusedError, ServerError.
    """
    mask.learn(spec)
    gate.check(spec)
    from mcpx.client import processes

    try:
        candidate = processes.start_ahead(spec, settings.inherit_env)
        if candidate.error is not None:
            raise candidate.error
        import asyncio

        from mcpx.client.connection import connect

        stack = contextlib.AsyncExitStack()
        found: list[T] = []

        async def converse() -> None:
            connection = await stack.enter_async_context(connect(spec, terms(), candidate.process))
            found.append(await talk(connection))

        with asyncio.Runner() as runner:
            work = Work(runner)
            try:
                interrupts.check()
                work.run(lambda: ticking(tick, converse()))
                yield found[0]
            finally:
                work.run(stack.aclose)
    finally:
        processes.kill_all()
