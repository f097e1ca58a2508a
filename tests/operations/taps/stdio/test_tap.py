from __future__ import annotations

import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mcpx.operations.taps.stdio import signals
from tests.operations.taps.tapped import (
    ECHO,
    TAP,
    events,
    is_running,
    python,
    run,
    start,
    tap,
    until,
)

PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n'
PIPE = 64 * 1024
WAITS = "import signal, sys, time\nprint('[1]', flush=True)\n{}\ntime.sleep(60)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "s.jsonl"


# --- what passes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PING * 3, id="messages"),
        pytest.param(b'{"a":5.0,"a":1e2}\r\n', id="carriage-returns"),
        pytest.param(b"Starting...\n\n\t\n[1,\n", id="garbage"),
        pytest.param(b'{"a":1}', id="no-line-feed-at-the-end"),
        pytest.param(bytes(range(256)) * 50, id="binary"),
        pytest.param(b'{"a":"%s"}\n' % (b"x" * 3_000_000) + PING, id="a-large-message"),
        pytest.param(b"x" * 20_000_000, id="a-line-that-is-not-kept"),
        pytest.param(b"".join(b'{"id":%d}\n' % one for one in range(20_000)), id="many-messages"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_every_byte_passes_unchanged(file: Path, data: bytes) -> None:
    done = run(tap(file, ECHO), data)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == data
    assert events(file)[-1]["dropped"] == 0
    lines = [one for one in data.split(b"\n") if one.strip()]
    for direction in ("c2s", "s2c"):
        found = [one for one in events(file) if one.get("d") == direction]
        assert len(found) >= len(lines)


def test_messages_are_recorded_as_they_were(file: Path) -> None:
    text = b'{ "b":5.0,"a":1e2,"a":12345678901234567890 }'
    run(tap(file, ECHO), text + b"\n")
    assert file.read_bytes().count(b'"m":' + text) == 2


def test_the_server_is_answered_while_the_client_still_writes(file: Path) -> None:
    with start(tap(file, ECHO)) as client:
        assert client.stdin
        assert client.stdout
        for number in range(3):
            client.stdin.write(b"[%d]\n" % number)
            client.stdin.flush()
            assert client.stdout.readline() == b"[%d]\n" % number
        client.stdin.close()
        assert client.wait(10) == 0


def test_who_writes_feels_how_fast_the_other_reads(file: Path) -> None:
    """Nothing piles up in between, and what was written is there once somebody reads."""
    with start(tap(file, ECHO)) as client:
        assert client.stdin
        assert client.stdout
        assert until((part := file.with_name("s.jsonl.part")).exists)
        os.set_blocking(client.stdin.fileno(), False)
        sent = 0
        while select.select([], [client.stdin], [], 0.5)[1]:
            sent += os.write(client.stdin.fileno(), PING * 100)
        assert PIPE < sent < 10 * PIPE
        os.set_blocking(client.stdin.fileno(), True)
        client.stdin.close()
        assert len(client.stdout.read()) == sent
        assert client.stderr
        assert (client.wait(10), client.stderr.read()) == (0, b"")
    assert not part.exists()


def test_a_connection_passes_for_a_pipe(file: Path) -> None:
    """Node gives its children sockets."""
    ours, theirs = socket.socketpair()
    with ours, subprocess.Popen(tap(file, ECHO), stdin=theirs, stdout=theirs) as client:
        theirs.close()
        ours.sendall(PING)
        assert ours.recv(1000) == PING
        ours.shutdown(socket.SHUT_WR)
        assert ours.recv(1000) == b""
        assert client.wait(10) == 0


# --- the server's surroundings -------------------------------------------------------------------


def test_the_server_finds_what_it_would_find_without_us(file: Path, tmp_path: Path) -> None:
    code = """
import json, os, signal, sys
ignored = [number for number in range(1, 32) if signal.getsignal(number) == signal.SIG_IGN]
print(json.dumps([dict(os.environ), os.getcwd(), sys.argv, os.getsid(0), os.umask(0), ignored]))
"""
    command = [*python(code), "an argument", "", "$HOME", "--", "-o"]
    surroundings = {**os.environ, "ODD": "a\nb", "GITHUB_TOKEN": "ghp_0123456789abcdefABCDEF"}
    bare = run(command, env=surroundings, cwd=tmp_path)
    through = run(tap(file, command), env=surroundings, cwd=tmp_path)
    assert through.stdout == bare.stdout
    assert json.loads(bare.stdout)[2][1:] == command[4:]
    assert b"ghp_0123456789abcdefABCDEF" not in file.read_bytes()


def test_stderr_is_passed_on_and_recorded(file: Path) -> None:
    code = "import sys; sys.stderr.buffer.write(b'one\\n\\xff two\\nthree')"
    done = run(tap(file, python(code)))
    assert done.stderr == b"one\n\xff two\nthree"
    texts = [one["s"] for one in events(file, "err")]
    assert (texts[0], texts[2]) == ("one", "three")


def test_without_standard_streams_nothing_is_mixed_up(file: Path) -> None:
    command = ["sh", "-c", 'exec "$@" <&- >&-', "sh", *tap(file, python("print('[1]')"))]
    done = run(command)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert [one["m"] for one in events(file, "msg")] == [[1]]


# --- how it ends ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [0, 1, 2, 42, 255])
def test_the_status_is_the_servers(file: Path, status: int) -> None:
    done = run(tap(file, python(f"raise SystemExit({status})")))
    assert done.returncode == status
    assert [one["code"] for one in events(file, "exit")] == [status]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGSEGV, signal.SIGKILL])
