"""Servers whose answers are compressed: rightly, wrongly, or so that they are bombs."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator

from http_modes import Bad, mode
from http_wire import Exchange

BOMB = 2 << 30
"""Bytes that a bomb decodes to."""

_MEGABYTE = b"a" * (1 << 20)


@mode("gzip")
def gzipped(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, compressed."""
    body = gzip.compress(site.body(exchange))
    exchange.respond(200, body, headers=(("Content-Encoding", "gzip"),))


@mode("gzip-two-members")
def gzip_two_members(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, compressed in two parts."""
    body = site.body(exchange)
    parts = gzip.compress(body[:20]) + gzip.compress(body[20:])
    exchange.respond(200, parts, headers=(("Content-Encoding", "gzip"),))


@mode("gzip-sse")
def gzip_sse(site: Bad, exchange: Exchange) -> None:
    """Answers --on with a compressed event stream that stays open."""
    exchange.stream((("Content-Encoding", "gzip"),))
    press = zlib.compressobj(wbits=31)
    event = b"event: message\ndata: " + site.body(exchange) + b"\n\n"
    exchange.piece(press.compress(event) + press.flush(zlib.Z_SYNC_FLUSH))
    exchange.rest()


@mode("deflate")
def deflated(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, deflated with a zlib header."""
    body = zlib.compress(site.body(exchange))
    exchange.respond(200, body, headers=(("Content-Encoding", "deflate"),))


@mode("deflate-bare")
def deflated_bare(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, deflated without a header, as some servers do."""
    press = zlib.compressobj(wbits=-15)
    body = press.compress(site.body(exchange)) + press.flush()
    exchange.respond(200, body, headers=(("Content-Encoding", "deflate"),))


@mode("gzip-broken")
def gzip_broken(site: Bad, exchange: Exchange) -> None:
    """Answers --on in JSON that is said to be compressed and is not."""
    exchange.respond(200, site.body(exchange), headers=(("Content-Encoding", "gzip"),))


@mode("gzip-cut")
def gzip_cut(site: Bad, exchange: Exchange) -> None:
    """Answers --on with half a compressed body."""
    body = gzip.compress(site.body(exchange))
    exchange.respond(200, body[: len(body) // 2], headers=(("Content-Encoding", "gzip"),))


@mode("brotli")
def brotli(site: Bad, exchange: Exchange) -> None:
    """Answers --on in a coding that was not asked for."""
    exchange.respond(200, b"\x8b\x03\x80junk", headers=(("Content-Encoding", "br"),))


@mode("coding-twice")
def coding_twice(site: Bad, exchange: Exchange) -> None:
    """Answers --on compressed twice."""
    body = gzip.compress(gzip.compress(site.body(exchange)))
    exchange.respond(200, body, headers=(("Content-Encoding", "gzip, gzip"),))


def bomb(start: bytes, size: int) -> Iterator[bytes]:
    """A gzip body of ``start`` and ``size`` bytes more; its end, and so its checksum, is missing.

    A block that ends with a full flush depends on nothing before it, so it is made once.
    """
    press = zlib.compressobj(9, wbits=31)
    yield press.compress(start) + press.flush(zlib.Z_FULL_FLUSH)
    press.compress(_MEGABYTE)
    press.flush(zlib.Z_FULL_FLUSH)
    block = press.compress(_MEGABYTE) + press.flush(zlib.Z_FULL_FLUSH)
    for _ in range(size // len(_MEGABYTE) // 16):
        yield block * 16


@mode("gzip-bomb")
def gzip_bomb(site: Bad, exchange: Exchange) -> None:
    """Answers --on with two megabytes that are two gigabytes of JSON."""
    start = json.dumps(site.message(exchange, result={"tools": [], "x": "y"})).encode()[:-3]
    exchange.stream((("Content-Encoding", "gzip"),), "application/json")
    for piece in bomb(start, BOMB):
        exchange.piece(piece)
    exchange.end()


@mode("gzip-bomb-sse")
def gzip_bomb_sse(site: Bad, exchange: Exchange) -> None:
    """Answers --on with two megabytes that are one event of two gigabytes."""
    exchange.stream((("Content-Encoding", "gzip"),))
    for piece in bomb(b"event: message\ndata: ", BOMB):
        exchange.piece(piece)
    exchange.end()


@mode("gzip-bomb-error")
def gzip_bomb_error(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 500 and two megabytes that are two gigabytes of text."""
    coding = (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))
    exchange.head(500, (("Content-Type", "text/plain"), *coding))
    for piece in bomb(b"sorry: ", BOMB):
        exchange.piece(piece)
    exchange.end()
