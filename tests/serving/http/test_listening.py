from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest

from mcpx.errors import ConfigError, UsageError
from mcpx.serving.http import listening as module
from mcpx.serving.http.listening import listening
from mcpx.serving.http.wire import LeftError, Wire
from tests.client.loops import in_a_loop


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the other end has closed, however it did."""
    try:
        return await reader.read(1) == b""
    except ConnectionError:
        return True


async def silent(client: Wire, here: str) -> None:
    try:
        await client.left.wait()
    finally:
        client.abort()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@in_a_loop
async def test_each_client_is_met_where_it_came(host: str) -> None:
    met: asyncio.Queue[tuple[Wire, str]] = asyncio.Queue()

    async def meet(client: Wire, here: str) -> None:
        met.put_nowait((client, here))
        await client.left.wait()
        client.close()

    async with listening(meet, host) as here:
        port = int(here.rpartition(":")[2])
        _, writer = await asyncio.open_connection(host, port)
        client, named = await met.get()
        assert named == here == f"http://{f'[{host}]' if ':' in host else host}:{port}"
        writer.close()
        await client.left.wait()


@in_a_loop
async def test_leaving_ends_every_connection() -> None:
    over = asyncio.Event()

    async def meet(client: Wire, here: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            client.abort()
            over.set()

    async with listening(meet) as here:
        port = int(here.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0.01)
    assert over.is_set()
    assert await ended(reader)
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


@contextlib.asynccontextmanager
async def connected(here: str, said: bytes) -> AsyncIterator[asyncio.StreamReader]:
    """A connection on which this has been said, and heard."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(here.rpartition(":")[2]))
    writer.write(said)
    await asyncio.sleep(0.02)
    try:
        yield reader
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def heard(client: Wire, here: str) -> None:
    """Hear what a client asks, and answer nothing."""
    try:
        with contextlib.suppress(LeftError):
            await client.events()
            await client.left.wait()
    finally:
        client.abort()


ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HALF_A_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"


@pytest.mark.parametrize(
    ("first", "second", "gone"),
    [
        pytest.param(b"", b"", 0, id="idle"),
        pytest.param(b"GET / HTTP/1.1\r\nHo", b"", 0, id="half-a-head"),
        pytest.param(HALF_A_BODY, b"", 0, id="half-a-body"),
        pytest.param(ASKED, b"", 1, id="the-one-that-asks-nothing"),
        pytest.param(ASKED, ASKED, 2, id="nobody-gives-way-who-is-answered"),
    ],
)
@in_a_loop
async def test_of_too_many_clients_one_that_asks_nothing_gives_way(
    monkeypatch: pytest.MonkeyPatch, first: bytes, second: bytes, gone: int
) -> None:
    monkeypatch.setattr(module, "_MOST", 2)
    async with listening(heard) as here, contextlib.AsyncExitStack() as stack:
        readers = [
            await stack.enter_async_context(connected(here, said)) for said in (first, second, b"")
        ]
        ends = [asyncio.ensure_future(ended(reader)) for reader in readers]
        done, left = await asyncio.wait(ends, timeout=1, return_when=asyncio.FIRST_COMPLETED)
        assert done == {ends[gone]}
        for one in left:
            one.cancel()
        await asyncio.wait(left)


@in_a_loop
async def test_nobody_else_may_connect() -> None:
    with pytest.raises(UsageError, match=r"--listen 0\.0\.0\.0: only this machine"):
        async with listening(silent, "0.0.0.0"):
            pass


@pytest.mark.parametrize(
    ("port", "reason"), [(0, "address already in use"), (70_000, "no such port")]
)
@in_a_loop
async def test_a_port_that_cannot_be_had(port: int, reason: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = port or taken.getsockname()[1]
        with pytest.raises(ConfigError, match=reason) as caught:
            async with listening(silent, port=port, option="--http"):
                pass
    assert str(port) in caught.value.message
    assert caught.value.hint == "--http 0 takes a free port"
