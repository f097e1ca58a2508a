"""Lines of JSON on descriptors 0, 1 and 2, as a server sees them; standard library only."""

from __future__ import annotations

import json
import os
import select
import time
from collections.abc import Iterator
from typing import Any

Message = dict[str, Any]

_CHUNK = 1 << 16


def line_of(message: object) -> bytes:
    """One frame: compact ASCII JSON and a newline."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


class Wire:
    """The server's side of a stdio connection.

    Writing goes straight to the descriptor: a broken pipe is a BrokenPipeError at the place where
    it happens, never a traceback while the interpreter ends.
    """

    def __init__(self) -> None:
        self.ended = False
        self._buffer = bytearray()

    def write(self, data: bytes, descriptor: int = 1) -> None:
        """Write all of ``data``, however slowly it is read."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    def send(self, message: object) -> None:
        """Write one frame."""
        self.write(line_of(message))

    def log(self, text: str) -> None:
        """Write one line to stderr."""
        self.write(text.encode() + b"\n", 2)

    def messages(self) -> Iterator[Message]:
        """Every JSON object that comes in, until the end of input; other lines get -32700."""
        for line in self.lines():
            try:
                message = json.loads(line)
            except ValueError:
                message = None
            if isinstance(message, dict):
                yield message
            else:
                error = {"code": -32700, "message": "Parse error"}
                self.send({"jsonrpc": "2.0", "id": None, "error": error})

    def lines(self) -> Iterator[bytes]:
        """Every line that comes in, without its newline, until the end of input."""
        searched = 0
        while True:
            end = self._buffer.find(b"\n", searched)
            if end >= 0:
                line = bytes(self._buffer[:end])
                del self._buffer[: end + 1]
                searched = 0
                yield line
            elif self.ended:
                return
            else:
                searched = len(self._buffer)
                self._fill(None)

    def rest(self, seconds: float) -> bool:
        """Wait, keeping what comes in for later; true as soon as the input has ended."""
        deadline = time.monotonic() + seconds
        while not self.ended:
            left = max(0.0, deadline - time.monotonic())
            if not self._fill(left):
                break
        return self.ended

    def rest_unread(self, seconds: float) -> None:
        """Wait without reading a byte; less long when the client hangs up."""
        poll = select.poll()
        for descriptor in (0, 1):
            poll.register(descriptor, 0)
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            events = poll.poll(left * 1000)
            if any(event & (select.POLLHUP | select.POLLERR) for _, event in events):
                return
            for descriptor, _ in events:
                poll.unregister(descriptor)

    def _fill(self, timeout: float | None) -> bool:
        """Read once; false when nothing came within ``timeout`` seconds."""
        if not select.select([0], [], [], timeout)[0]:
            return False
        try:
            data = os.read(0, _CHUNK)
        except ConnectionResetError:
            data = b""
        self._buffer += data
        self.ended = not data
        return True
