"""Servers that are careless with the connections that requests share, or speak TLS badly."""

from __future__ import annotations

import json
import time

from http_modes import EVERY, Bad, mode
from http_wire import LIFE, Exchange


@mode("answers-twice", EVERY)
def answers_twice(site: Bad, exchange: Exchange) -> None:
    """Sends each right answer twice on the connection, in one go."""
    body = site.body(exchange)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    exchange.write((head.encode() + b"\r\n\r\n" + body) * 2)


@mode("stale-connection", EVERY)
def stale_connection(site: Bad, exchange: Exchange) -> None:
    """Closes the connection after each right answer without saying so."""
    site.honest(exchange)
    exchange.cut()


@mode("stale-late", EVERY)
def stale_late(site: Bad, exchange: Exchange) -> None:
    """Closes a connection that is used again, before it reads what comes on it."""
    if exchange.request.connection in site.seen.values():
        exchange.cut(reset=True)
    else:
        site.seen[f"used {exchange.request.connection}"] = exchange.request.connection
        site.honest(exchange)


@mode("set-cookie", EVERY)
def set_cookie(site: Bad, exchange: Exchange) -> None:
    """Sets a cookie with each right answer."""
    if "id" in exchange.request.message:
        exchange.answer(site.frame(exchange), headers=(("Set-Cookie", "track=me; Path=/"),))
    else:
        site.honest(exchange)


@mode("keep-alive-trickle")
def keep_alive_trickle(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly and goes on sending bytes on the connection."""
    exchange.answer(site.frame(exchange))
    started = time.monotonic()
    while time.monotonic() - started < LIFE and not exchange.rest(0.05):
        exchange.write(json.dumps({"more": True}).encode())


@mode("tls-on-plain", EVERY, scheme="https")
def tls_on_plain(site: Bad, exchange: Exchange) -> None:
    """Speaks plain HTTP where its URL says https."""
    site.honest(exchange)


@mode("plain-on-tls", EVERY, certificate="loopback", scheme="http")
def plain_on_tls(site: Bad, exchange: Exchange) -> None:
    """Speaks TLS where its URL says http."""
    site.honest(exchange)


@mode("self-signed", EVERY, certificate="loopback")
def self_signed(site: Bad, exchange: Exchange) -> None:
    """Is a good server with a certificate that nobody vouches for."""
    site.honest(exchange)


@mode("other-host", EVERY, certificate="other-host")
def other_host(site: Bad, exchange: Exchange) -> None:
    """Is a good server with the certificate of another host."""
    site.honest(exchange)


@mode("expired", EVERY, certificate="expired")
def expired(site: Bad, exchange: Exchange) -> None:
    """Is a good server with a certificate that has expired."""
    site.honest(exchange)
