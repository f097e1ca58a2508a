from __future__ import annotations

from mcpx.sessions.items import Piece
from mcpx.sessions.legs import Leg
from mcpx.sessions.waiting import Exchange, Request, Waiting, memory
from mcpx.wire import Direction, Finish
from tests.sessions.tapes import call, came, fin, http, status

CLIENT = (1, Direction.TO_SERVER)


def request(key: str, exchange: int = 0, token: str | None = None) -> Request:
    piece = Piece(call(key, exchange=exchange))
    return Request(piece, "a", "", key, key, Leg(), None, None, reused=False, held=0, token=token)


def test_a_request_is_found_by_its_id_and_its_token_until_it_is_removed() -> None:
    waiting = Waiting()
    first, second = request("1", 1, token="t"), request("1", 2, token="t")
    waiting.add(first)
    waiting.add(second)
    assert (waiting.oldest, list(waiting.of_side(CLIENT)), len(waiting)) == (
        first,
        [first, second],
        2,
    )
    assert (waiting.of(CLIENT, "1"), waiting.of(CLIENT, "1", 2)) == (first, second)
    assert waiting.of_token(CLIENT, "t") is second
    waiting.remove(first)
    assert first not in waiting
    assert (waiting.of(CLIENT, "1"), waiting.of_token(CLIENT, "t")) == (second, second)
    waiting.remove(second)
    assert (waiting.of(CLIENT, "1"), waiting.of_token(CLIENT, "t"), len(waiting)) == (None, None, 0)
    assert list(waiting.of_side(CLIENT)) == []


def test_an_exchange_tells_how_far_it_went() -> None:
    exchange = Exchange(http(3, "GET"))
    assert (exchange.told().status, exchange.told().why) == (0, None)
    exchange.status, exchange.end = status(3).status, fin(3, Finish.SERVER, "reset")
    told = exchange.told()
    assert (told.method, told.exchange, told.status, told.why, told.text) == (
        "GET",
        3,
        200,
        Finish.SERVER,
        "reset",
    )


def test_only_one_request_is_the_only_one() -> None:
    exchange = Exchange(http(1))
    first, second = request("1"), request("2")
    exchange.requests[first] = None
    assert exchange.only is first
    exchange.requests[second] = None
    assert exchange.only is None


def test_memory_is_that_of_the_signs() -> None:
    narrow, wide = (Piece(came(text=f'"{sign * 1000}"')) for sign in ("x", "\N{GRINNING FACE}"))
    assert memory(narrow, None) < 1_200
    assert memory(wide) > 4_000
