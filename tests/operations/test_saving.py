from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.catalogue.blocks import Block, Form
from mcpx.masking import Mask
from mcpx.operations import saving
from mcpx.operations.saving import save


def image(place: int = 0, data: bytes = b"AB", mime: str = "image/png") -> Block:
    return Block(place, f"/content/{place}", Form.IMAGE, {}, mime=mime, data=data)


def blob(uri: str, mime: str = "", data: bytes = b"AB", place: int = 0) -> Block:
    return Block(place, f"/c/{place}", Form.RESOURCE, {}, uri=uri, mime=mime, data=data)


def name_of(block: Block, folder: Path, stem: str = "tool") -> str:
    (file,) = save([block], folder, stem).files.values()
    path = Path(file)
    assert path.parent == folder
    assert path.read_bytes() == b"AB"
    return path.name


@pytest.mark.parametrize(
    ("uri", "mime", "name"),
    [
        pytest.param("a://b/c.png", "", "c.png", id="name"),
        pytest.param("a://b/c.png?x=y.exe#z", "", "c.png", id="query"),
        pytest.param("a://b/c", "image/png", "c.png", id="by type"),
        pytest.param("a://b/c", "Image/JPEG; q=1", "c.jpg", id="type with parameters"),
        pytest.param("a://b/c", "x/y", "c.bin", id="unknown type"),
        pytest.param("a://b/c.jpg", "image/png", "c.jpg", id="its own extension"),
        pytest.param("a://b/dir/", "", "dir.bin", id="folder"),
        pytest.param("a://b", "image/png", "tool-1.png", id="no path"),
        pytest.param("", "", "tool-1.bin", id="no URI"),
        pytest.param("a://[", "", "tool-1.bin", id="no URI by the rules"),
        pytest.param("a://b/..", "image/png", "tool-1.png", id="parent"),
        pytest.param(
            "a://b/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "", "_.._etc_passwd.bin", id="traversal"
        ),
        pytest.param("a://b/..%5c..%5cx.png", "", "_.._x.png", id="backslash"),
        pytest.param("a://b/.bashrc", "", "bashrc.bin", id="hidden"),
        pytest.param("a://b/-rf.png", "", "rf.png", id="option"),
        pytest.param("a://b/a%00b%0a%1b%5b.png", "", "a_b___.png", id="controls"),
        pytest.param("a://b/a%E2%80%AEgnp.exe", "", "a_gnp.exe", id="bidi"),
        pytest.param("a://b/%ff.png", "", "_.png", id="no UTF-8"),
        pytest.param("a://b/my%20file.png", "", "my_file.png", id="blank"),
        pytest.param("a://b/%C3%A4%E6%97%A5.png", "", "ä日.png", id="letters"),
        pytest.param("a://b/a%CC%88.png", "", "ä.png", id="decomposed"),
        pytest.param("a://b/CON.png", "", "_CON.png", id="reserved"),
        pytest.param("a://b/nul", "text/plain", "_nul.txt", id="reserved alone"),
        pytest.param("a://b/console.png", "", "console.png", id="not reserved"),
        pytest.param("a://b/" + "x" * 300 + ".png", "", "x" * 96 + ".png", id="long"),
        pytest.param("a://b/" + "日" * 300 + ".png", "", "日" * 66 + ".png", id="long in bytes"),
        pytest.param("a://b/x.png.", "", "x.png", id="dot at the end"),
        pytest.param("urn:x:y", "", "x_y.bin", id="urn"),
        pytest.param("data:image/png;base64,QUI=", "image/png", "tool-1.png", id="data"),
    ],
)
def test_a_file_is_named_after_its_uri(tmp_path: Path, uri: str, mime: str, name: str) -> None:
    assert name_of(blob(uri, mime), tmp_path) == name


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        pytest.param("a://b/c4nary-1.png", "_.png", id="name"),
        pytest.param("a://b/c4%6eary%2d1/x.png", "x.png", id="folder"),
        pytest.param("a://b/x-c4%6eary%2d1.png", "x-_.png", id="encoded"),
        pytest.param("a://b/c4nary%252d1.png", "_.png", id="encoded-twice"),
    ],
)
def test_a_file_is_not_named_after_a_secret(tmp_path: Path, uri: str, name: str) -> None:
    mask = Mask(["c4nary-1"])
    (file,) = save([blob(uri)], tmp_path, "tool", mask=mask).files.values()
    assert Path(file) == tmp_path / name.replace("_", "___")
    assert mask(file) == file


