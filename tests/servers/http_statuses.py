"""Servers that answer with an HTTP status and not with a message."""

from __future__ import annotations

import json
import time
from email.utils import formatdate

from honest import Era
from http_modes import EVERY, MODES, Bad, Mode, mode
from http_wire import Exchange, Headers

STATUSES = (400, 401, 403, 404, 405, 406, 409, 410, 415, 422, 429, 500, 501, 502, 503, 504)
HTML = b"<!doctype html>\n<html><title>Oh no</title><body><h1>Nginx says no</h1></body>"


def _plain(status: int) -> Mode:
    def play(site: Bad, exchange: Exchange) -> None:
        exchange.respond(status)

    return Mode(play, f"Answers every request with {status} and no body.", EVERY)


def _html(status: int) -> Mode:
    def play(site: Bad, exchange: Exchange) -> None:
        exchange.respond(status, HTML, "text/html")

    return Mode(play, f"Answers every request with {status} and a page of HTML.", EVERY)


def _rpc(status: int) -> Mode:
    def play(site: Bad, exchange: Exchange) -> None:
        error = {"code": -32603, "message": "the database is down"}
        identifier = exchange.request.message.get("id")
        exchange.answer({"jsonrpc": "2.0", "id": identifier, "error": error}, status)

    return Mode(play, f"Answers every request with {status} and a JSON-RPC error.", EVERY)


def _later(status: int) -> Mode:
    def play(site: Bad, exchange: Exchange) -> None:
        exchange.respond(status)

    return Mode(play, f"Answers --on alone with {status} and no body.")


MODES.update({f"{status}": _plain(status) for status in STATUSES})
MODES.update({f"{status}-html": _html(status) for status in (400, 403, 404, 500, 502, 503)})
MODES.update({f"{status}-rpc": _rpc(status) for status in (400, 401, 404, 429, 500, 503)})
MODES.update({f"{status}-later": _later(status) for status in (400, 401, 404, 405, 500, 503)})


@mode("401-challenge", EVERY)
def challenge(site: Bad, exchange: Exchange) -> None:
    """Answers everything with 401 and where to sign in: at another origin."""
    place = f'Bearer resource_metadata="{site.elsewhere}/.well-known/oauth-protected-resource"'
    exchange.respond(401, headers=(("WWW-Authenticate", f'{place}, error="invalid_token"'),))


@mode("403-scope", EVERY)
def scope(site: Bad, exchange: Exchange) -> None:
    """Answers everything with 403, since the token may not do enough."""
    wanted = 'Bearer error="insufficient_scope", scope="tools:read tools:call"'
    exchange.respond(403, headers=(("WWW-Authenticate", wanted),))


@mode("401-echo", EVERY)
def echo(site: Bad, exchange: Exchange) -> None:
    """Answers everything with 401 and tells the token that came."""
    token = exchange.request.headers.get("authorization", "nothing")
    headers = (("WWW-Authenticate", f'Bearer error_description="not {token}"'),)
    exchange.respond(401, f"I do not know {token}".encode(), "text/plain", headers)


def _throttled(site: Bad, exchange: Exchange, status: int, *headers: tuple[str, str]) -> None:
    """Refuse the first --on, and answer any other."""
    site.seen["refused"] += 1
    if site.seen["refused"] > 1:
        site.honest(exchange)
    else:
        exchange.respond(status, headers=headers)


@mode("429-once")
def throttled_once(site: Bad, exchange: Exchange) -> None:
    """Refuses the first --on with 429 and no Retry-After, then answers."""
    _throttled(site, exchange, 429)


@mode("429-seconds")
def throttled_seconds(site: Bad, exchange: Exchange) -> None:
    """Refuses the first --on with 429 and Retry-After: 1, then answers."""
    _throttled(site, exchange, 429, ("Retry-After", "1"))


