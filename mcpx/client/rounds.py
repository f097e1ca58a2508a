"""A request until its final result: rounds of questions, and tasks that are polled to their end.

Source: specification 2026-07-28, basic/patterns/mrtr; extension io.modelcontextprotocol/tasks
(draft of 2026-08); specification 2025-11-25, basic/utilities/tasks.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from mcpx import interrupts
from mcpx.client import faults
from mcpx.client.connection import Errand
from mcpx.client.eras import ResultType
from mcpx.client.peer import RpcError
from mcpx.client.questions import Question, UnansweredError
from mcpx.errors import Fault, McpxError, RefusedError, ServerError

MOST_ROUNDS = 10
# Seconds between two looks at a task, when it names none, at least and at most.
POLL = 1.0
POLL_AT_LEAST = 0.05
# Before a server that asks for nothing is asked again, the first time.
PAUSE = 0.02
POLL_AT_MOST = 3_600.0
_GOODBYE = 1.0

_QUESTIONS = tuple(Question)
# The states of a task that has ended (2025-11-25, basic/utilities/tasks).
ENDED = ("completed", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: ``schema`` is the input schema of a called tool.

    ``harmless``: it may run twice. ``as_task``: the tool has to be called as a task.
    """

    method: str
    params: Mapping[str, Any]
    schema: Any = None
    harmless: bool = False
    as_task: bool = False


async def completed(
    errand: Errand, request: Request, told: Callable[[str], None] = lambda _text: None
) -> Any:
    """The final result of a request. ``told`` hears what a task says of itself.

    What the server asks in between is answered by those who answer for the connection. Raises
    RpcError, ServerError, and RefusedError when nobody can answer.
    """
    connection, conversation = errand.connection, errand.connection.conversation
    params = dict(request.params)
    if request.as_task:
        params["task"] = {}
    for left in range(MOST_ROUNDS, -1, -1):
        try:
            with _undecided(request):
                result = await errand.request(
                    request.method, params, schema=request.schema, harmless=request.harmless
                )
        except RpcError as error:
            pages = conversation.pages(error)
            if pages is None:
                raise
            if left and not await _opened(errand, request.method, pages):
                raise
            continue
        if not isinstance(result, dict):
            reason = "its result is not an object"
            raise faults.invalid_answer(connection.spec, request.method, reason)
        kind = conversation.result_type(result, request.as_task)
        if kind == ResultType.COMPLETE:
            return result
        if kind == ResultType.TASK and request.method == "tools/call":
            task = _Task(errand, request.method, told)
            with _undecided(request):
                return await task.ended(conversation.task(result))
        if kind != ResultType.INPUT_REQUIRED:
            shown = faults.own_words(connection.spec, str(kind), faults.MOST_SHOWN)
            reason = f"its resultType is '{shown}', which mcpx does not know"
            raise faults.invalid_answer(connection.spec, request.method, reason)
        errand.awaits = request.method
        if left:
            more = await _next_round(errand, request.method, result)
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


def _undecided(request: Request) -> AbstractContextManager[None]:
    """What to say of a call that is interrupted before its result is there."""
    if request.method != "tools/call":
        return nullcontext()
    return interrupts.leaving("the call was sent and may have been carried out")


