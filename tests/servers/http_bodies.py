"""Servers whose answer is no message, is none of ours, or is far too large."""

from __future__ import annotations

import json

from http_modes import Bad, mode
from http_wire import Exchange

LARGE = 200_000_000
"""Bytes of the large body."""

_MEGABYTE = b"a" * (1 << 20)


@mode("html")
def html(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 200 and a page of HTML."""
    exchange.respond(200, b"<html><title>Sign in</title>please</html>", "text/html")


@mode("no-content-type")
def no_content_type(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, but does not say that it is JSON."""
    exchange.respond(200, site.body(exchange), "")


@mode("content-type-odd")
def content_type_odd(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, as Application/JSON;charset=UTF-8."""
    exchange.respond(200, site.body(exchange), "Application/JSON;charset=UTF-8")


@mode("text-plain")
def text_plain(site: Bad, exchange: Exchange) -> None:
    """Answers --on with words, as text/plain."""
    exchange.respond(200, b"hello there", "text/plain")


@mode("202")
def accepted(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 202 and no body, as if it were a notification."""
    exchange.respond(202)


@mode("204")
def no_content(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 204."""
    exchange.respond(204)


@mode("206")
def partial(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 206 and a part of the message."""
    body = site.body(exchange)
    part = (("Content-Range", f"bytes 0-9/{len(body)}"),)
    exchange.respond(206, body[:10], headers=part)


@mode("empty-json")
def empty_json(site: Bad, exchange: Exchange) -> None:
    """Answers --on with an empty body that is said to be JSON."""
    json_type = ("Content-Type", "application/json")
    exchange.head(200, (json_type, ("Content-Length", "0")))


@mode("bad-json")
def bad_json(site: Bad, exchange: Exchange) -> None:
    """Answers --on with half a JSON text."""
    exchange.respond(200, site.body(exchange)[:-5])


@mode("nan")
def nan(site: Bad, exchange: Exchange) -> None:
    """Answers --on with NaN, which is not JSON."""
    exchange.respond(
        200, json.dumps(site.message(exchange, result={"score": float("nan")})).encode()
    )


@mode("deep-json")
def deep_json(site: Bad, exchange: Exchange) -> None:
    """Answers --on with lists in lists, 100,000 deep."""
    start = json.dumps(site.message(exchange, result={"deep": 0}))[:-3]
    exchange.respond(200, f"{start}{'[' * 100_000}{']' * 100_000}}}}}".encode())


@mode("invalid-utf8")
def invalid_utf8(site: Bad, exchange: Exchange) -> None:
    """Answers --on with bytes that are no UTF-8."""
    exchange.respond(200, site.body(exchange).replace(b"Give", b"Gi\xff\xfe"))


@mode("json-bom")
def json_bom(site: Bad, exchange: Exchange) -> None:
    """Answers --on rightly, after a byte order mark."""
    exchange.respond(200, b"\xef\xbb\xbf" + site.body(exchange))


@mode("json-utf16")
def json_utf16(site: Bad, exchange: Exchange) -> None:
    """Answers --on in UTF-16, and says so."""
    body = site.body(exchange).decode().encode("utf-16")
    exchange.respond(200, body, "application/json; charset=utf-16")


@mode("json-array")
def json_array(site: Bad, exchange: Exchange) -> None:
    """Answers --on with a list of one message."""
    exchange.respond(200, b"[" + site.body(exchange) + b"]")


@mode("json-empty-array")
def json_empty_array(site: Bad, exchange: Exchange) -> None:
    """Answers --on with an empty list."""
    exchange.respond(200, b"[]")


@mode("json-null")
def json_null(site: Bad, exchange: Exchange) -> None:
    """Answers --on with null."""
    exchange.respond(200, b"null")


@mode("json-two")
def json_two(site: Bad, exchange: Exchange) -> None:
    """Answers --on with two messages, one after the other, in one body."""
    exchange.respond(200, site.body(exchange) + b"\n" + site.body(exchange))


@mode("wrong-id")
def wrong_id(site: Bad, exchange: Exchange) -> None:
    """Answers --on with an id that was never sent."""
    exchange.answer({**site.frame(exchange), "id": 987654321})


@mode("other-id")
def other_id(site: Bad, exchange: Exchange) -> None:
    """Answers --on with the id of the request before it."""
    exchange.answer({**site.frame(exchange), "id": exchange.request.message["id"] - 1})


@mode("string-id")
def string_id(site: Bad, exchange: Exchange) -> None:
    """Answers --on with the id as text."""
    exchange.answer({**site.frame(exchange), "id": str(exchange.request.message["id"])})


@mode("request-as-answer")
def request_as_answer(site: Bad, exchange: Exchange) -> None:
    """Answers --on with a request of its own."""
    exchange.answer(site.message(exchange, method="roots/list"))


@mode("notification-as-answer")
def notification_as_answer(site: Bad, exchange: Exchange) -> None:
    """Answers --on with a notification."""
    exchange.answer({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})


@mode("result-is-array")
def result_is_array(site: Bad, exchange: Exchange) -> None:
    """Answers --on with a list for a result."""
    exchange.answer(site.message(exchange, result=[1, 2]))


@mode("escapes")
def escapes(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 500 and escape sequences."""
    exchange.respond(
        500, b"\x1b]0;owned\x07\x1b[2J\xe2\x80\xae::error::red\r\n\x9b31m", "text/plain"
    )


@mode("json-200mb")
def json_200mb(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 200 MB of JSON."""
    start = json.dumps(site.message(exchange, result={"tools": [], "x": "y"})).encode()[:-3]
    exchange.stream(kind="application/json")
    exchange.piece(start)
    for _ in range(LARGE // len(_MEGABYTE) + 1):
        exchange.piece(_MEGABYTE)
    exchange.piece(b'"}}')
    exchange.end()


@mode("json-endless")
def json_endless(site: Bad, exchange: Exchange) -> None:
    """Answers --on with JSON that never ends."""
    exchange.stream(kind="application/json")
    exchange.piece(json.dumps(site.message(exchange, result={"x": "y"})).encode()[:-3])
    exchange.flood(b"100000\r\n" + _MEGABYTE + b"\r\n")


@mode("error-body-endless")
def error_body_endless(site: Bad, exchange: Exchange) -> None:
    """Answers --on with 500 and a text that never ends."""
    exchange.head(500, (("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")))
    exchange.flood(b"100000\r\n" + _MEGABYTE + b"\r\n")
