"""A request until its final result: rounds of questions, and tasks that are polled to their end.

Source: specification 2026-07-28, basic/patterns/mrtr; extension io.modelcontextprotocol/tasks
(draft of 2026-08); specification 2025-11-25, basic/utilities/tasks.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mcpx.client import faults
from mcpx.client.connection import Connection
from mcpx.client.peer import RpcError
from mcpx.client.questions import Question, UnansweredError
from mcpx.errors import Fault, McpxError, RefusedError, ServerError
from mcpx.servers import Era

MOST_ROUNDS = 10
# Seconds between two looks at a task, when it names none, at least and at most.
POLL = 1.0
POLL_AT_LEAST = 0.05
# Before a server that asks for nothing is asked again, the first time.
PAUSE = 0.02
POLL_AT_MOST = 3_600.0
_GOODBYE = 1.0

# A request that needs a page to be opened first (2025-11-25, client/elicitation, "URL Elicitation
# Required Error").
URL_ELICITATION = -32042

_QUESTIONS = tuple(Question)
_ENDED = ("completed", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: ``schema`` is the input schema of a called tool.

    ``harmless``: it may run twice. ``as_task``: the tool of a server of 2025-11-25 has to be
    called as a task.
    """

    method: str
    params: Mapping[str, Any]
    schema: Any = None
    harmless: bool = False
    as_task: bool = False


async def completed(
    connection: Connection, request: Request, told: Callable[[str], None] = lambda _text: None
) -> Any:
    """The final result of a request. ``told`` hears what a task says of itself.

    What the server asks in between is answered by those who answer for the connection. Raises
    RpcError, ServerError, and RefusedError when nobody can answer.
    """
    params = dict(request.params)
    if request.as_task:
        params["task"] = {}
    for left in range(MOST_ROUNDS, -1, -1):
        try:
            result = await connection.request(
                request.method, params, schema=request.schema, harmless=request.harmless
            )
        except RpcError as error:
            if error.code != URL_ELICITATION or connection.opening.era is not Era.LEGACY:
                raise
            if left:
                await _pages(connection, request.method, error)
            continue
        if not isinstance(result, dict):
            reason = "its result is not an object"
            raise faults.invalid_answer(connection.spec, request.method, reason)
        if connection.opening.era is Era.LEGACY:
            task = result.get("task")
            if request.as_task and isinstance(task, dict):
                return await _LegacyTask(connection, request.method, told).ended(task)
            return result
        # Absent in what older servers send (2026-07-28, basic/index, "Result types").
        kind = result.get("resultType", "complete")
        if kind == "complete":
            return result
        if kind == "task" and request.method == "tools/call":
            return await _Task(connection, request.method, told).ended(result)
        if kind != "input_required":
            shown = faults.own_words(connection.spec, str(kind), faults.MOST_SHOWN)
            reason = f"its resultType is '{shown}', which mcpx does not know"
            raise faults.invalid_answer(connection.spec, request.method, reason)
        if left:
            more = await _next_round(connection, request.method, result)
            if "inputResponses" not in more:
                # It only wants to be asked again: each time a little later.
                await asyncio.sleep(min(PAUSE * 2 ** (MOST_ROUNDS - left), POLL))
            params = {**request.params, **more}
    raise ServerError(
        Fault.LIMIT,
        f"{connection.spec.name}: still asks after {MOST_ROUNDS} rounds of answers "
        f"to {request.method}",
        hint="the server does not come to an end with what it is told",
    )


async def _next_round(
    connection: Connection, method: str, result: Mapping[str, Any]
) -> dict[str, Any]:
    """What the retry carries: the answers, and the server's state exactly as it came."""
    asked = result.get("inputRequests")
    if asked is None and "requestState" not in result:
        reason = "it asks for input, but for none in particular"
        raise faults.invalid_answer(connection.spec, method, reason)
    more: dict[str, Any] = {}
    if asked is not None:
        more["inputResponses"] = await _answers(connection, method, asked)
    if "requestState" in result:
        more["requestState"] = result["requestState"]
    return more


async def _pages(connection: Connection, method: str, error: RpcError) -> None:
    """Have the pages opened that a request is refused for. Raises the error when one is not."""
    pages = error.data.get("elicitations") if isinstance(error.data, dict) else None
    asked = {
        str(number): {"method": Question.ELICITATION, "params": page}
        for number, page in enumerate(pages if isinstance(pages, list) else ())
    }
    answers = await _answers(connection, method, asked)
    if not answers or any(one.get("action") != "accept" for one in answers.values()):
        raise error


