"""A connection to the live server, which says what it is told to, and keeps what comes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
from collections import Counter
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
from mcpx.client.taps import Headers, Tap, together
from mcpx.client.terms import Terms
from mcpx.codes import REJECTED
from mcpx.envelopes import PREFIX
from mcpx.errors import Fault, McpxError, ServerError
from mcpx.json_rpc import id_key, members
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.carrying import Carried
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.openings import OF_ERA
from mcpx.operations.replaying.refusals import of_opening
from mcpx.operations.replaying.roots import LIST
from mcpx.operations.replaying.subjects import subject
from mcpx.servers import Era, ServerSpec, Transport
from mcpx.sse_events import SseEvent
from mcpx.wire import Direction, Ending

# Of notifications that are kept; what comes after them is as those before.
_MOST_TOLD = 10_000
# Of schemas of tools.
_MOST_SCHEMAS = 10_000
_ID = re.compile(rb'\{"jsonrpc":"2.0","id":(\d+),"method"')
_VERSION = f"{PREFIX}protocolVersion"


class LiveConnection:
    """What stands for one recorded connection.

    ``modern`` is the era that is spoken on it. ``told`` are the notifications that came, ``offers``
    the capabilities that the server named (None: it was not asked), ``exit`` is how the process
    ended by itself. ``asked_for_roots``: the server has, at any time. ``failure`` is why it cannot
    be used (any more).
    """

    offered: Mapping[str, Any] = {}

    def __init__(
        self,
        spec: ServerSpec,
        terms: Terms,
        pool: AnswerPool,
        modern: bool,
        asked: bool = False,
    ) -> None:
        """``asked``: the era is one that was asked for, whatever was recorded."""
        self.modern = modern
        self._is_asked = asked
        self.told: list[Told] = []
        self.heard: Counter[str] = Counter()
        self.exit: int | None = None
        self.offers: Mapping[str, Any] | None = None
        self.asked_for_roots = False
        self.failure: McpxError | None = None
        self.pool = pool
        self._spec = spec
        self._terms = replace(
            terms,
            answering=self,
            notified=self._hear,
            tapping=together(terms.tapping, lambda *_: _Watching(self)),
        )
        self._line: Line | None = None
        self._open: dict[int, Carried] = {}
        self._by_token: dict[str, Carried] = {}
        self._tokens = itertools.count(1)
        self._answered: dict[int, tuple[int, str]] = {}
        self._schemas: dict[str, Any] = {}
        self._news = asyncio.Event()
        self._listening = asyncio.Event()
        self._came = 0

    def check_opened(self, carried: Carried) -> None:
        """Raises McpxError for a server that has refused to be opened, so that nothing is told."""
        era = Era.MODERN if self.modern else Era.LEGACY
        if carried.method != OF_ERA[era]:
            return
        refusal = of_opening(self._spec, carried.error, era, self._is_asked)
        if refusal is not None:
            raise refusal

    @property
    def flood(self) -> int:
        """How many notifications came, if they were more than are kept; else 0."""
        return self._came if self._came > _MOST_TOLD else 0

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
                while self.heard[about] < count:
                    news = self._news
                    await news.wait()
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
                carried.progressed(params)
            return
        if about := subject(method, params):
            self.heard[about] += 1
            self._news.set()
            self._news = asyncio.Event()
        if len(self.told) < _MOST_TOLD:
            self.told.append(Told(method, params))

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
        self.asked_for_roots = self.asked_for_roots or method == LIST
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


class _Watching(Tap):
    """Keeps of a wire what no message says: statuses, and how the process ended."""

    def __init__(self, connection: LiveConnection) -> None:
        self._connection = connection
        self._numbers: dict[int, int] = {}
        self._streams: set[int] = set()

    def message(
        self,
        direction: Direction,
        raw: bytes,
        exchange: int = 0,
        event: SseEvent | None = None,  # noqa: ARG002
    ) -> None:
        if exchange and direction is Direction.TO_SERVER and (found := _ID.match(raw)):
            self._numbers[exchange] = int(found[1])

    def requested(self, exchange: int, method: str, path: str, headers: Headers) -> None:  # noqa: ARG002
        if method == "GET":
            self._streams.add(exchange)

    def answered(self, exchange: int, status: int, headers: Headers) -> None:
        if exchange in self._streams:
            self._connection.listens()
        number = self._numbers.pop(exchange, 0)
        if number:
            kinds = [value for name, value in headers if name.lower() == "content-type"]
            kind = kinds[0].partition(";")[0].strip().lower() if kinds else ""
            self._connection.saw(number, status, kind)

    def exited(self, code: int, why: Ending) -> None:
        if why in (Ending.ITSELF, Ending.END_OF_INPUT):
            self._connection.exit = code
