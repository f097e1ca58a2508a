from __future__ import annotations

from pathlib import Path

import pytest

from mcpx.errors import ConfigError
from mcpx.serving.mock.playing.misses import Miss
from mcpx.serving.mock.report import Report, Unused, Use

MISS = Miss("tools/call", "add", "nobody added 1 and 2", 7, "/arguments/b")
ONE, TWO, THREE = (Unused(number, "tools/call", "add") for number in (1, 2, 3))


def test_a_report_is_read_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    assert Use.of(path) == Use()
    report = Report(path)
    assert Use.of(path) == Use(started=1, running=1)
    report.missed(MISS)
    assert Use.of(path) == Use(started=1, running=1, misses=(MISS,))
    report.ended([ONE])
    assert Use.of(path) == Use(started=1, misses=(MISS,), unused=(ONE,))


def test_mocks_share_a_report_and_used_is_what_one_of_them_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    first, second, third = (Report(path) for _ in range(3))
    first.missed(MISS)
    second.ended([ONE, TWO])
    first.ended([TWO, THREE])
    assert Use.of(path) == Use(started=3, running=1, misses=(MISS,), unused=(TWO,))
    third.ended([])
    assert Use.of(path).unused == ()


def test_a_line_that_is_still_coming_waits_and_one_of_another_kind_is_skipped(
    tmp_path: Path,
) -> None:
    path = tmp_path / "report.jsonl"
    path.write_text('{"k": "start"}\n{"k": "note", "text": "a"}\n{"k": "mi')
    assert Use.of(path) == Use(started=1, running=1)


def test_a_report_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot write .*: No such file or directory"):
        Report(tmp_path / "missing" / "report.jsonl")
