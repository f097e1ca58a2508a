"""The ``endpoint`` event with which an HTTP+SSE stream begins, as a client behind a proxy needs it.

Source: specification 2024-11-05, basic/transports, "HTTP with SSE": the event names the URL that
messages are posted to. A whole URL leads past the proxy, unless it is rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mcpx.operations.taps.http.heads import Places

KIND = "endpoint"
_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r)")
# Bytes of a first event that are waited for.
_LONGEST = 1 << 16


class Endpoints:
    """Passes a stream on; of its first event only a URL on the server's origin is rewritten.

    Until that event is complete nothing of it goes on, for no client could act on a part. After it
    everything does at once. ``rewrote`` is called when the URL is rewritten.
    """

    def __init__(self, places: Places, rewrote: Callable[[], None]) -> None:
        self._places = places
        self._rewrote = rewrote
        self._held = b""
        self._over = False

    def __call__(self, piece: bytes) -> bytes:
        """What goes on now that this piece has come."""
        if self._over:
            return piece
        self._held += piece
        passed = b""
        while (end := _BLANK_LINE.search(self._held)) is not None:
            block, self._held = self._held[: end.end()], self._held[end.end() :]
            if any(line and not line.startswith(b":") for line, _ in _LINE.findall(block)):
                self._over = True
                return passed + self._near(block) + self.rest()
            passed += block
        if len(self._held) > _LONGEST:
            self._over = True
            return passed + self.rest()
        return passed

    def rest(self) -> bytes:
        """What is held back, at the end of the stream."""
        held, self._held = self._held, b""
        return held

    def _near(self, block: bytes) -> bytes:
        lines = _LINE.findall(block)
        if not any(_field(line) == (b"event", KIND.encode()) for line, _ in lines):
            return block
        return b"".join(self._rewritten(line) + end for line, end in lines)

    def _rewritten(self, line: bytes) -> bytes:
        name, value = _field(line)
        near = self._places.nearer(value.decode("utf-8", "replace")) if name == b"data" else ""
        if not near:
            return line
        self._rewrote()
        return b"data: " + near.encode()


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.removeprefix(b"\xef\xbb\xbf").partition(b":")
    return name, value.strip()