async def _next_round(errand: Errand, method: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """What the retry carries: the answers, and the server's state exactly as it came."""
    asked = result.get("inputRequests")
    if asked is None and "requestState" not in result:
        reason = "it asks for input, but for none in particular"
        raise faults.invalid_answer(errand.connection.spec, method, reason)
    more: dict[str, Any] = {}
    if asked is not None:
        more["inputResponses"] = await _answers(errand, method, asked)
    if "requestState" in result:
        more["requestState"] = result["requestState"]
    return more


async def _opened(errand: Errand, method: str, pages: list[Any]) -> bool:
    """Have the pages opened that a request is refused for; whether all of them were."""
    asked = {
        str(number): {"method": Question.ELICITATION, "params": page}
        for number, page in enumerate(pages)
    }
    answers = await _answers(errand, method, asked)
    return bool(answers) and all(one.get("action") == "accept" for one in answers.values())


async def _answers(errand: Errand, method: str, asked: Any) -> dict[str, Any]:
    connection = errand.connection
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
            with errand.clock.paused():
                found[key] = await connection.peer.answering.answer(
                    what, params if isinstance(params, dict) else {}
                )
        except UnansweredError as error:
            raise RefusedError(
                f"{connection.spec.name}: {method} needs an answer to {what}: {error}",
                hint=error.hint
                or "--answer FILE, --elicit defaults|decline, or run it at a terminal",
            ) from error
    return found


class _Task:
    """A task: looked at until it has ended, told what it asks."""

    def __init__(self, errand: Errand, method: str, told: Callable[[str], None]) -> None:
        self._errand = errand
        self._spec = errand.connection.spec
        self._rules = errand.connection.conversation.tasks
        self._method = method
        self._told = told
        self._answered: set[str] = set()
        self._last = ""
        self._runs = True  # for all that is known

    async def ended(self, task: Mapping[str, Any]) -> Any:
        """The result that the task ends with. Raises RpcError, ServerError, RefusedError."""
        number = task.get("taskId")
        if not isinstance(number, str):
            raise faults.invalid_answer(self._spec, self._method, "its task has no id")
        try:
            while True:
                status = task.get("status")
                self._tell(task)
                if status in ENDED:
                    self._runs = False
                    return await self._result(number, task)
                if status == "input_required":
                    result = await self._asked(number, task)
                    if result is not None:
                        return result
                elif status != "working":
                    shown = faults.own_words(self._spec, str(status), 80)
                    reason = f"its status is '{shown}', which mcpx does not know"
                    raise faults.invalid_answer(self._spec, "tasks/get", reason)
                await asyncio.sleep(poll_seconds(task.get(self._rules.interval)))
                task = await self._look(number)
        finally:
            # Whoever stops waiting, for whatever reason, also stops the work.
            if self._runs:
                await self._cancel(number)

    async def _cancel(self, number: str) -> None:
        connection = self._errand.connection
        if connection.conversation.cancels_tasks(connection.opening):
            with contextlib.suppress(McpxError, RpcError, TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await self._errand.request("tasks/cancel", {"taskId": number})

    async def _look(self, number: str) -> Mapping[str, Any]:
        return await self._asking("tasks/get", {"taskId": number})

    async def _asking(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        result = await self._errand.request(method, params)
        if not isinstance(result, dict):
            reason = "its result is not an object"
            raise faults.invalid_answer(self._spec, method, reason)
        return result

    async def _result(self, number: str, task: Mapping[str, Any]) -> Any:
        if self._rules.result:
            return await self._asking(self._rules.result, {"taskId": number})
        if "result" not in task and "error" not in task and task["status"] != "cancelled":
            task = await self._look(number)  # the seed of a task comes without its outcome
        if task.get("status") == "failed":
            raise RpcError(self._method, task.get("error"))
        if task.get("status") == "cancelled":
            text = task.get("statusMessage")
            if not isinstance(text, str):
                text = ""
            said = f": {faults.own_words(self._spec, text)}" if text else ""
            raise ServerError(
                Fault.CANCELLED,
                f"{self._spec.name}: the task of {self._method} was cancelled{said}",
            )
        if not isinstance(task.get("result"), dict):
            reason = "its task is completed without a result"
            raise faults.invalid_answer(self._spec, "tasks/get", reason)
        return task["result"]

    async def _asked(self, number: str, task: Mapping[str, Any]) -> Any:
        """Answer what it asks; its result, when that is how it goes on asking, else None."""
        if self._rules.result:
            try:
                result = await self._result(number, task)
            except RpcError:  # which is how it ended
                self._runs = False
                raise
            self._runs = False
            return result
        asked = task.get("inputRequests")
        fresh = {
            key: value
            for key, value in (asked.items() if isinstance(asked, dict) else ())
            if key not in self._answered
        }
        if not fresh:
            return None
        answers = await _answers(self._errand, self._method, fresh)
        self._answered.update(answers)
        params = {"taskId": number, "inputResponses": answers}
        await self._errand.request("tasks/update", params)
        return None

    def _tell(self, task: Mapping[str, Any]) -> None:
        text = task.get("statusMessage")
        said = text if isinstance(text, str) and text else str(task.get("status"))
        if said != self._last:
            self._last = said
            shown = faults.own_words(self._spec, said, faults.MOST_SHOWN)
            self._errand.awaits = f"the task of {self._method} ({shown})"
            self._told(f"task: {faults.own_words(self._spec, said)}")


def poll_seconds(asked: Any) -> float:
    """How long to wait before a task is looked at again, by the milliseconds that it asks for."""
    if isinstance(asked, bool) or not isinstance(asked, int | float):
        return POLL
    return min(max(asked, POLL_AT_LEAST * 1000), POLL_AT_MOST * 1000) / 1000
