from __future__ import annotations

import base64
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.blob_files import blob_folder, keep_blob
from mcpx.sessions.blobs import places_of, taken_out
from mcpx.sessions.events import Message
from mcpx.sessions.lines import event_line, header_line
from mcpx.sessions.packing import inline, pack
from mcpx.sessions.reading import read_session
from tests.sessions.exporting.conversations import pipe
from tests.sessions.tapes import HEADER, done, tape

PICTURE, SOUND = bytes(range(256)) * 200, b"\0" * 40_000
Writer = Callable[[Path], int]


def result(*blobs: bytes) -> str:
    items = [{"data": base64.b64encode(data).decode(), "mimeType": "a/b"} for data in blobs]
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"content": items, "n": 5.0}})


def session(path: Path, *texts: str) -> list[str]:
    """A session with these messages, their blobs beside it."""
    messages = []
    for text in texts:
        short, blobs = taken_out(text, lambda _: False)
        for blob in blobs:
            keep_blob(blob_folder(path), blob)
        messages.append(done(1, text=short, blobs=places_of(short, blobs)))
    path.write_bytes(header_line(HEADER) + b"".join(map(event_line, tape(*messages))))
    return [message.text for message in messages]


def texts(path: Path) -> list[str]:
    return [event.text for event in read_session(str(path)) if isinstance(event, Message)]


def test_a_pack_holds_the_file_and_each_blob_once(tmp_path: Path) -> None:
    file, packed = tmp_path / "s.jsonl", tmp_path / "s.zip"
    written = session(file, result(PICTURE, SOUND), result(), result(PICTURE))
    assert pack(str(file), packed) == 2
    with zipfile.ZipFile(packed) as archive:
        names = archive.namelist()
        assert archive.read("session.jsonl") == file.read_bytes()
        assert sorted(map(archive.read, names[1:])) == sorted([PICTURE, SOUND])
        assert archive.testzip() is None
    beside = sorted(one.relative_to(f"{file}.blobs") for one in tmp_path.rglob("sha256/*/*"))
    assert names[1:] == [f"blobs/{name.as_posix()}" for name in beside]
    assert packed.stat().st_mode & 0o777 == 0o600
    assert packed.stat().st_size < 5000
    reading = read_session(str(packed))
    events = iter(reading)
    assert [event.text for event in events if isinstance(event, Message)] == written
    assert events.complete
    assert reading.blob(f"sha256:{names[1].rpartition('/')[2]}") in (PICTURE, SOUND)


def test_equal_sessions_have_equal_packs(tmp_path: Path) -> None:
    one, other = tmp_path / "a" / "s.jsonl", tmp_path / "b" / "t.jsonl"
    for file in (one, other):
        file.parent.mkdir()
        session(file, result(PICTURE), result(SOUND))
    os.utime(other, (0, 0))
    pack(str(one), tmp_path / "one.zip")
    pack(str(other), tmp_path / "other.zip")
    pack(str(tmp_path / "one.zip"), tmp_path / "again.zip")
    first = (tmp_path / "one.zip").read_bytes()
    assert (tmp_path / "other.zip").read_bytes() == first
    assert (tmp_path / "again.zip").read_bytes() == first


