"""What a mock does beside playing: it takes its time, and fails where it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, cast

from mcpx.json_rpc import members
from mcpx.serving.mock.faults import Fault, Faults, Kind
from mcpx.serving.mock.playing.outs import JSON, Out
from mcpx.serving.mock.playing.player import Player
from mcpx.serving.mock.playing.players import Players
from mcpx.serving.mock.timing import wait_of
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import Finish


class ClosedError(Exception):
    """The connection is to end here."""


class EndedError(Exception):
    """The whole mock is to end, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(slots=True)
class Delivery:
    """The players of a mock, what a recorded second takes (``kept``), and what goes wrong.

    ``sleepers``: how many answers wait for their time.
    """

    players: Players
    kept: float = 0.0
    faults: Faults = field(default_factory=Faults)
    sleepers: int = 0

    async def delivered(self, player: Player, value: Any) -> AsyncGenerator[Out]:
        """What a player makes of what its client sent, each when it is time.

        Raises ClosedError and EndedError where a fault says so.
        """
        fault = self.met(value)
        if (refusal := refusal_of(fault)) is not None:
            yield refusal
            return
        async with contextlib.aclosing(self.spoilt(player, value, fault)) as outs:
            async for out in outs:
                yield out

    def met(self, value: Any) -> Fault | None:
        """The fault that something which the client has sent meets; it counts as met."""
        message = members(value)
        return self.faults.met(message) if "method" in message and "id" in message else None

    async def spoilt(self, player: Player, value: Any, fault: Fault | None) -> AsyncGenerator[Out]:
        """The same as ``delivered`` with a fault that is known, and is no status."""
        if fault is not None and fault.kind is Kind.EXIT:
            raise EndedError(int(fault.number))
        # The player hears of it now, whatever the delay: it is about what comes next.
        outs = self.timed(player.hear(value))
        delay = fault.number if fault is not None and fault.kind is Kind.DELAY else 0.0
        async with contextlib.aclosing(outs):
            async for out in outs:
                if delay:
                    await self._sleep(delay)
                    delay = 0.0
                if fault is not None and out.final:
                    out = await _failed(fault, out)
                yield out

    async def timed(self, outs: AsyncIterator[Out]) -> AsyncGenerator[Out]:
        """The same, each after as much of its recorded time as is kept."""
        async with contextlib.aclosing(cast("AsyncGenerator[Out]", outs)):
            async for out in outs:
                if wait := wait_of(out.after, self.kept):
                    await self._sleep(wait)
                yield out

    async def _sleep(self, seconds: float) -> None:
        self.sleepers += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self.sleepers -= 1


def on_a_stream(value: Any, out: Out) -> str:
    """The text of a message where there is nothing but messages; empty for none.

    What HTTP refused a request by, a status and words of its own, becomes an error of JSON-RPC.
    """
    if out.final and out.breaks not in (None, Finish.CLIENT) and out.exits is None:
        status, words = int(HTTPStatus.BAD_GATEWAY), "ended its answer before it was complete"
    elif out.kind in (JSON, EVENT_STREAM) and (out.text or out.status < HTTPStatus.BAD_REQUEST):
        return out.text
    else:
        status, words = out.status, f"answered with HTTP {out.status}"
    error = {"code": status, "message": f"mcpx mock: the recorded server {words}"}
    return json.dumps({"jsonrpc": "2.0", "id": members(value).get("id"), "error": error})


def refusal_of(fault: Fault | None) -> Out | None:
    """The HTTP answer of a fault that is a status; None for all others."""
    if fault is None or fault.kind is not Kind.STATUS:
        return None
    after = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    return Out(text="", final=True, status=int(fault.number), kind="", headers=after)


async def _failed(fault: Fault, out: Out) -> Out:
    """An answer that meets a fault, as far as there is one."""
    if fault.kind is Kind.CLOSE:
        raise ClosedError
    if fault.kind is Kind.DROP:
        await asyncio.Event().wait()
    if fault.kind is Kind.MALFORMED:
        return replace(out, text=out.text[: len(out.text) // 2])
    return out
