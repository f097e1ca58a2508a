"""What the recorded server said: live, the same is waited for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcpx.analyses.divergence.renaming import Renaming
from mcpx.analyses.divergence.sides import End, Interaction
from mcpx.client.rounds import ENDED
from mcpx.codes import URL_ELICITATION
from mcpx.json_rpc import id_key, members
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.markers import blanked
from mcpx.operations.replaying.meeting import Meeting
from mcpx.operations.replaying.open_courses import OpenCourses
from mcpx.operations.replaying.roots import LIST
from mcpx.operations.replaying.subjects import subject
from mcpx.operations.replaying.talk import Talk, Wait
from mcpx.operations.replaying.turns import Turns
from mcpx.operations.replaying.unsent import Unsent
from mcpx.sessions.events import Message
from mcpx.sessions.items import PROGRESS

# Seconds for what is told unasked to come, beyond what it took in the recording.
NEWS = 1.0


class Arriving:
    """Takes what the server said to the interaction that it belongs to, until that has ended."""

    def __init__(
        self,
        talks: Mapping[int, Talk],
        courses: OpenCourses,
        turns: Turns,
        meeting: Meeting,
        unsent: Unsent,
        renaming: Renaming,
        seconds: float,
    ) -> None:
        """``talks`` are the connections by their numbers, ``seconds`` the patience for news."""
        self._talks = talks
        self._courses = courses
        self._turns = turns
        self._meeting = meeting
        self._unsent = unsent
        self._renaming = renaming
        self._seconds = seconds

    async def message(
        self, talk: Talk, event: Message, value: Mapping[str, Any], gap: float
    ) -> None:
        """One message; ``gap`` is how many seconds the recording was silent before it."""
        method, params = value.get("method"), members(value.get("params"))
        if isinstance(method, str) and "id" in value:
            if method != "ping":
                talk.question(value["id"], method, params, event.exchange)
            if method == LIST and talk.roots is not None:
                talk.news.heard[LIST] = 1  # however often: servers ask on timers too
                await self.until_heard(talk, LIST, 1, gap + NEWS)
        elif isinstance(method, str):
            await self._notified(talk, event, method, params, gap)
        elif "result" in value or "error" in value:
            await self._answer(talk, event, value)

    async def _notified(
        self,
        talk: Talk,
        event: Message,
        method: str,
        params: Mapping[str, Any],
        gap: float,
    ) -> None:
        if method == PROGRESS:
            course = talk.tokens.of(id_key(params.get("progressToken")), event.exchange)
            if course is not None:
                course.advance.told(params)
            return
        talk.tells(method, blanked(params) if event.masked else params, event.exchange)
        if (about := subject(method, params)) and (count := talk.news.count(about)):
            await self.until_heard(talk, about, count, gap + NEWS)

    async def until_heard(self, talk: Talk, about: str, count: int, seconds: float) -> None:
        """Wait for what the server told unasked, for a client may have waited for it too."""
        if about in talk.missed or talk.live.failure is not None:
            return
        if not await talk.live.until_heard(about, count, min(seconds, self._seconds)):
            talk.missed.add(about)

    async def _answer(self, talk: Talk, event: Message, value: Mapping[str, Any]) -> None:
        wait = talk.answered(value, event.exchange)
        if wait is None:
            return
        if wait.poll:
            await self._looked(talk, event, value, wait)
            return
        course, result = wait.course, members(value.get("result"))
        about = course.interaction
        course.ended = event.time
        if "error" in value:
            await self._refused(talk, event, course, value["error"])
        elif result.get("resultType") == "input_required":
            self._courses.asks(course, result)
        elif about.method == "tools/call" and (task := _task_of(about, result)):
            talk.tasks[task] = course
            course.end = End.NOT_RECORDED
            if course.carried is not None:
                await course.carried.until_first(self._meeting.patience(course))
                self._renaming.opaque(task, course.carried.task)
        else:
            await self.ended(talk, course, End.RESULT, value.get("result"), event)

    async def _refused(self, talk: Talk, event: Message, course: Course, error: Any) -> None:
        if talk.live.modern and not course.modern and members(error).get("code") == URL_ELICITATION:
            course.asks_for_pages(error)
            course.end, course.value = End.ERROR, error
        else:
            end = End.CANCELLED if course.cancelled else End.ERROR
            await self.ended(talk, course, end, error, event)

    async def _looked(
        self, talk: Talk, event: Message, value: Mapping[str, Any], wait: Wait
    ) -> None:
        """The recorded client has looked at the task of an interaction."""
        course = wait.course
        failed, result = "error" in value, members(value.get("result"))
        if wait.poll == "tasks/result":
            found = value.get("error" if failed else "result")
        elif wait.poll == "tasks/get" and "inputRequests" in result:
            course.asks(result)
            return
        elif talk.is_modern and not failed and result.get("status") in ENDED:
            failed = result["status"] == "failed"
            found = result.get("error" if failed else "result", result)
        else:
            return
        course.ended = event.time
        talk.tasks = {task: one for task, one in talk.tasks.items() if one is not course}
        await self.ended(talk, course, End.ERROR if failed else End.RESULT, found, event)

    async def ended(
        self,
        talk: Talk,
        course: Course,
        end: End,
        value: Any = None,
        event: Message | None = None,
    ) -> None:
        """An interaction has ended in the recording: let it end live, and compare the two."""
        if course.passed:
            return
        course.passed, course.waits, course.end, course.value = True, False, end, value
        if event is not None:
            course.masked = event.masked
            if course.why_not:
                self._unsent.left_out(course, event.text)
        self._courses.remove(course)
        talk.tokens.remove(course.token, course)
        course.pool.stir()
        if self._turns.awaits(course):
            return
        following: Course | None = course
        while following is not None:
            course = following
            await self._meeting.of(self._talks[course.interaction.connection], course)
            following = self._turns.after(course)


def _task_of(about: Interaction, result: Mapping[str, Any]) -> str:
    """The id of the task that a result is, in either era; empty when it is none."""
    task = result if result.get("resultType") == "task" else members(result.get("task"))
    number = task.get("taskId")
    is_task = task is result or "task" in about.params
    return number if isinstance(number, str) and is_task else ""
