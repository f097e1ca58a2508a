"""Bodies of HTTP answers, decoded piece by piece and within a limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

# Bytes that a piece is decoded into at a time, however much it stands for.
_AT_ONCE = 1 << 20


class EncodingError(ValueError):
    """A body in a coding that was not asked for, or that is broken."""


class TooLongError(ValueError):
    """A body that is longer than allowed once it is decoded."""


class Inflater:
    """Decodes a body piece by piece and stops at ``limit`` decoded bytes."""

    def __init__(self, encoding: str, limit: int) -> None:
        coding = encoding.strip().lower() or "identity"
        if coding not in ("identity", "gzip", "x-gzip", "deflate"):
            raise EncodingError(f"its body is encoded as {coding[:40]!r}")
        self._left = limit
        self._limit = limit
        self._coding = coding
        self._undo: Any = None
        self._head = b""

    def __call__(self, piece: bytes) -> Iterator[bytes]:
        """The decoded pieces. Raises TooLongError and EncodingError."""
        if self._coding == "identity":
            yield self._counted(piece)
            return
        whole = False
        while piece or whole:
            if self._undo is None and not self._begins(piece):
                return
            piece, self._head = self._head + piece, b""
            try:
                data = bytes(self._undo.decompress(piece, _AT_ONCE))
            except zlib.error as error:
                raise EncodingError(f"its body is no valid {self._coding}") from error
            yield self._counted(data)
            if self._undo.eof:
                # A gzip body may have several members (RFC 1952, section 2.2).
                piece, self._undo, whole = self._undo.unused_data, None, False
                if self._coding == "deflate":
                    return
            else:
                # What was read may stand for more than came out of it, even with nothing left.
                piece, whole = self._undo.unconsumed_tail, len(data) == _AT_ONCE

    def _begins(self, piece: bytes) -> bool:
        """Whether enough has come to know how it is to be undone."""
        if self._coding != "deflate":
            self._undo = zlib.decompressobj(16 + zlib.MAX_WBITS)
            return True
        # "deflate" is meant to have a zlib frame (RFC 9110, 8.4.1.2); some send it bare.
        head = self._head + piece
        if len(head) < 2:
            self._head = head
            return False
        framed = head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0  # RFC 1950, 2.2
        self._undo = zlib.decompressobj(zlib.MAX_WBITS if framed else -zlib.MAX_WBITS)
        return True

    def _counted(self, piece: bytes) -> bytes:
        self._left -= len(piece)
        if self._left < 0:
            raise TooLongError(f"a body of more than {self._limit} bytes")
        return piece

    def allow(self, more: int) -> None:
        """Count anew: ``more`` further bytes are allowed (a stream of many messages)."""
        self._left = self._limit = more
