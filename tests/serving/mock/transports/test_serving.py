from __future__ import annotations

import asyncio
import json

import pytest

from mcpx.serving.mock.faults import Fault, Faults, Kind, Rule
from tests.client.loops import in_a_loop
from tests.operations.taps.tapping import request, said
from tests.serving.mock.acting import Cast, becomes, event, final, for_ever
from tests.serving.mock.transports.test_http import Heard, mocked, modern, of

ASKED = request(json.dumps(modern("x")).encode(), "POST", "/mcp", *of("x"))
CAST = {
    "x": (final('{"id":1}'),),
    "stream": (event("1"), final('{"id":1}', kind="text/event-stream")),
}


def faults(kind: Kind, number: int = 0, after: int | None = None) -> Faults:
    return Faults([Rule(Fault(kind, number, after), nth=1)])


@in_a_loop
async def test_a_status_comes_once_and_the_answer_when_it_is_asked_again() -> None:
    async with mocked(Cast(CAST), faults=faults(Kind.STATUS, 503, 2)) as mock:
        refused, answered = [await mock.ask(modern("x"), *of("x")) for _ in range(2)]
    assert (refused.status, refused.headers["retry-after"], refused.body) == (503, "2", "")
    assert answered.body == '{"id":1}'


@pytest.mark.parametrize(
    ("method", "body"),
    [("x", '{"id'), ("stream", 'event: message\ndata: 1\n\nevent: message\ndata: {"id\n\n')],
)
@in_a_loop
async def test_a_malformed_answer_is_whole_http(method: str, body: str) -> None:
    async with mocked(Cast(CAST), faults=faults(Kind.MALFORMED)) as mock:
        heard = await mock.ask(modern(method), *of(method))
    assert (heard.status, heard.body) == (200, body)


@in_a_loop
async def test_a_connection_that_closes_and_the_next_does_not() -> None:
    async with mocked(Cast(CAST), faults=faults(Kind.CLOSE)) as mock:
        assert await said(mock.port, ASKED) == b""
        assert Heard.of(await said(mock.port, ASKED)).body == '{"id":1}'


@in_a_loop
async def test_a_dropped_answer_harms_no_other_client() -> None:
    cast = Cast(CAST)
    async with mocked(cast, faults=faults(Kind.DROP)) as mock, mock.open(ASKED) as reader:
        waiting = asyncio.ensure_future(reader.read(1))
        await becomes(lambda: bool(cast.heard))
        assert (await mock.ask(modern("x"), *of("x"))).status == 200
        assert not waiting.done()
        waiting.cancel()
        await asyncio.wait((waiting,))


@in_a_loop
async def test_the_end_of_the_server_is_told_with_its_status() -> None:
    async with mocked(Cast(CAST), faults=faults(Kind.EXIT, 3)) as mock:
        assert await said(mock.port, ASKED) == b""
        assert await mock.ended == 3


@in_a_loop
async def test_a_bug_in_a_player_is_not_hidden() -> None:
    async def breaks() -> None:
        raise ZeroDivisionError

    async with mocked(Cast({"x": (breaks,)})) as mock:
        assert await said(mock.port, ASKED) == b""
        with pytest.raises(ZeroDivisionError):
            await mock.ended


@in_a_loop
async def test_leaving_ends_all_that_is_open() -> None:
    cast = Cast({"x": (event("1"), for_ever)})
    async with mocked(cast) as mock:
        waiting = asyncio.ensure_future(mock.ask(modern("x"), *of("x")))
        await becomes(lambda: bool(cast.heard))
    assert cast.made[0].closed == ["x"]
    await waiting
