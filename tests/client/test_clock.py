from __future__ import annotations

import asyncio

import pytest

from mcpx.client.clock import Clock
from tests.client.loops import in_no_time


def now() -> float:
    return asyncio.get_running_loop().time()


@in_no_time
async def test_the_deadline_ends_a_block() -> None:
    clock = Clock(2.0)
    began = now()
    with pytest.raises(TimeoutError):
        async with clock.running():
            await asyncio.sleep(60)
    assert now() - began == pytest.approx(2.0)


@in_no_time
async def test_blocks_share_the_deadline() -> None:
    clock = Clock(2.0)
    async with clock.running():
        await asyncio.sleep(1.5)
    assert clock.left == pytest.approx(0.5)
    began = now()
    with pytest.raises(TimeoutError):
        async with clock.running():
            await asyncio.sleep(60)
    assert now() - began == pytest.approx(0.5)


@in_no_time
async def test_several_blocks_end_together() -> None:
    clock = Clock(2.0)

    async def work() -> float:
        with pytest.raises(TimeoutError):
            async with clock.running():
                await asyncio.sleep(60)
        return now()

    assert await asyncio.gather(work(), work()) == [pytest.approx(2.0)] * 2


@in_no_time
async def test_a_pause_does_not_count() -> None:
    clock = Clock(2.0)
    began = now()
    with pytest.raises(TimeoutError):
        async with clock.running():
            await asyncio.sleep(1.0)
            with clock.paused():
                await asyncio.sleep(100)
                assert clock.left == pytest.approx(1.0)
            assert clock.left == pytest.approx(1.0)
            await asyncio.sleep(60)
    assert now() - began == pytest.approx(102.0)


@in_no_time
async def test_a_pause_in_a_pause_counts_once() -> None:
    clock = Clock(2.0)
    with clock.paused():
        await asyncio.sleep(3)
        with clock.paused():
            await asyncio.sleep(4)
        await asyncio.sleep(5)
        assert clock.left == pytest.approx(2.0)
    assert clock.left == pytest.approx(2.0)


@in_no_time
async def test_two_pauses_side_by_side_count_once() -> None:
    clock = Clock(10.0)

    async def pause(after: float, seconds: float) -> None:
        await asyncio.sleep(after)
        with clock.paused():
            await asyncio.sleep(seconds)

    await asyncio.gather(pause(1, 4), pause(3, 5))  # from 1 to 5 and from 3 to 8
    assert now() == pytest.approx(8.0)
    assert clock.left == pytest.approx(10.0 - 1.0)


@in_no_time
async def test_a_block_that_begins_in_a_pause_has_the_time_that_is_left() -> None:
    clock = Clock(2.0)

    async def work() -> float:
        with pytest.raises(TimeoutError):
            async with clock.running():
                await asyncio.sleep(600)
        return now()

    with clock.paused():
        working = asyncio.ensure_future(work())
        await asyncio.sleep(100)
        assert not working.done()
    assert await working == pytest.approx(102.0)


@in_no_time
async def test_an_error_in_a_pause_ends_it() -> None:
    clock = Clock(2.0)
    with pytest.raises(KeyError), clock.paused():
        await asyncio.sleep(5)
        raise KeyError
    await asyncio.sleep(1)
    assert clock.left == pytest.approx(1.0)


@in_no_time
async def test_what_has_gone_before_counts() -> None:
    clock = Clock(5.0, spent=3.0)
    assert (clock.seconds, clock.left) == (5.0, 2.0)
    with pytest.raises(TimeoutError):
        async with clock.running():
            await asyncio.sleep(60)
    assert now() == pytest.approx(2.0)


@in_no_time
async def test_a_pause_after_the_deadline_does_not_bring_it_back() -> None:
    clock = Clock(1.0)
    with pytest.raises(TimeoutError):
        async with clock.running():
            try:
                await asyncio.sleep(60)
            finally:
                with clock.paused():
                    await asyncio.sleep(0.1)
    with pytest.raises(TimeoutError):
        async with clock.running():
            await asyncio.sleep(0.1)
