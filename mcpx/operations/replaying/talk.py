"""One recorded connection with the live one that stands for it: what is open on it; no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mcpx.analyses.divergence.sides import End, Interaction, Question, Side, Told
from mcpx.json_rpc import id_key, members
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.courses import Asking, Course
from mcpx.operations.replaying.crossing import Crossing
from mcpx.operations.replaying.live_connection import LiveConnection
from mcpx.operations.replaying.news import News
from mcpx.operations.replaying.recorded_session import RecordedConnection
from mcpx.operations.replaying.roots import LIST
from mcpx.servers import NOTHING, Era
from mcpx.sessions.by_id import ById
from mcpx.sessions.events import Finished, Http
from mcpx.wire import Direction, Finish

# Exchanges of which the end is awaited: some recorders do not tell it.
_MOST_EXCHANGES = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Wait:
    """A recorded request that waits for its answer: of which interaction.

    ``poll`` is its method where it only looks at the task of that.
    """

    course: Course
    key: str
    poll: str = ""


@dataclass(slots=True, eq=False)
class Exchange:
    """An HTTP exchange of the recording that is not over: its status, and whom it answers."""

    status: int = 0
    kind: str = ""
    courses: dict[Course, None] = field(default_factory=dict)

    @property
    def waiting(self) -> list[Course]:
        """The interactions that wait on it."""
        return [one for one in self.courses if one.waits]


@dataclass(slots=True, eq=False)
class Talk:
    """What is open on a connection, and the ``news`` on it.

    ``open`` are the requests that wait, by their ids, ``waiting`` the interactions of which they
    are the last; ``questions`` those of the server, by theirs. ``missed`` is what of the news does
    not come live any more, so that nobody waits for it again. ``roots``: how the server asked for
    those of the client, which is no matter of any interaction. ``complete``: the recording has its
    end.
    """

    recorded: RecordedConnection
    live: LiveConnection
    pool: AnswerPool
    crossing: Crossing
    first: Interaction
    complete: bool = True
    open: ById[Wait] = field(default_factory=ById)
    waiting: dict[Course, Wait] = field(default_factory=dict)
    tasks: dict[str, Course] = field(default_factory=dict)
    tokens: ById[Course] = field(default_factory=ById)
    questions: dict[str, tuple[Asking, Course | None]] = field(default_factory=dict)
    exchanges: dict[int, Exchange] = field(default_factory=dict)
    news: News = field(default_factory=News)
    roots: Asking | None = None
    missed: set[str] = field(default_factory=set)
    exit: int | None = None
    ended: float = 0.0
    begun: bool = False
    closed: bool = False

    @property
    def is_modern(self) -> bool:
        """Whether it was recorded in the modern era."""
        return self.recorded.era is Era.MODERN

    # --- what the client says ------------------------------------------------------------------

    def asked(self, key: str, course: Course, params: Mapping[str, Any], exchange: int) -> None:
        """A request of an interaction waits for its answer."""
        self._forget(course)
        course.waits = True
        self.waiting[course] = wait = Wait(course, key)
        self.open.add(key, wait, exchange)
        token = members(params.get("_meta")).get("progressToken")
        if token is not None:
            self.tokens.remove(course.token, course)
            course.token = id_key(token)
            self.tokens.add(course.token, course, exchange)
        if exchange in self.exchanges:
            self.exchanges[exchange].courses[course] = None

    def looks(self, key: str, course: Course, method: str, exchange: int) -> None:
        """A request looks at the task of an interaction."""
        self.open.add(key, Wait(course, key, method), exchange)

    def replied(self, value: Mapping[str, Any]) -> None:
        """The client has answered what the server asked."""
        asking, course = self.questions.pop(id_key(value.get("id")), (None, None))
        if asking is None:
            return
        is_error = "error" in value
        answer = members(value.get("error" if is_error else "result"))
        asking.answer = {"error": answer} if is_error else answer
        self.pool.add(asking.method, asking.params, answer, course, is_error)

    # --- what the server says ------------------------------------------------------------------

    def around(self, exchange: int) -> Course | None:
        """The interaction that something unasked belongs to, where that can be told."""
        if exchange:
            found = self.exchanges.get(exchange)
            waiting = found.waiting if found is not None else []
        else:
            waiting = [one for one in self.waiting if not one.listens]
        return waiting[0] if len(waiting) == 1 else None

    def question(self, number: Any, method: str, params: Mapping[str, Any], exchange: int) -> None:
        """The server asks something, within an interaction or not."""
        asking, course = Asking(method, params), self.around(exchange)
        if method == LIST and self.pool.has_roots:
            self.roots, course = asking, None
        self.questions[id_key(number)] = asking, course
        if course is not None:
            course.askings.append(asking)

    def tells(self, method: str, params: Mapping[str, Any], exchange: int = 0) -> None:
        """The server tells something."""
        course = self.around(exchange)
        during = replace(course.interaction, params=NOTHING) if course is not None else None
        self.news.add(Told(method, params, during))

    def answered(self, value: Mapping[str, Any], exchange: int) -> Wait | None:
        """The request that this answers, which waits no longer."""
        wait = self.open.take(id_key(value.get("id")), exchange)
        if wait is None and "error" in value and value.get("id") is None:
            # A request that could not be read has no id to answer to.
            course = self.around(exchange)
            wait = self.waiting.get(course) if course is not None else None
        if wait is not None and not wait.poll:
            self._forget(wait.course)
            self._status(wait.course, self.exchanges.get(exchange))
        return wait

    def cut(self, direction: Direction, exchange: int) -> None:
        """Something is not in the recording: whoever waits may have got it."""
        if direction is Direction.TO_CLIENT:
            found = self.exchanges.get(exchange)
            for course in found.courses if found is not None else self.waiting:
                course.holes = True

    # --- HTTP, and the end ---------------------------------------------------------------------

    def head(self, event: Http) -> None:
        """The head of a request or an answer."""
        if event.direction is Direction.TO_SERVER:
            self.exchanges[event.exchange] = Exchange()
            if len(self.exchanges) > _MOST_EXCHANGES:
                del self.exchanges[next(iter(self.exchanges))]
        elif (found := self.exchanges.get(event.exchange)) is not None:
            kind = event.headers.get("content-type", "")
            found.status, found.kind = event.status, kind.partition(";")[0].strip().lower()

    def finished(self, event: Finished) -> Iterator[tuple[Course, End]]:
        """The interactions that end with an exchange, without an answer."""
        exchange = self.exchanges.pop(event.exchange, None)
        if exchange is None:
            return
        refused = exchange.status >= 400 or event.why in (Finish.UNREACHABLE, Finish.REFUSED)
        for course in exchange.waiting:
            if event.why is Finish.CLIENT:
                course.cancelled = True
            if event.why is Finish.TAP:
                course.holes = True
            if refused and not course.holes:
                end = End.HTTP_ERROR
            elif self.is_modern or course.holes:
                end = self.without_answer(course, final=True)
            else:
                continue  # another exchange may bring it (2025-11-25, "Resumability")
            self._forget(course)
            self._status(course, exchange)
            yield course, end

    def without_answer(self, course: Course, final: bool = False) -> End:
        """How something ended that was not answered; ``final``: no answer can be missing."""
        if course.cancelled:
            return End.CANCELLED
        if course.listens:
            return End.LISTENING
        if course.holes or not (final or self.complete):
            return End.NOT_RECORDED
        return End.UNANSWERED

    def sides(self, began: float) -> tuple[Side, Side]:
        """The connection itself, as it was recorded and live: what was told, how it ended.

        That the server asks for roots is a matter of it too, where no era keeps it from that.
        """
        asked: list[Question] = []
        if self.roots is not None and self.live.modern is self.is_modern:
            asked.append(Question(LIST, self.roots.params, self.roots.answer))
        recorded = Side(
            end=End.RESULT,
            at=began + self.ended,
            questions=tuple(asked),
            told=tuple(self.news.told),
            exit=self.exit,
            modern=self.is_modern,
        )
        live = Side(
            end=End.RESULT,
            questions=tuple(asked if self.live.news.heard[LIST] else ()),
            told=tuple(self.live.news.told),
            exit=self.live.exit,
            modern=self.live.modern,
            offers=self.live.offers,
        )
        return recorded, live

    def _forget(self, course: Course) -> None:
        course.waits = False
        wait = self.waiting.pop(course, None)
        if wait is not None:
            self.open.remove(wait.key, wait)

    def _status(self, course: Course, exchange: Exchange | None) -> None:
        # Over HTTP+SSE the status is that of a stream which brings everything.
        if exchange is not None and not self.recorded.is_sse:
            course.status, course.kind = exchange.status, exchange.kind
