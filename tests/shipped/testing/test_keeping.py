from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.operations.taps.tapped import is_running, until

KEEPING = [sys.executable, "-P", "-m", "mcpx.shipped.testing.keeping"]
SAYS_ITS_PID = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


def kept(code: str) -> subprocess.Popen[str]:
    command = [*KEEPING, sys.executable, "-c", code]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)


def test_a_process_runs_until_our_input_ends() -> None:
    with kept(SAYS_ITS_PID) as keeper:
        assert keeper.stdout is not None
        assert keeper.stdin is not None
        pid = int(keeper.stdout.readline())
        assert is_running(pid)
        keeper.stdin.close()
        assert keeper.wait(10) != 0
        assert until(lambda: not is_running(pid))


@pytest.mark.parametrize("status", [0, 3])
def test_its_status_is_ours(status: int) -> None:
    with kept(f"raise SystemExit({status})") as keeper:
        assert keeper.wait(10) == status


def test_one_that_does_not_listen_to_reason_is_killed() -> None:
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SAYS_ITS_PID}"
    code = (
        "import sys; from mcpx.shipped.testing import keeping; keeping.PATIENCE = 0.05;"
        f"sys.exit(keeping.main([sys.executable, '-c', {stubborn!r}]) + 100)"
    )
    command, pipe = [sys.executable, "-c", code], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as keeper:
        assert keeper.stdout is not None
        pid = int(keeper.stdout.readline())
        keeper.communicate(timeout=30)
        assert keeper.returncode == 100 - signal.SIGKILL
    assert not is_running(pid)
