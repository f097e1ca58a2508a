from __future__ import annotations

import errno
import hashlib
import shutil
import threading
from pathlib import Path

import pytest

from mcpx.files import folder_locked
from mcpx.sessions.blob_files import blob_folder, blob_name, keep_blob
from mcpx.sessions.blobs import Blob
from mcpx.shipped.testing.recordings import keep, whole


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the recording of one start."""
    folder = tmp_path / "recorded"
    folder.mkdir()
    (folder / "shop-1.jsonl").write_text("new")
    return folder


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return tmp_path / "tests" / "sessions" / "a.jsonl"


def blob(session: Path, text: str) -> Path:
    """Write a large value of a session."""
    data = text.encode()
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    keep_blob(blob_folder(session), Blob(digest, data))
    return blob_folder(session) / blob_name(digest)


def test_a_recording_becomes_the_session(folder: Path, session: Path) -> None:
    keep(folder, session)
    assert session.read_text() == "new"
    assert [path.name for path in session.parent.iterdir()] == ["a.jsonl"]


def held(session: Path) -> set[str]:
    """The large values of a session."""
    paths = blob_folder(session).rglob("*")
    return {path.read_text() for path in paths if path.is_file()}


def test_its_large_values_take_the_place_of_the_old_ones(folder: Path, session: Path) -> None:
    session.parent.mkdir(parents=True)
    session.write_text("old")
    for value in ("old", "both"):
        blob(session, value)
    for value in ("both", "new"):
        path = blob(folder / "shop-1.jsonl", value)
    keep(folder, session)
    assert session.read_text() == "new"
    assert held(session) == {"both", "new"}
    assert len(list(blob_folder(session).glob("sha256/*"))) == 2
    path = blob_folder(session) / path.relative_to(blob_folder(folder / "shop-1.jsonl"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in session.parent.iterdir()) == ["a.jsonl", "a.jsonl.blobs"]


def test_a_session_without_large_values_has_no_folder_for_them(folder: Path, session: Path) -> None:
    session.parent.mkdir(parents=True)
    blob(session, "old")
    keep(folder, session)
    assert [one.name for one in session.parent.iterdir()] == ["a.jsonl"]


def test_the_old_session_keeps_its_values_when_the_new_one_cannot_stand(
    folder: Path, session: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.parent.mkdir(parents=True)
    session.write_text("old")
    blob(session, "old")
    blob(folder / "shop-1.jsonl", "new")

    def full(*_: object) -> None:
        assert held(session) == {"old", "new"}
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(pytest.fail.Exception, match=r"cannot write .*: No space left on device"):
        keep(folder, session)
    assert session.read_text() == "old"
    assert "old" in held(session)


def test_two_that_record_the_same_session_take_turns(folder: Path, session: Path) -> None:
    blob(folder / "shop-1.jsonl", "new")
    session.parent.mkdir(parents=True)
    recording = threading.Thread(target=keep, args=[folder, session])
    with folder_locked(session):
        recording.start()
        recording.join(0.1)
        assert list(session.parent.iterdir()) == []
    recording.join()
    assert (session.read_text(), held(session)) == ("new", {"new"})


@pytest.mark.parametrize(
    ("names", "message"),
    [
        pytest.param([], "nothing was recorded for a.jsonl", id="none"),
        pytest.param(["b.jsonl"], "the server of a.jsonl was started 2 times", id="two"),
        pytest.param(["b.jsonl.part"], "the recording of a.jsonl has no end", id="no-end"),
    ],
)
def test_what_is_not_one_whole_recording_changes_nothing(
    folder: Path, session: Path, names: list[str], message: str
) -> None:
    if not names:
        (folder / "shop-1.jsonl").unlink()
    for name in names:
        (folder / name).touch()
    assert whole(folder) is ("part" not in "".join(names))
    with pytest.raises(pytest.fail.Exception, match=message):
        keep(folder, session)
    assert not session.exists()


def test_a_place_that_cannot_be_written_is_named(folder: Path, session: Path) -> None:
    session.mkdir(parents=True)
    with pytest.raises(pytest.fail.Exception, match=r"cannot write .*a\.jsonl: Is a directory"):
        keep(folder, session)


def test_a_folder_that_cannot_be_made_is_named(folder: Path, session: Path) -> None:
    session.parent.parent.write_text("a file")
    with pytest.raises(pytest.fail.Exception, match=r"cannot write .*a\.jsonl: Not a directory"):
        keep(folder, session)
