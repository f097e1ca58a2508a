"""Servers that break HTTP itself: cut connections, wrong lengths, floods of headers, no HTTP."""

from __future__ import annotations

from http_modes import EVERY, Bad, mode
from http_wire import Exchange, event_of

_JSON = ("Content-Type", "application/json")


@mode("cut-before-headers", EVERY)
def cut_before_headers(site: Bad, exchange: Exchange) -> None:
    """Closes the connection instead of answering anything."""
    exchange.cut()


@mode("cut-list")
def cut_list(site: Bad, exchange: Exchange) -> None:
    """Closes the connection instead of answering --on."""
    exchange.cut()


@mode("reset-list")
def reset_list(site: Bad, exchange: Exchange) -> None:
    """Resets the connection instead of answering --on."""
    exchange.cut(reset=True)


@mode("cut-once")
def cut_once(site: Bad, exchange: Exchange) -> None:
    """Closes the connection instead of answering the first --on, then answers."""
    site.seen["cut"] += 1
    if site.seen["cut"] > 1:
        site.honest(exchange)
    else:
        exchange.cut()


@mode("cut-in-headers")
def cut_in_headers(site: Bad, exchange: Exchange) -> None:
    """Closes the connection within the headers of the answer to --on."""
    exchange.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
    exchange.cut()


