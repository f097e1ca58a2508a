"""What becomes of the two connections of a client, when one end of them does something odd."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mcpx.operations.taps.http import passage
from mcpx.serving.http.wire import Wire
from tests.client.loops import in_a_loop
from tests.client.sites import Site, responds, site
from tests.operations.taps.tapping import request, said, tapped
from tests.servers import bad_http
from tests.servers.http_wire import Exchange

BODY = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'
ANSWER = b'{"jsonrpc": "2.0", "id": 1, "result": {}}'


def ends(exchange: Exchange) -> None:
    exchange.respond(200, ANSWER)
    exchange.keep = False


def without_length(exchange: Exchange) -> None:
    exchange.write(b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + ANSWER)
    exchange.keep = False


@pytest.mark.parametrize(
    "play",
    [pytest.param(ends, id="after its answer"), pytest.param(without_length, id="to end it")],
)
@in_a_loop
async def test_a_server_that_closes_closes_to_the_client(
    play: Callable[[Exchange], None], tmp_path: Path
) -> None:
    with site({"*": lambda _site, exchange: play(exchange)}) as server:
        async with tapped(server.url, tmp_path) as tap:
            answer = await said(tap.port, request(BODY, close=False))
            assert tap.shown()[-1] == "fin eof"
    assert ANSWER in answer


@in_a_loop
async def test_what_comes_in_chunks_goes_on_in_chunks(tmp_path: Path) -> None:
    with site({"*": responds(200, ANSWER)}) as server:
        async with tapped(server.url, tmp_path) as tap:
            head = request(b"", "POST", "/mcp", "Content-Type: application/json", close=True)
            head = head.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")
            chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in (BODY[:9], BODY[9:])]
            await said(tap.port, head, *chunks, b"0\r\n\r\n")
            assert tap.messages()[0] == ("c2s", json.loads(BODY))
        assert server.requests[0].body == BODY


@in_a_loop
async def test_an_answer_may_come_before_the_request_has_ended(tmp_path: Path) -> None:
    """A server that refuses a large upload does not wait for it."""

    async def early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(early, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        async with tapped(f"http://127.0.0.1:{port}/mcp", tmp_path) as tap:
            body = b'{"jsonrpc": "2.0", "x": "' + b"x" * 300_000 + b'"}'
            answer = await said(tap.port, request(body))
            assert "413" in tap.shown()
    assert answer.startswith(b"HTTP/1.1 413 No\r\n")


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        pytest.param("status-garbage", "illegal status line", id="status"),
        pytest.param("header-endless", "too long", id="headers without end"),
        pytest.param("101", "SWITCH", id="another protocol"),
    ],
)
@in_a_loop
async def test_broken_http_of_a_server_is_told(mode: str, words: str, tmp_path: Path) -> None:
    with bad_http.serve(mode, on="*") as server:
        async with tapped(server.url, tmp_path) as tap:
            answer = await said(tap.port, request(BODY))
            fin = tap.events[-1]
    message = json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["message"]
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert "the server sent broken HTTP" in message
    assert words in message
    assert (fin.why.value, f"mcpx: {fin.text}") == ("broken-off", message)  # type: ignore[attr-defined]


@in_a_loop
async def test_credentials_of_a_client_go_nowhere_in_clear(tmp_path: Path) -> None:
    async with tapped("http://far.invalid/mcp", tmp_path) as tap:
        answer = await said(tap.port, request(BODY, "POST", "/mcp", "Authorization: Bearer x"))
        shown = tap.shown()
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert b"is not sent over plain http" in answer
    assert shown[-1] == "fin refused"


@in_a_loop
async def test_a_client_that_leaves_within_its_request_is_recorded(tmp_path: Path) -> None:
    with site({"*": responds(200, ANSWER)}) as server:
        async with tapped(server.url, tmp_path) as tap:
            await said(tap.port, request(BODY)[:-9], ends=True)
            await tap.until("fin aborted")
            assert tap.shown() == ["opened", "POST /mcp", "raw", "fin aborted"]
        assert [one.body for one in server.requests] in ([], [BODY[:-9]])


@in_a_loop
async def test_a_server_that_takes_nothing_does_not_hold_a_client_that_has_left(
    tmp_path: Path,
) -> None:
    async def never(_wire: Wire) -> None:
        await asyncio.Event().wait()

    with pytest.MonkeyPatch.context() as patch, site({"*": responds(200, ANSWER)}) as server:
        patch.setattr(passage, "_LINGERS", 0.05)
        patch.setattr(Wire, "taken", never)
        async with tapped(server.url, tmp_path) as tap:
            _, writer = await asyncio.open_connection("127.0.0.1", tap.port)
            writer.write(request(BODY)[:-1])
            writer.close()
            await tap.until("fin aborted")


@in_a_loop
async def test_cors_is_answered_to_the_origin_that_asked(tmp_path: Path) -> None:
    def play(_site: Site, exchange: Exchange) -> None:
        allowed = ("Access-Control-Allow-Origin", exchange.request.headers["origin"])
        exchange.respond(200, ANSWER, headers=(allowed,))

    with site({"*": play}) as server:
        async with tapped(server.url, tmp_path) as tap:
            asked = request(BODY, "POST", "/mcp", "Origin: http://localhost:6274")
            answer = await said(tap.port, asked)
    assert b"Access-Control-Allow-Origin: http://localhost:6274" in answer.split(b"\r\n")
