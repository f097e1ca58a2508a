"""The stdio transport: a started process and its lines, bounded in size and time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping

from mcpx.client import faults
from mcpx.client.frames import Outgoing
from mcpx.client.processes import Process
from mcpx.client.taps import Tap
from mcpx.errors import ServerError
from mcpx.servers import ServerSpec, Transport
from mcpx.settings import Limits
from mcpx.wire import Direction, Ending

_CHUNK = 256 * 1024

# Seconds for a server to leave by itself once its input has ended, and after SIGTERM.
# Source: specification 2026-07-28, basic/transports/stdio, "Shutdown" (which names no figures).
LEAVE_AFTER_END_OF_INPUT = 1.0
LEAVE_AFTER_TERM = 1.0

# Of what a server still wrote on its way out, for a tap: reads.
_LAST_READS = 16


class Stdio:
    """Sends lines to a process, hands the lines it writes to ``receive``, and tells its end.

    ``receive`` gets one line without its newline; ``on_end`` gets the error for a server that
    went away, or that wrote a longer line than allowed.
    """

    transport = Transport.STDIO
    awaits = ""

    def __init__(
        self,
        spec: ServerSpec,
        process: Process,
        limits: Limits,
        receive: Callable[[bytes], None],
        on_end: Callable[[ServerError], None],
        waiting_for: Callable[[], str],
        tap: Tap | None = None,
    ) -> None:
        self.spec = spec
        self.process = process
        self.heard = False
        self._limits = limits
        self._receive = receive
        self._on_end = on_end
        self._waiting_for = waiting_for
        self._tap = tap
        self._stderr_line = b""
        self._exit_told = False
        self._line = bytearray()
        self._stderr = bytearray()
        self._stderr_cut = False
        self._unsent = bytearray()
        self._loop = asyncio.get_running_loop()
        self._ending: asyncio.Task[None] | None = None
        self._loop.add_reader(process.stdout, self._readable)
        self._loop.add_reader(process.stderr, self._stderr_readable)
        self._closing = False
        self._exited = asyncio.Event()
        self._exit_notice = _notice_of_exit(process)
        if self._exit_notice >= 0:
            self._loop.add_reader(self._exit_notice, self._process_exited)

    def send(self, message: Outgoing) -> None:
        """Send a line; what the server does not take now follows when it reads again."""
        raw = message.raw
        if self.process.stdin < 0:
            return
        if not self._unsent:
            try:
                raw = raw[os.write(self.process.stdin, raw) :]
            except BlockingIOError:
                pass
            except OSError:
                return  # its stdin is closed: the end of its stdout or the deadline tells the rest
        if self._tap is not None:
            self._tap.message(Direction.TO_SERVER, message.raw)
        if not raw:
            return
        if not self._unsent:
            self._loop.add_writer(self.process.stdin, self._writable)
        self._unsent += raw
        if len(self._unsent) > self._limits.line + len(raw):
            what = f"requests whose answers, {len(self._unsent)} bytes, it does not read"
            self._on_end(faults.over_limit(self.spec, "line", what))

    def stderr_lines(self) -> list[str]:
        """The last lines the server wrote on stderr."""
        kept = bytes(self._stderr[-self._limits.stderr :])
        if self._stderr_cut or len(kept) < len(self._stderr):
            kept = kept.partition(b"\n")[2] or kept  # half a line may hold half a secret
        text = kept.decode("utf-8", "backslashreplace")
        return [line.rstrip() for line in text.splitlines() if line.strip()]

    def abandon(self, number: int) -> bool:
        """Nothing of its own: a notification tells the server."""
        return False

    def opened(self, headers: Mapping[str, str], legacy: bool) -> None:
        """Nothing changes: lines have no headers."""

    def signs_of_life(self) -> tuple[list[str], str]:
        """Its last lines of stderr, and whether it has exited with its output still open."""
        code = self.process.exit_code()
        ended = "" if code is None else f"its process {faults.how_it_ended(code)}"
        return self.stderr_lines(), f"{ended}, but its output is still open" if ended else ""

    async def close(self) -> None:
        """End the server: end of input, then SIGTERM, then SIGKILL, and whatever it left behind."""
        if self._ending is not None:
            self._ending.cancel()
        self._closing = True
        process = self.process
        if process.ended:
            self._tell_exit(Ending.CLIENT)
            return
        why = Ending.END_OF_INPUT if process.exit_code() is None else Ending.ITSELF
        self._forget(process.stdout)
        if process.stdin >= 0:
            self._forget_writer()
            os.close(process.stdin)
            process.stdin = -1
        try:
            if not await self._left(LEAVE_AFTER_END_OF_INPUT):
                why = Ending.CLIENT
                process.signal_group(signal.SIGTERM)
                await self._left(LEAVE_AFTER_TERM)
            self._collect_stderr()
        except asyncio.CancelledError:
            why = Ending.CLIENT if process.exit_code() is None else why
            raise
        finally:
            self._tell_last_lines()
            self._forget_exit()
            self._forget(process.stderr)
            # The group is ended also after a graceful exit: launchers leave children behind. The
            # leader is not reaped before, so that its group id cannot be somebody else's.
            process.kill()
            self._tell_exit(why)

    async def _left(self, seconds: float) -> bool:
        """Wait for the process to exit; whether it did."""
        deadline = time.monotonic() + seconds
        while self.process.exit_code() is None:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            # Without a notice of the exit, look again often.
            patience = left if self._exit_notice >= 0 else min(left, 0.01)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._exited.wait(), patience)
        return True

    def _readable(self) -> None:
        try:
            chunk = os.read(self.process.stdout, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._forget(self.process.stdout)
            if self._ending is not None:
                self._ending.cancel()
            self._ending = self._loop.create_task(self._tell_end())
            return
        self.heard = True
        if b"\n" not in chunk:
            self._line += chunk
        else:
            first, *others = chunk.split(b"\n")
            self._line += first
            lines = [bytes(self._line), *others[:-1]]
            self._line = bytearray(others[-1])
            for line in lines:
                if len(line) > self._limits.line:
                    self._too_long(line)
                    return
                self._received(line)
        if len(self._line) > self._limits.line:
            self._too_long(bytes(self._line))

    def _received(self, line: bytes) -> None:
        if self._tap is not None:
            self._tap.message(Direction.TO_CLIENT, line)
        self._receive(line)

    def _too_long(self, line: bytes) -> None:
        if self._tap is not None:
            self._tap.unread(Direction.TO_CLIENT, line)
        self._forget(self.process.stdout)
        self._line.clear()
        what = f"a line of more than {self._limits.line} bytes"
        self._on_end(faults.over_limit(self.spec, "line", what))

    async def _tell_end(self) -> None:
        """Its output has ended: wait a moment for the exit status, then tell."""
        if self._line.strip():
            self._received(bytes(self._line))
            self._line.clear()
        await self._left(0.3)
        self._collect_stderr()
        self._tell_exit(Ending.ITSELF)
        code = self.process.exit_code()
        seconds = time.monotonic() - self.process.started
        self._on_end(
            faults.ended(self.spec, self._waiting_for(), code, seconds, self.stderr_lines())
        )

    def _process_exited(self) -> None:
        """The process has gone, but something may hold its output and even answer in its place."""
        self._forget_exit()
        self._exited.set()
        if self._ending is None and not self._closing and self.process.exit_code() != 0:
            self._ending = self._loop.create_task(self._tell_end_after(0.5))

    async def _tell_end_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._forget(self.process.stdout)
        await self._tell_end()

    def _stderr_readable(self) -> None:
        try:
            chunk = os.read(self.process.stderr, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._forget(self.process.stderr)
            return
        if self._tap is not None:
            self._tell_stderr(self._tap, chunk)
        self._stderr += chunk
        if len(self._stderr) > 2 * self._limits.stderr:
            del self._stderr[: -self._limits.stderr]
            self._stderr_cut = True

    def _collect_stderr(self) -> None:
        """What is still in the pipe, at most once what is kept."""
        for _ in range(1 + self._limits.stderr // _CHUNK):
            if self.process.stderr >= 0:
                self._stderr_readable()

    def _tell_stderr(self, tap: Tap, chunk: bytes) -> None:
        """The lines that this completes; of one that does not end, as much as is kept at all."""
        *lines, rest = (self._stderr_line + chunk).split(b"\n")
        if len(rest) > self._limits.stderr:
            lines, rest = [*lines, rest], b""
        self._stderr_line = rest
        for line in lines:
            tap.stderr(line)

    def _tell_last_lines(self) -> None:
        """What it still wrote on its way out, which nobody waits for."""
        if self._tap is None or self.process.stdout < 0:
            return
        for _ in range(_LAST_READS):
            try:
                chunk = os.read(self.process.stdout, _CHUNK)
            except OSError:
                chunk = b""
            if not chunk:
                break
            self._line += chunk
        *lines, rest = bytes(self._line).split(b"\n")
        for line in [*lines, rest] if rest else lines:
            self._tap.message(Direction.TO_CLIENT, line)
        self._line.clear()

    def _tell_exit(self, why: Ending) -> None:
        """The exit, when it is known and has not been told, after the last words on stderr."""
        code = self.process.exit_code()
        if self._tap is None or self._exit_told or code is None:
            return
        self._exit_told = True
        if self._stderr_line:
            self._tap.stderr(self._stderr_line)
            self._stderr_line = b""
        self._tap.exited(code, why)

    def _writable(self) -> None:
        try:
            del self._unsent[: os.write(self.process.stdin, self._unsent)]
        except BlockingIOError:
            return
        except OSError:
            self._unsent.clear()
        if not self._unsent:
            self._forget_writer()

    def _forget(self, descriptor: int) -> None:
        if descriptor >= 0:
            self._loop.remove_reader(descriptor)

    def _forget_exit(self) -> None:
        if self._exit_notice >= 0:
            self._loop.remove_reader(self._exit_notice)
            os.close(self._exit_notice)
            self._exit_notice = -1

    def _forget_writer(self) -> None:
        if self.process.stdin >= 0:
            self._loop.remove_writer(self.process.stdin)


def _notice_of_exit(process: Process) -> int:
    """A descriptor that becomes readable when the process exits, or -1 where there is no such."""
    if not hasattr(os, "pidfd_open"):
        return -1
    try:
        return os.pidfd_open(process.pid)
    except OSError:
        return -1
