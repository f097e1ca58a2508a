"""An interaction carried out live: sent, answered when asked, followed to its final answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mcpx.analyses.divergence.sides import End, Question, Side
from mcpx.client.eras.legacy import Legacy
from mcpx.client.peer import Asked, RpcError
from mcpx.client.questions import Question as Questions
from mcpx.client.rounds import ENDED, poll_seconds
from mcpx.envelopes import OF_THE_ROUND
from mcpx.errors import McpxError, ServerError
from mcpx.json_rpc import members
from mcpx.operations.replaying.advance import Advance
from mcpx.operations.replaying.answer_pool import question_key
from mcpx.operations.replaying.refusals import in_words

if TYPE_CHECKING:
    from mcpx.operations.replaying.courses import Course
    from mcpx.operations.replaying.live_connection import LiveConnection

# Of different questions, those that are kept.
_MOST_QUESTIONS = 1_000
# A server that asks on and on.
_MOST_ROUNDS = 100
# Seconds between two rounds of a server that asks for nothing in particular.
_PAUSE = 0.05


class Carried:
    """The live side of an interaction; everything that can go wrong ends it with a reason.

    ``first`` is what the first request was answered with, once it is there; ``task`` the id of the
    task that it was answered with, ``token`` what stands for that of its progress, which
    ``advance`` keeps. ``error`` is what ended it, ``failure`` what ended the connection too.
    """

    def __init__(
        self, live: LiveConnection, course: Course, method: str, params: Mapping[str, Any]
    ) -> None:
        """Send the request now."""
        self.course = course
        self.first: Any = None
        self.task = ""
        self.token = ""
        self.advance = Advance()
        self.failure: McpxError | None = None
        self.error: RpcError | McpxError | None = None
        self._live = live
        self.method = method
        self._params = params
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._ended: float | None = None
        self._at = 0.0
        self._end = End.UNANSWERED
        self._value: Any = None
        self._reason = ""
        self._status, self._kind = 0, ""
        self._questions: list[Question] = []
        self._unanswered: dict[str, int] = {}
        self._asked: Asked | None = None
        self._has_first = asyncio.Event()
        self._told_cancelled = False
        self._task: asyncio.Task[None] | None = None
        try:
            self._asked = live.ask(self, method, params)
        except McpxError as error:
            self._failed(error)
            self._over()
        else:
            self._task = asyncio.ensure_future(self._run(self._asked))

    @property
    def is_over(self) -> bool:
        """Whether it has ended, however."""
        return self._ended is not None

    @property
    def meta(self) -> Mapping[str, Any]:
        """What stands around its request; the era above all."""
        return members(self._params.get("_meta"))

    @property
    def age(self) -> float:
        """Seconds since it was begun."""
        return self._loop.time() - self._began

    def asked(
        self, method: str, params: Mapping[str, Any], answer: Mapping[str, Any] | None
    ) -> None:
        """The server has asked something, and this is what it was told (None: nothing).

        What nobody answers however often it is asked is kept once.
        """
        key = f"{method} {question_key(params)}" if answer is None else ""
        place = self._unanswered.get(key)
        if place is not None:
            again = self._questions[place]
            self._questions[place] = replace(again, times=again.times + 1)
        elif len(self._questions) < _MOST_QUESTIONS:
            if key:
                self._unanswered[key] = len(self._questions)
            self._questions.append(Question(method, params, answer))

    async def until_first(self, seconds: float) -> None:
        """Wait until its first request has been answered, or it has ended."""
        if self._task is not None and not self._has_first.is_set() and not self.is_over:
            waiting = asyncio.ensure_future(self._has_first.wait())
            await asyncio.wait(
                {self._task, waiting}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            waiting.cancel()

    async def until_over(self, seconds: float) -> bool:
        """Wait until it has ended; whether it has."""
        if not self.is_over and self._task is not None:
            await asyncio.wait({self._task}, timeout=max(seconds, 0.0))
        return self.is_over

    def cancel(self, reason: Mapping[str, Any]) -> None:
        """Tell the server that the client wants it no more, as the recorded one did."""
        if self._asked is not None and not self.is_over:
            self._told_cancelled = self._live.cancel(self._asked, reason)
            if not self._told_cancelled:
                self.leave(End.CANCELLED)

    def leave(self, end: End, reason: str = "") -> None:
        """Wait for it no more: it ends so."""
        if self.is_over:
            return
        self._end, self._reason = end, reason
        self._over()
        if self._task is not None:
            self._task.cancel()
        if self._asked is not None and not self._asked.future.done():
            self._live.leave(self._asked, self._told_cancelled)

    def side(self) -> Side:
        """What came of it."""
        return Side(
            end=self._end,
            value=self._value,
            reason=self._reason,
            at=self._at,
            seconds=None if self._ended is None else self._ended - self._began,
            questions=tuple(self._questions),
            progress=tuple(self.advance.values),
            total=self.advance.total,
            worded=self.advance.worded,
            status=self._status,
            kind=self._kind,
            modern=self._live.modern,
        )

    def _over(self) -> None:
        if self._ended is None:
            self._ended, self._at = self._loop.time(), time.time()
            self._has_first.set()
            self._live.forget(self)

    def _failed(self, error: McpxError) -> None:
        self.failure = self.error = error
        self._end, self._reason = End.FAILED, error.message
        seen = error.evidence if isinstance(error, ServerError) else None
        if seen is not None and seen.status:
            self._end, self._status = End.HTTP_ERROR, seen.status
            self._reason = in_words(error, seen)
            self.failure = None

    async def _run(self, asked: Asked) -> None:
        try:
            await self._rounds(asked)
        except RpcError as error:
            self._end, self._value, self.error = End.ERROR, error.error, error
            self._seen(asked)
            self._status = error.status or self._status
        except McpxError as error:
            self._seen(asked)
            self._failed(error)
        finally:
            self._over()

    def _seen(self, asked: Asked) -> None:
        status, kind = self._live.answered(self._asked or asked)
        if status:
            self._status, self._kind = status, kind

    async def _rounds(self, asked: Asked) -> None:
        for left in range(_MOST_ROUNDS, -1, -1):
            try:
                result = await asked.future
            except RpcError as error:
                if not left or not await self._pages_opened(error):
                    raise
                asked = self._asked = self._live.ask(self, self.method, self._params)
                continue
            self._seen(asked)
            self._end, self._value = End.RESULT, result
            if not self._has_first.is_set():
                self.first = result
                self._task_in(result)
                self._has_first.set()
            if self.task:
                await self._followed(members(result.get("task")) or result)
                return
            if members(result).get("resultType") != "input_required":
                return
            self._end = End.INPUT_REQUIRED
            more = await self._answers(result)
            if more is None or not left:
                return
            rest = {k: one for k, one in self._params.items() if k not in OF_THE_ROUND}
            asked = self._asked = self._live.ask(self, self.method, {**rest, **more})

    async def _answers(self, result: Mapping[str, Any]) -> dict[str, Any] | None:
        """What the next round carries; None when the recording has no answer to something."""
        more: dict[str, Any] = {}
        if "requestState" in result:
            more["requestState"] = result["requestState"]
        wanted = result.get("inputRequests")
        if not isinstance(wanted, dict) or not wanted:
            await asyncio.sleep(_PAUSE)
            return more
        found = await self._responses(wanted)
        if found is None:
            return None
        return {**more, "inputResponses": found}

    async def _responses(self, wanted: Mapping[str, Any]) -> dict[str, Any] | None:
        found: dict[str, Any] = {}
        complete = True
        for key, one in wanted.items():
            question = members(one)
            method, params = str(question.get("method", "")), members(question.get("params"))
            value, is_error = await self._live.answer_within(self, method, params)
            if value is not None and not is_error:
                found[key] = value
            elif method == Questions.ELICITATION and self.course.end is not End.INPUT_REQUIRED:
                found[key] = {"action": "decline"}
            else:
                complete = False
        return found if complete else None

    async def _pages_opened(self, error: RpcError) -> bool:
        """Whether the recorded client opened the pages that a request is refused for.

        Of a modern recording, where pages are asked for in rounds. Source: 2025-11-25,
        client/elicitation, "URL Elicitation Required Error".
        """
        pages = Legacy().pages(error) if self.course.modern and not self._live.modern else None
        if not pages:
            return False
        answers = [
            (await self._live.answer_within(self, Questions.ELICITATION, members(page)))[0]
            for page in pages
        ]
        return all(members(answer).get("action") == "accept" for answer in answers)

    # --- tasks ---------------------------------------------------------------------------------

    def _task_in(self, result: Any) -> None:
        """Note the task that a result is, in either era."""
        value = members(result)
        task = members(value.get("task")) if "task" in self._params else {}
        if value.get("resultType") == "task":
            task = value
        number = task.get("taskId")
        self.task = number if isinstance(number, str) else ""

    async def _followed(self, task: Mapping[str, Any]) -> None:
        """Look at a task until it has ended; what it comes to is the final answer."""
        answered: set[str] = set()
        number = {"taskId": self.task}
        seed = True  # of a task that has ended already, which comes without its outcome
        while True:
            status = task.get("status")
            if not self._live.modern and (status in ENDED or status == "input_required"):
                # What it asks meanwhile comes as requests of the server.
                self._value = await self._of_task("tasks/result", number)
                return
            has_outcome = "result" in task or "error" in task or status == "cancelled"
            if status in ENDED and (has_outcome or not seed):
                self._end = End.ERROR if status == "failed" else End.RESULT
                self._value = task.get("error" if status == "failed" else "result", dict(task))
                return
            if status == "input_required":
                asked = members(task.get("inputRequests"))
                fresh = {key: one for key, one in asked.items() if key not in answered}
                found = await self._responses(fresh) if fresh else None
                answered.update(fresh)
                if found is not None:
                    await self._of_task("tasks/update", {**number, "inputResponses": found})
            if status not in ENDED:
                asked = task.get("pollIntervalMs", task.get("pollInterval"))
                await asyncio.sleep(poll_seconds(asked))
            task, seed = members(await self._of_task("tasks/get", number)), False

    async def _of_task(self, method: str, params: Mapping[str, Any]) -> Any:
        meta = self._params.get("_meta")
        about = {"_meta": meta} if meta is not None else {}
        self._asked = self._live.ask(self, method, {**params, **about})
        return await self._asked.future
