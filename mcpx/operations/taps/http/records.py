"""What a recorder is told of one HTTP exchange: whose it is, both heads, what the bodies say."""

from __future__ import annotations

import json
import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from mcpx.client.events import EVENT_STREAM
from mcpx.operations.taps.http.conversations import Asked, Conversation, Conversations
from mcpx.operations.taps.http.copies import Copy, Found, copy_of, count_of
from mcpx.operations.taps.http.endpoints import KIND as ENDPOINT
from mcpx.operations.taps.http.heads import Headers, Places, value_of
from mcpx.sessions.events import Direction, Finish, Unread
from mcpx.sessions.writing import Recorder

SESSION = "mcp-session-id"
# Bytes of a body that is looked into for its id; of a larger one the place tells whose it is.
_LOOKED_INTO = 1 << 16


@dataclass(slots=True)
class Book:
    """Where all exchanges of a proxy are written: the recording, and whose they are.

    ``longest`` is how many bytes of one message are kept until it is complete.
    """

    recorder: Recorder
    conversations: Conversations
    longest: int
    _latest: float = 0.0

    def at(self, moment: float | None = None) -> float:
        """The time to write for what was passed on at a moment: now, or then.

        It is never before what has been written: times in a recording do not go back.
        """
        self._latest = max(self._latest, time.monotonic() if moment is None else moment)
        return self._latest


class Record:
    """One exchange, told as it goes on.

    ``is_mcp``: it is at the place that MCP is spoken at. Elsewhere on an origin people sign in, and
    of those bodies only the size is kept, unless they show that they are messages.

    Where a request names no session, whose it is shows in its body: nothing is written then before
    that has come, the answer has begun or it is all over. Times are those of passing things on.
    """

    def __init__(
        self,
        book: Book,
        method: str,
        path: str,
        headers: Headers,
        is_mcp: bool,
        current: Conversation | None,
    ) -> None:
        self._book = book
        self._recorder = book.recorder
        self._method = method
        self._path = path
        self._headers = headers
        self._is_mcp = is_mcp
        self._current = current
        self._began = time.monotonic()
        self._asking = self._copy(headers)
        self._answering: Copy | None = None
        self._asked: list[tuple[float, Found]] = []
        self._key: tuple[str, Hashable] = ("", None)
        self._places: Places | None = None
        self._over = False
        self._number = 0
        self.conversation: Conversation | None = None

    def passed_on(self) -> None:
        """The head of the request has been passed on."""
        known = self._book.conversations.is_known(self._path)
        if known or value_of(self._headers, SESSION):
            self._begin()

    def asks(self, piece: bytes) -> None:
        """A part of the request's body has been passed on."""
        self._take_asked(self._asking.add(piece))

    def has_asked(self, whole: bool = True) -> None:
        """The request's body has come to its end, or was cut off."""
        self._take_asked(self._asking.end(whole))
        # A stream that was asked for may be the first of a client, which its answer shows.
        if self._method != "GET":
            self._begin()

    def answered(self, status: int, headers: Headers, places: Places) -> None:
        """The head of the answer has been passed on."""
        stream = value_of(headers, "content-type").startswith(EVENT_STREAM)
        conversation = self._begin(listens=self._method == "GET" and stream)
        self._places = places
        self._is_mcp = self._is_mcp or stream
        self._answering = self._copy(headers) if self._is_mcp else count_of()
        session = value_of(headers, SESSION)
        if session and 200 <= status < 300 and not value_of(self._headers, SESSION):
            self._book.conversations.began_session(conversation, session)
        self._recorder.http_answer(
            conversation.number, self._number, status, _texts(headers), self._book.at()
        )

    def answers(self, piece: bytes) -> None:
        """A part of the answer's body has been passed on."""
        if self._answering is not None:
            for found in self._answering.add(piece):
                self._tell(Direction.TO_CLIENT, found, None)

    def rewrote_endpoint(self) -> None:
        """The client got another URL than the server named: the one thing that is changed."""
        self._recorder.note("the URL of an endpoint event was made to lead through this recording")

    def finished(self, why: Finish, text: str = "") -> None:
        """It is over; only the first time counts."""
        if self._over:
            return
        self._over = True
        conversation = self._begin()
        if self._answering is not None:
            for found in self._answering.end(why is Finish.END):
                self._tell(Direction.TO_CLIENT, found, None)
        self._recorder.finished(conversation.number, self._number, why, text, self._book.at())

    def _copy(self, headers: Headers) -> Copy:
        kind, coding = value_of(headers, "content-type"), value_of(headers, "content-encoding")
        return copy_of(kind, coding, self._book.longest)

    def _take_asked(self, parts: list[Found]) -> None:
        at = time.monotonic()
        for found in parts:
            self._is_mcp = self._is_mcp or (found.json and b'"jsonrpc"' in found.data)
            if not self._is_mcp:
                found = Found(b"", json=False, size=found.size or len(found.data))
            if self.conversation is not None:
                self._tell(Direction.TO_SERVER, found, at)
                continue
            self._asked.append((at, found))
            if found.json and len(found.data) <= _LOOKED_INTO:
                self._key = _key_of(found.data)

    def _begin(self, listens: bool = False) -> Conversation:
        """Whose it is; what has been asked is written now, if it has not been."""
        if self.conversation is not None:
            return self.conversation
        rpc, identifier = self._key
        asked = Asked(
            session=value_of(self._headers, SESSION),
            path=self._path,
            client=(value_of(self._headers, "user-agent"), _user(self._headers)),
            rpc=rpc,
            id=identifier,
            listens=listens,
            at=self._book.at(self._began),
        )
        conversation = self._book.conversations.of(asked, self._current)
        self.conversation = conversation
        self._number = conversation.next_exchange()
        self._recorder.http_request(
            conversation.number,
            self._number,
            self._method,
            self._path,
            _texts(self._headers),
            asked.at,
        )
        for at, found in self._asked:
            self._tell(Direction.TO_SERVER, found, at)
        self._asked = []
        return conversation

    def _tell(self, direction: Direction, found: Found, at: float | None) -> None:
        conversation = self._begin()
        at = self._book.at(at)
        place: dict[str, Any] = {"exchange": self._number, "at": at, "size": found.size}
        stream = found.stream
        if stream is not None and (stream.empty or stream.event == ENDPOINT):
            # What the endpoint is is told to nobody: it is as good as a session id.
            if stream.event == ENDPOINT and self._places is not None:
                path = self._places.path(found.data.decode("utf-8", "replace").strip())
                if path:
                    self._book.conversations.began_session(conversation, path)
            self._recorder.streamed(conversation.number, self._number, stream, at)
        elif found.json:
            self._recorder.message(
                conversation.number,
                direction,
                found.data,
                stream=stream,
                **place,
            )
        else:
            self._recorder.raw(conversation.number, direction, found.data, Unread.BODY, **place)


def _key_of(body: bytes) -> tuple[str, Hashable]:
    """The method and the id of a JSON-RPC request; those of none for anything else."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return "", None
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        return "", None
    identifier = message.get("id")
    known = isinstance(identifier, str | int | float)
    # 1 and "1" are two ids.
    return message["method"], (type(identifier).__name__, identifier) if known else None


def _user(headers: Headers) -> int:
    """Which user it is that is named, without who it is."""
    return hash(value_of(headers, "authorization"))


def _texts(headers: Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
