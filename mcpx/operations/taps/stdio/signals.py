"""Signals as something to be read: a loop that waits for descriptors waits for them too."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator


def _those(*names: str) -> tuple[signal.Signals, ...]:
    """As many of the signals as there are on this system."""
    return tuple(getattr(signal, name) for name in names if hasattr(signal, name))


# What a client, a terminal or the system ends a server with.
ENDING = _those("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT")
# With what means something else to many: to Node, say, SIGUSR1 is the wish for its debugger. That
# the window has changed, a terminal tells nobody outside our group.
PASSED_ON = (*ENDING, *_those("SIGUSR1", "SIGUSR2", "SIGWINCH"))


@contextlib.contextmanager
def readable() -> Iterator[int]:
    """A descriptor from which each signal that comes is read as a byte: its number.

    These are the signals to be passed on, but for what we were told to ignore, as by nohup, and
    the one that a process of ours has ended. In the main thread only.
    """
    reads, writes = os.pipe()
    os.set_blocking(reads, False)
    os.set_blocking(writes, False)
    before = {
        number: signal.signal(number, _heard)
        for number in (*PASSED_ON, signal.SIGCHLD)
        if number == signal.SIGCHLD or signal.getsignal(number) is not signal.SIG_IGN
    }
    descriptor = signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
    try:
        yield reads
    finally:
        signal.set_wakeup_fd(descriptor)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reads)
        os.close(writes)


def read(descriptor: int) -> bytes:
    """The signals that have come since they were last read."""
    try:
        return os.read(descriptor, 1024)
    except BlockingIOError:
        return b""


def die_of(number: int) -> None:
    """End this process by a signal, as another has ended; without a dump of our memory.

    Returns where the signal does not end a process.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with contextlib.suppress(OSError, ValueError):  # SIGKILL cannot be given another handler
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _heard(_number: int, _frame: object) -> None:
    """Nothing: Python has written the number for us already."""
