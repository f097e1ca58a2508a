from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mcpx.client import stdio
from mcpx.client.frames import Outgoing
from mcpx.client.processes import start
from mcpx.client.stdio import Stdio
from mcpx.errors import Fault, ServerError
from mcpx.servers import ServerSpec
from mcpx.settings import Limits
from tests.client.children import left_after
from tests.client.loops import in_a_loop

HEAD = "import os, signal, subprocess, sys, time\n"


class Heard:
    """A transport over a Python program, and what it has told."""

    def __init__(self, code: str, limits: Limits) -> None:
        self.lines: list[bytes] = []
        self.end: asyncio.Future[ServerError] = asyncio.get_running_loop().create_future()
        spec = ServerSpec("one", command=sys.executable, args=("-c", HEAD + code))
        self.process = start(spec)
        self.transport = Stdio(
            spec, self.process, limits, self.lines.append, self._ended, lambda: "tools/list"
        )

    def _ended(self, error: ServerError) -> None:
        assert not self.end.done()
        self.end.set_result(error)

    async def until(self, done: Callable[[], bool]) -> None:
        while not done():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def hearing(code: str, limits: Limits | None = None) -> AsyncIterator[Heard]:
    heard = Heard(code, limits or Limits())
    try:
        yield heard
    finally:
        await heard.transport.close()
        assert left_after([heard.process.pid], 1) == ()


@in_a_loop
async def test_lines_come_as_they_were_however_they_were_cut() -> None:
    code = "for part in ('a', 'b\\nc\\r\\n\\n', 'd\\n'): sys.stdout.write(part); sys.stdout.flush()"
    async with hearing(code + "; time.sleep(0.05)") as heard:
        await heard.end
        assert heard.lines == [b"ab", b"c\r", b"", b"d"]


@in_a_loop
async def test_the_last_line_needs_no_newline() -> None:
    async with hearing("sys.stdout.write('{}\\nlast')") as heard:
        await heard.end
        assert heard.lines == [b"{}", b"last"]


@in_a_loop
async def test_how_it_ended_is_told_with_its_last_words() -> None:
    code = "sys.stderr.write('first\\n\\n  second  \\n'); sys.exit(3)"
    async with hearing(code) as heard:
        error = await heard.end
    assert error.fault is Fault.EXITED
    assert error.message.startswith("one: exited with status 3 before answering tools/list after ")
    assert error.details == ("stderr: first", "stderr:   second")
    assert error.evidence.exit_code == 3
    assert error.evidence.stderr == ("first", "  second")
    assert error.evidence.seconds is not None and 0 < error.evidence.seconds < 10


@in_a_loop
async def test_closed_output_of_a_living_process_is_told_apart() -> None:
    async with hearing("os.close(1); time.sleep(60)") as heard:
        error = await heard.end
    assert error.fault is Fault.LOST
    assert "closed its output" in error.message
    assert error.evidence.exit_code is None


@in_a_loop
async def test_a_dead_server_whose_child_holds_its_output_is_told() -> None:
    child = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    async with hearing(f"{child}; os._exit(5)") as heard:
        error = await heard.end
    assert error.evidence.exit_code == 5


@in_a_loop
async def test_a_child_may_answer_for_a_server_that_left_well() -> None:
    late = "'import time; time.sleep(0.7); print(1)'"
    async with hearing(f"subprocess.Popen([sys.executable, '-c', {late}]); os._exit(0)") as heard:
        await heard.end
        assert heard.lines == [b"1"]


@in_a_loop
async def test_where_an_exit_gives_no_notice_the_end_of_output_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(stdio.os, "pidfd_open", raising=False)
    async with hearing("sys.exit(3)") as heard:
        assert (await heard.end).evidence.exit_code == 3


@in_a_loop
async def test_no_room_for_a_notice_of_exit_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_pid: int) -> int:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(stdio.os, "pidfd_open", full, raising=False)
    async with hearing("sys.exit(3)") as heard:
        assert (await heard.end).evidence.exit_code == 3


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("sys.stdout.write('x' * 3_000_000)", id="and half a line"),
        pytest.param("sys.stdout.write('x' * 3_000_000 + '\\n')", id="and its end"),
        pytest.param("sys.stdout.write('ok\\n' + 'x' * 3_000_000)", id="after a good one"),
    ],
)
@in_a_loop
async def test_a_line_too_long_ends_it(code: str) -> None:
    async with hearing(code + "; sys.stdout.flush(); time.sleep(60)", Limits(line=1000)) as heard:
        error = await heard.end
    assert error.fault is Fault.LIMIT
    assert error.message == (
        "one: sent a line of more than 1000 bytes, more than the limit 'line' allows"
    )
    assert error.hint == "allow more with --limit line=NUMBER"


@in_a_loop
async def test_long_lines_take_linear_time() -> None:
    # In pieces of 64 KB, as a pipe gives them, 30 MB of "buffer + chunk" take minutes.
    code = "sys.stdout.write('x' * 30_000_000 + '\\n'); sys.stdout.flush(); time.sleep(60)"
    async with hearing(code) as heard:
        began = time.monotonic()
        await heard.until(lambda: bool(heard.lines))
        assert time.monotonic() - began < 5
        assert len(heard.lines[0]) == 30_000_000


@in_a_loop
async def test_of_stderr_the_end_is_kept_in_whole_lines() -> None:
    code = "sys.stderr.write('noise ' * 100_000 + '\\nlast words\\n'); sys.exit(1)"
    async with hearing(code, Limits(stderr=100)) as heard:
        error = await heard.end
    assert error.evidence.stderr == ("last words",)


