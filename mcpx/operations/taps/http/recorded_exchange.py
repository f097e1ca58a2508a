"""What a recorder is told of one HTTP exchange: whose it is, both heads, what the bodies say."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from mcpx.json_rpc import id_key, members
from mcpx.operations.taps.http.connections import Asked, Connections, RecordedConnection
from mcpx.operations.taps.http.copies import Copy, Found, copy_of, count_of
from mcpx.operations.taps.http.endpoints import KIND as ENDPOINT
from mcpx.operations.taps.http.heads import Headers, Places, value_of
from mcpx.sessions.events import Unread
from mcpx.sessions.writing import Recorder
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import SESSION_HEADER, Direction, Finish

# Bytes of a body that is looked into for its id; of a larger one the place tells whose it is.
_LOOKED_INTO = 1 << 16


@dataclass(slots=True)
class ProxyRecording:
    """Where all exchanges of a proxy are written: the recording, and whose they are.

    ``longest`` is how many bytes of one message are kept until it is complete.
    """

    recorder: Recorder
    connections: Connections
    longest: int
    _latest: float = 0.0

    def at(self, moment: float | None = None) -> float:
        """The time to write for what was passed on at a moment: now, or then.

        It is never before what has been written: times in a recording do not go back.
        """
        self._latest = max(self._latest, time.monotonic() if moment is None else moment)
        return self._latest


class RecordedExchange:
    """One exchange, told as it goes on.

    ``is_mcp``: it is at the place that MCP is spoken at. Elsewhere on an origin people sign in, and
    of those bodies only the size is kept, unless they show that they are messages.

    Where a request names no session, whose it is shows in its body: nothing is written then before
    that has come, the answer has begun or it is all over. Times are those of passing things on.
    """

    def __init__(
        self,
        recording: ProxyRecording,
        method: str,
        path: str,
        headers: Headers,
        is_mcp: bool,
        current: RecordedConnection | None,
    ) -> None:
        self._recording = recording
        self._recorder = recording.recorder
        self._method = method
        self._path = path
        self._headers = headers
        self._is_mcp = is_mcp
        self._current = current
        self._began = time.monotonic()
        self._asking = self._copy(headers)
        self._answering: Copy | None = None
        self._asked: list[tuple[float, Found]] = []
        self._key = ("", "")
        self._places: Places | None = None
        self._over = False
        self._number = 0
        self.connection: RecordedConnection | None = None

    def passed_on(self) -> None:
        """The head of the request has been passed on."""
        known = self._recording.connections.is_known(self._path)
        if known or value_of(self._headers, SESSION_HEADER):
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
        connection = self._begin(listens=self._method == "GET" and stream)
        self._places = places
        self._is_mcp = self._is_mcp or stream
        self._answering = self._copy(headers) if self._is_mcp else count_of()
        session = value_of(headers, SESSION_HEADER)
        if session and 200 <= status < 300 and not value_of(self._headers, SESSION_HEADER):
            self._recording.connections.began_session(connection, session)
        self._recorder.http_answer(
            connection.number, self._number, status, _texts(headers), self._recording.at()
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
        connection = self._begin()
        if self._answering is not None:
            for found in self._answering.end(why is Finish.END):
                self._tell(Direction.TO_CLIENT, found, None)
        self._recorder.finished(connection.number, self._number, why, text, self._recording.at())

    def _copy(self, headers: Headers) -> Copy:
        kind, coding = value_of(headers, "content-type"), value_of(headers, "content-encoding")
        return copy_of(kind, coding, self._recording.longest)

    def _take_asked(self, parts: list[Found]) -> None:
        at = time.monotonic()
        for found in parts:
            self._is_mcp = self._is_mcp or (found.json and b'"jsonrpc"' in found.data)
            if not self._is_mcp:
                found = Found(b"", json=False, size=found.size or len(found.data))
            if self.connection is not None:
                self._tell(Direction.TO_SERVER, found, at)
                continue
            self._asked.append((at, found))
            if found.json and len(found.data) <= _LOOKED_INTO:
                self._key = _key_of(found.data)

    def _begin(self, listens: bool = False) -> RecordedConnection:
        """Whose it is; what has been asked is written now, if it has not been."""
        if self.connection is not None:
            return self.connection
        rpc, identifier = self._key
        asked = Asked(
            session=value_of(self._headers, SESSION_HEADER),
            path=self._path,
            client=(value_of(self._headers, "user-agent"), _user(self._headers)),
            rpc=rpc,
            id=identifier,
            listens=listens,
            at=self._recording.at(self._began),
        )
        connection = self._recording.connections.of(asked, self._current)
        self.connection = connection
        self._number = connection.next_exchange()
        self._recorder.http_request(
            connection.number,
            self._number,
            self._method,
            self._path,
            _texts(self._headers),
            asked.at,
        )
        for at, found in self._asked:
            self._tell(Direction.TO_SERVER, found, at)
        self._asked = []
        return connection

    def _tell(self, direction: Direction, found: Found, at: float | None) -> None:
        connection = self._begin()
        at = self._recording.at(at)
        place: dict[str, Any] = {"exchange": self._number, "at": at, "size": found.size}
        stream = found.stream
        if stream is not None and (stream.empty or stream.event == ENDPOINT):
            # What the endpoint is is told to nobody: it is as good as a session id.
            if stream.event == ENDPOINT and self._places is not None:
                path = self._places.path(found.data.decode("utf-8", "replace").strip())
                if path:
                    self._recording.connections.began_session(connection, path)
            self._recorder.streamed(connection.number, self._number, stream, at)
        elif found.json:
            self._recorder.message(
                connection.number,
                direction,
                found.data,
                stream=stream,
                **place,
            )
        else:
            self._recorder.raw(connection.number, direction, found.data, Unread.BODY, **place)


def _key_of(body: bytes) -> tuple[str, str]:
    """The method and the key of the id of a JSON-RPC request; empty for anything else."""
    try:
        message = members(json.loads(body))
    except (ValueError, RecursionError):
        return "", ""
    method, identifier = message.get("method"), message.get("id")
    if not isinstance(method, str):
        return "", ""
    return method, "" if identifier is None else id_key(identifier)


def _user(headers: Headers) -> int:
    """Which user it is that is named, without who it is."""
    return hash(value_of(headers, "authorization"))


def _texts(headers: Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
