from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mcpx.serving.mock.delivery import ClosedError, Delivery, EndedError, on_a_stream
from mcpx.serving.mock.faults import Fault, Faults, Kind, Rule
from mcpx.serving.mock.playing.outs import Out
from mcpx.wire import Finish
from tests.client.loops import in_no_time
from tests.serving.mock.acting import Cast, delivery_of, final

ASKED = {"jsonrpc": "2.0", "id": 1, "method": "add"}
TOLD = Out(text="told", after=4.0)
ANSWER = final('{"result":5}', after=2.0)
CAST = {"add": (TOLD, ANSWER)}


async def all_of(delivery: Delivery, value: Any = None) -> list[tuple[float, Out]]:
    """What comes, with the time."""
    clock = asyncio.get_running_loop().time
    outs = delivery.delivered(delivery.players.new(), value or ASKED)
    return [(clock(), out) async for out in outs]


def failing(kind: Kind, number: float = 0, after: int | None = None) -> Faults:
    return Faults([Rule(Fault(kind, number, after), "add")])


@pytest.mark.parametrize(
    ("kept", "times"),
    [
        pytest.param(0.0, (0.0, 0.0), id="none"),
        pytest.param(1.0, (4.0, 6.0), id="recorded"),
        pytest.param(0.25, (1.0, 1.5), id="x4"),
    ],
)
@in_no_time
async def test_each_message_comes_in_its_time(kept: float, times: tuple[float, float]) -> None:
    assert await all_of(delivery_of(Cast(CAST), kept=kept)) == list(
        zip(times, (TOLD, ANSWER), strict=True)
    )


@in_no_time
async def test_a_delay_is_in_front_of_all() -> None:
    delivery = delivery_of(Cast(CAST), faults=failing(Kind.DELAY, 3.0))
    assert await all_of(delivery) == [(3.0, TOLD), (3.0, ANSWER)]


@in_no_time
async def test_a_malformed_answer_breaks_off_in_the_middle() -> None:
    told, answer = [
        out.text for _, out in await all_of(delivery_of(Cast(CAST), faults=failing(Kind.MALFORMED)))
    ]
    assert (told, answer) == ("told", '{"resu')


@in_no_time
async def test_a_status_is_told_without_asking_the_player() -> None:
    cast = Cast(CAST)
    ((_, out),) = await all_of(delivery_of(cast, faults=failing(Kind.STATUS, 429, 7)))
    assert out == final("", status=429, kind="", headers={"retry-after": "7"})
    assert cast.heard == []


@in_no_time
async def test_a_status_without_a_time_to_come_again() -> None:
    ((_, out),) = await all_of(delivery_of(Cast(CAST), faults=failing(Kind.STATUS, 503)))
    assert dict(out.headers) == {}


@in_no_time
async def test_the_end_of_the_server_is_an_error_with_its_status() -> None:
    cast = Cast(CAST)
    with pytest.raises(EndedError) as caught:
        await all_of(delivery_of(cast, faults=failing(Kind.EXIT, 3)))
    assert caught.value.status == 3
    assert cast.heard == []


@in_no_time
async def test_a_connection_is_closed_in_place_of_the_answer() -> None:
    cast = Cast(CAST)
    delivery = delivery_of(cast, faults=failing(Kind.CLOSE))
    outs = delivery.delivered(delivery.players.new(), ASKED)
    assert await anext(outs) == TOLD
    with pytest.raises(ClosedError):
        await anext(outs)
    assert cast.made[0].closed == ["add"]


@in_no_time
async def test_a_dropped_answer_never_comes() -> None:
    delivery = delivery_of(Cast(CAST), faults=failing(Kind.DROP))
    outs = delivery.delivered(delivery.players.new(), ASKED)
    assert await anext(outs) == TOLD
    waiting = asyncio.ensure_future(anext(outs))
    await asyncio.sleep(1_000)
    assert not waiting.done()
    assert delivery.sleepers == 0
    waiting.cancel()
    await asyncio.wait((waiting,))


@in_no_time
async def test_who_waits_for_a_time_is_counted() -> None:
    delivery = delivery_of(Cast(CAST), kept=1.0)
    task = asyncio.ensure_future(all_of(delivery))
    await asyncio.sleep(1.0)
    assert delivery.sleepers == 1
    await task
    assert delivery.sleepers == 0


@pytest.mark.parametrize("value", [{"method": "add"}, [ASKED], {"id": 1, "result": {}}, 5], ids=str)
@in_no_time
async def test_what_is_no_request_meets_no_fault(value: Any) -> None:
    cast = Cast({"add": (), "answer": (), "array": ()})
    assert await all_of(delivery_of(cast, faults=Faults([Rule(Fault(Kind.EXIT, 3))])), value) == []
    assert cast.heard == [value]


REFUSED = (
    '{"jsonrpc": "2.0", "id": 1, "error": '
    '{"code": 421, "message": "mcpx mock: the recorded server answered with HTTP 421"}}'
)

BROKEN = (
    '{"jsonrpc": "2.0", "id": 1, "error": {"code": 502, "message": '
    '"mcpx mock: the recorded server ended its answer before it was complete"}}'
)


@pytest.mark.parametrize(
    ("out", "text"),
    [
        pytest.param(ANSWER, '{"result":5}', id="a-message"),
        pytest.param(final('{"error":5}', status=400), '{"error":5}', id="a-message-and-a-status"),
        pytest.param(Out(text="", kind="text/event-stream"), "", id="no-message"),
        pytest.param(final("", status=421), REFUSED, id="a-status-alone"),
        pytest.param(final("", breaks=Finish.SERVER), BROKEN, id="a-stream-that-broke"),
        pytest.param(final("", breaks=Finish.CLIENT), "", id="a-client-that-left"),
        pytest.param(Out(text="", breaks=Finish.END), "", id="a-stream-that-goes-on"),
        pytest.param(final("Misdirected", status=421, kind="text/plain"), REFUSED, id="words"),
    ],
)
def test_where_there_are_only_messages_a_refusal_is_one(out: Out, text: str) -> None:
    assert on_a_stream(ASKED, out) == text
