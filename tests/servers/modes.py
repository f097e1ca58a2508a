"""The table of ways to misbehave, and the server that they start from."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from honest import Era, Server
from wire import Message

LONGEST = 300
"""Seconds after which every misbehaving server, and every child of one, is gone."""

FLOOD = 60
"""Seconds after which an endless flood ends."""


class Misbehaving(Server):
    """A good server until a mode changes it.

    ``on`` is the method whose answer is spoilt, ``url`` what a remote reference points at.
    """

    def __init__(
        self, era: Era, on: str, seconds: float | None, url: str, pid_file: Path | None
    ) -> None:
        super().__init__(era, "bad-stdio")
        self.on = on
        self.url = url
        self._seconds = seconds
        self._pid_file = pid_file

    def seconds(self, usual: float) -> float:
        """How long this mode waits, unless the command line says otherwise."""
        return usual if self._seconds is None else min(self._seconds, LONGEST)

    def misbehave(self, fault: Callable[[Message], object]) -> None:
        """Serve, with ``fault`` in place of the answer to ``on``."""
        self.answers[self.on] = fault
        self.serve()

    def note_pid(self, pid: int) -> None:
        """Tell the test which process it has to look for."""
        if self._pid_file is not None:
            with self._pid_file.open("a") as file:
                file.write(f"{pid}\n")

    def flood(self, chunk: bytes) -> None:
        """Write ``chunk`` to stdout over and over until the end of input; FLOOD seconds at most."""
        signal.alarm(FLOOD)
        while not self.wire.rest(0):
            self.wire.write(chunk)

    def unanswered(self) -> None:
        """Read whatever comes and answer none of it."""
        for _ in self.wire.lines():
            pass


Mode = Callable[[Misbehaving], int | None]
"""Plays one mode to its end; the exit status, where it is not 0."""

MODES: dict[str, Mode] = {}


def mode(name: str) -> Callable[[Mode], Mode]:
    """Enter a function into the table; its docstring is the mode's description."""

    def enter(play: Mode) -> Mode:
        MODES[name] = play
        return play

    return enter
