from __future__ import annotations

import asyncio
import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mcpx import web
from mcpx.client.http import Http
from mcpx.errors import ConfigError, Fault, RefusedError, ServerError, UsageError
from mcpx.servers import ServerSpec, Transport
from mcpx.settings import Limits
from tests.client.loops import in_a_loop
from tests.client.sites import Play, in_turn, responds, site

BODY = b'{"jsonrpc": "2.0"}'
LIMITS = Limits(line=10_000)


def client(url: str, **headers: str) -> Http:
    spec = ServerSpec("one", Transport.HTTP, url=url, headers=headers)
    return Http(spec, LIMITS)


async def asked(http: Http, method: str = "POST", **headers: str) -> tuple[int, bytes]:
    """The status and the body of an answer."""
    body = BODY if method == "POST" else None
    try:
        async with http.exchange(method, http.url, headers, body) as answer:
            return answer.status, await answer.whole(LIMITS.line)
    finally:
        await http.close()


async def failure(http: Http, method: str = "POST") -> ServerError:
    with pytest.raises(ServerError) as failed:
        await asked(http, method)
    return failed.value


@contextmanager
def raw(*answers: bytes) -> Iterator[str]:
    """A server that sends these bytes, each for one connection, whatever it is asked."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in answers:
            connection, _ = listening.accept()
            with connection:
                asked = b""
                while not asked.endswith(BODY):  # what is left unread would reset the connection
                    asked += connection.recv(65_536)
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
    finally:
        thread.join(5)
        listening.close()


@in_a_loop
async def test_what_goes_out() -> None:
    with site({"*": responds(200, b"hello", "text/plain")}) as served:
        http = client(served.url + "?a=%20b#part", **{"X-Api-Key": "k1", "User-Agent": "mine"})
        async with http.exchange("POST", http.url, {"Accept": "a/b"}, BODY) as answer:
            assert (answer.status, answer.kind) == (200, "text/plain")
            assert await answer.whole(100) == b"hello"
        await http.close()
        (request,) = served.requests
        assert (request.method, request.target, request.body) == ("POST", "/mcp?a=%20b", BODY)
        assert request.headers["x-api-key"] == "k1"
        assert request.headers["user-agent"] == "mine"
        assert request.headers["accept"] == "a/b"
        assert request.headers["accept-encoding"] == "gzip, deflate"


@in_a_loop
async def test_who_asks_is_said() -> None:
    with site({"*": responds(200)}) as served:
        await asked(client(served.url), "GET")
        assert served.requests[0].headers["user-agent"] == web.USER_AGENT


@in_a_loop
async def test_a_connection_is_used_again() -> None:
    with site({"*": responds(200, b"{}")}) as served:
        http = client(served.url)
        for _ in range(3):
            async with http.exchange("POST", http.url, {}, BODY) as answer:
                await answer.whole(100)
        await http.close()
        assert served.listener.connections == 1


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        (" text/event-stream ;x", "text/event-stream"),
        ("", ""),
    ],
)
@in_a_loop
async def test_the_type_of_an_answer(kind: str, found: str) -> None:
    with site({"*": responds(200, b"x", kind)}) as served:
        http = client(served.url)
        async with http.exchange("GET", http.url, {}) as answer:
            assert answer.kind == found
        await http.close()


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        pytest.param(b"a" * 10_001, "", id="plain"),
        pytest.param(gzip.compress(b"a" * 10_001), "gzip", id="gzip"),
        pytest.param(gzip.compress(b"a" * 50_000_000), "gzip", id="a bomb"),
    ],
)
@in_a_loop
async def test_a_body_is_limited_after_decoding(body: bytes, coding: str) -> None:
    coded = {"Content_Encoding": coding} if coding else {}
    with site({"*": responds(200, body, **coded)}) as served:
        error = await failure(client(served.url))
        assert error.fault is Fault.LIMIT
        assert "--limit line=" in error.hint
        http = client(served.url)
        async with http.exchange("POST", http.url, {}, BODY) as answer:
            assert len(await answer.beginning(5_000)) <= 5_000
        await http.close()


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
@in_a_loop
async def test_a_coding_that_cannot_be_undone(coding: str) -> None:
    with site({"*": responds(200, b"nonsense", Content_Encoding=coding)}) as served:
        error = await failure(client(served.url))
    assert error.fault is Fault.INVALID_RESPONSE
    assert coding in error.message


@in_a_loop
async def test_a_stream_is_limited_piece_by_piece() -> None:
    def pours(_site: Any, exchange: Any) -> None:
        exchange.stream()
        for _ in range(10):
            exchange.piece(b"a" * 9_000)
        exchange.end()

    with site({"*": pours}) as served:
        http = client(served.url)
        async with http.exchange("GET", http.url, {}) as answer:
            sizes = [len(piece) async for piece in answer.pieces()]
        await http.close()
    assert sum(sizes) == 90_000


@in_a_loop
async def test_a_packed_stream_leaves_the_loop_its_turns() -> None:
    packed = gzip.compress(b"\n" * 1_000_000)
    turns = 0

    async def counts() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    with site({"*": responds(200, packed, Content_Encoding="gzip")}) as served:
        http = client(served.url)
        async with http.exchange("GET", http.url, {}) as answer:
            counting = asyncio.ensure_future(counts())
            before, sizes = [], []
            async for piece in answer.pieces():
                before.append(turns)
                sizes.append(len(piece))
            counting.cancel()
        await http.close()
    assert (sum(sizes), max(sizes)) == (1_000_000, 65_536)
    assert len(set(before)) == len(before)


def moved(status: int, target: str) -> Play:
    def play(site: Any, exchange: Any) -> None:
        if exchange.request.path == "/mcp":
            exchange.respond(status, headers=(("Location", target),))
        else:
            exchange.respond(200, exchange.request.body or b"none")

    return play


@pytest.mark.parametrize(
    ("method", "status", "target", "hops"),
    [
        ("POST", 307, "/x", [("POST", "/mcp"), ("POST", "/x")]),
        ("POST", 308, "?a", [("POST", "/mcp")] * 6),
        ("POST", 301, "/x", [("POST", "/mcp")]),
        ("POST", 302, "/x", [("POST", "/mcp")]),
        ("POST", 303, "/x", [("POST", "/mcp")]),
        ("GET", 301, "/x", [("GET", "/mcp"), ("GET", "/x")]),
        ("GET", 302, "x", [("GET", "/mcp"), ("GET", "/x")]),
        ("GET", 303, "./x", [("GET", "/mcp"), ("GET", "/x")]),
        ("DELETE", 302, "/x", [("DELETE", "/mcp")]),
        ("POST", 300, "/x", [("POST", "/mcp")]),
        ("POST", 304, "/x", [("POST", "/mcp")]),
        ("POST", 307, "", [("POST", "/mcp")]),
        ("POST", 307, "//127.0.0.1:1/x", [("POST", "/mcp")]),
        ("POST", 307, "http://localhost/x", [("POST", "/mcp")]),
    ],
)
@in_a_loop
async def test_where_a_redirect_leads(
    method: str, status: int, target: str, hops: list[tuple[str, str]]
) -> None:
    with site({"*": moved(status, target)}) as served:
        http = client(served.url)
        if len(hops) == 6:
            error = await failure(http, method)
            assert error.message == "one: redirects more than 5 times"
        else:
            came, body = await asked(http, method)
            assert came == (status if len(hops) == 1 else 200)
            if len(hops) == 2:
                assert body == (BODY if method == "POST" else b"none")
        assert [(one.method, one.path) for one in served.requests] == hops


@pytest.mark.parametrize(
    ("url", "headers", "why"),
    [
        ("http://example.com/mcp", {"Authorization": "Bearer x"}, "Authorization is not sent"),
        ("http://example.com/mcp", {"X-Api-Key": "x"}, "X-Api-Key is not sent"),
        ("http://me:secret@example.com/", {}, "the user name in the URL is not sent"),
        ("http://localhost.example.com/", {"Cookie": "a=b"}, "Cookie is not sent"),
    ],
)
@in_a_loop
async def test_credentials_are_not_sent_for_everybody_to_read(
    url: str, headers: dict[str, str], why: str
) -> None:
    with pytest.raises(RefusedError, match=f"one: {why} over plain http"):
        client(url, **headers)


@pytest.mark.parametrize("url", ["ftp://x/", "http://", "mcp", "http://[::1", "http://h:99999/"])
@in_a_loop
async def test_what_is_no_url(url: str) -> None:
    with pytest.raises(UsageError):
        client(url)


@in_a_loop
async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
    error = await failure(client(url + "?token=abcdefgh12345"))
    assert error.fault is Fault.CONNECT
    assert error.message.startswith(f"one: cannot connect to {url}?token=")
    assert error.message.endswith(": connection refused")
    assert "abcdefgh12345" not in error.message


@pytest.mark.parametrize(
    ("answer", "fault", "words"),
    [
        pytest.param(b"", Fault.LOST, "closed the connection", id="nothing"),
        pytest.param(
            b"SSH-2.0-OpenSSH_9.6\r\n\r\n", Fault.PROTOCOL, "does not speak HTTP", id="ssh"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
            Fault.LOST,
            "without answering in full",
            id="half a body",
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-", Fault.LOST, "closed", id="half the headers"),
    ],
)
@in_a_loop
async def test_what_is_no_http(answer: bytes, fault: Fault, words: str) -> None:
    with raw(answer) as url:
        error = await failure(client(url))
    assert error.fault is fault
    assert words in error.message


@in_a_loop
async def test_a_header_that_cannot_be_sent_is_told() -> None:
    with site() as served:
        with pytest.raises(ConfigError, match="the value of a header") as caught:
            await asked(client(served.url, **{"X-A": "a\r\nX-B: b"}))
        assert served.requests == []
    assert "X-B" not in caught.value.message
    assert "headers" in caught.value.hint


@in_a_loop
async def test_a_proxy_is_not_asked_for_what_stays_here(monkeypatch: pytest.MonkeyPatch) -> None:
    with site() as proxy, site({"*": responds(200, b"{}")}) as served:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert (await asked(client(served.url)))[0] == 200
        assert proxy.requests == []


@in_a_loop
async def test_an_error_in_the_block_is_not_one_of_the_connection() -> None:
    with site({"*": in_turn(responds(200, b"{}"))}) as served:
        http = client(served.url)
        with pytest.raises(KeyError):
            async with http.exchange("GET", http.url, {}):
                raise KeyError
        assert (await asked(http))[0] == 200


@in_a_loop
async def test_closing_twice_and_without_having_asked() -> None:
    http = client("http://127.0.0.1:1/")
    await http.close()
    await http.close()
