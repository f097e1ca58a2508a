from __future__ import annotations

import gzip
import json
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from email.utils import formatdate
from typing import Any

import pytest

from mcpx.errors import Fault, RefusedError, ServerError, UsageError
from mcpx.retry import Retries
from mcpx.sources.fetch import Fetcher
from tests.servers.http_wire import Exchange, Listener

Play = Callable[[Exchange], None]
Serve = Callable[..., Listener]
GOOD: Any = {"good": True}


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that plays one answer after the other, the last one for ever."""
    listeners: list[Listener] = []

    def start(*plays: Play) -> Listener:
        left = list(plays)
        listener = Listener(lambda exchange: (left.pop(0) if left[1:] else left[0])(exchange))
        listeners.append(listener)
        return listener

    yield start
    for listener in listeners:
        listener.close()


def answers(value: Any = GOOD, status: int = 200, **headers: str) -> Play:
    named = tuple((name.replace("_", "-"), one) for name, one in headers.items())
    return lambda exchange: exchange.answer(value, status, named)


def sends(body: bytes, **headers: str) -> Play:
    named = tuple((name.replace("_", "-"), one) for name, one in headers.items())
    return lambda exchange: exchange.respond(200, body, headers=named)


def fetched(listener: Listener, path: str = "/x", **options: Any) -> Any:
    options.setdefault("sleep", lambda _seconds: None)
    with Fetcher(**options) as fetch:
        return fetch.json(listener.origin + path)


def failure(listener: Listener, path: str = "/x", **options: Any) -> ServerError:
    with pytest.raises(ServerError) as caught:
        fetched(listener, path, **options)
    return caught.value


def test_a_document_comes_as_a_value_and_we_say_who_asks(serve: Serve) -> None:
    listener = serve(answers())
    assert fetched(listener) == GOOD
    (request,) = listener.requests
    assert (request.method, request.target) == ("GET", "/x")
    assert request.headers["user-agent"].startswith("mcpx/")
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip, deflate"
    assert "authorization" not in request.headers


def test_connections_are_kept_and_bytes_counted(serve: Serve) -> None:
    listener = serve(answers())
    with Fetcher() as fetch:
        for path in ("/a", "/b"):
            fetch.json(listener.origin + path, accept="application/x+json")
        assert fetch.received == 2 * len(json.dumps(GOOD))
    assert listener.connections == 1
    assert listener.requests[1].headers["accept"] == "application/x+json"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        pytest.param(gzip.compress(json.dumps(GOOD).encode()), "gzip", id="gzip"),
        pytest.param(zlib.compress(json.dumps(GOOD).encode()), "deflate", id="deflate"),
        pytest.param(json.dumps(GOOD).encode("utf-8-sig"), "identity", id="byte-order-mark"),
        pytest.param(json.dumps(GOOD).encode() + b" \r\n\n", "identity", id="space-at-the-end"),
    ],
)
def test_bodies_are_decoded(serve: Serve, body: bytes, encoding: str) -> None:
    assert fetched(serve(sends(body, Content_Encoding=encoding))) == GOOD


BOMB = gzip.compress(b"[" + b"0," * 5_000_000 + b"0]")


def endless(exchange: Exchange) -> None:
    exchange.stream(kind="application/json")
    while True:
        exchange.piece(b" " * 65536)


@pytest.mark.parametrize(
    ("play", "fault", "words"),
    [
        pytest.param(
            sends(BOMB, Content_Encoding="gzip"), Fault.LIMIT, "more than 1000 bytes", id="bomb"
        ),
        pytest.param(endless, Fault.LIMIT, "more than 1000 bytes", id="endless"),
        pytest.param(sends(b"<html>"), Fault.INVALID_RESPONSE, "not valid JSON", id="page"),
        pytest.param(sends(b""), Fault.INVALID_RESPONSE, "not valid JSON", id="nothing"),
        pytest.param(sends(b"{} {}"), Fault.INVALID_RESPONSE, "not valid JSON", id="two-values"),
        pytest.param(sends(b"\xff\xfe{"), Fault.INVALID_RESPONSE, "not valid JSON", id="no-text"),
        pytest.param(sends(b"[" * 900), Fault.INVALID_RESPONSE, "not valid JSON", id="deep"),
        pytest.param(
            sends(b"x", Content_Encoding="br"), Fault.INVALID_RESPONSE, "'br'", id="not-asked-for"
        ),
        pytest.param(
            sends(b"no gzip", Content_Encoding="gzip"), Fault.INVALID_RESPONSE, "gzip", id="no-gzip"
        ),
        pytest.param(lambda exchange: exchange.cut(), Fault.LOST, "without answering", id="cut"),
        pytest.param(
            lambda exchange: exchange.write(b"SSH-2.0-x\r\n\r\n") or exchange.cut(),  # type: ignore[func-returns-value]
            Fault.PROTOCOL,
            "does not speak HTTP",
            id="ssh",
        ),
    ],
)
def test_what_is_no_good_answer_is_an_error_of_its_class(
    serve: Serve, play: Play, fault: Fault, words: str
) -> None:
    error = failure(serve(play), limit=1000)
    assert error.fault is fault
    assert words in error.message
    assert "/x" in error.message


def test_more_values_than_fit_are_not_read(serve: Serve) -> None:
    error = failure(serve(sends(b"[" + b"[]," * 1_000_000 + b"[]]")))
    assert error.fault is Fault.LIMIT
    assert "sends about 2000002 values, more than 2000000" in error.message


def test_a_status_is_an_error_with_what_the_server_says(serve: Serve) -> None:
    problem = {"title": "Not Found", "status": 404, "detail": "Server not found"}
    error = failure(serve(answers(problem, 404)), path="/x?token=c4nary")
    assert (error.fault, error.evidence.status) == (Fault.HTTP, 404)
    assert error.message.endswith("/x: HTTP 404: Server not found")


def until_a_date(exchange: Exchange) -> None:
    answers({}, 429, Retry_After=formatdate(time.time() + 5, usegmt=True))(exchange)


@pytest.mark.parametrize(
    ("first", "waited"),
    [
        pytest.param(answers({}, 429, Retry_After="7"), 7.0, id="429-seconds"),
        pytest.param(answers({}, 503, Retry_After="3"), 3.0, id="503-seconds"),
        pytest.param(until_a_date, 4.5, id="429-date"),
        pytest.param(answers({}, 429, Retry_After="soon"), 0.0, id="429-nonsense"),
        pytest.param(answers({}, 502), 0.0, id="502"),
        pytest.param(lambda exchange: exchange.cut(reset=True), 0.0, id="broken-off"),
    ],
)
def test_what_may_pass_is_tried_again(serve: Serve, first: Play, waited: float) -> None:
    listener = serve(first, answers())
    pauses: list[float] = []
    told: list[int] = []
    retries = Retries(
        told=lambda _error, attempt, _wait: told.append(attempt), uniform=lambda *_: 0.0
    )
    assert fetched(listener, retries=retries, sleep=pauses.append) == GOOD
    assert told == [2]
    assert pauses == pytest.approx([waited], abs=0.6)


@pytest.mark.parametrize(
    ("play", "requests"),
    [
        pytest.param(answers({}, 429, Retry_After="3600"), 1, id="too-long-to-wait"),
        pytest.param(answers({}, 500), 1, id="answered"),
        pytest.param(answers({}, 503), 3, id="three-attempts"),
    ],
)
def test_trying_again_ends(serve: Serve, play: Play, requests: int) -> None:
    listener = serve(play)
    error = failure(listener, retries=Retries(uniform=lambda *_: 0.0))
    assert len(listener.requests) == requests
    if error.fault is Fault.THROTTLED:
        assert error.evidence.retry_after == 3600.0
        assert error.hint == "try again in 3600 s"


@pytest.mark.parametrize(
    ("location", "targets"),
    [
        pytest.param("/y", ["/x", "/y"], id="on-the-origin"),
        pytest.param("http://localhost:1/y", ["/x"], id="another-host"),
        pytest.param("https://{origin}/y", ["/x"], id="another-scheme"),
        pytest.param("http://user:password@{origin}/y", ["/x"], id="credentials"),
        pytest.param("/x", ["/x"] * 6, id="endless"),
    ],
)
def test_redirects_stay_on_the_origin(serve: Serve, location: str, targets: list[str]) -> None:
    def play(exchange: Exchange) -> None:
        if exchange.request.path == "/y":
            exchange.answer(GOOD)
        else:
            origin = exchange.request.headers["host"]
            where = location.replace("{origin}", origin)
            exchange.respond(308, headers=(("Location", where),))

    listener = serve(play)
    if targets[-1] == "/y":
        assert fetched(listener) == GOOD
    else:
        error = failure(listener)
        assert error.fault is Fault.HTTP
        assert "password" not in error.message
    assert [request.target for request in listener.requests] == targets


def slow(exchange: Exchange) -> None:
    exchange.stream(kind="application/json")
    for _ in range(100):
        exchange.piece(b" ")
        if exchange.rest(0.05):
            return


def slow_head(exchange: Exchange) -> None:
    exchange.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100):
        exchange.write(f"X-{number}: y\r\n".encode())
        if exchange.rest(0.05):
            return


@pytest.mark.parametrize("play", [lambda one: one.rest(5), slow, slow_head])
def test_the_deadline_is_for_everything(serve: Serve, play: Play) -> None:
    began = time.monotonic()
    error = failure(serve(play), deadline=0.3)
    assert error.fault is Fault.TIMEOUT
    assert "within 0.3 s" in error.message
    assert time.monotonic() - began < 2


def test_after_a_deadline_the_next_document_still_comes(serve: Serve) -> None:
    listener = serve(lambda exchange: exchange.rest(1.0), answers())
    with Fetcher(deadline=0.2) as fetch:
        with pytest.raises(ServerError):
            fetch.json(listener.origin)
        assert fetch.json(listener.origin) == GOOD


@pytest.mark.parametrize(
    ("url", "kind", "words"),
    [
        ("http://acme.example/x", RefusedError, "plain http"),
        ("https://user:c4nary@acme.example/x", RefusedError, "user name"),
        ("ftp://acme.example", UsageError, "not an http"),
        ("https://", UsageError, "no host"),
    ],
)
def test_some_urls_are_not_fetched(url: str, kind: type[Exception], words: str) -> None:
    with Fetcher() as fetch, pytest.raises(kind, match=words) as caught:
        fetch.json(url)
    assert "c4nary" not in str(caught.value)


def test_nobody_there_and_no_tls_there(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with Fetcher(retries=Retries(attempts=1)) as fetch:
        with pytest.raises(ServerError, match="no TLS connection") as no_tls:
            fetch.json(serve(answers()).origin.replace("http:", "https:"))
        with pytest.raises(ServerError, match="connection refused") as nobody:
            fetch.json(f"http://127.0.0.1:{port}")
    assert (no_tls.value.fault, nobody.value.fault) == (Fault.TLS, Fault.CONNECT)


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, listener = serve(answers({"proxy": True})), serve(answers())
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.origin)
    monkeypatch.delenv("no_proxy", raising=False)
    assert fetched(listener) == GOOD
    with Fetcher(retries=Retries(attempts=1)) as fetch, pytest.raises(ServerError):
        fetch.json("https://acme.example/x")
    assert [(one.method, one.target) for one in proxy.requests] == [("CONNECT", "acme.example:443")]


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Names lead to one address after the other."""
    left = list(addresses)

    def look_up(_host: object, port: Any, *_: object, **__: object) -> list[Any]:
        address = left.pop(0) if left[1:] else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, int(port or 0)))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["127.0.0.1"], id="private"),
        pytest.param(["93.184.216.34", "127.0.0.1"], id="private-the-second-time"),
    ],
)
def test_nothing_private_is_asked_when_all_has_to_be_public(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    listener = serve(answers())
    port = listener.port
    resolving(monkeypatch, *addresses)
    with Fetcher(public_only=True) as fetch, pytest.raises(RefusedError, match="not public"):
        fetch.json(f"https://acme.example:{port}/x")
    assert listener.requests == []


def test_this_machine_is_private_by_its_names(serve: Serve) -> None:
    listener = serve(answers())
    with Fetcher(public_only=True) as fetch, pytest.raises(RefusedError, match="not public"):
        fetch.json(listener.origin)
    assert listener.connections == 0
