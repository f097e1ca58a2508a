from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mcpx import files
from mcpx.errors import ConfigError, UsageError
from mcpx.files import locked, read_standard_input, read_text, write_whole


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder / "file.txt"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_holds_exactly_the_text(path: Path) -> None:
    write_whole(path, "one\r\ntwo ä\n")
    assert path.read_bytes() == "one\r\ntwo ä\n".encode()
    write_whole(path, "")
    assert path.read_bytes() == b""
    assert list(path.parent.iterdir()) == [path]


def test_a_new_file_gets_the_usual_mode_and_an_old_one_keeps_its_own(path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(path, "x")
    finally:
        assert os.umask(before) == 0o027
    assert mode(path) == 0o640
    path.chmod(0o604)
    write_whole(path, "y")
    assert mode(path) == 0o604


def test_a_private_file_is_for_its_owner_only(path: Path) -> None:
    path.write_text("x")
    path.chmod(0o644)
    write_whole(path, "y", private=True)
    assert mode(path) == 0o600


def test_a_link_stays_a_link(path: Path) -> None:
    link = path.with_name("link")
    path.write_text("old")
    link.symlink_to(path)
    write_whole(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"


def test_a_pipe_is_written_to_and_stays_a_pipe(path: Path) -> None:
    pipe = path.with_name("pipe")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, "text\n")
    assert os.read(reader, 100) == b"text\n"
    os.close(reader)
    assert pipe.is_fifo()


def test_a_device_is_written_to_and_never_replaced(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text("the device")
    node = path.stat().st_ino
    with monkeypatch.context() as patched:
        patched.setattr(Path, "is_file", lambda _self: False)  # as for a device
        write_whole(path, "text")
    assert (path.stat().st_ino, path.read_text()) == (node, "text")


class Full:
    """Stands in for a function and fails with the disk full."""

    def __call__(self, *_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        pytest.param(tempfile, "mkstemp", id="making-the-temporary-file"),
        pytest.param(files.os, "fsync", id="syncing"),
        pytest.param(files.os, "replace", id="renaming"),
        pytest.param(Path, "chmod", id="setting-the-mode"),
    ],
)
@pytest.mark.parametrize("old", ["the old text", None], ids=["old-file", "no-file"])
def test_when_a_step_fails_nothing_has_changed(
    path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, old: str | None
) -> None:
    if old is not None:
        path.write_text(old)
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, Full())
        with pytest.raises(ConfigError) as caught:
            write_whole(path, "new")
    assert caught.value.message == f"cannot write {path}: No space left on device"
    assert (path.read_text() if path.exists() else None) == old
    assert list(path.parent.iterdir()) == ([path] if old is not None else [])


def test_when_the_disk_is_full_while_writing_nothing_has_changed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text("old")
    fdopen = os.fdopen

    def short_of_space(*args: object, **kwargs: object) -> object:
        file = fdopen(*args, **kwargs)
        file.write = Full()
        return file

    monkeypatch.setattr(files.os, "fdopen", short_of_space)
    with pytest.raises(ConfigError, match="No space left"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("place", ["missing/file.txt", "a-file/file.txt"])
def test_a_place_that_cannot_hold_a_file_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").write_text("")
    with pytest.raises(ConfigError, match=f"cannot write .*{place}: (No such|Not a)"):
        write_whole(tmp_path / place, "x")


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(ConfigError, match="cannot write"):
        write_whole(folder, "x")
    assert folder.is_dir()
    assert not list(tmp_path.glob(".folder.*"))


def test_a_lock_makes_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    with locked(path):
        assert mode(path.parent) == 0o700
        assert mode(Path(f"{path}.lock")) == 0o600
    assert not path.exists()


def test_a_lock_that_cannot_be_taken_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(ConfigError, match="cannot write beside"), locked(tmp_path / "a" / "file"):
        raise AssertionError


def add_one(path: Path) -> None:
    with locked(path):
        write_whole(path, str(int(path.read_text()) + 1), private=True)


def test_threads_never_lose_a_change(path: Path) -> None:
    path.write_text("0")
    with ThreadPoolExecutor(40) as pool:
        list(pool.map(add_one, [path] * 40))
    assert path.read_text() == "40"


_ADDS = """
import sys
from pathlib import Path
from mcpx.files import locked, write_whole
path = Path(sys.argv[1])
for _ in range(10):
    with locked(path):
        write_whole(path, str(int(path.read_text()) + 1))
"""


def test_processes_never_lose_a_change(path: Path) -> None:
    path.write_text("0")
    command = [sys.executable, "-c", _ADDS, str(path)]
    children = [subprocess.Popen(command) for _ in range(4)]
    assert [child.wait() for child in children] == [0] * 4
    assert path.read_text() == "40"


def test_a_lock_is_free_again_after_an_error(path: Path) -> None:
    path.write_text("0")
    with pytest.raises(ValueError, match="inside"), locked(path):
        raise ValueError("inside")
    add_one(path)
    assert path.read_text() == "1"


def test_a_lock_that_is_held_is_not_waited_for_without_end(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with (
        locked(path),
        pytest.raises(ConfigError, match="another mcpx has it locked"),
        locked(path, patience=0.05),
    ):
        pass


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "cannot read {}: No such file or directory", id="gone"),
        pytest.param(b"x" * 11, "{}: larger than 10 bytes, not read", id="large"),
        pytest.param(b"ab\xff", "{}: not UTF-8 text (byte 2)", id="Latin-1"),
    ],
)
def test_a_text_that_is_not_read(path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as failed:
        read_text(str(path), 10)
    assert failed.value.message == message.format(path)


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(ConfigError, match="no file can have that name"):
        read_text("a\0b", 10)


def test_texts_are_read_up_to_their_size(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes("\ufeffä2345".encode())
    assert read_text(str(path), 9) == "ä2345"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"12345")))
    assert read_standard_input("-", 5) == "12345"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"123456")))
    with pytest.raises(ConfigError, match=r"^-: larger than 5 bytes, not read$"):
        read_standard_input("-", 5)
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match=r"^-: there is no standard input$"):
        read_standard_input("-", 5)


@pytest.mark.skipif(os.name != "posix", reason="pipes with a name are POSIX")
def test_a_pipe_with_a_name_or_a_device_is_not_waited_for(path: Path) -> None:
    os.mkfifo(path)
    for one in (str(path), "/dev/zero"):
        with pytest.raises(ConfigError, match="not a regular file, not read") as caught:
            read_text(one, 100)
        assert caught.value.hint == f"if it is to be read: mcpx … - < {one}"


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="this system has no /dev/fd")
def test_what_the_shell_has_opened_is_read_within_bounds() -> None:
    for size in (3, 6):
        reader, writer = os.pipe()
        os.write(writer, b"x" * size)
        os.close(writer)
        try:
            if size == 3:
                assert read_text(f"/dev/fd/{reader}", 5) == "xxx"
            else:
                with pytest.raises(ConfigError, match="larger than 5 bytes"):
                    read_text(f"/dev/fd/{reader}", 5)
        finally:
            os.close(reader)
