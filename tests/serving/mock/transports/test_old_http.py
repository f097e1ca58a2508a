from __future__ import annotations

import asyncio
import json

import pytest

from mcpx.serving.mock.faults import Fault, Faults, Kind, Rule
from mcpx.serving.mock.transports import old_http
from mcpx.serving.mock.transports.serving import served
from mcpx.serving.mock.transports.site import Site
from tests.client.loops import in_a_loop
from tests.operations.taps.tapping import request, said
from tests.serving.mock.acting import Cast, becomes, delivery_of, event, final, for_ever
from tests.serving.mock.transports.test_http import until

SITE = Site("/sse", old=True)


def port_of(url: str) -> int:
    return int(url.split(":")[2].partition("/")[0])


@in_a_loop
async def test_all_comes_on_the_stream_that_named_where_to_post() -> None:
    cast = Cast({"x": (event("1"), final("2"))}, unasked=(event("0"),))
    async with served(delivery_of(cast), SITE, ()) as (url, _):
        port = port_of(url)
        assert url.endswith("/sse")
        for number in (1, 2):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request(b"", "GET", "/sse"))
            head = await until(reader, b"data: 0\n\n")
            where = f"/sse/messages?session={number}"
            assert f"event: endpoint\ndata: {where}\n\n".encode() in head
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "x"}).encode()
            assert b"202 Accepted" in await said(port, request(body, "POST", where))
            assert b"data: 1\n\n" in await until(reader, b"data: 2\n\n")
            writer.close()
    assert [len(one.heard) for one in cast.made] == [1, 1]


@in_a_loop
async def test_a_session_ends_with_its_stream() -> None:
    cast = Cast({"x": (for_ever,)})
    async with served(delivery_of(cast), SITE, ()) as (url, _):
        port = port_of(url)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(b"", "GET", "/sse"))
        await until(reader, b"endpoint")
        asked = request(b'{"jsonrpc":"2.0","id":1,"method":"x"}', "POST", "/sse/messages?session=1")
        assert b"202 Accepted" in await said(port, asked)
        writer.close()
        await becomes(lambda: cast.made[0].closed == ["x"])
        assert b"404 Not Found" in await said(port, asked)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        pytest.param(request(b"{}", "POST", "/sse"), 405, id="post-to-the-stream"),
        pytest.param(request(b"", "GET", "/sse/messages"), 405, id="get-of-the-messages"),
        pytest.param(request(b"{}", "POST", "/sse/messages?session=9"), 404, id="no-session"),
        pytest.param(request(b"{}", "POST", "/other"), 404, id="path"),
        pytest.param(request(b"", "GET", "/sse", "Origin: http://evil.example"), 403, id="origin"),
    ],
)
@in_a_loop
async def test_who_asks_otherwise_is_told(asked: bytes, status: int) -> None:
    async with served(delivery_of(Cast({})), SITE, ()) as (url, _):
        assert f"HTTP/1.1 {status}".encode() in await said(port_of(url), asked)


@pytest.mark.parametrize("body", [b"{", b"null", b"7", b"[]"])
@in_a_loop
async def test_what_is_no_message_is_refused(body: bytes) -> None:
    async with served(delivery_of(Cast({})), SITE, ()) as (url, _):
        port = port_of(url)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(b"", "GET", "/sse"))
        await until(reader, b"endpoint")
        asked = request(body, "POST", "/sse/messages?session=1")
        assert b"400 Bad Request" in await said(port, asked)
        writer.close()


@in_a_loop
async def test_a_status_is_that_of_the_post() -> None:
    cast = Cast({"x": (final("2"),)})
    faults = Faults([Rule(Fault(Kind.STATUS, 429, 3), nth=1)])
    async with served(delivery_of(cast, faults=faults), SITE, ()) as (url, _):
        port = port_of(url)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(b"", "GET", "/sse"))
        await until(reader, b"endpoint")
        asked = request(b'{"jsonrpc":"2.0","id":1,"method":"x"}', "POST", "/sse/messages?session=1")
        refused = await said(port, asked)
        assert refused.startswith(b"HTTP/1.1 429")
        assert b"retry-after: 3" in refused.lower()
        assert b"202 Accepted" in await said(port, asked)
        assert b"data: 2" in await until(reader, b"data: ")
        writer.close()
    assert len(cast.heard) == 1


@in_a_loop
async def test_who_asks_and_does_not_wait_for_answers_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(old_http, "_MOST", 1)
    cast = Cast({"x": (for_ever,)})
    async with served(delivery_of(cast), SITE, ()) as (url, _):
        port = port_of(url)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(b"", "GET", "/sse"))
        await until(reader, b"endpoint")
        asked = request(b'{"jsonrpc":"2.0","id":1,"method":"x"}', "POST", "/sse/messages?session=1")
        answers = [(await said(port, asked))[9:12] for _ in range(4)]
        writer.close()
    assert answers == [b"202", b"202", b"503", b"503"]
