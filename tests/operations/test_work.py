from __future__ import annotations

import asyncio
import os
import signal
import threading
from typing import Any

import pytest

from mcpx import interrupts
from mcpx.operations.work import Work


def done_by(kill: Any) -> tuple[list[str], BaseException | None]:
    """What work that is interrupted by ``kill`` says, and how it ends."""
    said: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            said.append("tidied up")
            raise

    with asyncio.Runner() as runner:
        one = Work(runner)
        runner.get_loop().call_later(0.02, kill, one)
        try:
            with interrupts.listening():
                one.run(work)
        except BaseException as error:
            return said, error
    return said, None


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_cancels_the_work(name: str) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number)
    said, error = done_by(lambda _work: os.kill(os.getpid(), number))
    assert said == ["tidied up"]
    assert isinstance(error, KeyboardInterrupt)
    assert signal.getsignal(number) == before


def test_it_can_be_cancelled_from_inside() -> None:
    said, error = done_by(lambda work: work.cancel())
    assert said == ["tidied up"]
    assert isinstance(error, asyncio.CancelledError)


def test_a_second_signal_cancels_what_tidies_up() -> None:
    said: list[str] = []

    async def work() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(0.02, os.kill, os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(30)
        finally:
            said.append("tidies up")
            loop.call_later(0.02, os.kill, os.getpid(), signal.SIGTERM)
            await asyncio.sleep(30)

    with asyncio.Runner() as runner, interrupts.listening(), pytest.raises(KeyboardInterrupt):
        Work(runner).run(work)
    assert said == ["tidies up"]


def test_a_signal_before_its_first_step_begins_nothing() -> None:
    begun: list[int] = []

    async def work() -> None:
        begun.append(1)

    with asyncio.Runner() as runner, interrupts.listening():
        runner.get_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            Work(runner).run(work)
    assert begun == []


def test_work_is_done_after_a_signal_too() -> None:
    """As when servers have to be ended because of it."""
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    with asyncio.Runner() as runner, interrupts.listening():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        Work(runner).run(work)
    assert done == [1]


def test_beside_the_main_thread_there_are_no_signals() -> None:
    done: list[int] = []

    def play() -> None:
        async def work() -> None:
            done.append(1)

        with asyncio.Runner() as runner, interrupts.listening():
            Work(runner).run(work)

    thread = threading.Thread(target=play)
    thread.start()
    thread.join(5)
    assert done == [1]


def test_cancelling_what_is_over_changes_nothing() -> None:
    async def work() -> None:
        return

    with asyncio.Runner() as runner:
        one = Work(runner)
        one.cancel()
        one.run(work)
        one.cancel()
        one.settle()


def test_how_it_ended_is_taken_note_of(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise KeyError

    with asyncio.Runner() as runner:
        one = Work(runner)
        with pytest.raises(KeyError):
            one.run(work)
        one.settle()
    del one
    import gc

    gc.collect()
    assert caplog.records == []
