from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mcpx.client import processes
from mcpx.client.processes import Process, kill_all, start, start_ahead
from mcpx.errors import Fault, ServerError
from mcpx.servers import ServerSpec, Transport
from tests.client.children import left_after


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    yield
    left = list(processes._running)
    kill_all()
    assert left == []


def python(code: str, **more: object) -> ServerSpec:
    return ServerSpec("one", command=sys.executable, args=("-c", code), **more)


def ended(process: Process) -> int:
    deadline = time.monotonic() + 10
    while (code := process.exit_code()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return code


def output(process: Process) -> str:
    """All that the process writes on its stdout."""
    os.set_blocking(process.stdout, True)
    parts = []
    while part := os.read(process.stdout, 65536):
        parts.append(part)
    return b"".join(parts).decode()


def write(path: Path, text: str, mode: int = 0o755) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("command", "words", "hint"),
    [
        pytest.param("", "it has no command", "check the command", id="empty command"),
        pytest.param(
            "no-such-program",
            "the command 'no-such-program' was not found on its PATH",
            "check the command",
            id="not found",
        ),
        pytest.param("./missing", "./missing does not exist", "check the command", id="no file"),
        pytest.param("./folder", "./folder is a folder", "check the command", id="folder"),
        pytest.param(
            "./plain",
            "./plain is not executable",
            "chmod +x ./plain",
            id="not executable",
        ),
        pytest.param(
            "./interpreter",
            "the interpreter that ./interpreter names is missing",
            "check the command",
            id="bad interpreter",
        ),
        pytest.param("./binary", "exec format error", "check the command", id="no program"),
        pytest.param("./\0", "./\0 does not exist", "check the command", id="NUL"),
        pytest.param("~/missing", "{home}/missing does not exist", "check", id="in the home"),
        pytest.param(
            "${TOOL}", "was not found on its PATH", "a variable in the command", id="unset variable"
        ),
    ],
)
def test_a_server_that_cannot_be_started(
    command: str, words: str, hint: str, project: Path, home: Path
) -> None:
    (project / "folder").mkdir()
    write(project / "plain", "#!/bin/sh\n", 0o644)
    write(project / "interpreter", "#!/no/such/interpreter\n")
    write(project / "binary", "\x7fELFnothing")
    with pytest.raises(ServerError) as failed:
        start(ServerSpec("one", command=command, args=("--token", "s3cret-value")))
    error = failed.value
    assert error.fault is Fault.SPAWN
    assert error.message.startswith("one: cannot be started: ")
    assert words.format(home=home) in error.message
    assert hint in error.hint
    assert error.details[0].startswith("command: ")
    assert error.details[0].endswith(" --token '***'")


def test_an_argument_that_cannot_be_passed_on() -> None:
    with pytest.raises(ServerError, match="one: cannot be started: embedded null byte") as failed:
        start(ServerSpec("one", command=sys.executable, args=("a\0b",)))
    assert failed.value.fault is Fault.SPAWN


@pytest.mark.parametrize(
    ("command", "hint"), [("npx", "install Node.js"), ("uvx", "pip install uv")]
)
def test_a_missing_launcher_comes_with_its_installation(
    command: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServerError) as failed:
        start(ServerSpec("one", command=command))
    assert failed.value.hint == hint


def test_a_missing_working_directory(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"its working directory .*/gone does not exist"):
        start(python("", cwd=str(tmp_path / "gone")))


def test_windows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes.sys, "platform", "win32")
    with pytest.raises(ServerError) as failed:
        start(python(""))
    assert failed.value.hint == "use WSL"


@pytest.mark.parametrize("room", [0, 1, 2])
def test_a_process_whose_pipes_cannot_be_kept_is_not_left(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    dup = os.dup

    def full(descriptor: int) -> int:
        if len(taken) == room:
            raise OSError(24, "Too many open files")
        taken.append(dup(descriptor))
        return taken[-1]

    monkeypatch.setattr(processes.os, "dup", full)
    before = processes._children()
    with pytest.raises(ServerError, match="cannot be started: too many open files"):
        start(python("import time; time.sleep(60)"))
    assert processes._children() == before
    for descriptor in taken:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


def test_a_program_is_found_on_the_path_that_the_definition_gives(tmp_path: Path) -> None:
    write(tmp_path / "mine", f"#!{sys.executable}\nprint('found')\n")
    process = start(ServerSpec("one", command="mine", env={"PATH": str(tmp_path)}))
    assert output(process) == "found\n"
    process.kill()


def test_a_relative_command_is_found_from_the_working_directory(home: Path) -> None:
    (home / "tool").mkdir()
    write(home / "tool" / "run", f"#!{sys.executable}\nimport os; print(os.getcwd())\n")
    process = start(ServerSpec("one", command="./run", cwd="~/tool"))
    assert output(process) == f"{home / 'tool'}\n"
    process.kill()


def test_a_command_in_the_home_is_found(home: Path) -> None:
    write(home / "run", f"#!{sys.executable}\nprint('home')\n")
    process = start(ServerSpec("one", command="~/run"))
    assert output(process) == "home\n"
    process.kill()


@pytest.mark.parametrize(
    ("everything", "expected"),
    [
        pytest.param(False, "None declared", id="what every program needs"),
        pytest.param(True, "ours declared", id="everything"),
    ],
)
def test_the_environment_of_a_server(
    everything: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS", "ours")
    code = "import os; print(os.environ.get('OURS'), os.environ.get('THEIRS'))"
    process = start(python(code, env={"THEIRS": "declared"}), everything)
    assert output(process) == expected + "\n"
    process.kill()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        pytest.param("raise SystemExit(0)", 0, id="0"),
        pytest.param("raise SystemExit(7)", 7, id="7"),
        pytest.param("import os; os.kill(os.getpid(), 15)", -15, id="SIGTERM"),
    ],
)
def test_how_it_ended_is_known_and_stays_known(code: str, status: int) -> None:
    process = start(python(code))
    assert ended(process) == status
    process.kill()
    assert process.exit_code() == status
    process.kill()


