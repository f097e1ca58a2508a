"""Doing what a script says on an open connection, line by line."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mcpx.catalogue.model import Item, Kind
from mcpx.client.connection import Connection
from mcpx.client.harvest import LISTS
from mcpx.errors import ExitStatus, McpxError
from mcpx.operations import calls
from mcpx.operations.calls import Manner
from mcpx.operations.scripts import NOTIFICATIONS, Script, Step

_KINDS = {kind.plural: kind for kind in LISTS}


class Outcome(StrEnum):
    """What came of a step."""

    ANSWERED = "answered"
    TOOL_ERROR = "tool_error"  # the result says that it is an error
    FAILED = "failed"
    LEFT = "left"  # as the script says, nobody waited for the answer
    SENT = "sent"  # a notification, which has no answer


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was done: after how many seconds, and its result or error."""

    step: Step
    outcome: Outcome
    seconds: float
    result: Any = None
    error: McpxError | None = None

    @property
    def status(self) -> ExitStatus:
        """The status that a command has for it alone."""
        if self.error is not None:
            return self.error.status
        return ExitStatus.FINDINGS if self.outcome is Outcome.TOOL_ERROR else ExitStatus.OK


async def perform(
    connection: Connection, script: Script, manner: Manner, told: Callable[[Done], None]
) -> list[Done]:
    """Do all that a script says; ``told`` hears of each step as it is done, waits apart.

    Tools are listed once, before the first is called, since their definitions say how to call
    them. What a server answers with an error is an outcome; only where the connection has failed
    the steps after it are not done. Their order is that of the script.
    """
    tools: dict[str, Item] | None = None
    found: list[Done] = []
    for line in script:
        if tools is None and any(step.method == "tools/call" for step in line):
            tools = await _listed_tools(connection)
        found += await _together(connection, line, tools or {}, manner, told)
        if connection.peer.failed:
            break
    return found


async def _together(
    connection: Connection,
    line: Sequence[Step],
    tools: dict[str, Item],
    manner: Manner,
    told: Callable[[Done], None],
) -> list[Done]:
    async def do(step: Step) -> Done | None:
        if not step.method:
            await asyncio.sleep(step.wait)
            return None
        done = await _done(connection, step, tools, manner)
        told(done)
        return done

    tasks = [asyncio.ensure_future(do(step)) for step in line]
    try:
        return [done for done in await asyncio.gather(*tasks) if done is not None]
    finally:
        for task in tasks:
            task.cancel()


async def _done(connection: Connection, step: Step, tools: dict[str, Item], manner: Manner) -> Done:
    began = time.monotonic()

    def over(outcome: Outcome, result: Any = None, error: McpxError | None = None) -> Done:
        return Done(step, outcome, round(time.monotonic() - began, 3), result, error)

    if step.method.startswith(NOTIFICATIONS):
        connection.peer.notify(step.method, step.params or None)
        await asyncio.sleep(0)
        return over(Outcome.SENT)
    try:
        async with asyncio.timeout(step.leave) as patience:
            result = await _asked(connection, step, tools, manner)
    except TimeoutError:
        if not patience.expired():
            raise
        return over(Outcome.LEFT)
    except McpxError as error:
        error.server = error.server or connection.spec.name
        return over(Outcome.FAILED, error=error)
    failed = step.method == "tools/call" and result.get("isError") is True
    return over(Outcome.TOOL_ERROR if failed else Outcome.ANSWERED, result)


async def _asked(connection: Connection, step: Step, tools: dict[str, Item], manner: Manner) -> Any:
    if step.lists:
        return {step.lists: [item.raw for item in await _list(connection, _KINDS[step.lists])]}
    if step.method == "tools/call" and step.name:
        tool = tools.get(step.name, Item(Kind.TOOL, {"name": step.name}))
        return (await calls.asked(connection, tool, step.params["arguments"], manner)).raw
    return (await calls.requested(connection, step.method, step.params, manner)).raw


async def _list(connection: Connection, kind: Kind) -> list[Item]:
    async with connection.in_time() as errand:
        return await calls.items(errand, kind)


async def _listed_tools(connection: Connection) -> dict[str, Item]:
    """The tools by name; none where the server lists none, for the call tells that better."""
    try:
        return {item.key: item for item in await _list(connection, Kind.TOOL)}
    except McpxError:
        return {}
