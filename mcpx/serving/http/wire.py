"""One TCP connection that speaks HTTP/1.1, with h11 for the words; events in, events out.

Nothing is held: what is put goes to the system at once, and reading waits while it takes no more.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

import h11

# Bytes of a request's or an answer's head.
LONGEST_HEAD = 1 << 16
# Seconds for the head of a request to come, once it has begun.
_TO_BEGIN = 30.0
# Bytes that are read at a time, and twice as many are read ahead.
_PIECE = 1 << 17

Event = (
    h11.Request
    | h11.InformationalResponse
    | h11.Response
    | h11.Data
    | h11.EndOfMessage
    | h11.ConnectionClosed
)


class LeftError(Exception):
    """The other end has gone, in the middle of what it said or before it."""


class BrokenError(Exception):
    """What came is not HTTP, or too much of it; ``status`` is what a client is told."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


class _Incoming(asyncio.StreamReader):
    """Tells at once when the other end has left, also when nobody is reading."""

    def __init__(self) -> None:
        super().__init__(limit=_PIECE)
        self.left = asyncio.Event()

    def feed_eof(self) -> None:
        self.left.set()
        super().feed_eof()

    def set_exception(self, exc: Exception) -> None:
        self.left.set()
        super().set_exception(exc)


class Wire:
    """A connection to a client (``role`` is then ``h11.SERVER``) or to a server.

    ``since`` is when the exchange that is under way or awaited could begin, in seconds of the loop.
    """

    def __init__(self, role: type, reader: _Incoming, writer: asyncio.StreamWriter) -> None:
        self._role = role
        self._http = h11.Connection(role, max_incomplete_event_size=LONGEST_HEAD)
        self._reader = reader
        self._writer = writer
        self._ended = False  # nothing more is read
        self._is_over = False  # nothing more is expected
        self._failure: LeftError | BrokenError | None = None
        self.since = asyncio.get_running_loop().time()

    @property
    def left(self) -> asyncio.Event:
        """Set when the other end has gone."""
        return self._reader.left

    @property
    def takes_answer(self) -> bool:
        """Whether a client waits for the head of an answer."""
        return self._http.our_state is h11.SEND_RESPONSE

    @property
    def speaks_1_1(self) -> bool:
        """Whether the other end has shown that it knows HTTP/1.1."""
        return (self._http.their_http_version or b"") >= b"1.1"

    @property
    def is_idle(self) -> bool:
        """Whether no exchange has begun, or none since the last."""
        return self._http.our_state in (h11.IDLE, h11.DONE, h11.MUST_CLOSE)

    @property
    def is_asking(self) -> bool:
        """Whether a client has asked nothing yet, or not all of it, and gets no answer."""
        asks = self._http.their_state in (h11.IDLE, h11.SEND_BODY)
        return asks and self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE)

    @property
    def has_more(self) -> bool:
        """Whether what a client sends has not come to its end, and nobody keeps it waiting."""
        waits = self._http.they_are_waiting_for_100_continue
        return self._http.their_state is h11.SEND_BODY and not waits

    @property
    def keeps_waiting(self) -> bool:
        """Whether a client waits to be told that it may send what it asks."""
        return self._http.they_are_waiting_for_100_continue

    @property
    def may_go_on(self) -> bool:
        """Whether another exchange may follow the one that is over."""
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    def go_on(self) -> None:
        """Begin the next exchange."""
        self._http.start_next_cycle()
        self.since = asyncio.get_running_loop().time()

    async def events(self) -> list[Event]:
        """What comes next, all of it that has come; nothing at an end where there may be one.

        Raises LeftError at any other end, BrokenError for what is not HTTP, or where the head of a
        request does not come to its end.
        """
        due: float | None = None
        while not (found := self._understood()):
            if self._failure is not None:
                raise self._failure
            if self._is_over:
                break
            try:
                async with asyncio.timeout_at(due):
                    data = await self._reader.read(_PIECE)
            except TimeoutError:
                raise BrokenError("the request does not come to its end", 408) from None
            except OSError as error:
                raise LeftError from error
            if due is None and self._role is h11.SERVER and self.is_idle:
                due = asyncio.get_running_loop().time() + _TO_BEGIN
            self._ended = not data
            self._acknowledge()
            self._http.receive_data(data)
        return found

    def _understood(self) -> list[Event]:
        found: list[Event] = []
        self._is_over = False
        try:
            while isinstance(event := self._http.next_event(), Event):
                if isinstance(event, h11.ConnectionClosed):
                    break
                found.append(event)
            self._is_over = event is not h11.NEED_DATA
        except h11.RemoteProtocolError as error:
            # What came before counts; this is told when it is asked for again.
            if self._failure is None:
                left, broken = LeftError(), BrokenError(str(error), error.error_status_hint)
                self._failure = left if self._ended else broken
        return found

    def _acknowledge(self) -> None:
        """Tell the other end at once that it was heard.

        A server may hold the second part of its answer back until then (RFC 896), and we would wait
        40 ms to see whether there is something to be said along with it (RFC 1122, 4.2.3.2).
        """
        if self._role is h11.CLIENT and hasattr(socket, "TCP_QUICKACK"):
            with contextlib.suppress(OSError):
                plain = self._writer.get_extra_info("socket")
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def put(self, *events: Event) -> None:
        """Send these on their way together, at once if the system takes it. Raises LeftError."""
        data = b"".join(self._http.send(event) or b"" for event in events)
        if self._writer.is_closing():
            raise LeftError
        if data:
            self._writer.write(data)

    async def taken(self) -> None:
        """Wait while the other end reads too slowly. Raises LeftError."""
        try:
            await self._writer.drain()
        except OSError as error:
            raise LeftError from error

    def close(self) -> None:
        """End the connection, once what was put has gone."""
        self._writer.close()

    def abort(self) -> None:
        """End the connection at once."""
        self._writer.transport.abort()


def accepting(met: Callable[[Wire], None]) -> Callable[[], asyncio.Protocol]:
    """What a listening socket makes of each connection: ``met`` gets its wire."""

    def protocol() -> asyncio.Protocol:
        reader = _Incoming()

        def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            met(Wire(h11.SERVER, reader, writer))

        return asyncio.StreamReaderProtocol(reader, connected)

    return protocol


async def connected(
    host: str, port: int, tls: ssl.SSLContext | None, through: socket.socket | None
) -> Wire:
    """A connection to a server; ``through`` is one that leads there already. Raises OSError."""
    loop = asyncio.get_running_loop()
    reader = _Incoming()
    protocol = asyncio.StreamReaderProtocol(reader)
    place = {"host": host, "port": port} if through is None else {"sock": through}
    named = host if tls is not None else None
    transport, _ = await loop.create_connection(
        lambda: protocol, ssl=tls, server_hostname=named, **place
    )
    return Wire(h11.CLIENT, reader, asyncio.StreamWriter(transport, protocol, reader, loop))
