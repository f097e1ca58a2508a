"""HTTP/1.1 on plain sockets as a server sees it, so that every byte can be wrong."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from wire import Message

Headers = tuple[tuple[str, str], ...]

LIFE = 60.0
"""Seconds after which every wait and every flood ends."""

_CHUNK = 1 << 16


class BrokenRequestError(Exception):
    """What came in is no HTTP request."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request that came in; ``headers`` by their names in lower case, ``at`` in seconds."""

    connection: int
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters."""
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def message(self) -> Message:
        """The JSON object in the body; empty where there is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def rpc(self) -> str:
        """The JSON-RPC method of the body; empty where there is none."""
        return str(self.message.get("method", ""))

    def record(self) -> Message:
        """The request as one line of the log."""
        return {
            "connection": self.connection,
            "method": self.method,
            "target": self.target,
            "headers": self.headers,
            "size": len(self.body),
            "rpc": self.rpc,
            "at": round(self.at, 3),
        }


class Exchange:
    """One request, and the socket to answer it on.

    ``keep`` says whether the connection may serve another request afterwards.
    """

    def __init__(self, request: Request, connection: socket.socket) -> None:
        self.request = request
        self.keep = request.headers.get("connection", "").lower() != "close"
        self._socket = connection
        self._started = time.monotonic()

    def write(self, data: bytes) -> None:
        """Write ``data``, however slowly it is read. Raises OSError when the client is gone."""
        self._socket.sendall(data)

    def head(self, status: int, headers: Iterable[tuple[str, str]] = ()) -> None:
        """Write a status line and headers."""
        try:
            phrase = HTTPStatus(status).phrase
        except ValueError:
            phrase = "Unheard Of"
        lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
        self.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")

    def respond(
        self, status: int, body: bytes = b"", kind: str = "application/json", headers: Headers = ()
    ) -> None:
        """Write a whole response; no Content-Type where ``kind`` is empty."""
        typed = (("Content-Type", kind),) if kind and body else ()
        length = ("Content-Length", str(len(body)))
        self.head(status, (*typed, *((length,) if status != 204 else ()), *headers))
        self.write(body)

    def answer(self, message: object, status: int = 200, headers: Headers = ()) -> None:
        """Respond with JSON."""
        self.respond(status, json.dumps(message).encode(), headers=headers)

    def stream(self, headers: Headers = (), kind: str = "text/event-stream") -> None:
        """Begin a chunked response; ``piece`` and ``event`` go on, ``end`` ends it."""
        chunked = ("Transfer-Encoding", "chunked")
        self.head(200, (("Content-Type", kind), chunked, ("Cache-Control", "no-store"), *headers))

    def piece(self, data: bytes) -> None:
        """Write one chunk."""
        if data:
            self.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def event(self, message: object, identifier: str = "", kind: str = "message") -> None:
        """Write a message as one event."""
        self.piece(event_of(message, identifier, kind))

    def end(self) -> None:
        """End a chunked response."""
        self.write(b"0\r\n\r\n")

    def rest(self, seconds: float = LIFE) -> bool:
        """Wait; true as soon as the client, or the server, is gone."""
        deadline = time.monotonic() + min(seconds, LIFE)
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([self._socket], [], [], left)[0]:
                break
            try:
                if not self._socket.recv(1, socket.MSG_PEEK):
                    return True
            except OSError:
                return True
            time.sleep(0.02)  # it sends on, without having heard us
        return False

    def flood(self, data: bytes) -> None:
        """Write ``data`` over and over until the client is gone; LIFE seconds at most."""
        while time.monotonic() - self._started < LIFE:
            self.write(data)

    def cut(self, reset: bool = False) -> None:
        """Close the connection at once; with ``reset`` so that the client sees an error."""
        if reset:
            linger = struct.pack("ii", 1, 0)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._socket.close()
        else:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self.keep = False


def event_of(message: object, identifier: str = "", kind: str = "message") -> bytes:
    """A message as an event: its type, id and data, a blank line. A text is its own data."""
    data = message if isinstance(message, str) else json.dumps(message)
    named = f"id: {identifier}\n" if identifier else ""
    return f"event: {kind}\n{named}data: {data}\n\n".encode()


class Listener:
    """A server on a free port of 127.0.0.1; each connection has a thread of its own.

    ``requests`` is all that came in, in order, and ``connections`` how many were made. With ``log``
    every request is a line of JSON in that file as well.
    """

    def __init__(
        self,
        play: Callable[[Exchange], None],
        log: Path | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self._play = play
        self._log = log
        self._tls = tls
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closing = False
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._wake, self._woken = socket.socketpair()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listening.getsockname()[1])

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def close(self) -> None:
        """End it with all its connections."""
        with self._lock:
            self._closing = True
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._wake.send(b"x")
        for thread in self._threads:
            thread.join(5)
        for one in (self._listening, self._wake, self._woken):
            one.close()

    def _accept(self) -> None:
        while True:
            if self._woken in select.select([self._listening, self._woken], [], [])[0]:
                return
            connection, _ = self._listening.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                if self._closing:
                    connection.close()
                    return
                self._open.add(connection)
                self.connections += 1
            thread = threading.Thread(
                target=self._serve, args=(connection, self.connections), daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket, number: int) -> None:
        connection = plain
        try:
            connection.settimeout(LIFE)
            if self._tls is not None:
                connection = self._tls.wrap_socket(plain, server_side=True)
                with self._lock:
                    self._open.add(connection)
            self._converse(connection, number)
        except (OSError, BrokenRequestError):
            pass
        finally:
            with self._lock:
                self._open -= {plain, connection}
            connection.close()

    def _converse(self, connection: socket.socket, number: int) -> None:
        with connection.makefile("rb") as incoming:
            while (request := read_request(incoming, number, self._began)) is not None:
                self._note(request)
                exchange = Exchange(request, connection)
                self._play(exchange)
                if not exchange.keep:
                    return

    def _note(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)
            if self._log is not None:
                with self._log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(request.record()) + "\n")


def read_request(incoming: Any, connection: int, began: float) -> Request | None:
    """The next request of a connection; None at its end. Raises BrokenRequestError."""
    first = incoming.readline(_CHUNK)
    if not first:
        return None
    try:
        method, target, version = first.decode("latin-1").split()
    except ValueError:
        raise BrokenRequestError(repr(first[:80])) from None
    if not version.startswith("HTTP/1."):
        raise BrokenRequestError(version)
    headers: dict[str, str] = {}
    while (line := incoming.readline(_CHUNK).decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        known = headers.get(name.lower())
        headers[name.lower()] = value.strip() if known is None else f"{known}, {value.strip()}"
    if "chunked" in headers.get("transfer-encoding", ""):
        body = b"".join(iter(lambda: _read_chunk(incoming), b""))
    else:
        body = incoming.read(int(headers.get("content-length", "0")))
    return Request(connection, method, target, headers, body, time.monotonic() - began)


def _read_chunk(incoming: Any) -> bytes:
    size = int(incoming.readline(_CHUNK), 16)
    data: bytes = incoming.read(size)
    incoming.readline(_CHUNK)
    return data
