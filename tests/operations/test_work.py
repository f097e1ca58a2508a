from __future__ import annotations

import asyncio
import os
import signal
import threading
from typing import Any

import pytest

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
        loop = runner.get_loop()
        one = Work(loop)
        loop.call_later(0.02, kill, one)
        try:
            with one.cancelled_by_signals():
                runner.run(one.do(work()))
        except BaseException as error:
            return said, error
    return said, None


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_cancels_the_work(name: str) -> None:
    number = getattr(signal, name)
    before = signal.getsignal(number)
    said, error = done_by(lambda _work: os.kill(os.getpid(), number))
    assert said == ["tidied up"]
    assert isinstance(error, asyncio.CancelledError)
    assert signal.getsignal(number) == before


def test_it_can_be_cancelled_from_inside() -> None:
    said, error = done_by(lambda work: work.cancel())
    assert said == ["tidied up"]
    assert isinstance(error, asyncio.CancelledError)


def test_a_signal_that_is_ignored_stays_so() -> None:
    """As nohup wants it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        work = Work(asyncio.new_event_loop())
        with work.cancelled_by_signals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        work._loop.close()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_handlers_are_put_back_after_an_error() -> None:
    before = signal.getsignal(signal.SIGTERM)
    loop = asyncio.new_event_loop()
    with pytest.raises(KeyError), Work(loop).cancelled_by_signals():
        raise KeyError
    loop.close()
    assert signal.getsignal(signal.SIGTERM) == before


def test_beside_the_main_thread_there_are_no_signals() -> None:
    done: list[int] = []

    def play() -> None:
        async def work() -> None:
            done.append(1)

        with asyncio.Runner() as runner:
            one = Work(runner.get_loop())
            with one.cancelled_by_signals():
                runner.run(one.do(work()))

    thread = threading.Thread(target=play)
    thread.start()
    thread.join(5)
    assert done == [1]


def test_cancelling_what_is_over_changes_nothing() -> None:
    async def work() -> None:
        return

    with asyncio.Runner() as runner:
        one = Work(runner.get_loop())
        one.cancel()
        runner.run(one.do(work()))
        one.cancel()
        one.settle()


def test_how_it_ended_is_taken_note_of(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise KeyError

    loop = asyncio.new_event_loop()
    one = Work(loop)
    task = loop.create_task(one.do(work()))
    loop.run_until_complete(asyncio.wait([task]))
    one.settle()
    del task
    loop.close()
    del one, loop
    import gc

    gc.collect()
    assert caplog.records == []
