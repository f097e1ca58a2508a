from __future__ import annotations

import asyncio
import socket

import pytest

from mcpx.errors import ConfigError, UsageError
from mcpx.serving.http import listening as module
from mcpx.serving.http.listening import listening
from mcpx.serving.http.wire import Wire
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


@in_a_loop
async def test_one_client_too_many_is_closed_and_may_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MOST", 1)
    async with listening(silent) as here:
        port = int(here.rpartition(":")[2])
        _, first = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0.01)
        reader, second = await asyncio.open_connection("127.0.0.1", port)
        assert await ended(reader)
        second.close()
        first.close()


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
