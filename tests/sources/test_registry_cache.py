from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from mcpx.sources.registry_cache import KEPT_FOR, Cache, Kept, age

NOW = 1_000_000_000.0
KEPT = Kept([{"a": 1}], NOW - 5, NOW - 10, 3)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "kept", lambda: NOW)


def file_of(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "kept").glob("*.json")
    return path


def test_an_answer_is_kept_for_its_question_in_a_private_file(cache: Cache, tmp_path: Path) -> None:
    cache.write(["q", "1"], KEPT)
    assert cache.read(["q", "1"]) == KEPT
    assert cache.read(["q", "2"]) is None
    assert stat.S_IMODE(file_of(tmp_path).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda _: "{", id="half"),
        pytest.param(lambda _: "[" * 5000, id="deep"),
        pytest.param(lambda one: one | {"version": 2}, id="other-version"),
        pytest.param(lambda one: one | {"question": ["other"]}, id="other-question"),
        pytest.param(lambda one: one | {"asked": NOW + 99}, id="from-the-future"),
        pytest.param(lambda one: one | {"whole": NOW}, id="taken-after-it-was-asked"),
        pytest.param(lambda one: one | {"asked": "soon"}, id="no-time"),
        pytest.param(lambda one: one | {"asked": None}, id="null"),
        pytest.param(lambda _: [], id="list"),
    ],
)
def test_a_broken_file_costs_nothing(cache: Cache, tmp_path: Path, change: Any) -> None:
    cache.write(["q"], KEPT)
    path = file_of(tmp_path)
    changed = change(json.loads(path.read_text()))
    path.write_text(changed if isinstance(changed, str) else json.dumps(changed))
    assert cache.read(["q"]) is None
    cache.write(["q"], KEPT)
    assert cache.read(["q"]) == KEPT


def test_a_file_of_too_many_values_is_not_read(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write(["q"], KEPT)
    monkeypatch.setattr("mcpx.sources.registry_cache.MOST_VALUES", 5)
    assert cache.read(["q"]) is None


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file", lambda: NOW)
    cache.write(["q"], KEPT)
    assert cache.read(["q"]) is None


def test_what_nobody_asked_for_again_is_forgotten(cache: Cache, tmp_path: Path) -> None:
    cache.write(["old"], KEPT)
    for path in (tmp_path / "kept").iterdir():
        os.utime(path, (NOW - KEPT_FOR - 1, NOW - KEPT_FOR - 1))
    cache.write(["new"], KEPT)
    assert cache.read(["old"]) is None
    assert cache.read(["new"]) == KEPT
    assert len(list((tmp_path / "kept").iterdir())) == 2


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "less than a minute"),
        (60, "1 minute"),
        (7199, "1 hour"),
        (7200, "2 hours"),
        (3e6, "34 days"),
    ],
)
def test_an_age_is_told_in_words(seconds: float, words: str) -> None:
    assert age(seconds) == words
