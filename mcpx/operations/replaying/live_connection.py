"""A connection to the live server, which says what it is told to, and keeps what comes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mcpx.analyses.divergence.sides import Told
from mcpx.client.eras.modern import Modern
from mcpx.client.line import Line
from mcpx.client.lines import http_line, sse_line, stdio_line
from mcpx.client.peer import Asked
from mcpx.client.processes import Process
from mcpx.client.questions import WITHIN, Question, UnansweredError
from mcpx.client.taps import together
from mcpx.client.terms import Terms
from mcpx.codes import REJECTED
from mcpx.envelopes import PREFIX
from mcpx.errors import Fault, McpxError, ServerError
from mcpx.json_rpc import DISCOVER, id_key, members
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.carrying import Carried
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.news import News
from mcpx.operations.replaying.openings import OF_ERA
from mcpx.operations.replaying.refusals import of_opening
from mcpx.operations.replaying.roots import LIST
from mcpx.operations.replaying.subjects import subject
from mcpx.operations.replaying.watching import Watching
from mcpx.servers import Era, ServerSpec, Transport

# Of notifications that may come instead of an answer before that is worth a word.
_FLOOD = 10_000
# Of schemas of tools.
_MOST_SCHEMAS = 10_000
_VERSION = f"{PREFIX}protocolVersion"
# What every result of the modern era has. Source: specification 2026-07-28, basic, "Results".
_RESULT_TYPE = "resultType"


class LiveConnection:
    """What stands for one recorded connection.

    ``modern`` is the era that is spoken on it. ``news`` has the notifications that came, and counts
    the questions for roots too. ``offers`` are the capabilities that the server named (None: it was
    not asked), ``exit`` is how the process ended by itself, ``failure`` is why the connection
    cannot be used (any more).
    """

    offered: Mapping[str, Any] = {}

    def __init__(
        self,
        spec: ServerSpec,
        terms: Terms,
        pool: AnswerPool,
        modern: bool,
    ) -> None:
        """Nothing is started or reached yet."""
        self.modern = modern
        self.news = News()
        self.exit: int | None = None
        self.offers: Mapping[str, Any] | None = None
        self.failure: McpxError | None = None
        self.pool = pool
        self._spec = spec
        self._terms = replace(
            terms,
            answering=self,
            notified=self._hear,
            tapping=together(terms.tapping, lambda *_: Watching(self)),
        )
        self._line: Line | None = None
        self._open: dict[int, Carried] = {}
        self._by_token: dict[str, Carried] = {}
        self._tokens = itertools.count(1)
        self._answered: dict[int, tuple[int, str]] = {}
        self._schemas: dict[str, Any] = {}
        self._heard_more = asyncio.Event()
        self._listening = asyncio.Event()
        self._came = 0
        self._is_known = False

    def check_opened(self, carried: Carried) -> None:
        """Raises McpxError for a server that has refused to be opened, so that nothing is told."""
        era = Era.MODERN if self.modern else Era.LEGACY
        if carried.method != OF_ERA[era]:
            return
        refusal = of_opening(self._spec, carried.error, era)
        if refusal is not None:
            raise refusal
        self._is_known = True

    async def check_spoken(self, carried: Carried, recorded: Any, seconds: float) -> None:
        """Ask a server that nobody has opened what it speaks, if its first answer makes one doubt.

        That is one which is no result, or none of the era as the ``recorded`` one is; where the
        connection broke there is nothing to ask. Raises as ``check_opened``.
        """
        if self._is_known or not self.modern or carried.failure is not None:
            return
        self._is_known = True
        lacks = _RESULT_TYPE in members(recorded) and _RESULT_TYPE not in members(carried.first)
        if carried.error is not None or (carried.first is not None and lacks):
            probe = Carried(self, carried.course, DISCOVER, {"_meta": carried.meta})
            await probe.until_over(seconds)
            self.check_opened(probe)

    @property
    def flood(self) -> int:
        """How many notifications came, if there are too many of them; else 0."""
        return self._came if self._came > _FLOOD else 0

    @property
    def speaks_http(self) -> bool:
        """Whether requests have headers."""
        return self._spec.transport is not Transport.STDIO

    @property
    def has_stream(self) -> bool:
        """Whether what comes unasked takes a stream of its own."""
        return self._spec.transport is Transport.HTTP and not self.modern

    async def open(self, process: Process | None = None) -> None:
        """Start or reach the server; nothing is said. A failure is kept, not raised."""
        try:
            if self._spec.transport is Transport.STDIO:
                self._line = stdio_line(self._spec, self._terms, process)
            elif self._spec.transport is Transport.SSE:
                self._line, wire = sse_line(self._spec, self._terms)
                async with asyncio.timeout(self._terms.deadline):
                    await wire.connect()
            else:
                self._line = http_line(self._spec, self._terms)
            if self.modern:
                self._line.peer.opened({}, legacy=False)
        except McpxError as error:
            self.failure = error
        except TimeoutError:
            text = f"{self._spec.name}: no stream within {self._terms.deadline:g} s"
            self.failure = ServerError(Fault.TIMEOUT, text)

    def ask(self, carried: Carried, method: str, params: Mapping[str, Any]) -> Asked:
        """Send a request of an interaction now. Raises ServerError when nothing can be sent."""
        if self._line is None:
            raise self.failure or ServerError(Fault.LOST, f"{self._spec.name}: is not connected")
        meta = members(params.get("_meta"))
        if "progressToken" in meta:
            # It stays as it was, for some tools tell it again, unless another has it at the time.
            self.forget(carried)
            token = meta["progressToken"]
            if self._by_token.get(id_key(token), carried) is not carried:
                token = f"{token}-{next(self._tokens)}"
                params = {**params, "_meta": {**meta, "progressToken": token}}
            carried.token = id_key(token)
            self._by_token[carried.token] = carried
        headers = self._headers(method, params, meta) if self.speaks_http else None
        asked = self._line.peer.ask(method, params, headers)
        self._open[asked.number] = carried
        asked.future.add_done_callback(lambda _done: self._open.pop(asked.number, None))
        return asked

    def listens(self) -> None:
        """The stream of what comes unasked is there, or has been refused."""
        self._listening.set()

    def saw(self, number: int, status: int, kind: str) -> None:
        """Keep the HTTP status and media type of the answer to a request."""
        self._answered[number] = status, kind

    def forget(self, carried: Carried) -> None:
        """An interaction is over: nothing comes for it any more."""
        if self._by_token.get(carried.token) is carried:
            del self._by_token[carried.token]

    def leave(self, asked: Asked, told: bool = False) -> None:
        """Wait for the answer no more; the server is told so unless it has been ``told``."""
        self._open.pop(asked.number, None)
        if self._line is not None:
            self._line.peer.leave(asked, told)

    def cancel(self, asked: Asked, reason: Mapping[str, Any]) -> bool:
        """Tell the server that nobody waits; whether an answer may come all the same."""
        if self._line is None or (self.speaks_http and self.modern):
            return False
        self.notify("notifications/cancelled", {**reason, "requestId": asked.number})
        return True

    def notify(self, method: str, params: Mapping[str, Any] | None) -> None:
        """Send a notification, if anything can be sent."""
        if self._line is not None and not self._line.peer.failed:
            self._line.peer.notify(method, params)

    def agreed(self, result: Mapping[str, Any]) -> None:
        """A handshake has been answered with this: what is offered, and the version."""
        self.offers = members(result.get("capabilities"))
        version = result.get("protocolVersion")
        if self._line is not None and isinstance(version, str):
            self._line.peer.opened({"MCP-Protocol-Version": version}, legacy=True)

    def learn_schemas(self, tools: Any) -> None:
        """Keep the input schemas of listed tools: they say which arguments are headers too."""
        if self.speaks_http and self.modern and isinstance(tools, list):
            for tool in tools[:_MOST_SCHEMAS]:
                if isinstance(members(tool).get("name"), str):
                    self._schemas[tool["name"]] = tool.get("inputSchema")

    def answered(self, asked: Asked) -> tuple[int, str]:
        """The HTTP status and media type of an answer; nothing on stdio and over HTTP+SSE."""
        if self._spec.transport is Transport.SSE:
            return 0, ""
        return self._answered.pop(asked.number, (0, ""))

    async def until_heard(self, about: str, count: int, seconds: float) -> bool:
        """Wait for so many notifications about something; whether they have come in time."""
        try:
            async with asyncio.timeout(seconds):
                while self.news.heard[about] < count:
                    more = self._heard_more
                    await more.wait()
        except TimeoutError:
            return False
        return True

    async def until_listening(self, seconds: float) -> None:
        """Wait until the stream of what comes unasked is there, or has been refused."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._listening.wait()

    async def close(self) -> None:
        """End it; what waits for an answer gets none."""
        if self._line is not None:
            line, self._line = self._line, None
            await asyncio.shield(line.close())

    def _headers(
        self, method: str, params: Mapping[str, Any], meta: Mapping[str, Any]
    ) -> dict[str, str]:
        version = meta.get(_VERSION)
        if not isinstance(version, str):
            return {}
        schema = self._schemas.get(str(params.get("name"))) if method == "tools/call" else None
        headers = Modern({}).headers(method, params, schema)
        return {**headers, "MCP-Protocol-Version": version}

    # --- what comes ----------------------------------------------------------------------------

    def _hear(self, method: str, params: Mapping[str, Any]) -> None:
        self._came += 1
        if method == "notifications/progress":
            carried = self._by_token.get(id_key(params.get("progressToken")))
            if carried is not None:
                carried.advance.told(params)
            return
        if about := subject(method, params):
            self._heard_of(about)
        self.news.add(Told(method, params))

    def _heard_of(self, about: str) -> None:
        self.news.count(about)
        self._heard_more.set()
        self._heard_more = asyncio.Event()

    async def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """The recorded answer to what the server asks in the legacy era.

        Raises UnansweredError where there is none, or where it was an error.
        """
        carried = self._open.get(WITHIN.get())
        value, is_error = await self.answer_within(carried, method, params)
        if is_error:
            error = members(value)
            code = error.get("code")
            text = error.get("message")
            raise UnansweredError(code if isinstance(code, int) else REJECTED, str(text))
        if value is None:
            if method == Question.ELICITATION:
                return {"action": "decline"}
            raise UnansweredError(REJECTED, "declined: the recording has no answer")
        return dict(value)

    async def answer_within(
        self, carried: Carried | None, method: str, params: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any] | None, bool]:
        """The recorded answer to a question, and whether it is an error; None: there is none."""
        if method == LIST:
            self._heard_of(LIST)
        course = carried.course if carried is not None else None
        found = await self.pool.take(method, params, course, self._likely)
        if found is None:
            about = carried or self._only()
            if about is not None:
                about.asked(method, params, None)
            return None, False
        # Where nobody can tell what it belongs to, the recording may know, or neither does.
        about = found.course.carried if found.course is not None else None
        if about is not None:
            about.asked(method, params, {"error": found.value} if found.is_error else found.value)
        return found.value, found.is_error

    def _likely(self) -> Course | None:
        # What comes on the stream for what is unasked belongs to no request of ours.
        about = None if self.has_stream else self._only()
        return about.course if about is not None else None

    def _only(self) -> Carried | None:
        """The only interaction that is open."""
        waiting = {one for one in self._open.values() if not one.course.listens}
        return next(iter(waiting)) if len(waiting) == 1 else None
