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
from mcpx.client.terms import Terms
from mcpx.json_rpc import id_key, members, named
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.arriving import NEWS, Arriving
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.crossing import Sent, crossing_of
from mcpx.operations.replaying.live_connection import LiveConnection
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
from mcpx.operations.replaying.talk import Talk
from mcpx.operations.replaying.turns import Turns
from mcpx.servers import Era, ServerSpec, Transport
from mcpx.sessions.events import Event, Exited, Finished, Http, Message
from mcpx.sessions.items import Piece
from mcpx.sessions.reading import Reading
from mcpx.sessions.times import seconds_of
from mcpx.wire import Direction, Ending


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
        self._talks: dict[int, Talk] = {}
        self._courses = OpenCourses()
        turns = Turns(options.sequential)
        self._sending = Sending(self._courses, turns, comparison, skipped, options.seconds)
        self._arriving = Arriving(
            self._talks,
            self._courses,
            turns,
            self._meeting,
            self._sending.unsent,
            comparison.renaming,
            options.seconds,
        )
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
                await self._arriving.ended(talk, course, end)
        elif isinstance(event, Exited):
            talk.exit = event.code if event.by in (Ending.ITSELF, Ending.END_OF_INPUT) else None
            await self._close(talk)

    async def _rest(self) -> None:
        """The recording is over: so is everything that waits."""
        for talk in self._talks.values():
            await self._close(talk)
        for course in self._courses:
            talk = self._talks[course.interaction.connection]
            end = talk.without_answer(course)
            await self._arriving.ended(talk, course, end, course.value)
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
        live = LiveConnection(spec, terms, pool, modern)
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
                await self._arriving.ended(talk, course, course.end, course.value)
        for about, count in talk.news.heard.items():
            await self._arriving.until_heard(talk, about, count, NEWS)
        left = [(one, one.carried) for one in self._courses.of(number) if one.carried]
        if not self._recorded.complete:
            # What the recording was interrupted before may come, but not for long.
            waiting = [carried for one, carried in left if not one.listens]
            await asyncio.gather(*(carried.until_over(NEWS) for carried in waiting))
        await talk.live.close()
        for one, carried in left:
            carried.leave(End.LISTENING if one.listens else End.UNANSWERED)

    # --- what the client said ------------------------------------------------------------------

    async def _message(self, talk: Talk, event: Message) -> None:
        if event.cut:
            talk.cut(event.direction, event.exchange)
            return
        if event.direction is Direction.TO_CLIENT:
            for _, value in pieces(event):
                await self._arriving.message(talk, event, members(value), event.time - self._time)
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
