"""A tap in a process of its own, in front of a small server, as a host would start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ECHO = ("cat",)
TAP = (sys.executable, "-m", "mcpx", "record", "-o")


def python(code: str) -> tuple[str, ...]:
    """A server that is a few lines of Python."""
    return (sys.executable, "-S", "-c", code)


def tap(file: Path, command: Sequence[str]) -> list[str]:
    """The command line of a tap in front of a command."""
    return [*TAP, str(file), "--", *command]


def start(command: Sequence[str], **more: Any) -> subprocess.Popen[bytes]:
    """A process with pipes for all three streams."""
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, **more)


def run(
    command: Sequence[str], data: bytes = b"", **more: Any
) -> subprocess.CompletedProcess[bytes]:
    """What a process makes of its whole input."""
    return subprocess.run(command, input=data, capture_output=True, timeout=60, check=False, **more)


def events(file: Path, kind: str = "") -> list[dict[str, Any]]:
    """The events of a session file, those of one kind or all but the header."""
    found = [json.loads(line) for line in file.read_bytes().splitlines()]
    return [one for one in found[1:] if not kind or one["k"] == kind]


def until(true: Callable[[], object], seconds: float = 10) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_running(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except ProcessLookupError:
        return False
    except OSError:  # no /proc here, or gone just now
        return sys.platform != "linux"
