from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mcpx.shipped.testing import children
from mcpx.shipped.testing.children import Listener, error_of, run
from tests.operations.taps.tapped import is_running, until


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place of mcpx a Python that runs the words."""
    monkeypatch.setattr(children, "MCPX", (sys.executable, "-uc"))


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    "line",
    [
        pytest.param("http://127.0.0.1:99/mcp", id="mock"),
        pytest.param(
            "connect to http://127.0.0.1:99/mcp: recording to a.jsonl; Ctrl-C ends it", id="record"
        ),
    ],
)
def test_it_says_where_it_listens_and_is_gone_when_ended(tmp_path: Path, line: str) -> None:
    code = f"import os, time; print('pid', os.getpid()); print({line!r}); time.sleep(60)"
    listener = Listener([code], tmp_path / "said.log")
    assert listener.url() == "http://127.0.0.1:99/mcp"
    assert listener.url() == "http://127.0.0.1:99/mcp"
    pid = int(listener.said().split()[1])
    assert is_running(pid)
    listener.end()
    assert not is_running(pid)
    listener.end()


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param("raise SystemExit('error: no such file')", "error: no such file", id="says"),
        pytest.param("", "nothing", id="silent"),
    ],
)
def test_one_that_ends_at_once_fails_the_test_with_what_it_said(
    tmp_path: Path, code: str, said: str
) -> None:
    listener = Listener([code], tmp_path / "said.log")
    with pytest.raises(pytest.fail.Exception) as failed:
        listener.url()
    assert str(failed.value) == f"mcpx: no server listens: it said\n  {said}"


@pytest.mark.usefixtures("program")
def test_one_that_does_not_say_where_in_time_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "_UNTIL_URL", 0.3)
    code = "import os, time; print('pid', os.getpid()); print('http://', end=''); time.sleep(60)"
    listener = Listener([code], tmp_path / "said.log")
    with pytest.raises(pytest.fail.Exception, match="no server listens"):
        listener.url()
    assert not is_running(int((listener.said().split() or ["", "999999"])[1]))


@pytest.mark.usefixtures("program")
def test_one_that_does_not_end_is_killed_with_what_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "PATIENCE", 0.05)
    code = "import os, time; print('http://a/', os.getppid(), os.getpid()); time.sleep(60)"
    listener = Listener([code], tmp_path / "said.log")
    assert until(lambda: len(listener.said().split()) == 3)
    keeper, pid = map(int, listener.said().split()[1:])
    os.kill(keeper, signal.SIGSTOP)
    listener.end()
    assert not is_running(keeper)
    assert until(lambda: not is_running(pid))


@pytest.mark.usefixtures("program")
def test_one_that_runs_to_its_end_has_no_input_and_is_heard() -> None:
    code = "import sys; print(sys.stdin.read()); sys.exit('no')"
    done = run([code], seconds=30)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"\n", b"no\n")


@pytest.mark.usefixtures("program")
def test_one_that_runs_may_take_so_long_and_no_longer() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run(["import time; time.sleep(60)"], seconds=0.05)


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("deaf", [False, True])
def test_one_that_takes_too_long_is_gone_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaf: bool
) -> None:
    monkeypatch.setattr(children, "PATIENCE", 0.1)
    there = tmp_path / "pids"
    code = (
        "import os, pathlib, signal, subprocess, sys, time;"
        f"deaf = {deaf} and signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"pathlib.Path({str(there)!r}).write_text(f'{{os.getpid()}} {{child.pid}}');"
        "time.sleep(60)"
    )

    def pids() -> list[int]:
        return list(map(int, there.read_text().split())) if there.exists() else []

    def communicate(_process: object, timeout: float) -> None:
        assert until(lambda: len(pids()) == 2, 30)
        raise subprocess.TimeoutExpired([], timeout)

    monkeypatch.setattr(subprocess.Popen, "communicate", communicate)
    with pytest.raises(subprocess.TimeoutExpired):
        run([code], seconds=30)
    assert until(lambda: not any(map(is_running, pids())))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            b'note\n{"error": {"message": "gone", "hint": "do"}}\n', ("gone", "do"), id="json"
        ),
        pytest.param(b"note\nerror: gone\n  a\nhint: do\n", ("gone", "do"), id="text"),
        pytest.param(b"error: gone\n", ("gone", ""), id="no-hint"),
        pytest.param(b"Killed\n", ("Killed", ""), id="other"),
        pytest.param(b"", ("it said nothing", ""), id="silent"),
    ],
)
def test_an_error_is_found_in_what_was_said(said: bytes, expected: tuple[str, str]) -> None:
    assert error_of(said) == expected
