from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from mcpx.sessions.blobs import Blob
from mcpx.sessions.part_file import PartFile, make_folder

BLOB = Blob("sha256:" + "a" * 64, b"bytes")


def test_a_file_has_its_name_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "new" / "er" / "s.jsonl"
    file = PartFile([path])
    file.put(b"a\n")
    assert not path.exists()
    assert Path(f"{path}.part").read_bytes() == b"a\n"
    assert file.complete() == path
    assert [one.name for one in path.parent.iterdir()] == ["s.jsonl"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path.parent, path.parents[1])] == [
        0o700
    ] * 2


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    file = PartFile([path])
    assert file.keep(BLOB) == 5
    path.write_text("somebody else's")
    (tmp_path / "s-2.jsonl").write_text("theirs too")
    assert file.complete() == tmp_path / "s-3.jsonl"
    assert path.read_text() == "somebody else's"
    assert (tmp_path / "s-3.jsonl.blobs" / "sha256" / "aa" / ("a" * 64)).read_bytes() == b"bytes"
    assert sorted(one.name for one in tmp_path.glob("s*")) == [
        *("s-2.jsonl", "s-3.jsonl", "s-3.jsonl.blobs", "s.jsonl")
    ]


def test_with_one_name_and_that_taken_it_stays_what_it_is(tmp_path: Path) -> None:
    file = PartFile([tmp_path / "s.jsonl"])
    (tmp_path / "s.jsonl").touch()
    with pytest.raises(FileExistsError):
        file.complete([tmp_path / "s.jsonl"])
    with pytest.raises(FileExistsError):
        PartFile([tmp_path / "s.jsonl"])


@pytest.mark.parametrize("taken", [False, True])
def test_a_file_system_without_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    file = PartFile([tmp_path / "s.jsonl"])
    if taken:
        (tmp_path / "s.jsonl").touch()
    assert file.complete().name == ("s-2.jsonl" if taken else "s.jsonl")


def test_another_error_of_a_link_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "broken")

    file = PartFile([tmp_path / "s.jsonl"])
    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(OSError, match="broken"):
        file.complete()
    assert (tmp_path / "s.jsonl.part").exists()


def test_a_half_written_line_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = PartFile([tmp_path / "s.jsonl"])
    file.put(b"whole\n")
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) < 4:
            raise OSError(errno.ENOSPC, "full")
        return write(descriptor, data[:4])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="full"):
        file.put(b"half of it\n")
    assert (tmp_path / "s.jsonl.part").read_bytes() == b"whole\n"
    assert file.size == 6


def test_a_file_that_is_gone_is_known(tmp_path: Path) -> None:
    file = PartFile([tmp_path / "s.jsonl"])
    assert not file.is_gone()
    (tmp_path / "s.jsonl.part").unlink()
    assert file.is_gone()
    with pytest.raises(FileNotFoundError):
        file.complete()
    file.close()


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
