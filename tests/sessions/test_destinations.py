from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import pytest

from mcpx.sessions.destinations import Destination, is_free, numbered_paths, part_of

NOW = 1_795_000_000.0  # 2026-11-18T11:06:40Z


def test_a_file_is_what_it_is_called() -> None:
    assert Destination("a/s.jsonl", "git").first() == Path("a/s.jsonl")


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("git", "git"),
        ("../a b/ü", "a-b-ü"),
        ("", "session"),
        ("..", "session"),
        ("x" * 99, "x" * 64),
    ],
)
def test_a_file_in_a_folder_is_called_after_the_server(
    tmp_path: Path, name: str, stem: str
) -> None:
    for folder in (str(tmp_path), f"{tmp_path}/new/"):
        path = Destination(folder, name, NOW).first()
        assert path == Path(folder) / f"{stem}-20261118T110640Z-{os.getpid()}.jsonl"


def test_what_is_taken_is_counted_on() -> None:
    paths = list(islice(numbered_paths(Path("a/s.x.jsonl")), 3))
    assert [str(path) for path in paths] == ["a/s.x.jsonl", "a/s.x-2.jsonl", "a/s.x-3.jsonl"]
    assert list(islice(Destination("a/s.x.jsonl").candidates(), 3)) == paths


def test_a_name_is_taken_by_a_file_a_link_or_what_is_being_written(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    assert is_free(path)
    path.symlink_to("nowhere")
    assert not is_free(path)
    other = tmp_path / "t.jsonl"
    part_of(other).touch()
    assert not is_free(other)