def test_an_exit_status_that_somebody_else_took_is_0() -> None:
    process = start(python(""))
    os.waitpid(process.pid, 0)
    assert process.exit_code() == 0
    process.kill()


def test_killing_ends_children_in_and_out_of_the_group() -> None:
    child = "[sys.executable, '-c', 'import time; time.sleep(60)']"
    code = (
        "import subprocess, sys\n"
        f"for session in (False, True):\n"
        f"    child = subprocess.Popen({child}, start_new_session=session)\n"
        "    print(child.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    process = start(python(code))
    children = []
    os.set_blocking(process.stdout, True)
    while len(children) < 2:
        children += [int(line) for line in os.read(process.stdout, 100).split()]
    process.kill()
    assert left_after([process.pid, *children], 2) == ()
    assert process.exit_code() == -signal.SIGKILL


def test_pipes_are_closed_once() -> None:
    process = start(python(""))
    stdin = process.stdin
    process.close_pipes()
    assert (process.stdin, process.stdout, process.stderr) == (-1, -1, -1)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(stdin)
    process.close_pipes()
    process.kill()


def test_what_is_reaped_is_not_signalled(monkeypatch: pytest.MonkeyPatch) -> None:
    process = start(python(""))
    process.kill()
    monkeypatch.setattr(processes.os, "killpg", _never)
    monkeypatch.setattr(processes.os, "kill", _never)
    process.kill()
    process.signal_group(signal.SIGTERM)


def _never(*_: object) -> None:
    raise AssertionError


def test_all_that_run_can_be_ended_at_once() -> None:
    running = [start(python("import time; time.sleep(60)")) for _ in range(2)]
    kill_all()
    assert [process.exit_code() for process in running] == [-signal.SIGKILL] * 2
    kill_all()


def test_starting_ahead_keeps_the_error() -> None:
    candidate = start_ahead(ServerSpec("one", command="no-such-program"), False)
    assert candidate.process is None
    assert isinstance(candidate.error, ServerError)
    assert candidate.error.fault is Fault.SPAWN


def test_only_stdio_servers_are_started_ahead() -> None:
    spec = ServerSpec("one", Transport.HTTP, url="http://127.0.0.1:9/mcp")
    assert start_ahead(spec, False) == processes.Candidate(spec)
    ahead = start_ahead(python(""), False)
    assert ahead.process is not None
    ahead.process.kill()


def test_what_is_left_behind_is_ended_once_no_server_runs() -> None:
    child = "[sys.executable, '-c', 'import time; time.sleep(60)']"
    code = (
        "import subprocess, sys\n"
        f"print(subprocess.Popen({child}, start_new_session=True, stdout=2).pid, flush=True)\n"
    )
    other = start(python("import time; time.sleep(60)"))
    process = start(python(code))
    left = int(output(process))
    assert ended(process) == 0
    process.kill()
    assert left_after([left], 0) == (left,)  # it may be the other server's
    other.kill()
    assert left_after([left], 2) == ()


def test_our_own_children_are_not_taken_for_what_servers_left() -> None:
    ours = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        start(python("")).kill()
        assert ours.poll() is None
    finally:
        ours.kill()
        ours.wait()


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_children_of_whoever_uses_mcpx_are_left_alone(when: str) -> None:
    """Also in a session of their own, and what they leave behind."""
    leaves = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:], stdout=2).pid)"
    waits = [sys.executable, "-c", "import time; time.sleep(60)"]
    server = start(python("")) if when == "meanwhile" else None
    ours = subprocess.Popen(waits, start_new_session=True)
    leaver = [sys.executable, "-c", leaves, *waits]
    left = int(subprocess.check_output(leaver, start_new_session=True))
    (server or start(python(""))).kill()
    alive = ours.poll() is None
    ours.kill()
    ours.wait()
    assert (alive, left_after([left], 0)) == (True, (left,))
    with contextlib.suppress(ChildProcessError):  # it may be somebody else's to reap
        os.waitpid(left, 0)


def test_a_server_that_is_mcpx_passes_the_mark_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(processes.MARK, "outer")
    process = start(python(f"import os; print(os.environ[{processes.MARK!r}])"))
    assert output(process) == f"outer,{processes._OURS}\n"
    process.kill()