@mode("429-date")
def throttled_date(site: Bad, exchange: Exchange) -> None:
    """Refuses the first --on with 429 and a date one to two seconds ahead, then answers."""
    _throttled(site, exchange, 429, ("Retry-After", formatdate(time.time() + 2, usegmt=True)))


@mode("429-past")
def throttled_past(site: Bad, exchange: Exchange) -> None:
    """Refuses the first --on with 429 and a date of long ago, then answers."""
    _throttled(site, exchange, 429, ("Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT"))


@mode("503-seconds")
def unavailable_seconds(site: Bad, exchange: Exchange) -> None:
    """Refuses the first --on with 503 and Retry-After: 1, then answers."""
    _throttled(site, exchange, 503, ("Retry-After", "1"))


@mode("502-once")
def gateway_once(site: Bad, exchange: Exchange) -> None:
    """Refuses the first --on with 502, then answers."""
    _throttled(site, exchange, 502)


@mode("500-once")
def broken_once(site: Bad, exchange: Exchange) -> None:
    """Refuses the first --on with 500, then would answer."""
    _throttled(site, exchange, 500)


def _refusing(retry_after: str) -> Headers:
    return (("Retry-After", retry_after),)


@mode("429-zero")
def throttled_zero(site: Bad, exchange: Exchange) -> None:
    """Refuses every --on with 429 and Retry-After: 0."""
    exchange.respond(429, headers=_refusing("0"))


@mode("429-day")
def throttled_day(site: Bad, exchange: Exchange) -> None:
    """Refuses every --on with 429 and Retry-After: 86400."""
    exchange.respond(429, headers=_refusing("86400"))


@mode("429-huge")
def throttled_huge(site: Bad, exchange: Exchange) -> None:
    """Refuses every --on with 429 and a Retry-After of 400 digits."""
    exchange.respond(429, headers=_refusing("9" * 400))


@mode("429-far-date")
def throttled_far_date(site: Bad, exchange: Exchange) -> None:
    """Refuses every --on with 429 and a date in the year 9999."""
    exchange.respond(429, headers=_refusing("Fri, 31 Dec 9999 23:59:59 GMT"))


@mode("429-garbage")
def throttled_garbage(site: Bad, exchange: Exchange) -> None:
    """Refuses every --on with 429 and a Retry-After that says nothing."""
    exchange.respond(429, headers=_refusing("-1, nan; soon"))


@mode("429-nan")
def throttled_nan(site: Bad, exchange: Exchange) -> None:
    """Refuses every --on with 429 and a Retry-After that is not a number, by name."""
    exchange.respond(429, headers=_refusing("nan"))


@mode("429-negative")
def throttled_negative(site: Bad, exchange: Exchange) -> None:
    """Refuses every --on with 429 and a Retry-After of less than nothing."""
    exchange.respond(429, headers=_refusing("-5"))


@mode("404-in-session", era=Era.LEGACY)
def not_found_in_session(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 404 and a JSON-RPC error about the method, within a session."""
    error = {"code": -32601, "message": "Method not found"}
    body = {"jsonrpc": "2.0", "id": exchange.request.message.get("id"), "error": error}
    exchange.respond(404, json.dumps(body).encode())


@mode("probe-500", "server/discover", era=Era.LEGACY)
def probe_500(site: Bad, exchange: Exchange) -> None:
    """Answers a modern client's first question with 500; is a good legacy server otherwise."""
    exchange.respond(500, HTML, "text/html")


@mode("initialized-500", "notifications/initialized", era=Era.LEGACY)
def initialized_500(site: Bad, exchange: Exchange) -> None:
    """Answers the notification that ends the handshake with 500."""
    exchange.respond(500)


@mode("get-500", "GET", era=Era.LEGACY)
def get_500(site: Bad, exchange: Exchange) -> None:
    """Answers the GET that opens a stream with 500."""
    exchange.respond(500)


@mode("delete-500", "DELETE", era=Era.LEGACY)
def delete_500(site: Bad, exchange: Exchange) -> None:
    """Answers the DELETE that ends a session with 500."""
    exchange.respond(500)
