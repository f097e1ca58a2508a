from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from mcpx.operations.taps.stdio import signals


@pytest.mark.parametrize("number", signals.PASSED_ON, ids=lambda number: number.name)
def test_a_signal_is_read_as_its_number(number: int) -> None:
    before = signal.getsignal(number)
    with signals.readable() as heard:
        assert signals.read(heard) == b""
        os.kill(os.getpid(), number)
        assert signals.read(heard) == bytes([number])
    assert signal.getsignal(number) == before


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals.readable() as heard:
            os.kill(os.getpid(), signal.SIGHUP)
            assert signals.read(heard) == b""
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_end_of_a_process_is_heard() -> None:
    with signals.readable() as heard:
        subprocess.run([sys.executable, "-S", "-c", ""], check=True)
        assert signals.read(heard) == bytes([signal.SIGCHLD])


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGKILL, -signal.SIGKILL), (signal.SIGCHLD, 7)],
    ids=["ends", "cannot-be-handled", "ends-nobody"],
)
def test_a_process_dies_of_the_signal(number: signal.Signals, status: int) -> None:
    code = f"from mcpx.operations.taps.stdio.signals import die_of; die_of({number:d}); exit(7)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == status
