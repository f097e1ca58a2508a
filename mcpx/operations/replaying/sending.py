"""What the recorded client said, said once more to the live server."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from mcpx.analyses.divergence.comparison import Comparison
from mcpx.analyses.divergence.sides import End, Interaction
from mcpx.json_rpc import HANDSHAKES, INITIALIZE, LISTEN, id_key, members
from mcpx.operations.replaying.carrying import Carried
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.crossing import INITIALIZED, Sent
from mcpx.operations.replaying.harmless import asked_for
from mcpx.operations.replaying.open_courses import OpenCourses
from mcpx.operations.replaying.roots import CHANGED
from mcpx.operations.replaying.talk import Talk
from mcpx.operations.replaying.turns import Turns
from mcpx.operations.replaying.unsent import Unsent
from mcpx.sessions.events import Message
from mcpx.sessions.items import CANCELLED, PROGRESS

_POLLS = ("tasks/get", "tasks/result", "tasks/update")
# Seconds for a stream of what comes unasked to be opened.
STREAM = 2.0


class Sending:
    """Sends requests when it is their turn; those that go on with others only give answers.

    ``skipped`` is what is not asked for, tools above all, ``left_out`` what of it would have been.
    ``unsent`` knows what depends on that.
    """

    def __init__(
        self,
        courses: OpenCourses,
        turns: Turns,
        comparison: Comparison,
        skipped: Collection[str],
        seconds: float,
    ) -> None:
        """``seconds`` is the patience for what has to be asked before something else."""
        self.left_out: dict[str, None] = {}
        self._courses = courses
        self._turns = turns
        self._comparison = comparison
        self._skipped = skipped
        self._seconds = seconds
        self.unsent = Unsent(comparison.renaming)

    async def request(
        self,
        talk: Talk,
        event: Message,
        about: Interaction,
        key: str,
        params: Mapping[str, Any],
        missing: Sequence[str],
    ) -> None:
        """A request: ``params`` as they were sent, but for the secrets that are ``missing``."""
        responses = {} if missing else members(params.get("inputResponses"))
        task = about.params.get("taskId")
        if about.method in _POLLS and isinstance(task, str) and task in talk.tasks:
            polled = talk.tasks[task]
            polled.gets(responses)
            talk.looks(key, polled, about.method, event.exchange)
            return
        course = self._courses.gone_on_with(about)
        if course is None:
            course = Course(about, event.time, talk.is_modern, talk.pool, about.number)
            self._courses.add(course)
            await self._send(talk, course, params, missing)
        elif course.end is End.ERROR:
            # It was refused until pages are opened, and is asked once more when they are.
            course.gets({name: {"action": "accept"} for name in course.asked})
        else:
            course.gets(responses)
        talk.asked(key, course, params, event.exchange)

    async def said(self, talk: Talk, method: str, params: Mapping[str, Any]) -> None:
        """A notification."""
        if method == CHANGED:
            talk.pool.roots_changed()
        if method == CANCELLED:
            wait = talk.open.of(id_key(params.get("requestId")))
            if wait is not None and not wait.poll:
                course = wait.course
                course.cancelled = True
                if course.carried is not None:
                    course.carried.cancel(params)
        elif self._skipped and (wanted := asked_for(method, params)):
            self.left_out[wanted] = None
        elif method != PROGRESS and talk.crossing.notification(method):
            talk.live.notify(method, params or None)
            if method == INITIALIZED and talk.recorded.listens and talk.live.has_stream:
                # What a server tells before its stream is there may be lost.
                await talk.live.until_listening(STREAM)

    async def before(self, talk: Talk, course: Course, sent: Sent) -> None:
        """Ask what nobody compares the answers of; a stream is opened and left open."""
        for method, params in sent.before:
            carried = Carried(talk.live, course, method, params)
            if method != LISTEN:
                await carried.until_over(self._seconds)
            if method in HANDSHAKES:
                talk.live.check_opened(carried)
            if method == INITIALIZE:
                talk.live.agreed(members(carried.first))
                talk.live.notify(INITIALIZED, None)

    async def _send(
        self, talk: Talk, course: Course, params: Mapping[str, Any], missing: Sequence[str]
    ) -> None:
        about = course.interaction
        wanted = asked_for(about.method, about.params)
        if wanted and wanted in self._skipped:
            self.left_out[wanted] = None
            course.why_not = "it may change something, and nobody has allowed that"
            return
        if missing:
            course.why_not = f"a secret that it needs is not known: {', '.join(missing)}"
            return
        if number := self.unsent.needed(about.params):
            course.why_not = f"it depends on #{number}, which was not sent"
            return
        sent = talk.crossing.request(about.method, params)
        await self.before(talk, course, sent)
        course.why_not = sent.why_not

        def start() -> None:
            bound = self._comparison.bound.in_params(about, sent.params)
            given = self._comparison.renaming.in_params(bound)
            course.carried = Carried(talk.live, course, sent.method, given)

        if sent.method:
            self._turns.take(course, start)