async def _answers(connection: Connection, method: str, asked: Any) -> dict[str, Any]:
    if not isinstance(asked, dict):
        reason = "its inputRequests are not an object"
        raise faults.invalid_answer(connection.spec, method, reason)
    for question in asked.values():
        what = question.get("method") if isinstance(question, dict) else None
        if what not in _QUESTIONS:
            shown = faults.own_words(connection.spec, str(what), faults.MOST_SHOWN)
            reason = f"it asks for '{shown}', which no client answers"
            raise faults.invalid_answer(connection.spec, method, reason)
    found = {}
    for key, question in asked.items():
        what, params = question["method"], question.get("params")
        try:
            found[key] = await connection.peer.answering.answer(
                what, params if isinstance(params, dict) else {}
            )
        except UnansweredError as error:
            raise RefusedError(
                f"{connection.spec.name}: {method} needs an answer to {what}: {error}",
                hint="--answer FILE, --elicit defaults|decline, or run it at a terminal",
            ) from error
    return found


class _Task:
    """A task of the modern extension: looked at until it has ended, told what it asks."""

    def __init__(self, connection: Connection, method: str, told: Callable[[str], None]) -> None:
        self._connection = connection
        self._method = method
        self._told = told
        self._answered: set[str] = set()
        self._last = ""

    async def ended(self, task: Mapping[str, Any]) -> Any:
        """The result that the task ends with. Raises RpcError, ServerError."""
        number = task.get("taskId")
        if not isinstance(number, str):
            raise faults.invalid_answer(self._connection.spec, self._method, "its task has no id")
        try:
            while True:
                status = task.get("status")
                self._tell(task)
                if status in _ENDED:
                    return await self._result(number, task)
                if status == "input_required":
                    result = await self._asked(number, task)
                    if result is not None:
                        return result
                elif status != "working":
                    shown = faults.own_words(self._connection.spec, str(status), 80)
                    reason = f"its status is '{shown}', which mcpx does not know"
                    raise faults.invalid_answer(self._connection.spec, "tasks/get", reason)
                await asyncio.sleep(_poll(task, self._poll_member))
                task = await self._look(number)
        except (asyncio.CancelledError, RefusedError):
            # Whoever stops waiting, or cannot answer, also stops the work.
            with contextlib.suppress(McpxError, RpcError, TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await self._connection.request("tasks/cancel", {"taskId": number})
            raise

    _poll_member = "pollIntervalMs"

    async def _look(self, number: str) -> Mapping[str, Any]:
        task = await self._connection.request("tasks/get", {"taskId": number})
        if not isinstance(task, dict):
            reason = "its result is not an object"
            raise faults.invalid_answer(self._connection.spec, "tasks/get", reason)
        return task

    async def _result(self, number: str, task: Mapping[str, Any]) -> Any:
        if "result" not in task and "error" not in task and task["status"] != "cancelled":
            task = await self._look(number)  # the seed of a task comes without its outcome
        if task.get("status") == "failed":
            raise RpcError(self._method, task.get("error"))
        if task.get("status") == "cancelled":
            text = task.get("statusMessage")
            if not isinstance(text, str):
                text = ""
            said = f": {faults.own_words(self._connection.spec, text)}" if text else ""
            raise ServerError(
                Fault.CANCELLED,
                f"{self._connection.spec.name}: the task of {self._method} was cancelled{said}",
            )
        if not isinstance(task.get("result"), dict):
            reason = "its task is completed without a result"
            raise faults.invalid_answer(self._connection.spec, "tasks/get", reason)
        return task["result"]

    async def _asked(self, number: str, task: Mapping[str, Any]) -> Any:
        """Answer what it asks; its result, when that is how it goes on asking, else None."""
        asked = task.get("inputRequests")
        fresh = {
            key: value
            for key, value in (asked.items() if isinstance(asked, dict) else ())
            if key not in self._answered
        }
        if not fresh:
            return None
        answers = await _answers(self._connection, self._method, fresh)
        self._answered.update(answers)
        await self._connection.request(
            "tasks/update", {"taskId": number, "inputResponses": answers}
        )
        return None

    def _tell(self, task: Mapping[str, Any]) -> None:
        text = task.get("statusMessage")
        said = text if isinstance(text, str) and text else str(task.get("status"))
        if said != self._last:
            self._last = said
            shown = faults.own_words(self._connection.spec, said, faults.MOST_SHOWN)
            self._connection.awaits = f"the task of {self._method} ({shown})"
            self._told(f"task: {faults.own_words(self._connection.spec, said)}")


class _LegacyTask(_Task):
    """A task of 2025-11-25: its result is fetched, and what it asks comes as plain requests."""

    _poll_member = "pollInterval"

    async def _asked(self, number: str, task: Mapping[str, Any]) -> Any:
        # Its questions come while its result is waited for.
        return await self._result(number, task)

    async def _result(self, number: str, task: Mapping[str, Any]) -> Any:  # noqa: ARG002
        result = await self._connection.request("tasks/result", {"taskId": number})
        if not isinstance(result, dict):
            reason = "its result is not an object"
            raise faults.invalid_answer(self._connection.spec, "tasks/result", reason)
        return result


def _poll(task: Mapping[str, Any], member: str) -> float:
    asked = task.get(member)
    if isinstance(asked, bool) or not isinstance(asked, int | float):
        return POLL
    return min(max(asked, POLL_AT_LEAST * 1000), POLL_AT_MOST * 1000) / 1000