def test_the_tap_dies_of_what_the_server_died_of(file: Path, number: signal.Signals) -> None:
    with start(tap(file, ["sh", "-c", f"kill -{number:d} $$"])) as client:
        assert client.wait(10) == -number
    (exited,) = events(file, "exit")
    assert (exited["code"], exited["by"]) == (-number, "itself")


@pytest.mark.parametrize(
    ("command", "status", "reason"),
    [
        pytest.param("no-such-command", 127, "command not found", id="not-found"),
        pytest.param("/", 126, "permission denied", id="not-executable"),
    ],
)
def test_what_cannot_be_started_is_said_in_one_line(
    file: Path, command: str, status: int, reason: str
) -> None:
    done = run(tap(file, [command]))
    assert (done.returncode, done.stdout) == (status, b"")
    assert done.stderr.decode() == f"mcpx record: {command}: {reason}\n"
    assert list(file.parent.glob("s*")) == []


@pytest.mark.parametrize("descriptors", range(5, 13))
def test_too_few_descriptors_are_said_in_one_line(file: Path, descriptors: int) -> None:
    def scarce() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

    done = run(tap(file, ECHO), PING, preexec_fn=scarce)
    assert (done.returncode, done.stdout) == (126, b"")
    assert done.stderr == b"mcpx record: cat: too many open files\n"


@pytest.mark.parametrize("number", signals.ENDING, ids=lambda number: number.name)
def test_a_signal_reaches_the_server(file: Path, number: signal.Signals) -> None:
    code = WAITS.format(f"signal.signal({number:d}, lambda *_: sys.exit(5))")
    code = code.replace("print", f"signal.signal({number:d}, lambda *_: sys.exit(5))\nprint")
    with start(tap(file, python(code))) as client:
        assert client.stdout
        assert client.stdout.readline() == b"[1]\n"
        client.send_signal(number)
        assert client.wait(10) == 5
    assert [one["by"] for one in events(file, "exit")] == ["client"]


@pytest.mark.parametrize(
    "number", [signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH], ids=lambda number: number.name
)
def test_a_signal_that_the_server_takes_otherwise_ends_nothing(
    file: Path, number: signal.Signals
) -> None:
    code = (
        "import signal, sys\n"
        f"signal.signal({number:d}, lambda *_: print('[2]', flush=True))\n"
        "print('[1]', flush=True)\nsys.stdin.read()"
    )
    with start(tap(file, python(code))) as client:
        assert client.stdin
        assert client.stdout
        assert client.stdout.readline() == b"[1]\n"
        client.send_signal(number)
        assert client.stdout.readline() == b"[2]\n"
        client.stdin.close()
        assert client.wait(10) == 0
    assert [one["by"] for one in events(file, "exit")] == ["stdin-eof"]


