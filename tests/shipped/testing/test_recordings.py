from __future__ import annotations

from pathlib import Path

import pytest

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


def blob(session: Path, name: str) -> Path:
    path = session.with_name(f"{session.name}.blobs") / "sha256" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(name.encode())
    return path


def test_a_recording_becomes_the_session(folder: Path, session: Path) -> None:
    keep(folder, session)
    assert session.read_text() == "new"
    assert [path.name for path in session.parent.iterdir()] == ["a.jsonl"]


def test_its_large_values_take_the_place_of_the_old_ones(folder: Path, session: Path) -> None:
    blob(folder / "shop-1.jsonl", "new")
    old = blob(session, "old")
    session.write_text("old")
    keep(folder, session)
    assert session.read_text() == "new"
    assert [path.name for path in old.parent.iterdir()] == ["new"]


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
