"""Starting the server behind a tap: just as it would have been started in the tap's place.

Imports next to nothing, for the server is started before anything else is done.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Callable, Sequence

# prctl, linux/prctl.h
_SET_DEATH_SIGNAL = 1
# What Python ignores and no other program expects to be ignored.
_IGNORED_BY_PYTHON = ("SIGPIPE", "SIGXFSZ")

# What a shell ends with for a command that it does not find, and for one that it cannot run.
NOT_FOUND = 127
CANNOT_RUN = 126


class Started:
    """A started server: its process, which leads a group of its own, and our ends of its pipes.

    ``stdin``, ``stdout`` and ``stderr`` are descriptors that never block.
    """

    __slots__ = ("code", "pid", "stderr", "stdin", "stdout")

    def __init__(self, pid: int, stdin: int, stdout: int, stderr: int) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.code: int | None = None

    def signal_group(self, number: int) -> None:
        """Send a signal to the server and to whatever it started in its group."""
        # PermissionError: on macOS, when nobody is left but who has ended.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def ended(self) -> bool:
        """Whether the server has ended; its group is then ended too, and ``code`` its status.

        The status of a process that a signal ended is negative: that signal.
        """
        if self.code is None and self._has_ended():
            # Before it is reaped: until then its number is nobody else's.
            self.signal_group(signal.SIGKILL)
            _, status = os.waitpid(self.pid, 0)
            self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def _has_ended(self) -> bool:
        if hasattr(os, "waitid"):
            flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
            return os.waitid(os.P_PID, self.pid, flags) is not None
        # macOS before Python 3.13 cannot ask without reaping.
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self.code = os.waitstatus_to_exitcode(status)
            self.signal_group(signal.SIGKILL)
        return False


def start(command: Sequence[str]) -> Started:
    """Start a server with our environment, folder and inherited descriptors; its streams are pipes.

    Our own standard streams must be occupied. When we are killed the server is killed too (Linux),
    and elsewhere it reads the end of its input.
    Raises OSError when it cannot be started: what ``exec`` said, or that the system gives no more
    descriptors or processes; whatever was opened for it is closed again.
    """
    ask_for_death = _dying_with_us()
    parent = os.getpid()
    pipes: list[tuple[int, int]] = []
    try:
        while len(pipes) < 4:
            pipes.append(os.pipe())
        pid = os.fork()
    except OSError:
        for descriptor in (end for pipe in pipes for end in pipe):
            os.close(descriptor)
        raise
    (child_in, stdin), (stdout, child_out), (stderr, child_err), (told, tells) = pipes
    if pid == 0:
        try:
            ask_for_death()
            if os.getppid() != parent:  # killed before it was asked for
                os._exit(CANNOT_RUN)
            os.setpgid(0, 0)
            for descriptor, end in enumerate((child_in, child_out, child_err)):
                os.dup2(end, descriptor)
            for name in _IGNORED_BY_PYTHON:
                signal.signal(getattr(signal, name), signal.SIG_DFL)
            os.execvp(command[0], list(command))
        except OSError as error:
            os.write(tells, str(error.errno).encode())
        finally:
            os._exit(CANNOT_RUN)
    for descriptor in (child_in, child_out, child_err, tells):
        os.close(descriptor)
    reason = os.read(told, 100)  # ends when the server's program has taken over
    os.close(told)
    if reason:
        for descriptor in (stdin, stdout, stderr):
            os.close(descriptor)
        os.waitpid(pid, 0)
        raise OSError(int(reason), os.strerror(int(reason)))
    for descriptor in (stdin, stdout, stderr):
        os.set_blocking(descriptor, False)
    return Started(pid, stdin, stdout, stderr)


def status_of_failure(error: OSError) -> int:
    """What a shell would end with after a command that could not be started."""
    return NOT_FOUND if error.errno in (errno.ENOENT, errno.ENOTDIR) else CANNOT_RUN


def occupy_standard_streams() -> None:
    """Let nothing that is opened get the number of a standard stream that we were not given."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _dying_with_us() -> Callable[[], object]:
    """What a child does first, so that it is killed when we are; loaded before there is a child."""
    if sys.platform != "linux":
        return lambda: None
    try:
        import ctypes
    except ImportError:  # a Python that was built without it
        return lambda: None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
