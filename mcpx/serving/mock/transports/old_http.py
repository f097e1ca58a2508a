"""A mock over HTTP+SSE, as a server before 2025-03-26 was to be had.

Source: specification 2024-11-05, basic/transports, "HTTP with SSE": a client asks for a stream,
whose first event names where it posts its messages; all answers come on the stream.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from mcpx.codes import INVALID_REQUEST
from mcpx.serving.http.answers import Answer
from mcpx.serving.http.exchanges import Request
from mcpx.serving.mock.delivery import ClosedError, Delivery, on_a_stream, refusal_of
from mcpx.serving.mock.playing.outs import Out
from mcpx.serving.mock.playing.player import Player
from mcpx.serving.mock.transports.hearing import UnheardError, message_of, target_of
from mcpx.serving.mock.transports.site import Site
from mcpx.wire import StreamEvent

_ENDPOINT = StreamEvent(event="endpoint")
_MESSAGE = StreamEvent(event="message")
# Messages that wait for one client, and requests of it that are being answered.
_MOST = 1_000


class _Session:
    """One client: what waits to be sent on its stream; an error in the place of a message ends."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.waiting: asyncio.Queue[tuple[StreamEvent, str] | Exception] = asyncio.Queue(_MOST)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_busy(self) -> bool:
        """Whether so much is being answered that its client has to read first."""
        return len(self._tasks) > _MOST

    def start(self, value: Any, outs: AsyncGenerator[Out]) -> None:
        """Have all that a message brought about wait to be sent."""
        task = asyncio.ensure_future(self._say(value, outs))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _say(self, value: Any, outs: AsyncGenerator[Out]) -> None:
        try:
            async with contextlib.aclosing(outs):
                async for out in outs:
                    if out.exits is not None:
                        raise ClosedError
                    text, fields = on_a_stream(value, out), out.stream or _MESSAGE
                    if text or out.stream is not None:
                        await self.waiting.put((fields, text))
        except Exception as error:  # for who reads the stream
            await self.waiting.put(error)

    async def close(self) -> None:
        """Say nothing more."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))


class OldHttpMock:
    """Answers requests for one stream, and for where its clients post to."""

    def __init__(self, delivery: Delivery, site: Site) -> None:
        self._delivery = delivery
        self._path = site.path
        self._posted = site.path.rstrip("/") + "/messages"
        self._sessions: dict[str, _Session] = {}
        self._count = 0

    async def answer(self, request: Request, answer: Answer) -> None:
        """Answer one request. Raises LeftError, ClosedError and EndedError."""
        try:
            await self._answer(request, answer)
        except UnheardError as error:
            error.tell(answer)

    async def _answer(self, request: Request, answer: Answer) -> None:
        path, query = target_of(request)
        if path == self._posted and request.method == "POST":
            self._post(request, parse_qs(query).get("session", [""])[0], answer)
        elif path == self._path and request.method == "GET":
            await self._stream(answer)
        elif path in (self._path, self._posted):
            allowed = "GET" if path == self._path else "POST"
            answer.status(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": allowed})
        else:
            raise UnheardError(HTTPStatus.NOT_FOUND, f"MCP is spoken at {self._path}")

    def _post(self, request: Request, name: str, answer: Answer) -> None:
        session = self._sessions.get(name)
        if session is None:
            raise UnheardError(HTTPStatus.NOT_FOUND, "there is no such session", INVALID_REQUEST)
        if session.is_busy:
            words = "too many requests are being answered"
            raise UnheardError(HTTPStatus.SERVICE_UNAVAILABLE, words)
        value = message_of(request)
        fault = self._delivery.met(value)
        if (refusal := refusal_of(fault)) is not None:
            answer.status(refusal.status, headers=refusal.headers)
            return
        session.start(value, self._delivery.spoilt(session.player, value, fault))
        answer.status(HTTPStatus.ACCEPTED)

    async def _stream(self, answer: Answer) -> None:
        self._count += 1
        name = str(self._count)
        session = self._sessions[name] = _Session(self._delivery.players.new())
        try:
            answer.stream()
            await answer.event(_ENDPOINT, f"{self._posted}?session={name}")
            session.start(None, self._delivery.timed(session.player.unasked()))
            while True:
                said = await session.waiting.get()
                if isinstance(said, Exception):
                    raise said
                await answer.event(*said)
        finally:
            del self._sessions[name]
            await session.close()

    async def close(self) -> None:
        """Nothing: a session ends with its stream."""
