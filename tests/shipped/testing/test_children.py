from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from mcpx.shipped.testing import children
from mcpx.shipped.testing.children import Listener
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
