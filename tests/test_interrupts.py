from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mcpx import cli, interrupts, settings
from mcpx.errors import ExitStatus
from tests.client.children import GOOD
from tests.conftest import Run

SIGNALS = [pytest.param(getattr(signal, name), id=name) for name in ("SIGINT", "SIGTERM", "SIGHUP")]


def send(number: int = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


def lose(number: int = signal.SIGTERM) -> None:
    """A signal whose exception gets nowhere."""
    with pytest.raises(KeyboardInterrupt):
        send(number)


def test_the_status_is_that_of_an_interruption() -> None:
    assert interrupts.STATUS == ExitStatus.INTERRUPTED


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_raises_and_is_not_forgotten(number: int) -> None:
    before = signal.getsignal(number)
    with interrupts.listening():
        interrupts.check()
        lose(number)
        assert interrupts.heard()
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
    assert not interrupts.heard()
    assert signal.getsignal(number) == before


def test_a_signal_that_is_ignored_stays_so() -> None:
    """As nohup wants it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interrupts.listening():
            send(signal.SIGHUP)
            assert not interrupts.heard()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_inside_another_listening_nothing_is_forgotten() -> None:
    with interrupts.listening():
        with interrupts.listening():
            lose()
        assert interrupts.heard()


def test_a_hearer_hears_instead() -> None:
    told: list[str] = []
    with interrupts.listening(), interrupts.telling(lambda: told.append("outer")):
        with interrupts.telling(lambda: told.append("inner")):
            send()
        send()
        assert interrupts.heard()
    assert told == ["inner", "outer"]


def test_what_the_first_signal_leaves_undecided_is_kept() -> None:
    with interrupts.listening():
        with interrupts.leaving("over"):
            pass
        assert interrupts.left() == ""
        with interrupts.leaving("outer"):
            with interrupts.leaving("inner"):
                lose()
            lose()
        assert interrupts.left() == "inner"
    assert interrupts.left() == ""


def test_what_is_held_comes_at_the_end() -> None:
    done: list[int] = []
    with interrupts.listening():
        with pytest.raises(KeyboardInterrupt), interrupts.held():
            send()
            done.append(1)
        with interrupts.held():  # the one before has been raised
            done.append(2)
    assert done == [1, 2]


def test_a_signal_that_is_awaited_is_no_interruption() -> None:
    came: list[str] = []
    with interrupts.listening():
        with interrupts.awaited(lambda: came.append("heard")):
            send()
        assert not interrupts.heard()
    assert came == ["heard"]


def test_what_follows_a_signal_that_was_awaited_changes_nothing() -> None:
    """As ``timeout`` sends two, to the process and to its group."""
    program = """
import os, signal
from mcpx import interrupts
with interrupts.listening(to_the_end=True):
    with interrupts.listening():
        with interrupts.awaited(lambda: None):
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)
os.kill(os.getpid(), signal.SIGTERM)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_signal_that_came_before_is_not_awaited() -> None:
    with interrupts.listening():
        with pytest.raises(KeyboardInterrupt):
            send()
        with pytest.raises(KeyboardInterrupt), interrupts.awaited(lambda: None):
            raise AssertionError


def test_an_interrupted_finaliser_is_not_complained_of(capsys: pytest.CaptureFixture[str]) -> None:
    class Interrupted:
        def __del__(self) -> None:
            send()

    before, complaints = sys.unraisablehook, []
    sys.unraisablehook = complaints.append
    try:
        with interrupts.listening():
            Interrupted()
            assert interrupts.heard()
        assert complaints == []
    finally:
        sys.unraisablehook = before


@pytest.mark.parametrize("number", SIGNALS)
def test_a_lost_signal_changes_the_status(
    run: Run, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    explain = settings.explain

    def interrupted(found: settings.Settings) -> object:
        lose(number)
        return explain(found)

    monkeypatch.setattr(settings, "explain", interrupted)
    assert run("config", "show").status == ExitStatus.INTERRUPTED


def test_what_an_import_makes_of_a_signal_is_no_bug(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_settings: object) -> None:
        lose()
        raise SystemError("initialisation failed")

    monkeypatch.setattr(settings, "explain", interrupted)
    done = run("config", "show")
    assert (done.status, done.err) == (130, "interrupted\n")


def test_a_signal_lost_in_an_import_starts_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    load = cli.importlib.import_module

    def losing(name: str) -> object:
        lose()
        return load(name)

    monkeypatch.setattr(cli.importlib, "import_module", losing)
    file = tmp_path / "started"
    script = f"open({str(file)!r}, 'w')"
    done = run("call", "echo", "--", GOOD[0], "-c", script)
    assert (done.status, done.out, done.err) == (130, "", "interrupted\n")
    assert not file.exists()


EARLY = """
import os, signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "mcpx.ending":
            os.kill(os.getpid(), signal.{signal})
sys.meta_path.insert(0, Finder())
"""
LATE = """
import atexit, os, signal
atexit.register(lambda: os.kill(os.getpid(), signal.{signal}))
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize(
    ("code", "out"),
    [pytest.param(EARLY, "", id="first import"), pytest.param(LATE, "mcpx", id="at its end")],
)
def test_from_the_first_import_to_the_last_step(code: str, out: str, number: str) -> None:
    program = code.format(signal=number) + "from mcpx.__main__ import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--version"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout[:4], done.stderr) == (130, out, "")
