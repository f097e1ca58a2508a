"""Servers that answer with odd, broken or endless event streams."""

from __future__ import annotations

import json
import time

from honest import Era
from http_modes import Bad, mode
from http_wire import LIFE, Exchange, event_of

_MEGABYTE = b"a" * (1 << 20)
LOG = {
    "jsonrpc": "2.0",
    "method": "notifications/message",
    "params": {"level": "info", "logger": "flood", "data": "one of many"},
}


def send_whole(exchange: Exchange, *pieces: bytes) -> None:
    """Send an event stream and end it."""
    exchange.stream()
    for piece in pieces:
        exchange.piece(piece)
    exchange.end()


@mode("sse")
def sse(site: Bad, exchange: Exchange) -> None:
    """Answers --on with one event, as a good server may."""
    send_whole(exchange, event_of(site.frame(exchange)))


@mode("sse-crlf")
def sse_crlf(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly; its lines end with CR and LF."""
    send_whole(exchange, event_of(site.frame(exchange)).replace(b"\n", b"\r\n"))


@mode("sse-cr")
def sse_cr(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly; its lines end with CR."""
    send_whole(exchange, event_of(site.frame(exchange)).replace(b"\n", b"\r"))


@mode("sse-cr-lf-split")
def sse_split(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, byte by byte, with CR and LF in pieces of their own."""
    event = event_of(site.frame(exchange)).replace(b"\n", b"\r\n")
    send_whole(exchange, *(bytes([byte]) for byte in event))


@mode("sse-bom")
def sse_bom(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, after a byte order mark."""
    send_whole(exchange, b"\xef\xbb\xbf" + event_of(site.frame(exchange)))


@mode("sse-several-lines")
def sse_several_lines(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, with the message on several lines of data."""
    lines = json.dumps(site.frame(exchange), indent=1).splitlines()
    send_whole(exchange, "".join(f"data:{line}\n" for line in lines).encode() + b"\n")


@mode("sse-no-type")
def sse_no_type(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, with an event that names no type."""
    send_whole(exchange, b"data:" + site.body(exchange) + b"\n\n")


@mode("sse-no-blank-line")
def sse_no_blank_line(site: Bad, exchange: Exchange) -> None:
    """Answers --on with an event that the end of the stream cuts short of its blank line."""
    send_whole(exchange, b"event: message\ndata: " + site.body(exchange) + b"\n")


@mode("sse-unicode-lines")
def sse_unicode_lines(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, with U+2028 and U+0085 in it, which end no line of an event."""
    frame = site.frame(exchange)
    frame["result"]["tools"][0]["description"] = "one\u2028two\u0085three\x0bfour"
    data = json.dumps(frame, ensure_ascii=False)
    send_whole(exchange, f"data: {data}\n\n".encode())


@mode("sse-other-types")
def sse_other_types(site: Bad, exchange: Exchange) -> None:
    """Sends events of other types, which are no messages, before the answer to --on."""
    others = event_of("hello", kind="greeting") + event_of("{}", kind="ping")
    send_whole(exchange, others + event_of("", kind="heartbeat") + event_of(site.frame(exchange)))


@mode("sse-empty-data")
def sse_empty_data(site: Bad, exchange: Exchange) -> None:
    """Sends empty events, unknown fields and comments before the answer to --on."""
    odd = b":\n\ndata\n\ndata:\n\nid\n\nretry\n\nunknown: field\nwithout colon\n\n"
    send_whole(exchange, odd + event_of(site.frame(exchange)))


@mode("sse-bad-json")
def sse_bad_json(site: Bad, exchange: Exchange) -> None:
    """Answers --on with an event that holds half a JSON text."""
    send_whole(exchange, b"data: " + site.body(exchange)[:-5] + b"\n\n")


@mode("sse-text")
def sse_text(site: Bad, exchange: Exchange) -> None:
    """Answers --on with an event that holds words."""
    send_whole(exchange, event_of("Internal Server Error"))


@mode("sse-invalid-utf8")
def sse_invalid_utf8(site: Bad, exchange: Exchange) -> None:
    """Answers --on with an event that holds bytes that are no UTF-8."""
    send_whole(exchange, event_of(site.frame(exchange)).replace(b"Give", b"Gi\xff\xfe"))


@mode("sse-wrong-id")
def sse_wrong_id(site: Bad, exchange: Exchange) -> None:
    """Answers --on with an id that was never sent, on a stream that ends."""
    send_whole(exchange, event_of({**site.frame(exchange), "id": 987654321}))


@mode("sse-answer-twice")
def sse_answer_twice(site: Bad, exchange: Exchange) -> None:
    """Answers --on twice on one stream."""
    send_whole(exchange, event_of(site.frame(exchange)) * 2)


@mode("sse-stays-open")
def sse_stays_open(site: Bad, exchange: Exchange) -> None:
    """Answers --on and keeps the stream open."""
    exchange.stream()
    exchange.event(site.frame(exchange))
    exchange.rest()


@mode("sse-server-request")
def sse_server_request(site: Bad, exchange: Exchange) -> None:
    """Sends requests of its own before the answer to --on."""
    exchange.stream()
    for method in ("ping", "roots/list", "sampling/createMessage", "no/such"):
        exchange.event({"jsonrpc": "2.0", "id": f"s-{method}", "method": method, "params": {}})
    exchange.event(site.frame(exchange))
    exchange.end()


@mode("sse-20mb")
def sse_20mb(site: Bad, exchange: Exchange) -> None:
    """Answers --on with an event of 20 MB, a tool with a long description."""
    frame = site.frame(exchange)
    frame["result"]["tools"].append(
        {"name": "long", "description": "a" * 20_000_000, "inputSchema": {"type": "object"}}
    )
    send_whole(exchange, event_of(frame))


@mode("sse-100mb-line")
def sse_100mb_line(site: Bad, exchange: Exchange) -> None:
    """Answers --on with an event whose one line of data is 100 MB long."""
    start = site.body(exchange)[:-2] + b',"x":"'
    send_whole(exchange, b"data: " + start, *([_MEGABYTE] * 100), b'"}}\n\n')


@mode("sse-endless-line")
def sse_endless_line(site: Bad, exchange: Exchange) -> None:
    """Answers --on with an event whose line of data never ends."""
    exchange.stream()
    exchange.piece(b"data: ")
    exchange.flood(b"100000\r\n" + _MEGABYTE + b"\r\n")


@mode("sse-endless-data")
def sse_endless_data(site: Bad, exchange: Exchange) -> None:
    """Answers --on with lines of data without end and no blank line."""
    lines = b"data: 0123456789\n" * 60_000
    exchange.stream()
    exchange.flood(f"{len(lines):x}\r\n".encode() + lines + b"\r\n")


@mode("sse-endless-short-data")
def sse_endless_short_data(site: Bad, exchange: Exchange) -> None:
    """Answers --on with lines of two bytes of data without end and no blank line."""
    lines = b"data:ab\n" * 100_000
    exchange.stream()
    exchange.flood(f"{len(lines):x}\r\n".encode() + lines + b"\r\n")


@mode("sse-endless-comment")
def sse_endless_comment(site: Bad, exchange: Exchange) -> None:
    """Answers --on with a comment that never ends."""
    exchange.stream()
    exchange.piece(b": ")
    exchange.flood(b"100000\r\n" + _MEGABYTE + b"\r\n")


@mode("sse-endless-comments")
def sse_endless_comments(site: Bad, exchange: Exchange) -> None:
    """Sends comments as fast as it can instead of the answer to --on."""
    lines = b": nothing to see here\n\n" * 5_000
    exchange.stream()
    exchange.flood(f"{len(lines):x}\r\n".encode() + lines + b"\r\n")


@mode("sse-endless-id")
def sse_endless_id(site: Bad, exchange: Exchange) -> None:
    """Answers --on with ids of a megabyte each, and no data."""
    event = b"id: " + _MEGABYTE + b"\n\n"
    exchange.stream()
    exchange.flood(f"{len(event):x}\r\n".encode() + event + b"\r\n")


@mode("sse-endless-events")
def sse_endless_events(site: Bad, exchange: Exchange) -> None:
    """Sends notifications as fast as it can instead of the answer to --on."""
    events = event_of(LOG) * 500
    exchange.stream()
    exchange.flood(f"{len(events):x}\r\n".encode() + events + b"\r\n")


@mode("sse-cut-no-answer")
def sse_cut_no_answer(site: Bad, exchange: Exchange) -> None:
    """Ends the stream for --on with a notification and no answer."""
    send_whole(exchange, event_of(LOG))


@mode("sse-cut-once")
def sse_cut_once(site: Bad, exchange: Exchange) -> None:
    """Ends the stream for the first --on without an answer, then answers."""
    site.seen["cut"] += 1
    if site.seen["cut"] > 1:
        site.honest(exchange)
    else:
        send_whole(exchange)


@mode("get-floods", "GET", era=Era.LEGACY)
def get_floods(site: Bad, exchange: Exchange) -> None:
    """Sends notifications on the GET stream as fast as it can."""
    events = event_of(LOG) * 500
    exchange.stream()
    exchange.flood(f"{len(events):x}\r\n".encode() + events + b"\r\n")


@mode("get-closes", "GET", era=Era.LEGACY)
def get_closes(site: Bad, exchange: Exchange) -> None:
    """Ends the GET stream at once, every time."""
    send_whole(exchange)


@mode("get-html", "GET", era=Era.LEGACY)
def get_html(site: Bad, exchange: Exchange) -> None:
    """Answers the GET with a page of HTML."""
    exchange.respond(200, b"<html>hello</html>", "text/html")


@mode("sse-slow-events")
def sse_slow_events(site: Bad, exchange: Exchange) -> None:
    """Sends a notification every 20 ms for a second, then the answer to --on."""
    exchange.stream()
    started = time.monotonic()
    while time.monotonic() - started < min(1.0, LIFE):
        exchange.event(LOG)
        if exchange.rest(0.02):
            return
    exchange.event(site.frame(exchange))
    exchange.end()
