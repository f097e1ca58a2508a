from __future__ import annotations

import hashlib
import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from mcpx.errors import ConfigError, UsageError
from mcpx.sessions import session_sources as module
from mcpx.sessions.session_sources import source_of

DATA = b"what is in the blob"
DIGEST = "sha256:" + hashlib.sha256(DATA).hexdigest()
INSIDE = f"sha256/{DIGEST[7:9]}/{DIGEST[7:]}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"lines\n")
    blob = tmp_path / "s.jsonl.blobs" / INSIDE
    blob.parent.mkdir(parents=True)
    blob.write_bytes(DATA)
    return path


def packed(**members: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in members.items():
            written.writestr(name, data)
    return archive.getvalue()


WHOLE = packed(**{"session.jsonl": b"lines\n", f"blobs/{INSIDE}": DATA})


class Piped:
    """Standard input."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def read_twice(source: str) -> list[bytes]:
    found = source_of(source)
    lines = []
    for _ in range(2):
        with found.open() as opened:
            lines.append(opened.read())
    return lines


@pytest.mark.parametrize("part", ["", ".part"])
def test_a_file_has_its_blobs_beside_it(file: Path, part: str) -> None:
    source = f"{file.rename(f'{file}{part}')}"
    assert read_twice(source) == [b"lines\n"] * 2
    assert source_of(source).blob(DIGEST) == DATA


def test_a_pack_has_its_blobs_in_it(tmp_path: Path) -> None:
    path = tmp_path / "s.zip"
    path.write_bytes(WHOLE)
    assert read_twice(str(path)) == [b"lines\n"] * 2
    assert source_of(str(path)).blob(DIGEST) == DATA


@pytest.mark.parametrize("data", [b"lines\n", WHOLE], ids=["lines", "pack"])
def test_standard_input_can_be_read_again(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", Piped(data))
    assert read_twice("-") == [b"lines\n"] * 2


def test_lines_on_standard_input_have_no_blobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Piped(b"lines\n"))
    with pytest.raises(ConfigError, match="standard input: the blob sha256:") as caught:
        source_of("-").blob(DIGEST)
    assert "mcpx session pack" in caught.value.hint


def test_there_may_be_no_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(UsageError, match="there is no standard input"):
        source_of("-")


def test_what_a_shell_has_opened_is_read() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"lines\n")
    os.close(writer)
    try:
        assert read_twice(f"/dev/fd/{reader}") == [b"lines\n"] * 2
    finally:
        os.close(reader)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, why in (("pipe", "not a regular file, not read"), (".", "is a folder")):
        with pytest.raises(ConfigError) as caught:
            source_of(str(tmp_path / name))
        assert why in caught.value.message


def test_a_file_that_is_not_complete_is_hinted_at(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl.part").touch()
    with pytest.raises(ConfigError, match="No such file") as caught:
        source_of(str(tmp_path / "s.jsonl"))
    assert caught.value.hint == f"there is {tmp_path}/s.jsonl.part, which is not complete"
    with pytest.raises(ConfigError, match="no file can have that name"):
        source_of("a\0b")


def test_a_blob_must_be_there_and_what_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_of(str(file))
    with pytest.raises(ConfigError, match="No such file"):
        source.blob("sha256:" + "0" * 64)
    with pytest.raises(ConfigError, match="is no digest"):
        source.blob("sha256:../../secret")
    blob = file.with_name("s.jsonl.blobs") / INSIDE
    blob.write_bytes(DATA + b"!")
    with pytest.raises(ConfigError, match="its bytes have changed"):
        source.blob(DIGEST)
    monkeypatch.setattr(module, "LARGEST_BLOB", 5)
    with pytest.raises(ConfigError, match="larger than 5 bytes, not read"):
        source.blob(DIGEST)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"PK\x03\x04 and no more", "not a ZIP archive that can be read", id="cut"),
        pytest.param(packed(other=b"x"), "there is no session.jsonl in it", id="other"),
        pytest.param(packed(**{"session.jsonl": b"x" * 999}), "larger than 99 bytes", id="large"),
        pytest.param(
            WHOLE.replace(b"session.jsonl", b"session.jsonX", 1), "cannot be unpacked", id="bad"
        ),
    ],
)
def test_a_pack_that_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, why: str
) -> None:
    monkeypatch.setattr(module, "LARGEST_PACKED", 99)
    path = tmp_path / "s.zip"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=why):
        source_of(str(path)).open()


def test_a_blob_that_is_missing_in_a_pack(tmp_path: Path) -> None:
    path = tmp_path / "s.zip"
    path.write_bytes(packed(**{"session.jsonl": b""}))
    with pytest.raises(ConfigError, match="there is no blobs/sha256/00/000"):
        source_of(str(path)).blob("sha256:" + "0" * 64)
