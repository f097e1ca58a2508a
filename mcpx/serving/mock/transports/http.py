"""A mock over HTTP, in both eras: who asks, what is answered, and on which stream.

Source: specification 2026-07-28, basic/transports/streamable-http; 2025-11-25, basic/transports.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from mcpx.client.eras.legacy import VERSIONS
from mcpx.client.eras.modern import VERSIONS as MODERN_VERSIONS
from mcpx.codes import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    UNSUPPORTED_VERSION,
)
from mcpx.json_rpc import INITIALIZE, members, named
from mcpx.servers import Era
from mcpx.serving.http.answers import Answer
from mcpx.serving.http.exchanges import Request
from mcpx.serving.http.mirrored import VERSION_HEADER, is_modern, mismatch
from mcpx.serving.mock.delivery import ClosedError, Delivery
from mcpx.serving.mock.playing.asked import is_request
from mcpx.serving.mock.playing.outs import Out
from mcpx.serving.mock.tape.stamps import VERSION, is_stamped
from mcpx.serving.mock.transports.clients import Client
from mcpx.serving.mock.transports.hearing import UnheardError, message_of, target_of
from mcpx.serving.mock.transports.site import Site
from mcpx.serving.mock.transports.streams import Stream
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import SESSION_HEADER, Finish, StreamEvent

_MESSAGE = StreamEvent(event="message")
# Sessions at once; the oldest is lost.
_MOST_SESSIONS = 1_000
# What belongs to this hop, or is told by the body that is really sent.
_NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9a-z]+")
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?")
_OWN = ("content-length", "content-type", "connection", "transfer-encoding", "keep-alive", "date")


class HttpMock:
    """Answers requests for one MCP endpoint."""

    def __init__(self, delivery: Delivery, site: Site, eras: Collection[Era]) -> None:
        """``eras`` are those that are spoken."""
        self._delivery = delivery
        self._site = site
        self._eras = eras
        self._sessions: dict[str, Client] = {}
        self._modern: Client | None = None
        self._stateless: Client | None = None

    async def answer(self, request: Request, answer: Answer) -> None:
        """Answer one request. Raises LeftError, ClosedError and EndedError."""
        try:
            await self._answer(request, answer)
        except UnheardError as error:
            error.tell(answer)

    async def _answer(self, request: Request, answer: Answer) -> None:
        path, _ = target_of(request)
        if path != self._site.path:
            raise UnheardError(HTTPStatus.NOT_FOUND, f"MCP is spoken at {self._site.path}")
        if request.method == "POST":
            await self._post(request, answer)
        elif self._is_modern_alone:
            answer.status(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
        elif request.method == "GET":
            await self._get(request, answer)
        elif request.method == "DELETE":
            await self._delete(request, answer)
        else:
            answer.status(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, POST, DELETE"})

    async def _post(self, request: Request, answer: Answer) -> None:
        value = message_of(request)
        asks = list(filter(is_request, _each(value)))
        modern = self._is_modern(request, value)
        if modern:
            self._check(request, asks)
        client = self._of_modern() if modern else await self._client_of(request, asks)
        stream = client.hear(value)
        has_left = True
        try:
            # What asks nothing may be refused all the same.
            if not asks and not [out async for out in stream.outs()]:
                answer.status(HTTPStatus.ACCEPTED)
            else:
                await _pass_on(stream, 0, answer)
            has_left = False
        finally:
            await client.left(stream, cancels=modern and has_left)

    # --- eras and versions ----------------------------------------------------------------------

    @property
    def _is_modern_alone(self) -> bool:
        return set(self._eras) == {Era.MODERN}

    def _is_modern(self, request: Request, value: Any) -> bool:
        """Whether a request is of the modern era, and not one of a session with a strange header.

        A server of the legacy era knows no other versions than its own in that.
        """
        stamped = any(is_stamped(members(one.get("params"))) for one in _each(value))
        return is_modern(request.values, value) and (stamped or Era.MODERN in self._eras)

    def _check(self, request: Request, asks: Sequence[Mapping[str, Any]]) -> None:
        """Raise UnheardError for a modern message whose headers are not those of its body.

        A server that does not speak the modern era does not know them.
        """
        version = request.values.get(VERSION_HEADER, MODERN_VERSIONS[0])
        if not asks and version not in MODERN_VERSIONS:
            raise _unsupported(version)
        if not asks or Era.MODERN not in self._eras:
            return
        id = asks[0]["id"]
        if not is_stamped(members(asks[0].get("params"))):
            words = f"_meta lacks {VERSION}"
            raise UnheardError(HTTPStatus.BAD_REQUEST, words, INVALID_PARAMS, id)
        if reason := mismatch(request.headers, asks[0], self._schema(asks[0])):
            words = f"Header mismatch: {reason}"
            raise UnheardError(HTTPStatus.BAD_REQUEST, words, HEADER_MISMATCH, id)

    def _schema(self, message: Mapping[str, Any]) -> Any:
        """That of a called tool; None where it is not known, or nothing is called."""
        name = named(str(message["method"]), members(message.get("params")))
        is_call = message["method"] == "tools/call"
        return self._delivery.players.schemas.get(name) if is_call else None

    def _of_modern(self) -> Client:
        """All who ask in the modern era: their server knows nothing of who they are."""
        if self._modern is None:
            self._modern = Client(self._delivery, self._delivery.players.new())
        return self._modern

    async def _client_of(self, request: Request, asks: Sequence[Mapping[str, Any]] = ()) -> Client:
        """Whose session a request is of. Raises UnheardError when it is of none."""
        if asks and asks[0]["method"] == INITIALIZE:
            client = Client(self._delivery, self._delivery.players.new())
            await self._remember(client)
            return client
        version = request.values.get(VERSION_HEADER, VERSIONS[0])
        if self._is_modern_alone:
            raise _unsupported(version)
        if version not in VERSIONS:
            words = f"Unsupported protocol version; supported: {', '.join(VERSIONS)}"
            raise UnheardError(HTTPStatus.BAD_REQUEST, words, INVALID_REQUEST)
        session = request.values.get(SESSION_HEADER)
        found = self._stateless if session is None else self._sessions.get(session)
        if found is not None:
            return found
        if session is None:
            words = "no session: Mcp-Session-Id is missing"
            raise UnheardError(HTTPStatus.BAD_REQUEST, words, INVALID_REQUEST)
        raise UnheardError(HTTPStatus.NOT_FOUND, "there is no such session", INVALID_REQUEST)

    async def _remember(self, client: Client) -> None:
        if not client.player.session:
            self._stateless = client
            return
        self._sessions[client.player.session] = client
        if len(self._sessions) > _MOST_SESSIONS:
            await self._sessions.pop(next(iter(self._sessions))).close()

    async def _get(self, request: Request, answer: Answer) -> None:
        last = request.values.get("last-event-id", "")
        client = await self._client_of(request)
        listens = False
        if last and (place := client.place(last)) is not None:
            stream, at = place
        elif not self._site.listens:
            answer.status(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST, DELETE"})
            return
        elif client.is_listening:
            raise UnheardError(HTTPStatus.CONFLICT, "this session has a stream already")
        else:
            stream = client.unasked()
            at = stream.heard
            client.is_listening = listens = True
        answer.stream()
        try:
            await _pass_on(stream, at, answer)
        finally:
            if listens:
                client.is_listening = False

    async def _delete(self, request: Request, answer: Answer) -> None:
        client = await self._client_of(request)
        if 200 <= self._site.ended < 300:
            self._sessions.pop(client.player.session, None)
            await client.close()
        answer.status(self._site.ended)

    async def close(self) -> None:
        """Say nothing more to anybody."""
        more = [one for one in (self._modern, self._stateless) if one is not None]
        for client in (*self._sessions.values(), *more):
            await client.close()


async def _pass_on(stream: Stream, start: int, answer: Answer) -> None:
    """Send what a player says, from a place on, as the answer to a request."""
    async for out in stream.outs(start):
        is_cut = out.breaks not in (None, Finish.END, Finish.CLIENT)
        had_begun = out.kind == EVENT_STREAM and out.breaks is Finish.SERVER and out.exits is None
        if not answer.is_begun and is_cut and not had_begun:
            raise ClosedError
        if not answer.is_begun and out.kind != EVENT_STREAM:
            answer.whole(out.status, _bytes(out.text), out.kind, _passed(out))
            return
        if not answer.is_begun:
            answer.stream(out.status, _passed(out))
        if out.text or out.stream is not None:
            await answer.event(out.stream or _MESSAGE, out.text)
        if is_cut:
            raise ClosedError
        if out.breaks is not None:
            break
    if not answer.is_begun:
        # There is no answer, as to what was cancelled.
        answer.stream()
    answer.end()


def _passed(out: Out) -> dict[str, str]:
    """The recorded headers of an answer, but for what has to be our own or would be no header."""
    return {
        name: value
        for name, value in out.headers.items()
        if name not in _OWN and _NAME.fullmatch(name) and _VALUE.fullmatch(value)
    }


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _each(value: Any) -> Iterable[Mapping[str, Any]]:
    """The messages of a body, which may be a list of them in the version 2025-03-26."""
    return map(members, value if isinstance(value, list) else [value])


def _unsupported(version: str) -> UnheardError:
    data = {"supported": MODERN_VERSIONS, "requested": version}
    words = "Unsupported protocol version"
    return UnheardError(HTTPStatus.BAD_REQUEST, words, UNSUPPORTED_VERSION, data=data)
