"""A player that says what a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from mcpx.serving.mock.delivery import Delivery
from mcpx.serving.mock.playing.outs import Out
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import StreamEvent

Script = Mapping[str, tuple[Out | Callable[[], Any], ...]]


def final(text: str = "{}", **more: Any) -> Out:
    return Out(text=text, final=True, **more)


def event(text: str, id: str | None = None, **more: Any) -> Out:
    fields = None if id is None else StreamEvent(id, "message")
    return Out(text=text, kind=EVENT_STREAM, stream=fields, **more)


class Acting:
    """Says for each method what the script has; something to call is awaited at its place."""

    def __init__(self, script: Script, unasked: tuple[Any, ...] = (), session: str = "") -> None:
        self.script = script
        self.session = session
        self.heard: list[Any] = []
        self.closed: list[str] = []
        self._unasked = unasked

    async def hear(self, value: Any) -> AsyncIterator[Out]:
        self.heard.append(value)
        method = value.get("method", "answer") if isinstance(value, dict) else "array"
        try:
            async for out in self._said(self.script.get(method, ())):
                yield out
        finally:
            self.closed.append(method)

    async def unasked(self) -> AsyncIterator[Out]:
        async for out in self._said(self._unasked):
            yield out

    async def _said(self, parts: tuple[Any, ...]) -> AsyncIterator[Out]:
        for part in parts:
            if isinstance(part, Out):
                yield part
            else:
                await part()


class Cast:
    """Players of which each does the same; ``sessions``: they hand out s1, s2, ..."""

    def __init__(
        self, script: Script, unasked: tuple[Any, ...] = (), sessions: bool = False
    ) -> None:
        self.script, self.unasked, self.sessions = script, unasked, sessions
        self.made: list[Acting] = []
        self.schemas: dict[str, Any] = {}

    def new(self) -> Acting:
        session = f"s{len(self.made) + 1}" if self.sessions else ""
        self.made.append(Acting(self.script, self.unasked, session))
        return self.made[-1]

    @property
    def heard(self) -> list[Any]:
        return [value for one in self.made for value in one.heard]


def delivery_of(cast: Cast, **more: Any) -> Delivery:
    return Delivery(cast, **more)  # type: ignore[arg-type]


async def for_ever() -> None:
    await asyncio.Event().wait()


async def becomes(condition: Callable[[], bool]) -> None:
    """Wait until something is so, for as long as the test may take."""
    while not condition():
        await asyncio.sleep(0.001)
