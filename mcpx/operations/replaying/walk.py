"""The walk over a recording in its order: what was sent is sent, what was awaited is awaited.

At a recorded request its live counterpart goes out; at a recorded answer the walk waits until the
live one has come too. So a request goes out as soon as every answer recorded before it is there:
what ran side by side does so again, and what took something from an answer finds it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mcpx.analyses.divergence.comparison import Comparison
from mcpx.analyses.divergence.sides import End, Interaction, Side
from mcpx.client.codes import URL_ELICITATION
from mcpx.client.processes import Process
from mcpx.client.terms import Terms
from mcpx.envelopes import asked
from mcpx.errors import McpxError
from mcpx.json_rpc import LISTEN, id_key, members, named
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.carrying import Carried
from mcpx.operations.replaying.courses import Asking, Course
from mcpx.operations.replaying.crossing import (
    INITIALIZED,
    AsRecorded,
    Crossing,
    ToLegacy,
    ToModern,
)
from mcpx.operations.replaying.live_connection import LiveConnection
from mcpx.operations.replaying.markers import blanked, unmarked
from mcpx.operations.replaying.options import Options, Replayed, Summary
from mcpx.operations.replaying.recorded_session import (
    INITIALIZE,
    RecordedConnection,
    RecordedSession,
    pieces,
)
from mcpx.operations.replaying.restored import Restoring
from mcpx.operations.replaying.subjects import subject
from mcpx.operations.replaying.talk import Exchange, Talk
from mcpx.servers import Era, ServerSpec, Transport
from mcpx.sessions.events import Event, Exited, Finished, Http, Message, Opened
from mcpx.sessions.items import CANCELLED, PROGRESS, Piece
from mcpx.sessions.legs import Legs
from mcpx.sessions.reading import Reading
from mcpx.sessions.times import seconds_of
from mcpx.wire import Direction, Ending, Finish

_POLLS = ("tasks/get", "tasks/result", "tasks/update")
_TASK_ENDS = ("completed", "failed", "cancelled")
# Seconds for what is told unasked to come, beyond what it took in the recording; and until it is
# taken that nobody can tell which interaction a question belongs to.
NEWS = 1.0
UNCLEAR = 0.5
# Seconds for a stream of what comes unasked to be opened.
STREAM = 2.0


class Walk:
    """One replay of a recording."""

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
        self._told = told
        self._restoring = restoring
        self._skipped = skipped
        self._process = process
        self._talks: dict[int, Talk] = {}
        self._courses: dict[int, Course] = {}  # by the number of their last request
        self._legs = Legs()
        self._current: Course | None = None  # of a sequential walk
        self._queue: deque[Course] = deque()
        self._starts: dict[Course, Callable[[], None]] = {}
        self._began = seconds_of(reading.header.created) or 0.0
        self._time = 0.0
        self._interactions = self._sent = 0
        self._left_out: dict[str, None] = {}
        self._broken: McpxError | None = None

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
        renaming, bound = self._comparison.renaming, self._comparison.bound
        by_rule = {str(recorded): str(live) for _, recorded, live in bound.used}
        return Summary(
            interactions=self._interactions,
            sent=self._sent,
            skipped=tuple(self._left_out),
            missing=self._restoring.missing,
            bound={**renaming.bound, **by_rule},
            broken=self._broken,
            complete=self._recorded.complete,
            seconds=time.monotonic() - started,
        )

    async def _pace(self, event: Event, started: float) -> None:
        if self._options.pace and isinstance(event, Message):
            wait = event.time / self._options.pace - (time.monotonic() - started)
            if wait > 0 and event.direction is Direction.TO_SERVER:
                await asyncio.sleep(wait)

    async def _event(self, event: Event) -> None:
        one = self._recorded.connections.get(event.connection)
        if one is None or not one.is_replayed:
            return
        talk = self._talks.get(event.connection) or self._begun(event, one)
        if isinstance(event, Opened) or talk.live.failure is not None or not talk.begun:
            await self._open(talk)
        if isinstance(event, Message):
            await self._message(talk, event)
        elif isinstance(event, Http):
            await self._http(talk, event)
        elif isinstance(event, Finished):
            await self._finished(talk, event)
        elif isinstance(event, Exited):
            talk.exit = event.code if event.by in (Ending.ITSELF, Ending.END_OF_INPUT) else None
            await self._close(talk)

    # --- connections ---------------------------------------------------------------------------

    def _begun(self, event: Event, one: RecordedConnection) -> Talk:
        modern = (self._options.era or one.era) is Era.MODERN
        crossing: Crossing = AsRecorded(one)
        if modern and one.era is Era.LEGACY:
            crossing = ToModern(one)
        elif not modern and one.era is Era.MODERN:
            crossing = ToLegacy(one)
        pool = AnswerPool()
        spec = self._spec
        if one.is_sse and not modern and spec.transport is Transport.HTTP:
            spec = replace(spec, transport=Transport.SSE)
        terms = replace(self._terms, listening=one.listens, era=None)
        live = LiveConnection(spec, terms, pool, modern)
        first = Interaction(event.number, event.connection, line=event.line)
        talk = self._talks[event.connection] = Talk(one, live, pool, crossing, first)
        return talk

    async def _open(self, talk: Talk) -> None:
        """Open the live connection, and say what has to be said before anything else."""
        if talk.begun:
            return
        talk.begun = True
        process, self._process = self._process, None
        await talk.live.open(process)
        self._note(talk.live.failure)
        await self._ask_before(talk, talk.crossing.opening())

    async def _ask_before(self, talk: Talk, requests: Any, course: Course | None = None) -> None:
        """Ask what nobody compares the answers of; a stream is opened and left open."""
        for method, params in requests:
            about = course or Course(talk.first, self._time, modern=talk.live.modern)
            carried = Carried(talk.live, about, method, params)
            if method != LISTEN:
                await carried.until_over(self._options.seconds)
                if method == INITIALIZE:
                    self._opened_by(talk, carried.first)
                    talk.live.notify(INITIALIZED, None)

    def _opened_by(self, talk: Talk, result: Any) -> None:
        version = members(result).get("protocolVersion")
        if isinstance(version, str):
            talk.live.agreed(version)

    async def _close(self, talk: Talk) -> None:
        if talk.closed:
            return
        talk.closed, talk.ended = True, self._time
        for course in self._of(talk):
            if not course.waits:  # nobody has gone on with it
                await self._ended(talk, course, course.end, course.value)
        for about, count in talk.heard.items():
            if about not in talk.missed:
                await self._until_heard(talk, about, count, NEWS)
        if not self._recorded.complete:
            await self._last_answers(talk)
        await talk.live.close()
        for course in self._of(talk):
            if course.carried is not None:
                course.carried.leave(End.LISTENING if course.listens else End.UNANSWERED)

    async def _last_answers(self, talk: Talk) -> None:
        """Let come what the recording was interrupted before, but do not wait for it long."""
        waiting = [one.carried for one in self._of(talk) if one.carried and not one.listens]
        await asyncio.gather(*(carried.until_over(NEWS) for carried in waiting))

    def _of(self, talk: Talk) -> list[Course]:
        """The interactions of a connection that have not ended in the recording."""
        number = talk.first.connection
        return [one for one in self._courses.values() if one.interaction.connection == number]

    def _note(self, failure: McpxError | None) -> None:
        self._broken = self._broken or failure

    # --- messages ------------------------------------------------------------------------------

    async def _message(self, talk: Talk, event: Message) -> None:
        if event.cut:
            self._cut(talk, event)
            return
        if event.direction is Direction.TO_CLIENT:
            for _, value in pieces(event):
                await self._from_server(talk, event, members(value))
            return
        whole, missing = self._restoring.whole(event)
        for (piece, value), (_, sent) in zip(pieces(event), pieces(whole), strict=True):
            await self._from_client(talk, piece, members(value), members(sent), missing)

    async def _from_client(
        self,
        talk: Talk,
        piece: Piece,
        value: Mapping[str, Any],
        sent: Mapping[str, Any],
        missing: Sequence[str],
    ) -> None:
        """What the recorded client said: as the recording has it, and as it was ``sent``."""
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
            await self._request(talk, piece.event, about, value["id"], params, missing)
        elif missing:
            return
        elif isinstance(method, str):
            await self._said(talk, method, params)
        else:
            self._replied(talk, sent)

    async def _from_server(self, talk: Talk, event: Message, value: Mapping[str, Any]) -> None:
        method, params = value.get("method"), members(value.get("params"))
        if isinstance(method, str) and "id" in value:
            self._question(talk, event, method, value["id"], params)
        elif isinstance(method, str):
            await self._notified(talk, event, method, params)
        elif "result" in value or "error" in value:
            await self._answer(talk, event, value)

    def _cut(self, talk: Talk, event: Message) -> None:
        """Something is not in the recording: whoever waits may have got it."""
        if event.direction is Direction.TO_CLIENT:
            found = talk.exchanges.get(event.exchange)
            for course in found.courses if found is not None else talk.open.values():
                course.holes = True

    async def _request(
        self,
        talk: Talk,
        event: Message,
        about: Interaction,
        number: Any,
        params: Mapping[str, Any],
        missing: Sequence[str],
    ) -> None:
        method, key = about.method, id_key(number)
        leg = self._legs.of(method, about.params)
        course = self._courses.get(leg.follows) if leg.follows else self._after_pages(talk, about)
        if leg.follows and course is not None and not course.goes_on_with(about.params):
            course = None  # with another state than it was given, which is a request of its own
        task = about.params.get("taskId")
        if course is not None:
            del self._courses[course.leg]
            self._goes_on(talk, course, _opened(course) if not leg.follows else params, missing)
            course.leg, course.place, course.waits = event.number, leg.place, True
        elif method in _POLLS and isinstance(task, str) and task in talk.tasks:
            course = talk.tasks[task]
            if method == "tasks/update":
                self._goes_on(talk, course, params, missing)
            talk.polls[key] = course, method
            return
        else:
            modern = talk.recorded.era is Era.MODERN
            course = Course(about, event.time, modern, event.exchange, event.number)
            await self._send(talk, course, params, missing)
        self._courses[event.number] = course
        talk.open[key] = course
        token = members(params.get("_meta")).get("progressToken")
        if token is not None:
            course.token = id_key(token)
            talk.tokens[course.token] = course
        if event.exchange in talk.exchanges:
            talk.exchanges[event.exchange].courses[course] = None

    def _after_pages(self, talk: Talk, about: Interaction) -> Course | None:
        """The interaction that asked for pages, which this request asks once more."""
        for course in self._of(talk):
            if course.end is End.ERROR and not course.waits:
                before = course.interaction
                if (before.method, asked(before.params)) == (about.method, asked(about.params)):
                    return course
        return None

    def _goes_on(
        self, talk: Talk, course: Course, params: Mapping[str, Any], missing: Sequence[str]
    ) -> None:
        """The client has answered what the last answer asked."""
        if missing:
            return
        for key, value in members(params.get("inputResponses")).items():
            asking = course.asked.get(key)
            if asking is not None and isinstance(value, dict):
                asking.answer = value
                talk.pool.add(asking.method, asking.params, value, course)

    async def _send(
        self, talk: Talk, course: Course, params: Mapping[str, Any], missing: Sequence[str]
    ) -> None:
        """Have the live counterpart of an interaction begun, now or when it is its turn."""
        about = course.interaction
        if about.method == "tools/call" and about.name in self._skipped:
            self._left_out[about.name] = None
            course.why_not = "the tool may write, and nobody has allowed that"
        elif missing:
            course.why_not = f"a secret that it needs is not known: {', '.join(missing)}"
        else:
            sent = talk.crossing.request(about.method, params)
            if sent.before:
                await self._ask_before(talk, sent.before, course)
            course.why_not = sent.why_not
            if sent.method:
                self._starts[course] = lambda: self._start(talk, course, sent.method, sent.params)
        if course not in self._starts:
            return
        if self._options.sequential and not course.listens:
            if self._current is not None:
                self._queue.append(course)
                return
            self._current = course
        self._starts.pop(course)()

    def _start(self, talk: Talk, course: Course, method: str, params: Mapping[str, Any]) -> None:
        bound = self._comparison.bound.in_params(course.interaction, params)
        params = self._comparison.renaming.in_params(bound)
        course.carried = Carried(talk.live, course, method, params)

    async def _said(self, talk: Talk, method: str, params: Mapping[str, Any]) -> None:
        """The recorded client told something."""
        if method == CANCELLED:
            course = talk.open.get(id_key(params.get("requestId")))
            if course is not None:
                course.cancelled = True
                if course.carried is not None:
                    course.carried.cancel(params)
        elif method == PROGRESS or not talk.crossing.notification(method):
            return
        else:
            talk.live.notify(method, params or None)
            if method == INITIALIZED and talk.recorded.listens and talk.live.has_stream:
                # What a server tells before its stream is there may be lost.
                await talk.live.until_listening(STREAM)

    def _question(
        self, talk: Talk, event: Message, method: str, number: Any, params: Mapping[str, Any]
    ) -> None:
        """The recorded server asked something, within an interaction or not."""
        if method == "ping":
            return
        asking, course = Asking(method, params), talk.around(event.exchange)
        talk.questions[id_key(number)] = asking, course
        if course is not None:
            course.askings.append(asking)

    def _replied(self, talk: Talk, value: Mapping[str, Any]) -> None:
        """The recorded client answered what the server asked."""
        asking, course = talk.questions.pop(id_key(value.get("id")), (None, None))
        if asking is None:
            return
        is_error = "error" in value
        answer = members(value.get("error" if is_error else "result"))
        asking.answer = {"error": answer} if is_error else answer
        talk.pool.add(asking.method, asking.params, answer, course, is_error)

    async def _notified(
        self, talk: Talk, event: Message, method: str, params: Mapping[str, Any]
    ) -> None:
        if method == PROGRESS:
            course = talk.tokens.get(id_key(params.get("progressToken")))
            if course is not None:
                course.progressed(params)
            return
        talk.hear(method, blanked(params) if event.masked else params)
        about = subject(method, params)
        if not about:
            return
        talk.heard[about] += 1
        if about not in talk.missed:
            await self._until_heard(talk, about, talk.heard[about], event.time - self._time + NEWS)

    async def _until_heard(self, talk: Talk, about: str, count: int, seconds: float) -> None:
        patience = min(seconds, self._options.seconds)
        if talk.live.failure is None and not await talk.live.until_heard(about, count, patience):
            talk.missed.add(about)

    # --- answers -------------------------------------------------------------------------------

    async def _answer(self, talk: Talk, event: Message, value: Mapping[str, Any]) -> None:
        key = id_key(value.get("id"))
        if key in talk.polls:
            await self._looked(talk, event, value, *talk.polls.pop(key))
            return
        course = talk.open.pop(key, None)
        if course is None and "error" in value and value.get("id") is None:
            # A request that could not be read has no id to answer to.
            course = talk.around(event.exchange)
            talk.open = {k: one for k, one in talk.open.items() if one is not course}
        if course is None:
            return
        course.waits = False
        self._status(talk, course, event.exchange)
        if "error" in value:
            error = members(value["error"])
            if error.get("code") == URL_ELICITATION and talk.live.modern and not course.modern:
                course.asks_for_pages(error)
                course.end, course.value, course.ended = End.ERROR, error, event.time
                return
            cancelled = course.cancelled
            end = End.CANCELLED if cancelled else End.ERROR
            await self._ended(talk, course, end, value["error"], event)
            return
        result = value.get("result")
        asks = members(result)
        course.ended = event.time
        if asks.get("resultType") == "input_required":
            course.end, course.value = End.INPUT_REQUIRED, result
            course.asks(asks)
            about = course.interaction
            self._legs.asked(course.leg, course.place, about.method, about.params, asks)
            return
        task = _task_of(asks, "task" in course.interaction.params)
        if task and course.interaction.method == "tools/call":
            talk.tasks[task] = course
            course.end, course.value = End.NOT_RECORDED, None
            await self._task_begun(course, task)
            return
        await self._ended(talk, course, End.RESULT, result, event)

    async def _task_begun(self, course: Course, task: str) -> None:
        if course.carried is not None:
            await course.carried.until_first(self._patience(course))
            if course.carried.task:
                self._comparison.renaming.opaque(task, course.carried.task)

    async def _looked(
        self, talk: Talk, event: Message, value: Mapping[str, Any], course: Course, method: str
    ) -> None:
        """The recorded client has looked at a task."""
        error, result = value.get("error"), members(value.get("result"))
        if method == "tasks/result":
            end = End.ERROR if error is not None else End.RESULT
            found = value.get("result") if error is None else error
        elif method != "tasks/get" or error is not None:
            return
        elif result.get("status") == "input_required" and "inputRequests" in result:
            course.asks(result)
            return
        elif result.get("status") not in _TASK_ENDS or talk.recorded.era is not Era.MODERN:
            return
        else:
            failed = result["status"] == "failed"
            end = End.ERROR if failed else End.RESULT
            found = result.get("error" if failed else "result", result)
        course.ended = event.time
        for task, one in list(talk.tasks.items()):
            if one is course:
                del talk.tasks[task]
        await self._ended(talk, course, end, found, event)

    def _status(self, talk: Talk, course: Course, exchange: int) -> None:
        found = talk.exchanges.get(exchange)
        if found is not None and not talk.recorded.is_sse:
            course.status, course.kind = found.status, found.kind

    async def _ended(
        self, talk: Talk, course: Course, end: End, value: Any, event: Message | None = None
    ) -> None:
        """An interaction has ended in the recording: let it end live, and compare the two."""
        if course.passed:
            return
        course.end, course.value, course.waits = end, value, False
        if event is not None:
            course.ended, course.masked = event.time, event.masked
        self._courses.pop(course.leg, None)
        course.passed = True
        talk.pool.stir()
        if course in self._starts and course in self._queue:
            return  # its turn has not come yet
        await self._compare(talk, course)
        while course is self._current:
            self._current = None
            if self._queue:
                course = self._current = self._queue.popleft()
                self._starts.pop(course)()
                if not course.passed:
                    return
                await self._compare(self._talks[course.interaction.connection], course)

    async def _compare(self, talk: Talk, course: Course) -> None:
        carried = course.carried
        if carried is not None:
            await self._until_over(talk, course, carried)
            self._note(carried.failure)
        if course.end is End.CANCELLED:
            # How far it came before is a matter of time, and so is whether an answer crossed it.
            course.progress.clear()
            course.value = None
        recorded = course.side(self._began)
        if carried is None:
            end = End.LISTENING if not course.why_not and course.listens else End.NOT_SENT
            live = Side(end=end, reason=course.why_not, modern=talk.live.modern)
        else:
            self._sent += 1
            live = self._learnt(talk, course, carried.side())
        self._tell(course.interaction, recorded, live)
        talk.tokens.pop(course.token, None)
        # The two hold each other, and what they hold may be large.
        course.value = course.carried = None

    async def _until_over(self, talk: Talk, course: Course, carried: Carried) -> None:
        end = course.end
        if end in (End.RESULT, End.ERROR, End.HTTP_ERROR, End.INPUT_REQUIRED):
            patience = self._patience(course)
            if not await carried.until_over(min(UNCLEAR, patience)):
                talk.pool.give_up_unclear()
                if not await carried.until_over(patience - UNCLEAR):
                    carried.leave(End.FAILED, f"no answer within {self._options.seconds:g} s")
        else:
            carried.leave(end if end is not End.NOT_RECORDED else End.UNANSWERED)

    def _patience(self, course: Course) -> float:
        """Seconds that an answer may still take."""
        took = max((course.ended or course.time) - course.time, 0.0)
        spent = course.carried.age if course.carried is not None else 0.0
        return max(self._options.seconds + took - spent, 0.0)

    def _learnt(self, talk: Talk, course: Course, live: Side) -> Side:
        """The live side; what later requests need of it is kept."""
        method = course.interaction.method
        recorded_result, result = members(course.value), members(live.value)
        if "nextCursor" in recorded_result and "nextCursor" in result:
            self._comparison.renaming.opaque(recorded_result["nextCursor"], result["nextCursor"])
        if method == "tools/list":
            talk.live.learn_schemas(result.get("tools"))
        elif method == INITIALIZE and live.end is End.RESULT:
            self._opened_by(talk, result)
        if course.end is End.CANCELLED and live.end is not End.FAILED:
            return replace(live, end=End.CANCELLED, value=None, progress=())
        if course.masked and live.end is course.end:
            within = "/error" if live.end is End.ERROR else "/result"
            value = unmarked(course.value, live.value, course.masked, within)
            return replace(live, value=value)
        return live

    def _tell(self, interaction: Interaction, recorded: Side, live: Side) -> None:
        divergences = self._comparison.compare(interaction, recorded, live)
        self._interactions += 1
        self._told(Replayed(interaction, recorded, live, divergences))

    # --- HTTP ----------------------------------------------------------------------------------

    async def _http(self, talk: Talk, event: Http) -> None:
        if event.direction is Direction.TO_SERVER:
            talk.exchanges[event.exchange] = Exchange()
            if event.method == "DELETE":
                await self._close(talk)
        elif event.exchange in talk.exchanges:
            exchange = talk.exchanges[event.exchange]
            exchange.status = event.status
            kind = event.headers.get("content-type", "")
            exchange.kind = kind.partition(";")[0].strip().lower()

    async def _finished(self, talk: Talk, event: Finished) -> None:
        exchange = talk.exchanges.pop(event.exchange, None)
        if exchange is None:
            return
        refused = exchange.status >= 400 or event.why in (Finish.UNREACHABLE, Finish.REFUSED)
        for course in [one for one in exchange.courses if one.waits and one.exchange]:
            course.status, course.kind = exchange.status, exchange.kind
            if event.why is Finish.CLIENT and course.carried is not None and not course.passed:
                course.cancelled = True
            if course.holes or event.why is Finish.TAP:
                end = End.LISTENING if course.listens else End.NOT_RECORDED
            elif refused:
                end = End.HTTP_ERROR
            elif talk.recorded.era is Era.MODERN:
                end = self._without_answer(course, final=True)
            else:
                continue  # another exchange may bring it
            self._forget(talk, course)
            await self._ended(talk, course, end, None)

    def _forget(self, talk: Talk, course: Course) -> None:
        talk.open = {key: one for key, one in talk.open.items() if one is not course}

    def _without_answer(self, course: Course, final: bool = False) -> End:
        """How something ended that was not answered; ``final``: no answer can be missing."""
        if course.cancelled:
            return End.CANCELLED
        if course.listens:
            return End.LISTENING
        if course.holes or not (final or self._recorded.complete):
            return End.NOT_RECORDED
        return End.UNANSWERED

    async def _rest(self) -> None:
        """The recording is over: so is everything that waits."""
        for talk in self._talks.values():
            await self._close(talk)
        for course in list(self._courses.values()):
            talk = self._talks[course.interaction.connection]
            await self._ended(talk, course, self._without_answer(course), course.value)
        for talk in self._talks.values():
            modern = talk.recorded.era is Era.MODERN
            self._tell(talk.first, *talk.sides(modern, self._began))


def _opened(course: Course) -> dict[str, Any]:
    """What it comes to that a request is asked once more: its pages have been opened."""
    return {"inputResponses": {key: {"action": "accept"} for key in course.asked}}


def _task_of(result: Mapping[str, Any], as_task: bool) -> str:
    """The id of the task that a result is, in either era; empty when it is none."""
    task = result if result.get("resultType") == "task" else members(result.get("task"))
    number = task.get("taskId")
    return number if isinstance(number, str) and (as_task or task is result) else ""