def test_a_server_may_die_of_a_signal_that_others_take(file: Path) -> None:
    with start(tap(file, python(WAITS.format("")))) as client:
        assert client.stdout
        client.stdout.readline()
        client.send_signal(signal.SIGUSR1)
        assert client.wait(10) == -signal.SIGUSR1
    assert [one["by"] for one in events(file, "exit")] == ["client"]


def test_a_signal_reaches_the_whole_group(file: Path) -> None:
    """A shell in front of the server does not keep it from the server."""
    with start(tap(file, ["sh", "-c", "sleep 60 & echo $!; wait; exit 3"])) as client:
        assert client.stdout
        below = int(client.stdout.readline())
        client.terminate()
        assert client.wait(10) == -signal.SIGTERM
        assert until(lambda: not is_running(below))


def test_the_end_of_the_clients_input_reaches_the_server(file: Path) -> None:
    code = "import sys; sys.stdin.read(); print('[\"bye\"]'); sys.exit(4)"
    with start(tap(file, python(code))) as client:
        assert client.stdin
        assert client.stdout
        client.stdin.close()
        assert client.stdout.read() == b'["bye"]\n'
        assert client.wait(10) == 4
    assert [one["by"] for one in events(file, "exit")] == ["stdin-eof"]


def test_a_server_that_leaves_first_is_not_kept(file: Path) -> None:
    code = "print('[1]'); print('[2]')"
    with start(tap(file, python(code))) as client:
        assert client.stdout
        assert client.stdout.read() == b"[1]\n[2]\n"
        assert client.wait(10) == 0  # although its input is still open
    assert [one["by"] for one in events(file, "exit")] == ["itself"]


def test_what_a_server_leaves_behind_keeps_nobody(file: Path) -> None:
    with start(tap(file, ["sh", "-c", "sleep 60 & echo $!; exit 3"])) as client:
        assert client.stdout
        left = int(client.stdout.read())  # which ends, although it was held open
        assert client.wait(10) == 3
        assert until(lambda: not is_running(left))


def test_a_server_that_closes_its_input_is_no_longer_written_to(file: Path) -> None:
    code = "import os, sys, time; os.close(0); print('[1]', flush=True); time.sleep(60)"
    with start(tap(file, python(code))) as client:
        assert client.stdin
        assert client.stdout
        assert client.stdout.readline() == b"[1]\n"
        descriptor = client.stdin.fileno()

        def refused() -> bool:
            try:
                os.write(descriptor, PING)
            except BrokenPipeError:
                return True
            return False

        assert until(refused)
        client.kill()


def test_a_client_that_reads_no_more_ends_the_servers_input(file: Path) -> None:
    code = "import sys; print('[1]', flush=True); sys.stdin.read(); sys.exit(6)"
    with start(tap(file, python(code))) as client:
        assert client.stdout
        client.stdout.readline()
        client.stdout.close()
        assert client.wait(10) == 6
    assert [one["by"] for one in events(file, "exit")] == ["stdin-eof"]


