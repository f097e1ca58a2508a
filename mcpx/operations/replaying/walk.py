"""The walk over a recording in its order: what was sent is sent, what was awaited is awaited.

At a recorded request its live counterpart goes out; at a recorded answer the walk waits until the
live one has come too. So a request goes out as soon as every answer recorded before it is there:
what ran side by side does so again, and what took something from an answer finds it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mcpx.analyses.divergence.comparison import Comparison
from mcpx.analyses.divergence.sides import End, Interaction
from mcpx.client.processes import Process
from mcpx.client.rounds import ENDED
from mcpx.client.terms import Terms
from mcpx.codes import URL_ELICITATION
from mcpx.json_rpc import id_key, members, named
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.crossing import Sent, crossing_of
from mcpx.operations.replaying.live_connection import LiveConnection
from mcpx.operations.replaying.markers import blanked
from mcpx.operations.replaying.meeting import Meeting
from mcpx.operations.replaying.open_courses import OpenCourses
from mcpx.operations.replaying.options import Options, Replayed, Summary
from mcpx.operations.replaying.recorded_session import (
    RecordedConnection,
    RecordedSession,
    pieces,
)
from mcpx.operations.replaying.restored import Restoring
from mcpx.operations.replaying.sending import Sending
from mcpx.operations.replaying.subjects import subject
from mcpx.operations.replaying.talk import Talk
from mcpx.operations.replaying.turns import Turns
from mcpx.servers import Era, ServerSpec, Transport
from mcpx.sessions.events import Event, Exited, Finished, Http, Message
from mcpx.sessions.items import PROGRESS, Piece
from mcpx.sessions.reading import Reading
from mcpx.sessions.times import seconds_of
from mcpx.wire import Direction, Ending

# Seconds for what is told unasked to come, beyond what it took in the recording.
NEWS = 1.0


class Walk:
    """One replay of a recording.

    Nothing is waited for without end: for an answer, the seconds of the options beyond what it took
    when it was recorded; for what is told unasked, NEWS beyond that, and not again once it did not
    come; at the end of a recording that was interrupted, NEWS for what had no answer in it; for a
    stream to be opened, STREAM; for what a question belongs to, UNCLEAR at a time.
    """

    def __init__(
        self,
        reading: Reading,
        recorded: RecordedSession,
        spec: ServerSpec,
        terms: Terms,
        comparison: Comparison,
        options: Options,
        told: Callable[[Replayed], None],
        restoring: Restoring,
        skipped: frozenset[str] = frozenset(),
        process: Process | None = None,
    ) -> None:
        """``skipped`` are the tools that are not called, ``process`` one that runs already."""
        self._reading = reading
        self._recorded = recorded
        self._spec = spec
        self._terms = terms
        self._comparison = comparison
        self._options = options
        self._restoring = restoring
        self._process = process
        began = seconds_of(reading.header.created) or 0.0
        self._meeting = Meeting(comparison, options.seconds, began, told)
        self._turns = Turns(options.sequential)
        self._talks: dict[int, Talk] = {}
        self._courses = OpenCourses()
        self._sending = Sending(self._courses, self._turns, comparison, skipped, options.seconds)
        self._time = 0.0

    async def go(self) -> Summary:
        """Walk to the end of the recording; the live connections are closed whatever happens."""
        started = time.monotonic()
        try:
            for event in self._reading:
                await self._pace(event, started)
                await self._event(event)
                self._time = event.time
                del event  # a large one is not kept while the next is read
            await self._rest()
        finally:
            await asyncio.gather(*(talk.live.close() for talk in self._talks.values()))
            if self._process is not None:
                self._process.kill()
        bound = self._comparison.bound.used
        return Summary(
            interactions=self._meeting.interactions,
            sent=self._meeting.sent,
            skipped=tuple(self._sending.left_out),
            missing=self._restoring.missing,
            bound={
                **self._comparison.renaming.bound,
                **{str(recorded): str(live) for _, recorded, live in bound},
            },
            broken=self._meeting.broken,
            complete=self._recorded.complete,
            seconds=time.monotonic() - started,
        )

    async def _pace(self, event: Event, started: float) -> None:
        if not self._options.pace or not isinstance(event, Message):
            return
        wait = event.time / self._options.pace - (time.monotonic() - started)
        if wait > 0 and event.direction is Direction.TO_SERVER:
            await asyncio.sleep(wait)

    async def _event(self, event: Event) -> None:
        one = self._recorded.connections.get(event.connection)
        if one is None or not one.is_replayed:
            return
        talk = self._talks.get(event.connection) or await self._begun(event, one)
        if isinstance(event, Message):
            await self._message(talk, event)
        elif isinstance(event, Http):
            talk.head(event)
            if event.method == "DELETE":
                await self._close(talk)
        elif isinstance(event, Finished):
            for course, end in list(talk.finished(event)):
                await self._ended(talk, course, end)
        elif isinstance(event, Exited):
            talk.exit = event.code if event.by in (Ending.ITSELF, Ending.END_OF_INPUT) else None
            await self._close(talk)

    async def _rest(self) -> None:
        """The recording is over: so is everything that waits."""
        for talk in self._talks.values():
            await self._close(talk)
        for course in self._courses:
            talk = self._talk_of(course)
            await self._ended(talk, course, talk.without_answer(course), course.value)
        for talk in self._talks.values():
            self._meeting.of_connection(talk)

    # --- connections ---------------------------------------------------------------------------

    async def _begun(self, event: Event, one: RecordedConnection) -> Talk:
        """A connection has begun: open its live one, and say what has to be said first."""
        modern = (self._options.era or one.era) is Era.MODERN
        pool, spec = self._pool_of(one), self._spec
        if one.is_sse and not modern and spec.transport is Transport.HTTP:
            spec = replace(spec, transport=Transport.SSE)
        terms = replace(self._terms, listening=one.listens, era=None)
        live = LiveConnection(spec, terms, pool, modern, self._options.era is not None)
        first = Interaction(event.number, event.connection, line=event.line)
        crossing, complete = crossing_of(one, modern), self._recorded.complete
        talk = Talk(one, live, pool, crossing, first, complete)
        self._talks[event.connection] = talk
        process, self._process = self._process, None
        await live.open(process)
        if live.failure is not None:
            raise live.failure
        about = Course(first, event.time, modern, pool)
        await self._sending.before(talk, about, Sent(before=crossing.opening()))
        return talk

    def _pool_of(self, one: RecordedConnection) -> AnswerPool:
        pool = AnswerPool()
        for changes, piece in one.roots.answers.items():
            whole, missing = self._restoring.whole(piece.event)
            if not missing:
                value = Piece(whole, piece.place).members()
                is_error = "error" in value
                answer = members(value.get("error" if is_error else "result"))
                pool.root(changes, answer, is_error)
        return pool

    async def _close(self, talk: Talk) -> None:
        if talk.closed:
            return
        talk.closed, talk.ended = True, self._time
        number = talk.first.connection
        for course in self._courses.of(number):
            if not course.waits:  # nobody has gone on with it
                await self._ended(talk, course, course.end, course.value)
        for about, count in talk.heard.items():
            await self._until_heard(talk, about, count, NEWS)
        left = [(one, one.carried) for one in self._courses.of(number) if one.carried]
        if not self._recorded.complete:
            # What the recording was interrupted before may come, but not for long.
            waiting = [carried for one, carried in left if not one.listens]
            await asyncio.gather(*(carried.until_over(NEWS) for carried in waiting))
        await talk.live.close()
        for one, carried in left:
            carried.leave(End.LISTENING if one.listens else End.UNANSWERED)

    def _talk_of(self, course: Course) -> Talk:
        return self._talks[course.interaction.connection]

    # --- what the client said ------------------------------------------------------------------

    async def _message(self, talk: Talk, event: Message) -> None:
        if event.cut:
            talk.cut(event.direction, event.exchange)
            return
        if event.direction is Direction.TO_CLIENT:
            for _, value in pieces(event):
                await self._from_server(talk, event, members(value))
            return
        whole, missing = self._restoring.whole(event)
        for (piece, value), (_, sent) in zip(pieces(event), pieces(whole), strict=True):
            if talk.recorded.led_nowhere(piece.number):
                continue
            await self._from_client(talk, piece, members(value), members(sent), missing)

    async def _from_client(
        self,
        talk: Talk,
        piece: Piece,
        value: Mapping[str, Any],
        sent: Mapping[str, Any],
        missing: Sequence[str],
    ) -> None:
        """What the client said: as the recording has it, and as it was ``sent``.

        ``missing`` are the secrets that are not known.
        """
        method, params = value.get("method"), members(sent.get("params"))
        if isinstance(method, str) and "id" in value:
            about = Interaction(
                piece.number,
                piece.event.connection,
                method,
                named(method, params),
                members(value.get("params")),
                piece.event.line,
            )
            key = id_key(value["id"])
            await self._sending.request(talk, piece.event, about, key, params, missing)
        elif missing:
            return
        elif isinstance(method, str):
            await self._sending.said(talk, method, params)
        else:
            talk.replied(sent)

    # --- what the server said ------------------------------------------------------------------

    async def _from_server(self, talk: Talk, event: Message, value: Mapping[str, Any]) -> None:
        method, params = value.get("method"), members(value.get("params"))
        if isinstance(method, str) and "id" in value:
            if method != "ping":
                talk.question(value["id"], method, params, event.exchange)
        elif isinstance(method, str):
            await self._notified(talk, event, method, params)
        elif "result" in value or "error" in value:
            await self._answer(talk, event, value)

    async def _notified(
        self, talk: Talk, event: Message, method: str, params: Mapping[str, Any]
    ) -> None:
        if method == PROGRESS:
            course = talk.tokens.of(id_key(params.get("progressToken")), event.exchange)
            if course is not None:
                course.progressed(params)
            return
        talk.tells(method, blanked(params) if event.masked else params, event.exchange)
        if about := subject(method, params):
            talk.heard[about] += 1
            seconds = event.time - self._time + NEWS
            await self._until_heard(talk, about, talk.heard[about], seconds)

    async def _until_heard(self, talk: Talk, about: str, count: int, seconds: float) -> None:
        """Wait for what the server told unasked, for a client may have waited for it too."""
        if about in talk.missed or talk.live.failure is not None:
            return
        if not await talk.live.until_heard(about, count, min(seconds, self._options.seconds)):
            talk.missed.add(about)

    async def _answer(self, talk: Talk, event: Message, value: Mapping[str, Any]) -> None:
        wait = talk.answered(value, event.exchange)
        if wait is None:
            return
        course = wait.course
        if wait.poll:
            await self._looked(talk, event, value, course, wait.poll)
            return
        about, result = course.interaction, members(value.get("result"))
        course.ended = event.time
        if "error" in value:
            error = members(value["error"])
            if error.get("code") == URL_ELICITATION and talk.live.modern and not course.modern:
                course.asks_for_pages(error)
                course.end, course.value = End.ERROR, error
                return
            end = End.CANCELLED if course.cancelled else End.ERROR
            await self._ended(talk, course, end, value["error"], event)
        elif result.get("resultType") == "input_required":
            self._courses.asks(course, result)
        elif about.method == "tools/call" and (task := _task_of(about, result)):
            talk.tasks[task] = course
            course.end = End.NOT_RECORDED
            if course.carried is not None:
                await course.carried.until_first(self._meeting.patience(course))
                self._comparison.renaming.opaque(task, course.carried.task)
        else:
            await self._ended(talk, course, End.RESULT, value.get("result"), event)

    async def _looked(
        self, talk: Talk, event: Message, value: Mapping[str, Any], course: Course, method: str
    ) -> None:
        """The recorded client has looked at a task."""
        failed, result = "error" in value, members(value.get("result"))
        if method == "tasks/result":
            found = value.get("error" if failed else "result")
        elif method == "tasks/get" and "inputRequests" in result:
            course.asks(result)
            return
        elif talk.is_modern and not failed and result.get("status") in ENDED:
            failed = result["status"] == "failed"
            found = result.get("error" if failed else "result", result)
        else:
            return
        course.ended = event.time
        talk.tasks = {task: one for task, one in talk.tasks.items() if one is not course}
        await self._ended(talk, course, End.ERROR if failed else End.RESULT, found, event)

    # --- the end of an interaction -------------------------------------------------------------

    async def _ended(
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
                self._sending.unsent.left_out(course, event.text)
        self._courses.remove(course)
        talk.tokens.remove(course.token, course)
        course.pool.stir()
        if self._turns.awaits(course):
            return
        following: Course | None = course
        while following is not None:
            course = following
            await self._meeting.of(self._talk_of(course), course)
            following = self._turns.after(course)


def _task_of(about: Interaction, result: Mapping[str, Any]) -> str:
    """The id of the task that a result is, in either era; empty when it is none."""
    task = result if result.get("resultType") == "task" else members(result.get("task"))
    number = task.get("taskId")
    is_task = task is result or "task" in about.params
    return number if isinstance(number, str) and is_task else ""