@mode("cut-in-body")
def cut_in_body(site: Bad, exchange: Exchange) -> None:
    """Closes the connection within the body of the answer to --on."""
    body = site.body(exchange)
    exchange.head(200, (_JSON, ("Content-Length", str(len(body)))))
    exchange.write(body[: len(body) // 2])
    exchange.cut()


@mode("cut-in-chunk")
def cut_in_chunk(site: Bad, exchange: Exchange) -> None:
    """Closes the connection within a chunk of the answer to --on."""
    body = site.body(exchange)
    exchange.stream(kind="application/json")
    exchange.write(f"{len(body):x}\r\n".encode() + body[: len(body) // 2])
    exchange.cut()


@mode("cut-half-event")
def cut_half_event(site: Bad, exchange: Exchange) -> None:
    """Closes the connection within the event that answers --on."""
    event = event_of(site.frame(exchange))
    exchange.stream()
    exchange.piece(event[: len(event) // 2])
    exchange.cut()


@mode("chunk-broken")
def chunk_broken(site: Bad, exchange: Exchange) -> None:
    """Answers --on in chunks whose size is no number."""
    exchange.stream(kind="application/json")
    exchange.write(b"zz\r\n" + site.body(exchange) + b"\r\n0\r\n\r\n")
    exchange.cut()


@mode("chunk-huge")
def chunk_huge(site: Bad, exchange: Exchange) -> None:
    """Announces a chunk of 2^63 bytes and closes the connection."""
    exchange.stream(kind="application/json")
    exchange.write(b"8000000000000000\r\n{")
    exchange.cut()


@mode("chunk-size-endless")
def chunk_size_endless(site: Bad, exchange: Exchange) -> None:
    """Answers --on with a chunk size of endless digits."""
    exchange.stream(kind="application/json")
    exchange.flood(b"0" * 65536)


@mode("trailers-endless")
def trailers_endless(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, and ends its chunks with endless trailers."""
    exchange.stream(kind="application/json")
    exchange.piece(site.body(exchange))
    exchange.write(b"0\r\n")
    exchange.flood(b"X-Trailer: again\r\n" * 1000)


@mode("length-too-long")
def length_too_long(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, with a Content-Length of 100 more, and closes the connection."""
    body = site.body(exchange)
    exchange.head(200, (_JSON, ("Content-Length", str(len(body) + 100))))
    exchange.write(body)
    exchange.cut()


@mode("length-too-short")
def length_too_short(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, with a Content-Length of 10 less."""
    body = site.body(exchange)
    exchange.head(200, (_JSON, ("Content-Length", str(len(body) - 10))))
    exchange.write(body)
    exchange.keep = False


@mode("length-negative")
def length_negative(site: Bad, exchange: Exchange) -> None:
    """Answers --on with a Content-Length of -1."""
    exchange.head(200, (_JSON, ("Content-Length", "-1")))
    exchange.write(site.body(exchange))
    exchange.cut()


@mode("length-huge")
def length_huge(site: Bad, exchange: Exchange) -> None:
    """Announces 10^30 bytes for --on, sends a few and falls silent."""
    exchange.head(200, (_JSON, ("Content-Length", "1" + "0" * 30)))
    exchange.write(b'{"jsonrpc":')
    exchange.rest()


@mode("length-twice")
def length_twice(site: Bad, exchange: Exchange) -> None:
    """Answers --on with two lengths that differ."""
    body = site.body(exchange)
    lengths = (("Content-Length", str(len(body))), ("Content-Length", "5"))
    exchange.head(200, (_JSON, *lengths))
    exchange.write(body)
    exchange.cut()


@mode("close-delimited")
def close_delimited(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly; the body ends with the connection."""
    exchange.head(200, (_JSON, ("Connection", "close")))
    exchange.write(site.body(exchange))
    exchange.keep = False


@mode("http-1.0", EVERY)
def http_1_0(site: Bad, exchange: Exchange) -> None:
    """Answers everything rightly in HTTP/1.0, each on a connection of its own."""
    if "id" in exchange.request.message:
        exchange.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n")
        exchange.write(site.body(exchange))
    else:
        exchange.write(b"HTTP/1.0 202 Accepted\r\n\r\n")
    exchange.keep = False


@mode("100-continue", EVERY)
def continues(site: Bad, exchange: Exchange) -> None:
    """Says 100 Continue and 103 Early Hints unasked before each right answer."""
    exchange.head(100)
    exchange.head(103, (("Link", "</style.css>; rel=preload"),))
    site.honest(exchange)


@mode("100-endless")
def continues_endless(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 100 Continue over and over."""
    exchange.flood(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


@mode("101")
def switching(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 101 Switching Protocols."""
    exchange.head(101, (("Upgrade", "websocket"), ("Connection", "Upgrade")))
    exchange.write(b"\x81\x05hello")
    exchange.cut()


@mode("status-999")
def status_999(site: Bad, exchange: Exchange) -> None:
    """Answers --on with the status 999."""
    exchange.respond(999, b"what", "text/plain")


@mode("status-garbage")
def status_garbage(site: Bad, exchange: Exchange) -> None:
    """Answers --on with a status that is no number."""
    exchange.write(b"HTTP/1.1 twohundred OK\r\nContent-Length: 0\r\n\r\n")
    exchange.cut()


@mode("header-count")
def header_count(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, with 100,000 headers."""
    for start in range(0, 100_000, 1000):
        lines = (f"X-Header-{number}: value\r\n" for number in range(start, start + 1000))
        first = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" if start == 0 else ""
        exchange.write((first + "".join(lines)).encode())
    body = site.body(exchange)
    exchange.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)


@mode("header-size")
def header_size(site: Bad, exchange: Exchange) -> None:
    """Answers --on with one header of 50 MB."""
    exchange.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Large: ")
    for _ in range(50):
        exchange.write(b"a" * (1 << 20))
    body = site.body(exchange)
    exchange.write(f"\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)


@mode("header-endless")
def header_endless(site: Bad, exchange: Exchange) -> None:
    """Answers --on with a header that never ends."""
    exchange.write(b"HTTP/1.1 200 OK\r\nX-Endless: ")
    exchange.flood(b"a" * 65536)


@mode("header-escape")
def header_escape(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 401 and an escape sequence in a header."""
    challenge = ("WWW-Authenticate", "Bearer realm=\x1b]0;owned\x07")
    exchange.respond(401, headers=(challenge,))
    exchange.cut()


@mode("header-no-colon")
def header_no_colon(site: Bad, exchange: Exchange) -> None:
    """Answers --on with a header that has no colon."""
    exchange.write(b"HTTP/1.1 200 OK\r\nthis is no header\r\nContent-Length: 0\r\n\r\n")
    exchange.cut()


@mode("not-http", EVERY)
def not_http(site: Bad, exchange: Exchange) -> None:
    """Answers everything as a mail server would."""
    exchange.write(b"220 mail.example ESMTP ready\r\n500 what was that?\r\n")
    exchange.cut()


@mode("not-http-endless", EVERY)
def not_http_endless(site: Bad, exchange: Exchange) -> None:
    """Answers everything with endless noise that is no HTTP."""
    exchange.flood(b"\x00\xff\x80noise" * 8192)