def test_a_pack_may_take_the_place_of_its_source(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    written = session(file, result(PICTURE))
    pack(str(file), file)
    assert texts(file) == written


def test_what_is_not_known_is_packed_as_it_is(tmp_path: Path) -> None:
    file, packed = tmp_path / "s.jsonl.part", tmp_path / "s.zip"
    header, events = pipe()
    lines = [header_line(header), *map(event_line, events[:3]), b'{"k":"new","n":4,"x":{}}\n']
    file.write_bytes(b"".join(lines) + b'{"k":"msg","n":5,"t":0.')
    assert pack(str(file), packed) == 0
    with zipfile.ZipFile(packed) as archive:
        assert archive.read("session.jsonl") == file.read_bytes()
    events_read = iter(read_session(str(packed)))
    assert [event.number for event in events_read] == [1, 2, 3]
    assert not events_read.complete


def test_blobs_are_put_back_into_their_messages(tmp_path: Path) -> None:
    file, packed, whole = tmp_path / "s.jsonl", tmp_path / "s.zip", tmp_path / "t.jsonl"
    before = [result(PICTURE, SOUND), result(), result(PICTURE)]
    session(file, *before)
    pack(str(file), packed)
    for source in (file, packed):
        assert inline(str(source), whole) == 3
        assert texts(whole) == before
    assert whole.stat().st_mode & 0o777 == 0o600
    reading = read_session(str(whole))
    events = iter(reading)
    assert (len(list(events)), events.complete, reading.header) == (4, True, HEADER)


@pytest.mark.parametrize("write", [pack, inline], ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        pytest.param(
            lambda file: next(file.parent.rglob("sha256/*/*")).unlink(),
            "No such file",
            id="blob-gone",
        ),
        pytest.param(
            lambda file: next(file.parent.rglob("sha256/*/*")).write_bytes(b"x"),
            "is not what was recorded",
            id="blob-changed",
        ),
        pytest.param(
            lambda file: file.write_bytes(file.read_bytes().replace(b'"n":1', b'"n":"1"')),
            "line 2: 'n' is no integer",
            id="bad-line",
        ),
    ],
)
def test_what_cannot_be_read_leaves_nothing_behind(
    tmp_path: Path, write: Callable[[str, Path], int], spoil: Callable[[Path], int], reason: str
) -> None:
    file, target = tmp_path / "s.jsonl", tmp_path / "out" / "target"
    target.parent.mkdir()
    target.write_text("old")
    session(file, result(PICTURE), result())
    spoil(file)
    with pytest.raises(ConfigError, match=reason):
        write(str(file), target)
    assert [one.read_text() for one in target.parent.iterdir()] == ["old"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    session(file, result())
    with pytest.raises(ConfigError, match=r"cannot write .*: No such file"):
        pack(str(file), tmp_path / "gone" / "s.zip")


def bomb(path: Path) -> None:
    """A session that unpacks to more than a message may be, from very little."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.jsonl", header_line(HEADER) + b" " * (65 << 20))


def elsewhere(path: Path) -> None:
    """An archive whose session has a name that leads out of it."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../session.jsonl", header_line(HEADER))


def broken(path: Path) -> None:
    """An archive of which a part is wrong."""
    session(path.with_suffix(".jsonl"), result(), result())
    pack(str(path.with_suffix(".jsonl")), path)
    data = bytearray(path.read_bytes())
    data[80:90] = b"\0" * 10
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(bomb, "line 2: longer than", id="bomb"),
        pytest.param(elsewhere, "there is no session.jsonl in it", id="elsewhere"),
        pytest.param(broken, "cannot be unpacked", id="broken"),
        pytest.param(
            lambda path: path.write_bytes(b"PK\x03\x04" + b"x" * 50), "not a ZIP archive", id="cut"
        ),
    ],
)
def test_a_hostile_pack_is_refused(
    tmp_path: Path, make: Callable[[Path], object], reason: str
) -> None:
    path = tmp_path / "x" / "s.zip"
    path.parent.mkdir()
    make(path)
    before = set(tmp_path.rglob("*"))
    with pytest.raises(ConfigError, match=reason):
        list(read_session(str(path)))
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "digest",
    [
        pytest.param("sha256:../../../etc/passwd", id="traversal"),
        pytest.param("sha256:" + "A" * 64, id="capitals"),
        pytest.param("/etc/passwd", id="path"),
    ],
)
def test_a_digest_names_no_other_file(tmp_path: Path, digest: str) -> None:
    file = tmp_path / "s.jsonl"
    text = json.dumps({"a": {"$blob": digest}})
    message = done(1, text=text, blobs=("/a",))
    file.write_bytes(header_line(HEADER) + b"".join(map(event_line, tape(message))))
    with pytest.raises(ConfigError, match="is no digest of a blob"):
        pack(str(file), tmp_path / "s.zip")
