from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mcpx.serving.mock.transports.clients import Client
from tests.client.loops import in_a_loop
from tests.serving.mock.acting import Cast, event, final, for_ever, staged

CAST: dict[str, Any] = {
    "told": (event("1", "e1"), event("2", "e2")),
    "plain": (final(),),
    "open": (event("1", "o1"), for_ever),
}


def client_of(cast: Cast) -> Client:
    staging = staged(cast)
    return Client(staging, staging.players.new())


@in_a_loop
async def test_an_event_is_found_in_what_is_open_and_in_what_was_left() -> None:
    client = client_of(Cast(CAST, unasked=(event("u", "u1"),)))
    unasked, told, opened = (
        client.unasked(),
        *map(client.take, ({"method": "told"}, {"method": "open"})),
    )
    await asyncio.sleep(0.01)
    await client.left(told, cancels=False)
    client.take({"method": "plain"})
    places = [client.place(one) for one in ("u1", "e1", "e2", "o1", "no")]
    assert places == [(unasked, 1), (told, 1), (told, 2), (opened, 1), None]
    await client.close()


@pytest.mark.parametrize("cancels", [True, False])
@in_a_loop
async def test_who_leaves_may_cancel(cancels: bool) -> None:
    cast = Cast(CAST)
    client = client_of(cast)
    stream = client.take({"method": "open"})
    await asyncio.sleep(0.01)
    await client.left(stream, cancels)
    assert stream.is_over is cancels
    assert cast.made[0].closed == (["open"] if cancels else [])
    await client.close()
    assert cast.made[0].closed == ["open"]


@in_a_loop
async def test_what_comes_unasked_is_one_stream() -> None:
    client = client_of(Cast({}, unasked=(event("u"),)))
    assert client.unasked() is client.unasked()
    await client.close()
