"""Servers that are silent, slow, or never come to an end."""

from __future__ import annotations

import time

from honest import Era
from http_modes import EVERY, Bad, mode
from http_wire import Exchange, event_of


def _trickle(exchange: Exchange, data: bytes) -> None:
    for byte in data:
        exchange.write(bytes([byte]))
        if exchange.rest(1):
            return


def _json_head(exchange: Exchange, length: int) -> None:
    exchange.head(200, (("Content-Type", "application/json"), ("Content-Length", str(length))))


@mode("never-answers", EVERY)
def never_answers(site: Bad, exchange: Exchange) -> None:
    """Reads everything, answers nothing."""
    exchange.rest()


@mode("never-answers-list")
def never_answers_list(site: Bad, exchange: Exchange) -> None:
    """Answers everything but --on."""
    exchange.rest()


@mode("slow-once")
def slow_once(site: Bad, exchange: Exchange) -> None:
    """Answers --on after half a second, in pieces."""
    body = site.body(exchange)
    time.sleep(0.25)
    _json_head(exchange, len(body))
    exchange.write(body[:10])
    time.sleep(0.25)
    exchange.write(body[10:])


@mode("slow-headers")
def slow_headers(site: Bad, exchange: Exchange) -> None:
    """Sends the headers of the answer to --on one byte a second."""
    _trickle(exchange, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" * 10)


@mode("slow-body")
def slow_body(site: Bad, exchange: Exchange) -> None:
    """Sends the body of the answer to --on one byte a second."""
    body = site.body(exchange)
    _json_head(exchange, len(body))
    _trickle(exchange, body)


@mode("half-body")
def half_body(site: Bad, exchange: Exchange) -> None:
    """Sends half the body of the answer to --on, then nothing more at all."""
    body = site.body(exchange)
    _json_head(exchange, len(body))
    exchange.write(body[: len(body) // 2])
    exchange.rest()


@mode("status-without-body-end", EVERY)
def status_without_body_end(site: Bad, exchange: Exchange) -> None:
    """Answers 500 with a body that never ends."""
    exchange.head(500, (("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")))
    exchange.piece(b"out of order")
    exchange.rest()


@mode("sse-silent")
def sse_silent(site: Bad, exchange: Exchange) -> None:
    """Begins an event stream for --on and sends no event."""
    exchange.stream()
    exchange.rest()


@mode("sse-half-event")
def sse_half_event(site: Bad, exchange: Exchange) -> None:
    """Sends half the event that answers --on, then nothing more at all."""
    event = event_of(site.frame(exchange))
    exchange.stream()
    exchange.piece(event[: len(event) // 2])
    exchange.rest()


@mode("comments-forever")
def comments_forever(site: Bad, exchange: Exchange) -> None:
    """Sends a comment ten times a second on the stream for --on, and no event."""
    exchange.stream()
    for _ in range(600):
        exchange.piece(b": still here\n\n")
        if exchange.rest(0.1):
            return


@mode("progress-forever")
def progress_forever(site: Bad, exchange: Exchange) -> None:
    """Reports progress ten times a second on the stream for --on, and never answers."""
    exchange.stream()
    token = exchange.request.message.get("params", {}).get("_meta", {}).get("progressToken", 1)
    for progress in range(600):
        params = {"progressToken": token, "progress": progress}
        method = "notifications/progress"
        exchange.event({"jsonrpc": "2.0", "method": method, "params": params})
        if exchange.rest(0.1):
            return


@mode("delete-never-answered", "DELETE", era=Era.LEGACY)
def delete_never_answered(site: Bad, exchange: Exchange) -> None:
    """Never answers the DELETE that ends a session."""
    exchange.rest()


@mode("get-never-answered", "GET", era=Era.LEGACY)
def get_never_answered(site: Bad, exchange: Exchange) -> None:
    """Never answers the GET that opens a stream."""
    exchange.rest()


@mode("initialized-never-answered", "notifications/initialized", era=Era.LEGACY)
def initialized_never_answered(site: Bad, exchange: Exchange) -> None:
    """Never answers the notification that ends the handshake."""
    exchange.rest()


@mode("probe-never-answered", "server/discover", era=Era.LEGACY)
def probe_never_answered(site: Bad, exchange: Exchange) -> None:
    """Never answers a modern client's first question; is a good legacy server otherwise."""
    exchange.rest()
