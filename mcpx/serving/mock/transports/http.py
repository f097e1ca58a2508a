"""A mock over HTTP, in both eras: who asks, what is answered, and on which stream.

Source: specification 2026-07-28, basic/transports/streamable-http; 2025-11-25, basic/transports.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from mcpx import admission
from mcpx.client.eras.legacy import VERSIONS
from mcpx.client.eras.modern import VERSIONS as MODERN_VERSIONS
from mcpx.codes import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    UNSUPPORTED_VERSION,
)
from mcpx.json_rpc import members, named
from mcpx.json_text import JsonTextError, parse_json
from mcpx.servers import Era
from mcpx.serving.http.answers import Answer
from mcpx.serving.http.exchanges import Request
from mcpx.serving.http.mirrored import VERSION_HEADER, is_modern, mismatch
from mcpx.serving.mock.playing.openings import INITIALIZE
from mcpx.serving.mock.playing.outs import EVENTS, JSON, Out
from mcpx.serving.mock.staging import ClosedError, Staging
from mcpx.serving.mock.tape.stamps import VERSION, is_stamped
from mcpx.serving.mock.transports.clients import Client
from mcpx.serving.mock.transports.site import Site
from mcpx.serving.mock.transports.streams import Stream
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

    def __init__(self, staging: Staging, site: Site, eras: Collection[Era]) -> None:
        """``eras`` are those that are spoken."""
        self._staging = staging
        self._site = site
        self._eras = eras
        self._sessions: dict[str, Client] = {}
        self._modern: Client | None = None
        self._stateless: Client | None = None

    async def answer(self, request: Request, answer: Answer) -> None:
        """Answer one request. Raises LeftError, ClosedError and EndedError."""
        refused = admission.refusal(request.headers)
        path = admission.path_of(request.target)
        if refused or not path:
            _say(answer, HTTPStatus.FORBIDDEN, refused or "this is no proxy for other hosts")
        elif path.partition(b"?")[0] != self._site.path.encode():
            _say(answer, HTTPStatus.NOT_FOUND, f"MCP is spoken at {self._site.path}")
        elif request.method == "POST":
            await self._post(request, answer)
        elif set(self._eras) == {Era.MODERN}:
            answer.status(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
        elif request.method == "GET":
            await self._get(request, answer)
        elif request.method == "DELETE":
            await self._delete(request, answer)
        else:
            answer.status(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, POST, DELETE"})

    async def _post(self, request: Request, answer: Answer) -> None:
        kind = request.values.get("content-type", "").partition(";")[0].strip().lower()
        if kind != JSON:
            words = f"Content-Type is not {JSON}"
            _say(answer, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, words, INVALID_REQUEST)
            return
        try:
            value = parse_json(request.body.decode("utf-8"))
        except (JsonTextError, UnicodeDecodeError):
            _say(answer, HTTPStatus.BAD_REQUEST, "the body is not JSON", PARSE_ERROR)
            return
        modern = is_modern(request.values, value) and self._hears_modern(value)
        asks = [one for one in _each(value) if "method" in one and "id" in one]
        if modern and asks and Era.MODERN in self._eras:
            code, words = INVALID_PARAMS, f"_meta lacks {VERSION}"
            if is_stamped(members(asks[0].get("params"))):
                schema = self._schema(asks[0])
                reason = mismatch(request.headers, asks[0], schema)
                code, words = HEADER_MISMATCH, f"Header mismatch: {reason}" if reason else ""
            if words:
                answer.whole(HTTPStatus.BAD_REQUEST, _error(asks[0]["id"], code, words))
                return
        version = request.values.get(VERSION_HEADER, MODERN_VERSIONS[0])
        if modern and not asks and version not in MODERN_VERSIONS:
            data = {"supported": MODERN_VERSIONS, "requested": version}
            body = _error(None, UNSUPPORTED_VERSION, "Unsupported protocol version", data)
            answer.whole(HTTPStatus.BAD_REQUEST, body)
            return
        client = self._of_modern() if modern else await self._client_of(request, asks, answer)
        if client is None:
            return
        stream = client.take(value)
        has_left = True
        try:
            # What is no message at all is answered too.
            if not asks and not [out async for out in stream.outs()]:
                answer.status(HTTPStatus.ACCEPTED)
            else:
                await _pass_on(stream, 0, answer)
            has_left = False
        finally:
            await client.left(stream, cancels=modern and has_left)

    def _hears_modern(self, value: Any) -> bool:
        """Whether a modern request is not just one of a session with a strange header.

        A server of the legacy era knows no other versions than its own in that.
        """
        if Era.MODERN in self._eras:
            return True
        return any(is_stamped(members(one.get("params"))) for one in _each(value))

    def _schema(self, message: Mapping[str, Any]) -> Any:
        """That of a called tool; None where it is not known, or nothing is called."""
        name = named(str(message["method"]), members(message.get("params")))
        is_call = message["method"] == "tools/call"
        return self._staging.players.schemas.get(name) if is_call else None

    def _of_modern(self) -> Client:
        """All who ask in the modern era: their server knows nothing of who they are."""
        if self._modern is None:
            self._modern = Client(self._staging, self._staging.players.new())
        return self._modern

    async def _client_of(
        self, request: Request, asks: list[Mapping[str, Any]], answer: Answer
    ) -> Client | None:
        """Whose session a request is of; None when it was answered that it is of none."""
        if asks and asks[0]["method"] == INITIALIZE:
            client = Client(self._staging, self._staging.players.new())
            await self._remember(client)
            return client
        version = request.values.get(VERSION_HEADER, VERSIONS[0])
        if version not in VERSIONS:
            words = f"Unsupported protocol version; supported: {', '.join(VERSIONS)}"
            _say(answer, HTTPStatus.BAD_REQUEST, words, INVALID_REQUEST)
            return None
        session = request.values.get(SESSION_HEADER)
        if session is None:
            if self._stateless is None:
                words = "no session: Mcp-Session-Id is missing"
                _say(answer, HTTPStatus.BAD_REQUEST, words, INVALID_REQUEST)
            return self._stateless
        if session not in self._sessions:
            _say(answer, HTTPStatus.NOT_FOUND, "there is no such session", INVALID_REQUEST)
        return self._sessions.get(session)

    async def _remember(self, client: Client) -> None:
        if not client.player.session:
            self._stateless = client
            return
        self._sessions[client.player.session] = client
        if len(self._sessions) > _MOST_SESSIONS:
            await self._sessions.pop(next(iter(self._sessions))).close()

    async def _get(self, request: Request, answer: Answer) -> None:
        last = request.values.get("last-event-id", "")
        client = await self._client_of(request, [], answer)
        if client is None:
            return
        listens = False
        if last and (place := client.place(last)) is not None:
            stream, at = place
        elif not self._site.listens:
            answer.status(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST, DELETE"})
            return
        elif client.is_listening:
            _say(answer, HTTPStatus.CONFLICT, "this session has a stream already")
            return
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
        client = await self._client_of(request, [], answer)
        if client is None:
            return
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
        had_begun = out.kind == EVENTS and out.breaks is Finish.SERVER and out.exits is None
        if not answer.is_begun and is_cut and not had_begun:
            raise ClosedError
        if not answer.is_begun and out.kind != EVENTS:
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


def _say(answer: Answer, status: int, words: str, code: int = 0) -> None:
    """A status with an error of JSON-RPC that has no id; its code is usually that of the status."""
    answer.whole(status, _error(None, code or int(status), words))


def _error(identifier: Any, code: int, words: str, data: Any = None) -> bytes:
    error = {"code": code, "message": f"mcpx: {words}", **({"data": data} if data else {})}
    return json.dumps({"jsonrpc": "2.0", "id": identifier, "error": error}).encode()
