from __future__ import annotations

from typing import Any

import pytest

from mcpx.serving.mock.transports.clients import Client
from tests.client.loops import in_a_loop
from tests.serving.mock.acting import Cast, becomes, delivery_of, event, final, for_ever

CAST: dict[str, Any] = {
    "told": (event("1", "e1"), event("2", "e2")),
    "plain": (final(),),
    "open": (event("1", "o1"), for_ever),
}


def client_of(cast: Cast) -> Client:
    delivery = delivery_of(cast)
    return Client(delivery, delivery.players.new())


@in_a_loop
async def test_an_event_is_found_in_what_is_open_and_in_what_was_left() -> None:
    client = client_of(Cast(CAST, unasked=(event("u", "u1"),)))
    unasked, told, opened = (
        client.unasked(),
        *map(client.hear, ({"method": "told"}, {"method": "open"})),
    )
    await becomes(lambda: told.is_over and client.place("u1") is not None)
    await becomes(lambda: client.place("o1") is not None)
    await client.left(told, cancels=False)
    client.hear({"method": "plain"})
    places = [client.place(one) for one in ("u1", "e1", "e2", "o1", "no")]
    assert places == [(unasked, 1), (told, 1), (told, 2), (opened, 1), None]
    await client.close()


@pytest.mark.parametrize("cancels", [True, False])
@in_a_loop
async def test_who_leaves_may_cancel(cancels: bool) -> None:
    cast = Cast(CAST)
    client = client_of(cast)
    stream = client.hear({"method": "open"})
    await becomes(lambda: client.place("o1") is not None)
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
