from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mcpx.schemas.workers import UnansweredError, Worker

VALID = {"violations": [], "more": 0}
INTEGER = {"schema": {"type": "integer"}, "value": 1}
SECONDS = 10


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that workers start."""
    found: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    class Spying(popen):  # type: ignore[type-arg, misc]
        def __init__(self, *words: Any, **options: Any) -> None:
            super().__init__(*words, **options)
            found.append(self)

    monkeypatch.setattr(subprocess, "Popen", Spying)
    return found


def bomb(levels: int = 30) -> dict[str, Any]:
    """A request that takes for ever."""
    parts: dict[str, Any] = {"p0": {"type": "integer"}}
    for n in range(1, levels + 1):
        parts[f"p{n}"] = {"allOf": [{"$ref": f"#/$defs/p{n - 1}"}] * 2}
    return {"schema": {"$defs": parts, "$ref": f"#/$defs/p{levels}"}, "value": 1}


def test_nothing_is_started_until_something_is_asked(
    started: list[subprocess.Popen[bytes]],
) -> None:
    with Worker():
        pass
    assert started == []


def test_one_process_answers_many_and_ends_with_the_block(
    started: list[subprocess.Popen[bytes]],
) -> None:
    with Worker() as worker:
        assert [worker.ask(INTEGER, SECONDS) for _ in range(20)] == [VALID] * 20
    (process,) = started
    assert process.returncode == 0


def test_it_is_killed_at_the_deadline_and_the_next_one_answers(
    started: list[subprocess.Popen[bytes]],
) -> None:
    with Worker() as worker:
        begun = time.monotonic()
        with pytest.raises(UnansweredError, match=r"^that took longer than 0\.5 s$"):
            worker.ask(bomb(), 0.5)
        assert time.monotonic() - begun < 3
        assert started[0].returncode == -signal.SIGKILL
        assert worker.ask(INTEGER, SECONDS) == VALID
        assert worker.ask({**INTEGER, "value": "x"}, SECONDS)["violations"] != []
    assert [one.returncode for one in started] == [-signal.SIGKILL, 0]


def test_a_block_that_fails_ends_it_too(started: list[subprocess.Popen[bytes]]) -> None:
    with pytest.raises(LookupError), Worker() as worker:
        worker.ask(INTEGER, SECONDS)
        raise LookupError
    assert started[0].returncode == 0


class Interrupted:
    """Answers that somebody does not wait for to the end."""

    def get(self, timeout: float) -> bytes:
        raise KeyboardInterrupt


def test_an_interrupt_while_it_is_asked_ends_it(started: list[subprocess.Popen[bytes]]) -> None:
    with Worker() as worker:
        worker.ask(INTEGER, SECONDS)
        worker._answers = Interrupted()  # type: ignore[assignment]
        with pytest.raises(KeyboardInterrupt):
            worker.ask(bomb(), SECONDS)
        assert [one.returncode for one in started] == [-signal.SIGKILL]
        assert worker.ask(INTEGER, SECONDS) == VALID


def test_after_a_crash_the_next_one_answers(started: list[subprocess.Popen[bytes]]) -> None:
    with Worker() as worker:
        assert worker.ask(INTEGER, SECONDS) == VALID
        os.kill(started[0].pid, signal.SIGSEGV)
        started[0].wait()
        with pytest.raises(UnansweredError, match=r"^the check crashed or ran out of memory$"):
            worker.ask(INTEGER, SECONDS)
        assert worker.ask(INTEGER, SECONDS) == VALID
    assert len(started) == 2


def test_what_it_was_not_made_for_costs_one_process(
    started: list[subprocess.Popen[bytes]],
) -> None:
    with Worker() as worker:
        with pytest.raises(UnansweredError, match="crashed"):
            worker.ask({"neither": 1}, SECONDS)
        assert worker.ask(INTEGER, SECONDS) == VALID
    assert len(started) == 2


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        pytest.param(
            "/no/such/python", "the check could not be started: no such file or directory", id="no"
        ),
        pytest.param(shutil.which("false"), "the check crashed or ran out of memory", id="false"),
    ],
)
def test_one_that_cannot_be_started_is_told(
    program: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    with Worker() as worker, pytest.raises(UnansweredError) as caught:
        worker.ask(INTEGER, SECONDS)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(10**5_000, "it holds a number that is too long", id="number"),
        pytest.param("x" * 34_000_000, "it is larger than 32 MiB", id="large"),
    ],
)
def test_what_cannot_be_sent_starts_nothing(
    value: Any, reason: str, started: list[subprocess.Popen[bytes]]
) -> None:
    with Worker() as worker, pytest.raises(UnansweredError) as caught:
        worker.ask({"schema": {}, "value": value}, SECONDS)
    assert str(caught.value) == reason
    assert started == []


def test_it_is_in_a_group_of_its_own(started: list[subprocess.Popen[bytes]]) -> None:
    with Worker() as worker:
        worker.ask(INTEGER, SECONDS)
        pid = started[0].pid
        assert os.getpgid(pid) == pid != os.getpgid(0)
        assert os.getsid(pid) == os.getsid(0)


def test_what_lies_in_the_working_directory_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "jsonschema_rs", "mcpx"):
        (tmp_path / f"{name}.py").write_text("open('imported', 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    with Worker() as worker:
        assert worker.ask(INTEGER, SECONDS) == VALID
    assert not (tmp_path / "imported").exists()


PARENT = """
import os, sys
from mcpx.schemas.workers import Worker
worker = Worker()
worker.ask({"schema": {}, "value": 1}, 10)
print(worker._process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_it_does_not_outlive_its_parent() -> None:
    done = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    ends = time.monotonic() + 5
    while alive(pid) and time.monotonic() < ends:
        time.sleep(0.02)
    assert not alive(pid)


def alive(pid: int) -> bool:
    """Whether it runs; one that has ended and that nobody waits for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
