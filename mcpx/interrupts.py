"""The signals that end mcpx: heard from the first moment on, and not forgotten where they get lost.

What a signal raises is lost inside a finaliser, and in the callbacks of Python's import system.
That one was heard is kept, therefore, and asked for before anything is started or sent.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Without "typing", which would take a while to import: until then nothing is heard.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What a shell shows for a process that SIGINT ended, and so ExitStatus.INTERRUPTED.
STATUS = 130
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")

_heard = 0
# A signal has ended what was to be ended by one, and so the process: what follows it says no more.
_is_over = False
# Who hears of a signal, the last one alone; where there is nobody it raises.
_hearers: list[Callable[[], None]] = []
# What goes on that an interruption leaves undecided, and what did when the first signal came.
_undecided: list[str] = []
_left: str = ""


def heard() -> bool:
    """Whether a signal has come since ``listening`` began."""
    return _heard > 0


def left() -> str:
    """What the signal that came has left undecided, in words; empty for nothing."""
    return _left


@contextmanager
def leaving(what: str) -> Iterator[None]:
    """Have an interruption of the block say what it leaves undecided."""
    _undecided.append(what)
    try:
        yield
    finally:
        _undecided.remove(what)


def check() -> None:
    """Raises KeyboardInterrupt when a signal has come, whatever became of it."""
    if _heard:
        raise KeyboardInterrupt


@contextmanager
def listening(to_the_end: bool = False) -> Iterator[None]:
    """Treat SIGTERM and SIGHUP like Ctrl-C, so that no server outlives mcpx: KeyboardInterrupt.

    ``to_the_end``: of the process, which a signal ends at once when the block has been left.
    Beside the main thread there are no signals.
    """
    global _heard, _is_over, _left
    before = _install()
    complains, sys.unraisablehook = sys.unraisablehook, _quiet(sys.unraisablehook)
    try:
        yield
    finally:
        last = signal.SIG_IGN if _is_over else _leave
        for number, handler in before.items():
            signal.signal(number, last if to_the_end else handler)
        if not to_the_end:
            sys.unraisablehook = complains
        if before and _hear not in before.values():
            _heard, _is_over, _left = 0, False, ""


def _install() -> dict[int, Any]:
    """What was done before at each of the signals."""
    before: dict[int, Any] = {}
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        # What was told to be ignored, as by nohup, stays ignored; None is no handler of Python's.
        if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
            try:
                before[number] = signal.signal(number, _hear)
            except ValueError:  # not the main thread, as in somebody's program
                break
    return before


@contextmanager
def telling(hearer: Callable[[], None]) -> Iterator[None]:
    """Let ``hearer`` hear of signals instead of raising them wherever they come."""
    _hearers.append(hearer)
    try:
        yield
    finally:
        _hearers.remove(hearer)


@contextmanager
def awaited(hearer: Callable[[], None]) -> Iterator[None]:
    """Let a signal end the block as it is meant to end: ``hearer`` hears it, and it is forgotten.

    What comes after it changes nothing any more: many send it twice, such as ``timeout``, to the
    process and to its group. Raises KeyboardInterrupt when one has come before.
    """
    global _heard, _is_over, _left
    with telling(hearer):
        check()
        yield
        _is_over = _heard > 0
    _heard, _left = 0, ""


@contextmanager
def held() -> Iterator[None]:
    """Raise what comes meanwhile only when the block is left."""
    came = _heard
    with telling(lambda: None):
        yield
    if _heard > came:
        raise KeyboardInterrupt


def _hear(_number: int, _frame: object) -> None:
    global _heard, _left
    if _is_over:
        return
    _heard += 1
    _left = _left or "".join(_undecided[-1:])
    if not _hearers:
        raise KeyboardInterrupt
    _hearers[-1]()


def _leave(_number: int, _frame: object) -> None:
    os._exit(STATUS)


def _quiet(complains: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def complain(lost: Any) -> None:
        if not (_heard and lost.exc_type is KeyboardInterrupt):
            complains(lost)

    return complain
