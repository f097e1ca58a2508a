"""Subscriptions: what each tells, and those that nobody made while it was recorded; no I/O.

Source: specification 2026-07-28, basic/patterns/subscriptions.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from mcpx.json_rpc import LISTEN, members
from mcpx.serving.mock.playing.asked import Asked
from mcpx.serving.mock.playing.eras import ACKNOWLEDGED, LISTENED, is_listened, modern_notification
from mcpx.serving.mock.playing.outs import Out
from mcpx.serving.mock.playing.restamping import written
from mcpx.serving.mock.playing.schedule import Schedule
from mcpx.serving.mock.playing.wording import Wording
from mcpx.serving.mock.tape.takes import Loose
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sse_events import EVENT_STREAM


class Subscription:
    """A subscription that was not recorded: it tells what came without one in the legacy era."""

    def __init__(self, schedule: Schedule, wording: Wording, crosses: bool) -> None:
        """``crosses``: the recording is of the legacy era; else nothing ever comes."""
        self._schedule = schedule
        self._wording = wording
        self._crosses = crosses
        self._is_over = False

    def cancel(self) -> None:
        """The client waits no longer."""
        self._is_over = True
        self._schedule.changed()

    async def outs(self, asked: Asked) -> AsyncGenerator[Out]:
        """That it has begun, and then what comes, to the end."""
        wanted = members(asked.params.get("notifications"))
        agreed = dict(wanted) if self._crosses else {}
        params = {"notifications": agreed}
        message = {"jsonrpc": "2.0", "method": ACKNOWLEDGED, "params": params}
        yield Out(text=modern_notification(written(message), asked.id), kind=EVENT_STREAM)
        schedule = self._schedule
        while True:
            while self._crosses and (found := schedule.loose()) is not None:
                step = found.step
                uri = step.piece.params().get("uri")
                if step.method in LISTENED and is_listened(step.method, uri, agreed):
                    text = modern_notification(self._wording.text(step), asked.id)
                    yield Out(text=text, after=step.after, kind=EVENT_STREAM)
            await schedule.until(lambda: self._is_over or (self._crosses and schedule.has_loose()))
            if self._is_over:
                return


def listened(tape: Tape) -> list[Loose]:
    """What subscriptions told."""
    return [
        Loose(step, take.connection)
        for take in tape.of_method(LISTEN)
        for step in take.steps
        if step.method in LISTENED
    ]
