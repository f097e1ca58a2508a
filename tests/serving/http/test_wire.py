"""One connection, event by event."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import h11
import pytest

from mcpx.serving.http import wire as module
from mcpx.serving.http.wire import BrokenError, LeftError, Wire, accepting, connected
from tests.client.loops import in_a_loop

REQUEST = h11.Request(method="GET", target="/", headers=[("Host", "x")])
LENGTH = ("Content-Length", "2")
ANSWER = h11.Response(status_code=200, headers=[LENGTH])


@contextlib.asynccontextmanager
async def both_ends() -> AsyncIterator[tuple[Wire, Wire]]:
    """A client's wire to a server, and the server's to it."""
    loop = asyncio.get_running_loop()
    met: asyncio.Future[Wire] = loop.create_future()
    server = await loop.create_server(accepting(met.set_result), "127.0.0.1", 0)
    client = await connected("127.0.0.1", server.sockets[0].getsockname()[1], None, None)
    served = await met
    try:
        yield client, served
    finally:
        client.abort()
        served.abort()
        server.close()
        await server.wait_closed()


@in_a_loop
async def test_what_one_end_puts_the_other_gets_together() -> None:
    async with both_ends() as (client, served):
        assert served.is_idle
        client.put(REQUEST, h11.EndOfMessage())
        asked, end = await served.events()
        assert asked == REQUEST
        assert isinstance(end, h11.EndOfMessage)
        assert served.takes_answer
        assert not served.is_idle
        served.put(ANSWER, h11.Data(data=b"{}"), h11.EndOfMessage())
        head, data, _ = await client.events()
        assert isinstance(head, h11.Response)
        assert isinstance(data, h11.Data)
        assert bytes(data.data) == b"{}"
        assert client.may_go_on
        assert served.may_go_on
        served.go_on()
        assert served.is_idle
        assert served.speaks_1_1


@in_a_loop
async def test_an_end_between_requests_is_nothing() -> None:
    async with both_ends() as (client, served):
        client.close()
        assert await served.events() == []
        assert served.left.is_set()


@pytest.mark.parametrize("how", ["close", "abort"])
@in_a_loop
async def test_an_end_within_an_answer_is_told(how: str) -> None:
    async with both_ends() as (client, served):
        client.put(REQUEST, h11.EndOfMessage())
        await served.events()
        served.put(ANSWER)
        getattr(served, how)()
        with pytest.raises(LeftError):
            while True:
                assert [type(one) for one in await client.events()] == [h11.Response]


@in_a_loop
async def test_nothing_is_put_once_it_is_closed() -> None:
    async with both_ends() as (client, _):
        client.close()
        with pytest.raises(LeftError):
            client.put(REQUEST)


@in_a_loop
async def test_what_is_not_http_is_told_after_what_was() -> None:
    async with both_ends() as (client, served):
        client._writer.write(
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n"
        )
        (head,) = await served.events()
        assert isinstance(head, h11.Request)
        for _ in range(2):
            with pytest.raises(BrokenError, match="illegal chunk header") as failed:
                await served.events()
            assert failed.value.status == 400


@in_a_loop
async def test_a_body_that_has_not_ended_has_more() -> None:
    async with both_ends() as (client, served):
        headers = [("Host", "x"), ("Content-Length", "2")]
        client.put(h11.Request(method="POST", target="/", headers=headers))
        await served.events()
        assert served.has_more
        client.put(h11.Data(data=b"{}"), h11.EndOfMessage())
        await served.events()
        assert not served.has_more


@in_a_loop
async def test_a_head_has_its_time_from_its_first_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TO_BEGIN", 0.05)
    async with both_ends() as (client, served):
        waiting = asyncio.ensure_future(served.events())
        await asyncio.sleep(0.1)
        assert not waiting.done()
        dripping = asyncio.ensure_future(drip(client, b"GET / HTTP/1.1\r\n"))
        with pytest.raises(BrokenError) as caught:
            await waiting
        dripping.cancel()
    assert caught.value.status == 408


async def drip(client: Wire, text: bytes) -> None:
    for byte in text:
        client._writer.write(bytes([byte]))
        await asyncio.sleep(0.01)


@in_a_loop
async def test_who_asks_and_since_when() -> None:
    async with both_ends() as (client, served):
        first = served.since
        assert served.is_asking
        client.put(h11.Request(method="POST", target="/", headers=[("Host", "x"), LENGTH]))
        await served.events()
        assert served.is_asking
        client.put(h11.Data(data=b"{}"), h11.EndOfMessage())
        await served.events()
        assert not served.is_asking
        served.put(ANSWER, h11.Data(data=b"{}"), h11.EndOfMessage())
        assert served.since == first
        served.go_on()
        assert served.is_asking
        assert served.since > first
