"""Processes of ours: one that listens for as long as a test takes, and one that runs to its end."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from mcpx.shipped.testing.failing import fail
from mcpx.shipped.testing.keeping import PATIENCE

# -P: what lies in the current folder, which holds tests, is not imported in the place of mcpx.
MCPX = (sys.executable, "-P", "-m", "mcpx")
_KEPT = (sys.executable, "-P", "-m", "mcpx.shipped.testing.keeping")
# The line of ``mcpx mock --http``, and that of ``mcpx record --http``.
_URL = re.compile(r"^(?:connect to )?(https?://\S+?)(?:: .*)?\n", re.MULTILINE)
# For how many seconds a process may take to say where it listens.
_UNTIL_URL = 60.0
_PAUSE = 0.01


def run(words: Sequence[str], seconds: float) -> subprocess.CompletedProcess[bytes]:
    """Run ``mcpx`` with these words and no input. Raises TimeoutExpired; nothing of it is left."""
    nothing, pipe = subprocess.DEVNULL, subprocess.PIPE
    command = [*MCPX, *words]
    with subprocess.Popen(
        command, stdin=nothing, stdout=pipe, stderr=pipe, start_new_session=True
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except BaseException:  # also when pytest itself is to end
            _end(process)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process, which may end what it started itself, and then its group."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def error_of(said: bytes) -> tuple[str, str]:
    """The message and the hint of the error that ``mcpx`` told, else all that it said."""
    text = said.decode("utf-8", "replace")
    for line in reversed(text.splitlines()):
        with contextlib.suppress(ValueError, TypeError, KeyError):
            error = json.loads(line)["error"]
            return error["message"], error["hint"] or ""
    if found := re.search(r"^error: (.*)$", text, re.MULTILINE):
        hint = re.search(r"^hint: (.*)$", text, re.MULTILINE)
        return found[1], hint[1] if hint else ""
    return text.strip() or "it said nothing", ""


class Listener:
    """A ``mcpx`` that listens on loopback and says where; it ends with us, however we end."""

    def __init__(self, words: Sequence[str], log: Path) -> None:
        """Start ``mcpx`` with these words; what it says goes to the file ``log``."""
        self._log = log
        with log.open("wb") as said:
            self._process = subprocess.Popen(
                [*_KEPT, *MCPX, *words],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                start_new_session=True,  # Ctrl-C is for pytest, which ends us in its order
            )

    def url(self) -> str:
        """Where it listens. Fails the test when it ends before, with what it said."""
        late = time.monotonic() + _UNTIL_URL
        running = True
        while not (found := _URL.search(self.said())):
            if not running or time.monotonic() > late:
                self.end()
                fail("no server listens: it said", self.said().splitlines() or ["nothing"])
            running = self._process.poll() is None
            time.sleep(_PAUSE)
        return found[1]

    def said(self) -> str:
        """What it has said so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def end(self) -> None:
        """End it; it is gone when this returns. Safe to repeat."""
        try:
            self._process.communicate(timeout=2 * PATIENCE)  # ends its input
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
