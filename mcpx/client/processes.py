"""Starting a server's process and ending everything it started; no event loop is needed for it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mcpx import interrupts, settings
from mcpx.client.faults import cannot_start
from mcpx.errors import McpxError
from mcpx.servers import ServerSpec, Transport

# prctl, linux/prctl.h
_SET_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36


# Every process that has not been ended yet, so that nothing can leave one behind.
_running: dict[int, Process] = {}
# What we start carries our mark, and so does what that starts. A list, for mcpx started by mcpx.
MARK = "MCPX_STARTED_BY"
_OURS = os.urandom(8).hex()


@dataclass(slots=True)
class Process:
    """A started server: its process group and the three pipes, non-blocking on our side."""

    popen: subprocess.Popen[bytes]
    stdin: int
    stdout: int
    stderr: int
    started: float = field(default_factory=time.monotonic)
    ended: bool = False

    @property
    def pid(self) -> int:
        """The process id, which is also that of its group."""
        return self.popen.pid

    def exit_code(self) -> int | None:
        """The status of an ended process (negative: the signal that killed it), else None.

        Where that is possible the process is not reaped by asking, so that its group id stays its
        own; macOS before Python 3.13 offers no such way.
        """
        if self.popen.returncode is not None or not hasattr(os, "waitid"):
            return self.popen.poll()
        try:
            state = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return self.popen.poll()
        if state is None:
            return None
        return state.si_status if state.si_code == os.CLD_EXITED else -state.si_status

    def signal_group(self, number: int) -> None:
        """Send a signal to the server and whatever it started in its group."""
        if not self.ended:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def close_pipes(self) -> None:
        """Close our ends of the three pipes; safe to repeat."""
        for name in ("stdin", "stdout", "stderr"):
            descriptor = getattr(self, name)
            if descriptor >= 0:
                setattr(self, name, -1)
                with contextlib.suppress(OSError):
                    os.close(descriptor)

    def kill(self) -> None:
        """End the whole group, and what left it, at once; reap the server. Safe to repeat."""
        if self.ended:
            return
        self.signal_group(signal.SIGKILL)
        self.close_pipes()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(timeout=1)
        self.ended = True
        _running.pop(self.pid, None)
        if not _running:
            _end_orphans()


def start(spec: ServerSpec, everything: bool = False) -> Process:
    """Start a stdio server in a session, and so a process group, of its own.

    ``everything`` passes our whole environment on. Raises ServerError (``spawn``) with the reason
    and what would help.
    """
    if sys.platform == "win32":
        raise cannot_start(spec, "stdio servers cannot be started on Windows yet", "use WSL")
    environment = settings.server_environment(spec.env, everything)
    folder = None
    try:
        if spec.cwd is not None:
            folder = os.path.expanduser(spec.cwd)  # noqa: PTH111 - does not fail for unknown users
            if not Path(folder).is_dir():
                raise cannot_start(spec, f"its working directory {folder:.200} does not exist")
        program = _program(spec, environment, folder)
    except (OSError, ValueError) as error:  # a name that is too long, or holds a NUL
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise cannot_start(spec, reason.lower()) from error
    environment[MARK] = ",".join(filter(None, (settings.environment().get(MARK), _OURS)))
    interrupts.check()
    with interrupts.held():  # until it is known who is to be ended
        try:
            popen = subprocess.Popen(
                [program, *spec.args],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd=folder,
                env=environment,
                start_new_session=True,
                preexec_fn=_die_with_parent() if sys.platform == "linux" else None,
            )
            stdin, stdout, stderr = _pipes(popen)
            process = Process(popen, stdin, stdout, stderr)
        except FileNotFoundError as error:
            raise cannot_start(spec, f"the interpreter that {program} names is missing") from error
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise cannot_start(spec, reason.lower()) from error
        _running[process.pid] = process
    return process


def _pipes(popen: subprocess.Popen[bytes]) -> list[int]:
    """Our ends of stdin, stdout and stderr. Raises OSError, the process killed, without room."""
    streams = [one for one in (popen.stdin, popen.stdout, popen.stderr) if one is not None]
    pipes: list[int] = []
    try:
        # The numbers are kept, the file objects are not: they would close the pipes behind us.
        for stream in streams:
            pipes.append(os.dup(stream.fileno()))
            os.set_blocking(pipes[-1], False)
    except OSError:
        popen.kill()
        popen.wait()
        for descriptor in pipes:
            os.close(descriptor)
        raise
    finally:
        for stream in streams:
            stream.close()
    popen.stdin = popen.stdout = popen.stderr = None
    return pipes


def kill_all() -> None:
    """End every process that is still running, at once."""
    with interrupts.held():
        for process in list(_running.values()):
            process.kill()


@dataclass(slots=True)
class Candidate:
    """A server to ask, with the process that was started for it ahead, or why there is none."""

    spec: ServerSpec
    process: Process | None = None
    error: McpxError | None = None


def start_ahead(spec: ServerSpec, everything: bool) -> Candidate:
    """Start a stdio server before the rest of mcpx is imported; a failure is kept, not raised."""
    if spec.transport is not Transport.STDIO:
        return Candidate(spec)
    try:
        return Candidate(spec, start(spec, everything))
    except McpxError as error:
        return Candidate(spec, error=error)


def _program(spec: ServerSpec, environment: dict[str, str], folder: str | None) -> str:
    """The file to run, looked up as the server's own PATH says."""
    command = os.path.expanduser(spec.command) if spec.command.startswith("~") else spec.command  # noqa: PTH111 - Path() would drop "./"
    if not command:
        raise cannot_start(spec, "it has no command")
    if os.path.dirname(command):  # noqa: PTH120 - as above
        path = Path(folder or ".") / command
        if not path.exists():
            raise cannot_start(spec, f"{command} does not exist")
        if path.is_dir():
            raise cannot_start(spec, f"{command} is a folder")
        if not os.access(path, os.X_OK):
            raise cannot_start(spec, f"{command} is not executable", f"chmod +x {command}")
        return command
    found = shutil.which(command, path=environment.get("PATH"))
    if found is None:
        raise cannot_start(spec, f"the command '{command}' was not found on its PATH")
    return found


def _die_with_parent() -> Callable[[], None]:
    """What a child does before it becomes the server: ask to be ended when mcpx is killed."""
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    # What a server leaves behind becomes our child, keeps its number until we reap it, and can be
    # ended for certain.
    prctl(_SET_CHILD_SUBREAPER, 1)

    def before_exec() -> None:
        prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)

    return before_exec


def _children() -> list[int]:
    """The processes whose parent we are, the adopted ones too (Linux; elsewhere none)."""
    found: list[int] = []
    with contextlib.suppress(OSError, ValueError):
        for task in Path("/proc/self/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def _end_orphans() -> None:
    """End what servers left behind and we have adopted, and in turn what that leaves behind.

    It is known by our mark, since whoever runs mcpx as a library has children of its own.
    """
    found: set[int] = set()
    for _ in range(100):
        children = _children()
        found = {pid for pid in children if pid in found or _is_marked(pid)}
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.005)


def _is_marked(pid: int) -> bool:
    try:
        return _OURS.encode() in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:  # it has gone, or is another user's
        return False
