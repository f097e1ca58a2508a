from __future__ import annotations

import errno
import os
import signal
import sys
from pathlib import Path

import pytest

from mcpx.operations.taps.stdio.starting import Started, start, status_of_failure
from tests.operations.taps.tapped import is_running, python, until


def finish(server: Started) -> int | None:
    for descriptor in (server.stdin, server.stdout, server.stderr):
        os.close(descriptor)
    assert until(server.ended)
    return server.code


def read(descriptor: int) -> bytes:
    found = b""
    os.set_blocking(descriptor, True)
    while piece := os.read(descriptor, 1000):
        found += piece
    return found


def test_a_server_has_its_three_streams() -> None:
    code = "import sys; print(input()); print('e', file=sys.stderr); sys.exit(3)"
    server = start(python(code))
    os.write(server.stdin, b"hello\n")
    assert (read(server.stdout), read(server.stderr)) == (b"hello\n", b"e\n")
    assert finish(server) == 3


def test_a_signal_is_its_negative_status() -> None:
    server = start(["cat"])
    assert not server.ended()
    server.signal_group(signal.SIGTERM)
    assert finish(server) == -signal.SIGTERM
    server.signal_group(signal.SIGTERM)  # to nobody any more


def test_what_python_ignores_is_not_ignored_by_the_server() -> None:
    ignored = {name: signal.getsignal(getattr(signal, name)) for name in ("SIGPIPE", "SIGXFSZ")}
    assert set(ignored.values()) == {signal.SIG_IGN}
    server = start(["sh", "-c", "kill -PIPE $$"])
    assert finish(server) == -signal.SIGPIPE


def test_the_group_ends_with_the_server() -> None:
    server = start(["sh", "-c", "sleep 60 & echo $!"])
    left = int(read(server.stdout) if until(server.ended) else 0)
    assert finish(server) == 0
    assert until(lambda: not is_running(left))


def test_inherited_descriptors_reach_the_server() -> None:
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    server = start(python(f"import os; os.write({writer}, b'here')"))
    os.close(writer)
    assert read(reader) == b"here"
    assert finish(server) == 0
    os.close(reader)


def test_without_descriptors_nothing_is_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[int, int]] = []
    pipe = os.pipe

    def scarce() -> tuple[int, int]:
        if len(made) == 3:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        made.append(pipe())
        return made[-1]

    monkeypatch.setattr(os, "pipe", scarce)
    with pytest.raises(OSError) as caught:
        start(["cat"])
    assert status_of_failure(caught.value) == 126
    for descriptor in (end for ends in made for end in ends):
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


def test_a_python_without_foreign_functions_starts_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ctypes", None)
    assert finish(start(["true"])) == 0


@pytest.mark.parametrize(
    ("command", "status"),
    [
        pytest.param("no-such-command", 127, id="not-on-the-path"),
        pytest.param("./no/such/file", 127, id="no-such-file"),
        pytest.param("/etc/hostname/x", 127, id="below-a-file"),
        pytest.param("./plain", 126, id="not-executable"),
        pytest.param("./nonsense", 126, id="no-program"),
        pytest.param("/", 126, id="a-folder"),
    ],
)
def test_what_cannot_be_started_has_the_status_of_a_shell(command: str, status: int) -> None:
    Path("plain").write_text("x")
    Path("nonsense").write_bytes(b"\x00\x01\x02\x03")
    Path("nonsense").chmod(0o755)
    open_before = len(os.listdir("/dev/fd"))
    with pytest.raises(OSError) as caught:
        start([command])
    assert status_of_failure(caught.value) == status
    if sys.platform == "linux":
        assert len(os.listdir("/dev/fd")) == open_before
