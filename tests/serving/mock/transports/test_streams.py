from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from mcpx.serving.mock.playing.outs import Out
from mcpx.serving.mock.transports.streams import Stream
from tests.client.loops import in_a_loop
from tests.serving.mock.acting import becomes, event


async def outs_of(*parts: object) -> AsyncGenerator[Out]:
    for part in parts:
        if isinstance(part, asyncio.Event):
            await part.wait()
        elif isinstance(part, Exception):
            raise part
        else:
            assert isinstance(part, Out)
            yield part


ONE, TWO, THREE = event("1", "a"), event("2"), event("3", "c")


@in_a_loop
async def test_all_of_it_is_said_to_who_comes_late() -> None:
    stream = Stream(outs_of(ONE, TWO, THREE))
    await becomes(lambda: stream.is_over)
    assert [out async for out in stream.outs()] == [ONE, TWO, THREE]
    assert stream.heard == 3


@in_a_loop
async def test_who_comes_back_goes_on_behind_the_last_event() -> None:
    more = asyncio.Event()
    stream = Stream(outs_of(ONE, TWO, more, THREE))
    reading = stream.outs()
    assert [await anext(reading), await anext(reading)] == [ONE, TWO]
    assert stream.heard == 1
    more.set()
    assert stream.after("a") == 1
    assert [out async for out in stream.outs(stream.after("a"))] == [TWO, THREE]
    assert stream.after("x") == 0
    assert stream.resumes


@in_a_loop
async def test_a_stream_without_ids_cannot_be_resumed() -> None:
    stream = Stream(outs_of(TWO))
    assert [out async for out in stream.outs()] == [TWO]
    assert not stream.resumes


@in_a_loop
async def test_an_error_comes_to_who_reads() -> None:
    reading = Stream(outs_of(ONE, ValueError("no"))).outs()
    assert await anext(reading) == ONE
    with pytest.raises(ValueError, match="no"):
        await anext(reading)


@in_a_loop
async def test_a_stream_that_is_stopped_says_no_more() -> None:
    stream = Stream(outs_of(ONE, asyncio.Event(), TWO))
    await asyncio.sleep(0)
    await stream.stop()
    assert [out async for out in stream.outs()] == [ONE]