@given(st.text(), st.text(max_size=5))
def test_no_name_leads_anywhere(uri: str, stem: str) -> None:
    for name in (saving._name(blob(f"a://b/{uri}"), stem, str), saving._name(image(), stem, str)):
        assert Path(name).name == name
        assert name[0] not in ".-"
        assert len(name.encode()) <= 255 - len("-9999")
        assert name.isprintable()


def test_only_binary_blocks_are_saved(tmp_path: Path) -> None:
    text = Block(0, "/content/0", Form.TEXT, {}, text="x")
    broken = Block(1, "/content/1", Form.IMAGE, {})
    made = save([text, broken, image(2), image(3, b"CD")], tmp_path / "a" / "b", "show")
    folder = tmp_path / "a" / "b"
    assert made.files == {2: str(folder / "show-1.png"), 3: str(folder / "show-2.png")}
    assert sorted(path.name for path in folder.iterdir()) == ["show-1.png", "show-2.png"]
    assert (folder / "show-2.png").read_bytes() == b"CD"
    assert made.problems == ()
    assert made.failure is None


def test_without_binary_blocks_no_folder_is_made(tmp_path: Path) -> None:
    assert save([], tmp_path / "new", "x") == saving.Saving({})
    assert not (tmp_path / "new").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "c.png").write_text("mine")
    (tmp_path / "c-2.png").mkdir()
    made = save([blob("a://b/c.png"), blob("a://x/c.png", data=b"CD", place=1)], tmp_path, "x")
    assert [Path(file).name for file in made.files.values()] == ["c-3.png", "c-4.png"]
    assert (tmp_path / "c.png").read_text() == "mine"


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", tmp_path / "outside.png"
    folder.mkdir()
    (folder / "c.png").symlink_to(outside)
    assert name_of(blob("a://b/c.png"), folder) == "c-2.png"
    assert not outside.exists()


def test_files_are_as_private_as_the_user_wants(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        name_of(image(), tmp_path)
    finally:
        os.umask(before)
    assert (tmp_path / "tool-1.png").stat().st_mode & 0o777 == 0o640


def test_beyond_the_limit_nothing_is_saved(tmp_path: Path) -> None:
    made = save([image(0, b"1234"), image(1, b"12345"), image(2, b"1")], tmp_path, "x", 5)
    assert list(made.files) == [0, 2]
    assert [(one.rule, one.path, one.message) for one in made.problems] == [
        ("block-not-saved", "/content/1", "not saved: more than 5 bytes in all")
    ]


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    made = save([image()], tmp_path / "file", "x")
    assert made.files == {}
    assert made.failure is not None
    assert made.failure.message == f"cannot save {tmp_path}/file/x-1.png: File exists"


def test_a_full_disk_leaves_whole_files_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def __init__(self, file: Any) -> None:
            self._file = file

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self._file.close()

        def write(self, data: bytes) -> None:
            self._file.write(data[:2])
            if len(data) > 2:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    fdopen = os.fdopen
    monkeypatch.setattr(saving.os, "fdopen", lambda *given: Full(fdopen(*given)))
    made = save([image(0), image(1, b"12345"), image(2)], tmp_path, "x")
    first = str(tmp_path / "x-1.png")
    assert made.files == {0: first}
    assert made.failure is not None
    assert made.failure.message == f"cannot save {tmp_path}/x-2.png: No space left on device"
    assert made.failure.details == (f"saved before: {first}",)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["x-1.png"]


def test_a_name_taken_too_often_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "_MOST_OF_ONE_NAME", 3)
    made = save([image(0, mime=""), image(1)], tmp_path, "x")
    for _ in range(3):
        made = save([blob("a://b/c.png")], tmp_path, "x")
    assert made.failure is not None
    assert made.failure.message.endswith("File exists")