@in_a_loop
async def test_one_endless_line_of_stderr_is_cut() -> None:
    code = "sys.stderr.write('x' * 1_000_000); sys.exit(1)"
    async with hearing(code, Limits(stderr=2000)) as heard:
        error = await heard.end
    assert error.evidence.stderr == ("x" * 500 + "…",)


@in_a_loop
async def test_stderr_in_no_encoding_is_shown_all_the_same() -> None:
    async with hearing("os.write(2, b'caf\\xe9 \\xff\\n'); sys.exit(1)") as heard:
        error = await heard.end
    assert error.evidence.stderr == (r"caf\xe9 \xff",)


@in_a_loop
async def test_a_closed_stderr_is_no_end() -> None:
    code = "os.close(2); print(1, flush=True); sys.stdin.read()"
    async with hearing(code) as heard:
        await heard.until(lambda: bool(heard.lines))
        await asyncio.sleep(0.05)
        assert not heard.end.done()


@in_a_loop
async def test_more_than_a_pipe_holds_is_sent_when_the_server_reads_again() -> None:
    code = "time.sleep(0.2); print(len(sys.stdin.buffer.readline())); print(sys.stdin.readline())"
    async with hearing(code) as heard:
        heard.transport.send(Outgoing(b"x" * 3_000_000))
        heard.transport.send(Outgoing(b"y\n"))
        heard.transport.send(Outgoing(b"end\n"))
        await heard.end
        assert heard.lines[:2] == [b"3000002", b"end"]


@in_a_loop
async def test_a_server_that_asks_and_never_reads_is_ended() -> None:
    async with hearing("time.sleep(60)", Limits(line=100_000)) as heard:
        for _ in range(20):
            heard.transport.send(Outgoing(b"x" * 100_000))
            if heard.end.done():
                break
        error = await heard.end
    assert error.fault is Fault.LIMIT
    assert "requests whose answers" in error.message


@in_a_loop
async def test_a_closed_stdin_is_no_error_by_itself() -> None:
    async with hearing("os.close(0); print(1, flush=True); time.sleep(60)") as heard:
        await heard.until(lambda: bool(heard.lines))
        heard.transport.send(Outgoing(b"x\n"))
        await asyncio.sleep(0.05)
        assert not heard.end.done()
    heard.transport.send(Outgoing(b"too late\n"))


@in_a_loop
async def test_stdin_that_closes_while_it_is_written_to_is_no_error_by_itself() -> None:
    code = "time.sleep(0.2); os.close(0); print(1, flush=True); time.sleep(60)"
    async with hearing(code) as heard:
        heard.transport.send(Outgoing(b"x" * 3_000_000))
        await heard.until(lambda: bool(heard.lines))
        await asyncio.sleep(0.05)
        assert not heard.end.done()


@in_a_loop
async def test_a_good_server_is_left_alone_with_its_end() -> None:
    code = "print(1, flush=True); sys.stdin.read(); time.sleep(0.1); sys.exit(7)"
    async with hearing(code) as heard:
        await heard.until(lambda: bool(heard.lines))
        await heard.transport.close()
        assert heard.process.exit_code() == 7
        assert not heard.end.done()


@in_a_loop
async def test_sigterm_comes_before_sigkill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stdio, "LEAVE_AFTER_END_OF_INPUT", 0.1)
    code = "signal.signal(15, lambda *_: sys.exit(8)); print(1, flush=True); time.sleep(60)"
    async with hearing(code) as heard:
        await heard.until(lambda: bool(heard.lines))
        await heard.transport.close()
        assert heard.process.exit_code() == 8


@in_a_loop
async def test_a_stubborn_server_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stdio, "LEAVE_AFTER_END_OF_INPUT", 0.1)
    monkeypatch.setattr(stdio, "LEAVE_AFTER_TERM", 0.1)
    code = "signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    async with hearing(code) as heard:
        await heard.until(lambda: bool(heard.lines))
        await heard.transport.close()
        assert heard.process.exit_code() == -signal.SIGKILL


@pytest.mark.parametrize("session", [False, True], ids=["in the group", "in another session"])
@in_a_loop
async def test_what_a_server_leaves_behind_is_ended(session: bool, tmp_path: Path) -> None:
    child = (
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], "
        f"stdin=-3, stdout=-3, stderr=-3, start_new_session={session})"
    )
    async with hearing(f"{child}\nprint(child.pid, flush=True)\nsys.stdin.read()") as heard:
        await heard.until(lambda: bool(heard.lines))
        await heard.transport.close()
        assert heard.process.exit_code() == 0
        assert left_after([int(heard.lines[0])], 2) == ()


@in_a_loop
async def test_the_end_of_what_is_closed_is_not_told() -> None:
    async with hearing("sys.exit(3)") as heard:
        await heard.transport.close()
        await asyncio.sleep(0.6)
        assert not heard.end.done()


@in_a_loop
async def test_closing_that_is_interrupted_still_ends_the_process() -> None:
    async with hearing("time.sleep(60)") as heard:
        closing = asyncio.ensure_future(heard.transport.close())
        await asyncio.sleep(0.05)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        assert heard.process.exit_code() == -signal.SIGKILL


@in_a_loop
async def test_closing_leaves_no_descriptor_open() -> None:
    before = set(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else set()
    async with hearing("sys.stdin.read()"):
        pass
    after = set(os.listdir("/proc/self/fd")) if before else set()
    assert after == before
