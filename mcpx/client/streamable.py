"""Streamable HTTP: every message a POST of its own, answers as JSON or as a stream of events.

Source: specification 2026-07-28, basic/transports/streamable-http, and 2025-11-25,
basic/transports, "Streamable HTTP" (sessions, the GET stream, resumption).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Mapping
from typing import Any

from mcpx.client import faults
from mcpx.client.frames import MalformedError, Outgoing, parse
from mcpx.client.http import IN_ORDER, MOST_WAITING, Answer, Http, redirects_of
from mcpx.client.peer import Peer, RpcError
from mcpx.codes import METHOD_NOT_FOUND
from mcpx.errors import Fault, McpxError, ServerError
from mcpx.retry import LONGEST_WAIT
from mcpx.servers import Transport
from mcpx.settings import Limits
from mcpx.sse_events import EVENT_STREAM, SseEvent
from mcpx.wire import SESSION_HEADER

ACCEPT = f"application/json, {EVENT_STREAM}"
_INITIALIZED = "notifications/initialized"
# Visible ASCII (specification 2025-11-25, basic/transports, "Session Management").
_SESSION_ID = re.compile(r"[\x21-\x7e]{1,4096}")

# What may be otherwise the next time that an answer is asked for.
_PASSING = (Fault.CONNECT, Fault.LOST, Fault.THROTTLED)

# Seconds: between a broken stream and its resumption, when the server names none, and at least.
RESUME_AFTER = 1.0
RESUME_AT_LEAST = 0.1
# For the goodbye at the end, and for a stream to end once its answer is there.
GOODBYE = 1.0
LINGER = 0.25


class StreamableHttp:
    """Sends the messages of a peer by POST and feeds it what comes back."""

    transport = Transport.HTTP
    awaits = ""

    def __init__(self, http: Http, peer: Peer, limits: Limits, listening: bool = False) -> None:
        """``listening``: keep a GET stream open where the era has one."""
        self.session = ""
        self._http = http
        self._peer = peer
        self._limits = limits
        self._listening = listening
        self._headers: Mapping[str, str] = {}
        self._legacy = True
        self._requests: dict[int, asyncio.Task[None]] = {}
        self._others: set[asyncio.Task[None]] = set()
        self._last: asyncio.Task[None] | None = None
        self._listener: asyncio.Task[None] | None = None
        self._unused = ""  # the session that a handshake began which has lost to the other era

    def send(self, message: Outgoing) -> None:
        """Post a message; a request is answered to the peer, or failed there.

        It belongs to the session of this moment, however long it waits for those before it.
        """
        known = self._with({})
        if message.number is not None:
            number = message.number
            task = asyncio.ensure_future(self._ask(message, number, known, self._last))
            self._requests[number] = task
            task.add_done_callback(lambda _done: self._requests.pop(number, None))
        elif len(self._others) >= MOST_WAITING:
            what = f"so much that {MOST_WAITING} messages of ours wait to be taken"
            self._peer.fail(faults.over_limit(self._peer.spec, "notifications", what))
        else:
            self._last = task = asyncio.ensure_future(self._tell(message, known, self._last))
            self._others.add(task)
            task.add_done_callback(self._others.discard)
            if message.method == _INITIALIZED and self._legacy and self._listening:
                self._listener = asyncio.ensure_future(self._listen(task))

    def abandon(self, number: int) -> bool:
        """Close the stream of a request, which in the modern era is what cancels it."""
        task = self._requests.get(number)
        if task is not None:
            task.cancel()
        return not self._legacy

    def opened(self, headers: Mapping[str, str], legacy: bool) -> None:
        """From now on these headers go along; in the legacy era a stream may be kept open."""
        self._legacy = legacy
        self._headers = headers
        if not legacy:
            self._unused, self.session = self.session, ""

    def forget_session(self) -> None:
        """The session is lost, and its stream with it; what follows belongs to none."""
        self.session = ""
        self._headers = {}
        if self._listener is not None:
            self._listener.cancel()
            self._listener = None

    def signs_of_life(self) -> tuple[list[str], str]:
        """HTTP has no stderr, and the peer knows what was seen of each answer."""
        return [], ""

    async def close(self) -> None:
        """Leave every request, end the sessions and every connection."""
        if self._others:
            # What was just said, such as that a request is cancelled, may still arrive.
            await asyncio.wait(set(self._others), timeout=GOODBYE / 2)
        answered = [
            task for number, task in self._requests.items() if not self._peer.is_open(number)
        ]
        if answered:
            # A stream that is closed before its end looks like a call that was given up.
            await asyncio.wait(answered, timeout=LINGER)
        tasks = [*self._requests.values(), *self._others]
        if self._listener is not None:
            tasks.append(self._listener)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        headers = [{SESSION_HEADER: self._unused}, self._with({})]
        await asyncio.gather(*(self._end(one) for one in headers if one.get(SESSION_HEADER)))
        await self._http.close()

    async def _end(self, headers: Mapping[str, str]) -> None:
        with contextlib.suppress(McpxError, TimeoutError):
            async with (
                asyncio.timeout(GOODBYE),
                self._http.exchange("DELETE", self._http.url, headers),
            ):
                pass

    def _with(self, headers: Mapping[str, str]) -> dict[str, str]:
        session = {SESSION_HEADER: self.session} if self.session else {}
        return {**session, **self._headers, **headers}

    async def _tell(
        self, message: Outgoing, known: Mapping[str, str], before: asyncio.Task[None] | None
    ) -> None:
        """Post what has no answer; a server that refuses it is noted, not failed."""
        await self._after(before)
        try:
            async with self._post(message, known) as answer:
                if answer.kind != EVENT_STREAM:
                    await answer.beginning()
                if answer.status >= 400:
                    what = message.method or "an answer"
                    text = f"refused {what} with HTTP {answer.status}"
                    self._peer.oddities.note("wire-refused", text)
        except ServerError as error:
            self._peer.oddities.note("wire-refused", f"did not take a message: {error.message}")

    async def _ask(
        self,
        message: Outgoing,
        number: int,
        known: Mapping[str, str],
        before: asyncio.Task[None] | None,
    ) -> None:
        """Post a request and see to it that it is answered or failed."""
        await self._after(before)  # the handshake ends with a notification, which has to come first
        try:
            async with self._post(message, known) as answer:
                await self._answered(answer, message, number, known)
        except Exception as error:  # whatever it is: whoever waits for the answer has to get it
            self._peer.fail_one(number, error)

    async def _after(self, before: asyncio.Task[None] | None) -> None:
        """Wait for what was said before, since the server has to hear things in their order."""
        if before is None:
            return
        _, silent = await asyncio.wait([before], timeout=IN_ORDER)
        if silent:
            text = f"has not answered a message without an id within {IN_ORDER:g} s"
            self._peer.oddities.note("wire-refused", text)

    def _post(
        self, message: Outgoing, known: Mapping[str, str]
    ) -> contextlib.AbstractAsyncContextManager[Answer]:
        kinds = {"accept": ACCEPT, "content-type": "application/json"}
        headers = {**known, **kinds, **message.headers}
        most = redirects_of(message.method)
        return self._http.exchange("POST", self._http.url, headers, message.raw.strip(), most)

    async def _answered(
        self, answer: Answer, message: Outgoing, number: int, known: Mapping[str, str]
    ) -> None:
        method, spec = message.method, self._peer.spec
        self._peer.saw(number, f"HTTP {answer.status} came, but no answer in it")
        if method == "initialize" and answer.status < 300:
            self._take_session(answer.headers.get(SESSION_HEADER, ""))
            known = self._with({})
        if not 200 <= answer.status < 300:
            raise await self._refused(answer, method, known.get(SESSION_HEADER, ""))
        if answer.kind == EVENT_STREAM:
            await self._stream(answer, method, number, known)
        elif answer.kind == "application/json":
            self._peer.feed(await answer.whole(self._limits.line), number)
            if self._peer.is_open(number):
                reason = "its body is no answer to it"
                raise self._peer.spoiled(number) or faults.invalid_answer(spec, method, reason)
        else:
            body = await answer.beginning()
            what = answer.kind or "no content type"
            shown = faults.own_words(spec, what, faults.MOST_SHOWN) if body else "no body"
            reason = f"HTTP {answer.status} with {shown}, not JSON or an event stream"
            raise faults.invalid_answer(spec, method, reason)

    async def _refused(self, answer: Answer, method: str, session: str) -> Exception:
        """The error for a status that is no success: the server's own where it sent one.

        ``session`` is the one that the request was sent in; another may have begun meanwhile.
        """
        body = await answer.beginning()
        spec, own = self._peer.spec, _error_in(body, self._limits)
        code = own.get("code") if own is not None else None
        status, headers = answer.status, answer.headers
        lost = status == 404 and session and method != "initialize"
        if lost and code != METHOD_NOT_FOUND:
            message = f"{spec.name}: has lost the session ({method} was answered with HTTP 404)"
            return ServerError(Fault.SESSION_LOST, message, hint="try again")
        if own is not None and status not in (401, 403, 429, 503):
            return RpcError(method, own, status)
        return faults.refused_by_status(spec, method, status, headers, body)

    def _take_session(self, given: str) -> None:
        if not given:
            return
        if _SESSION_ID.fullmatch(given):
            self.session = given
        else:
            text = "its session id holds characters that it must not hold"
            self._peer.oddities.note("wire-session", text)

    async def _stream(
        self, answer: Answer, method: str, number: int, known: Mapping[str, str]
    ) -> None:
        """Feed the events of an answer; when it breaks off, resume it where that is possible."""
        place = _Place()
        broken = await self._read(answer, place, number)
        while self._peer.is_open(number):
            if spoiled := self._peer.spoiled(number):
                raise spoiled
            if not self._legacy or not place.id:
                raise broken or faults.broken_off(
                    self._peer.spec, f"its answer to {method} ended before the result"
                )
            await self._patience(place, method)
            broken = await self._resume(place, method, number, known)

    async def _resume(
        self, place: _Place, method: str, number: int, known: Mapping[str, str]
    ) -> ServerError | None:
        """Read on from where a stream broke off; what may pass is kept and can be tried again.

        Raises ServerError (``lost``) for a refusal: the request was taken, and may have run.
        """
        spec = self._peer.spec
        place.refused, place.asked = None, 0.0
        headers = {**known, "accept": EVENT_STREAM, "last-event-id": place.id}
        try:
            async with self._http.exchange("GET", self._http.url, headers) as more:
                if more.status == 200 and more.kind == EVENT_STREAM:
                    return await self._read(more, place, number)
                body = await more.beginning()
                what = f"the resumption of {method}"
                raise faults.refused_by_status(spec, what, more.status, more.headers, body)
        except ServerError as error:
            if error.fault is Fault.LIMIT:
                raise
            why = error.message.removeprefix(f"{spec.name}: ")
            failed = f"its answer to {method} broke off, and asking for it again failed: {why}"
            lost = faults.broken_off(spec, failed)
            if error.fault not in _PASSING:
                raise lost from error
            place.refused = lost
            place.asked = error.evidence.retry_after or 0.0
            return lost

    async def _patience(self, place: _Place, method: str) -> None:
        """Wait before a resumption. Raises ServerError when there have been too many."""
        place.resumptions += 1
        if place.resumptions > self._limits.reconnects:
            what = f"an answer to {method} that broke off {place.resumptions} times"
            raise place.refused or faults.over_limit(self._peer.spec, "reconnects", what)
        wait = max(place.retry, place.asked, RESUME_AT_LEAST)
        if wait > LONGEST_WAIT:
            asked = f"wants to be asked for its answer to {method} again in {wait:g} s only"
            raise faults.broken_off(self._peer.spec, asked)
        await asyncio.sleep(wait)

    async def _read(
        self, answer: Answer, place: _Place, number: int | None = None
    ) -> ServerError | None:
        """Feed what a stream brings, until it ends, breaks or has brought the answer."""
        stream = answer.events()
        try:
            async for event in stream:
                place.take(event)
                if event.is_message:
                    place.resumptions = 0
                    self._peer.feed(event.data, number)
                if number is not None and not self._peer.is_open(number):
                    # A stream that ends by itself leaves its connection to the next request.
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(LINGER):
                            async for _ in stream:
                                pass
                    return None
        except ServerError as error:
            if error.fault is not Fault.LOST:
                raise
            return error
        return None

    async def _listen(self, ready: asyncio.Task[None]) -> None:
        """Read the stream of what a legacy server sends unasked, for as long as it gives one.

        ``ready`` tells the server that the handshake is over; before, it may refuse the stream.
        """
        try:
            await self._after(ready)
            await self._hear()
        except Exception as error:  # whatever it is: nobody waits for this task
            self._peer.fail(error)

    async def _hear(self) -> None:
        place, pause = _Place(), RESUME_AT_LEAST
        while place.resumptions <= self._limits.reconnects and place.retry <= LONGEST_WAIT:
            resumed = {"last-event-id": place.id} if place.id else {}
            headers = self._with({"accept": EVENT_STREAM, **resumed})
            try:
                async with self._http.exchange("GET", self._http.url, headers) as answer:
                    if answer.status != 200 or answer.kind != EVENT_STREAM:
                        return  # 405: it has no such stream
                    await self._read(answer, place)
            except McpxError as error:
                if isinstance(error, ServerError) and error.fault is Fault.LIMIT:
                    # Asked again, it would send the same once more.
                    text = error.message.removeprefix(f"{self._peer.spec.name}: ")
                    self._peer.oddities.note("wire-unreadable", text)
                    return
            if self._peer.failed:
                return
            place.resumptions += 1
            await asyncio.sleep(max(place.retry, pause))
            # A stream that ends after each event is not to make a storm of requests.
            pause = min(2 * pause, RESUME_AFTER)


class _Place:
    """How far a stream has been read, and how to go on."""

    def __init__(self) -> None:
        self.id = ""
        self.retry = RESUME_AFTER
        self.resumptions = 0
        # Of the last resumption, when it failed: how, and the seconds that it asked for.
        self.refused: ServerError | None = None
        self.asked = 0.0

    def take(self, event: SseEvent) -> None:
        """Note what an event says of resuming."""
        if event.id is not None and event.id.isprintable() and event.id.isascii():
            self.id = event.id
        if event.retry is not None:
            self.retry = event.retry


def _error_in(body: bytes, limits: Limits) -> dict[str, Any] | None:
    """The JSON-RPC error in the body of an HTTP error, if there is one."""
    try:
        value = parse(body, limits)
    except MalformedError:
        return None
    error = value.get("error") if isinstance(value, dict) and "jsonrpc" in value else None
    return error if isinstance(error, dict) and isinstance(error.get("code"), int) else None