def test_a_server_that_stays_without_a_client_is_ended(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = WAITS.format("").replace("print", "signal.signal(15, signal.SIG_IGN)\nprint")
    hurried = (
        "import sys; from mcpx.operations.taps.stdio import passing, tap\n"
        "passing._LEAVE_AFTER_CLIENT = passing._LEAVE_AFTER_TERM = 0.1\n"
        "sys.exit(tap.tap(sys.argv[2:], sys.argv[1], print))"
    )
    with start([sys.executable, "-c", hurried, str(file), *python(code)]) as client:
        assert client.stdout
        client.stdout.readline()
        client.stdout.close()
        assert client.wait(10) == -signal.SIGKILL
    (exited,) = events(file, "exit")
    assert (exited["code"], exited["by"]) == (-signal.SIGKILL, "tap")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere servers read the end of their input")
def test_no_server_outlives_a_tap_that_was_killed(file: Path) -> None:
    code = "import os, time; print([os.getpid()], flush=True); time.sleep(60)"
    with start(tap(file, python(code))) as client:
        assert client.stdout
        (server,) = json.loads(client.stdout.readline())
        part = file.with_name("s.jsonl.part")
        assert until(lambda: part.exists() and len(events(part)) >= 2)
        client.kill()
        assert until(lambda: not is_running(server))
    assert not file.exists()
    assert [one["k"] for one in events(part)] == ["open", "msg"]


# --- a recording that fails ----------------------------------------------------------------------


def test_a_file_is_never_written_over(file: Path) -> None:
    file.write_text("mine")
    done = run(tap(file, ECHO), PING)
    assert (done.returncode, done.stdout, file.read_text()) == (0, PING, "mine")
    other = file.with_name("s-2.jsonl")
    assert done.stderr.decode() == f"mcpx record: {file} is there already: recording to {other}\n"
    assert len(events(other, "msg")) == 2


@pytest.mark.parametrize(("status", "ours"), [(0, 2), (5, 5)], ids=["went-well", "failed"])
def test_without_a_place_to_record_the_session_goes_on(
    tmp_path: Path, status: int, ours: int
) -> None:
    (tmp_path / "plain").write_text("")
    code = f"import sys; print(input()); sys.exit({status})"
    done = run(tap(tmp_path / "plain" / "s.jsonl", python(code)), PING)
    assert (done.returncode, done.stdout) == (ours, PING)
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("mcpx record: the session is not recorded: cannot write ")


@pytest.mark.parametrize("options", [[], ["--quiet"]], ids=["short-cut", "parser"])
def test_a_missing_folder_is_made_or_done_without(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "plain").write_text("")
    folders = {("gone", "deep"): 0, ("plain", "deep"): 2, ("x" * 300,): 2}
    for parts, status in folders.items():
        folder = tmp_path.joinpath(*parts)
        done = run([*TAP[:-1], *options, "-o", str(folder / "s.jsonl"), "--", *ECHO], PING)
        assert (done.returncode, done.stdout) == (status, PING)
        said = [line.partition(b"/")[0] for line in done.stderr.splitlines()]
        missed = b"mcpx record: the session is not recorded: cannot write "
        assert said == ([missed] if status else [])
    assert (tmp_path / "gone").stat().st_mode & 0o777 == 0o700
    assert len(events(tmp_path / "gone" / "deep" / "s.jsonl", "msg")) == 2


def test_on_a_full_disk_the_session_goes_on(file: Path) -> None:
    limit = 5_000

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    # Where tests are measured, what measures this process could not write either.
    environment = {name: one for name, one in os.environ.items() if not name.startswith("COV")}
    done = run(tap(file, ECHO), PING * 1000, preexec_fn=full, env=environment)
    assert (done.returncode, done.stdout) == (2, PING * 1000)
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("mcpx record: the recording is not whole: cannot write ")
    (kept,) = file.parent.glob("s.jsonl*")
    whole = kept.read_bytes().rpartition(b"\n")[0].splitlines()
    assert [json.loads(one)["n"] for one in whole[1:]] == list(range(1, len(whole)))


def test_a_file_that_vanishes_is_noticed(file: Path) -> None:
    with start(tap(file, ECHO)) as client:
        assert client.stdin
        assert client.stdout
        assert client.stderr
        part = file.with_name("s.jsonl.part")
        assert until(part.exists)
        part.unlink()
        client.stdin.write(PING)
        client.stdin.close()
        assert client.stdout.read() == PING
        (line,) = client.stderr.read().decode().splitlines()
        assert line.startswith("mcpx record: the recording is not whole: ")
        assert client.wait(10) == 2


def test_a_bug_in_recording_does_not_end_the_session(file: Path) -> None:
    broken = (
        "import sys; from mcpx.operations.taps.stdio import tap\n"
        "import mcpx.sessions.writing as writing\n"
        "def fail(*_, **__): raise ZeroDivisionError('odd')\n"
        "writing.Recorder.messages = fail\n"
        "told = lambda text: print(text, file=sys.stderr)\n"
        "sys.exit(tap.tap(sys.argv[2:], sys.argv[1], told))"
    )
    done = run([sys.executable, "-c", broken, str(file), *ECHO], PING * 3)
    assert (done.returncode, done.stdout) == (2, PING * 3)
    assert done.stderr == b"the recording is not whole: ZeroDivisionError: odd\n"
