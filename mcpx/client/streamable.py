"""Streamable HTTP: every message a POST of its own, answers as JSON or as a stream of events.

Source: specification 2026-07-28, basic/transports/streamable-http, and 2025-11-25,
basic/transports, "Streamable HTTP" (sessions, the GET stream, resumption).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from mcpx.client import faults
from mcpx.client.events import Event, EventTooLongError, events
from mcpx.client.frames import MalformedError, Outgoing, parse
from mcpx.client.http import Answer, Http
from mcpx.client.peer import Peer, RpcError
from mcpx.client.questions import METHOD_NOT_FOUND
from mcpx.errors import Fault, McpxError, ServerError
from mcpx.retry import LONGEST_WAIT
from mcpx.servers import Transport
from mcpx.settings import Limits

ACCEPT = "application/json, text/event-stream"
_STREAM = "text/event-stream"
SESSION = "mcp-session-id"
# Visible ASCII (specification 2025-11-25, basic/transports, "Session Management").
_SESSION_ID = re.compile(r"[\x21-\x7e]{1,4096}")

# Seconds: between a broken stream and its resumption, when the server names none, and at least.
RESUME_AFTER = 1.0
RESUME_AT_LEAST = 0.1
# How long a message waits for those before it, which have no answer, to be taken.
IN_ORDER = 2.0
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
        self._listener: asyncio.Task[None] | None = None
        self._silence = ""

    def send(self, message: Outgoing) -> None:
        """Post a message; a request is answered to the peer, or failed there."""
        if message.number is None:
            task = asyncio.ensure_future(self._tell(message, set(self._others)))
            self._others.add(task)
            task.add_done_callback(self._others.discard)
        else:
            number = message.number
            task = asyncio.ensure_future(self._ask(message, number, set(self._others)))
            self._requests[number] = task
            task.add_done_callback(lambda _done: self._requests.pop(number, None))

    def abandon(self, number: int) -> bool:
        """Close the stream of a request, which in the modern era is what cancels it."""
        task = self._requests.get(number)
        if task is not None:
            task.cancel()
        return not self._legacy

    def opened(self, headers: Mapping[str, str], legacy: bool) -> None:
        """From now on these headers go along; in the legacy era a stream may be kept open."""
        self._headers = headers
        self._legacy = legacy
        if legacy and self._listening and self._listener is None:
            self._listener = asyncio.ensure_future(self._listen())

    def forget_session(self) -> None:
        """The session is lost, and its stream with it; what follows belongs to none."""
        self.session = ""
        self._headers = {}
        if self._listener is not None:
            self._listener.cancel()
            self._listener = None

    def signs_of_life(self) -> tuple[list[str], str]:
        """HTTP has no stderr; what was seen of the last answer."""
        return [], self._silence

    async def close(self) -> None:
        """Leave every request, end the session and every connection."""
        if self._others:
            # What was just said, such as that a request is cancelled, may still arrive.
            await asyncio.wait(set(self._others), timeout=GOODBYE / 2)
        tasks = [*self._requests.values(), *self._others]
        if self._listener is not None:
            tasks.append(self._listener)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.session:
            with contextlib.suppress(McpxError, TimeoutError):
                async with (
                    asyncio.timeout(GOODBYE),
                    self._http.exchange("DELETE", self._http.url, self._with({})),
                ):
                    pass
        await self._http.close()

    def _with(self, headers: Mapping[str, str]) -> dict[str, str]:
        session = {SESSION: self.session} if self.session else {}
        return {**session, **self._headers, **headers}

    async def _tell(self, message: Outgoing, before: set[asyncio.Task[None]]) -> None:
        """Post what has no answer; a server that refuses it is noted, not failed."""
        await self._after(before)
        try:
            async with self._post(message) as answer:
                if answer.kind != _STREAM:
                    await answer.beginning()
                if answer.status >= 400:
                    what = message.method or "an answer"
                    text = f"refused {what} with HTTP {answer.status}"
                    self._peer.oddities.note("wire-refused", text)
        except ServerError as error:
            self._peer.oddities.note("wire-refused", f"did not take a message: {error.message}")

    async def _ask(self, message: Outgoing, number: int, before: set[asyncio.Task[None]]) -> None:
        """Post a request and see to it that it is answered or failed."""
        await self._after(before)  # the handshake ends with a notification, which has to come first
        session = self.session
        try:
            async with self._post(message) as answer:
                await self._answered(answer, message, number, session)
        except Exception as error:  # whatever it is: whoever waits for the answer has to get it
            self._peer.fail_one(number, error)

    async def _after(self, before: set[asyncio.Task[None]]) -> None:
        """Wait for what was said before, since the server has to hear things in their order."""
        if not before:
            return
        _, silent = await asyncio.wait(before, timeout=IN_ORDER)
        if silent:
            text = f"has not answered a message without an id within {IN_ORDER:g} s"
            self._peer.oddities.note("wire-refused", text)

    def _post(self, message: Outgoing) -> contextlib.AbstractAsyncContextManager[Answer]:
        headers = {"accept": ACCEPT, "content-type": "application/json", **message.headers}
        return self._http.exchange("POST", self._http.url, self._with(headers), message.raw.strip())

    async def _answered(self, answer: Answer, message: Outgoing, number: int, session: str) -> None:
        method, spec = message.method, self._peer.spec
        self._silence = f"HTTP {answer.status} came, but no answer in it"
        if method == "initialize" and answer.status < 300:
            self._take_session(answer.headers.get(SESSION, ""))
        if not 200 <= answer.status < 300:
            raise await self._refused(answer, method, session)
        if answer.kind == _STREAM:
            await self._stream(answer, method, number)
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
            return RpcError(method, own)
        return faults.refused_by_status(spec, method, status, headers, body)

    def _take_session(self, given: str) -> None:
        if not given:
            return
        if _SESSION_ID.fullmatch(given):
            self.session = given
        else:
            text = "its session id holds characters that it must not hold"
            self._peer.oddities.note("wire-session", text)

    async def _stream(self, answer: Answer, method: str, number: int) -> None:
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
            try:
                broken = await self._resume(place, method, number)
            except ServerError as error:
                if error.fault not in (Fault.CONNECT, Fault.THROTTLED):
                    raise
                # Only its answer is not to be had: the request was taken, and may have run.
                why = error.message.removeprefix(f"{self._peer.spec.name}: ")
                lost = f"its answer to {method} broke off, and asking for it again failed: {why}"
                raise faults.broken_off(self._peer.spec, lost) from error

    async def _resume(self, place: _Place, method: str, number: int) -> ServerError | None:
        """Read on from where a stream broke off."""
        headers = self._with({"accept": _STREAM, "last-event-id": place.id})
        async with self._http.exchange("GET", self._http.url, headers) as more:
            if more.status != 200 or more.kind != _STREAM:
                body = await more.beginning()
                what = f"the resumption of {method}"
                raise faults.refused_by_status(
                    self._peer.spec, what, more.status, more.headers, body
                )
            return await self._read(more, place, number)

    async def _patience(self, place: _Place, method: str) -> None:
        """Wait before a resumption. Raises ServerError when there have been too many."""
        place.resumptions += 1
        if place.resumptions > self._limits.reconnects:
            what = f"an answer to {method} that broke off {place.resumptions} times"
            raise faults.over_limit(self._peer.spec, "reconnects", what)
        if place.retry > LONGEST_WAIT:
            asked = f"wants to be asked for its answer to {method} again in {place.retry:g} s only"
            raise faults.broken_off(self._peer.spec, asked)
        await asyncio.sleep(max(place.retry, RESUME_AT_LEAST))

    async def _read(
        self, answer: Answer, place: _Place, number: int | None = None
    ) -> ServerError | None:
        """Feed what a stream brings, until it ends, breaks or has brought the answer."""
        stream = self._events(answer)
        try:
            async for event in stream:
                place.take(event)
                if event.data and event.kind in ("", "message"):
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

    async def _events(self, answer: Answer) -> AsyncIterator[Event]:
        try:
            async for event in events(answer.pieces(), self._limits.line):
                yield event
        except EventTooLongError as error:
            raise faults.over_limit(self._peer.spec, "line", str(error)) from error

    async def _listen(self) -> None:
        """Read the stream of what a legacy server sends unasked, for as long as it gives one."""
        place = _Place()
        while place.resumptions <= self._limits.reconnects:
            resumed = {"last-event-id": place.id} if place.id else {}
            headers = self._with({"accept": _STREAM, **resumed})
            with contextlib.suppress(McpxError):
                async with self._http.exchange("GET", self._http.url, headers) as answer:
                    if answer.status != 200 or answer.kind != _STREAM:
                        return  # 405: it has no such stream
                    await self._read(answer, place)
            place.resumptions += 1
            await asyncio.sleep(min(max(place.retry, RESUME_AT_LEAST), LONGEST_WAIT))


class _Place:
    """How far a stream has been read, and how to go on."""

    def __init__(self) -> None:
        self.id = ""
        self.retry = RESUME_AFTER
        self.resumptions = 0

    def take(self, event: Event) -> None:
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
