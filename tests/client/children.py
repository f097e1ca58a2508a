"""mcpx as a process of its own: what it printed, how it ended, what it cost and what it left."""

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVERS = Path(__file__).resolve().parents[1] / "servers"
BAD = (sys.executable, str(SERVERS / "bad_stdio.py"))
GOOD = (sys.executable, str(SERVERS / "good_stdio.py"))
MCPX = (sys.executable, "-m", "mcpx")

# What must reach no stream as it is: C0 and C1 controls but for tab and newline, DEL, bidi, tags.
RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
_HANGS_AFTER = 60.0
# Runs a command line and tells its status and its peak in KB on descriptor 3: whatever a process
# holds counts for those that it starts, and a test process holds much.
_LAUNCHER = """
import os, resource, subprocess, sys
os.set_inheritable(int(sys.argv[1]), False)
status = subprocess.call(sys.argv[2:])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
os.write(int(sys.argv[1]), f"{status} {peak}".encode())
"""


@dataclass(frozen=True)
class Played:
    """What came of one command line; ``peak`` is in MB and counts the servers too."""

    status: int
    out: str
    err: str
    seconds: float
    peak: float
    left: tuple[int, ...]

    @property
    def server(self) -> dict[str, Any]:
        """The only server of the catalogue on stdout."""
        (server,) = json.loads(self.out)["servers"]
        assert isinstance(server, dict)
        return server

    @property
    def error(self) -> dict[str, Any]:
        """The only line on stderr."""
        (line,) = self.err.splitlines()
        found = json.loads(line)["error"]
        assert isinstance(found, dict)
        return found


def environment(home: Path) -> dict[str, str]:
    """Our own without the user's settings, and with another home."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MCPX_", "XDG_")) and not name.endswith("_CONFIG_DIR")
    }
    return {**kept, "HOME": str(home), "PYTHONPATH": str(SERVERS.parents[1])}


def unmeasured(home: Path) -> dict[str, str]:
    """The same for a process whose cost is looked at: measuring its coverage would add to it."""
    return {name: one for name, one in environment(home).items() if not name.startswith("COV")}


def start(
    arguments: Sequence[str], folder: Path, env: dict[str, str] | None = None, **streams: Any
) -> subprocess.Popen[bytes]:
    """Start mcpx in ``folder``, which is its home too."""
    return subprocess.Popen(
        [*MCPX, *arguments],
        stdin=subprocess.DEVNULL,
        cwd=folder,
        env=env or environment(folder),
        **streams,
    )


def play(arguments: Sequence[str], folder: Path, pids: Path | None = None) -> Played:
    """Run mcpx to its end; ``pids`` is the file into which its servers write their process ids."""
    began = time.monotonic()
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        status, peak = cost(arguments, folder, out, err)
    seconds = time.monotonic() - began
    return Played(
        status,
        (folder / "out").read_bytes().decode(),
        (folder / "err").read_bytes().decode(),
        seconds,
        peak,
        left_after(noted(pids), 2.0) if pids is not None else (),
    )


def cost(arguments: Sequence[str], folder: Path, out: Any, err: Any) -> tuple[int, float]:
    """Run mcpx in ``folder``: its exit status, and the megabytes that it took at most."""
    told, tells = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(tells), *MCPX, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=folder,
            env=unmeasured(folder),
            pass_fds=[tells],
            start_new_session=True,
        )
    finally:
        os.close(tells)
    try:
        process.wait(_HANGS_AFTER)
        status, peak = os.read(told, 100).split()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(told)
    return int(status), int(peak) / (1024 if sys.platform == "linux" else 1024**2)


def noted(pids: Path) -> list[int]:
    """The process ids that servers have written into a file."""
    return [int(line) for line in pids.read_text().split()] if pids.exists() else []


def wait_for_servers(pids: Path, count: int = 1, seconds: float = 10.0) -> list[int]:
    """Wait until so many processes have written down their ids."""
    deadline = time.monotonic() + seconds
    while len(noted(pids)) < count:
        assert time.monotonic() < deadline, f"only {noted(pids)} of {count} processes started"
        time.sleep(0.02)
    return noted(pids)


def left_after(processes: Sequence[int], seconds: float) -> tuple[int, ...]:
    """Those of the processes that still run after so many seconds; they are killed then."""
    deadline = time.monotonic() + seconds
    while (left := tuple(filter(_runs, processes))) and time.monotonic() < deadline:
        time.sleep(0.02)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return left


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        # A dead process stays in the table until whoever inherited it has looked.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return sys.platform != "linux"
