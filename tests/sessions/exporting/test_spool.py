from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.exporting.spool import LongText, Spool


def test_texts_that_grow_at_the_same_time_stay_apart() -> None:
    spool = Spool()
    one, other = LongText(spool), LongText(spool)
    for number in range(300):
        one.write(f"<{number}>" * 100)
        other.write("é\ud800" * 400)
    assert "".join(one.pieces()) == "".join(f"<{number}>" * 100 for number in range(300))
    assert "".join(other.pieces()) == "é\ud800" * 120_000
    assert "".join(one.pieces())[:6] == "<0><0>"
    spool.close()


def test_a_short_text_needs_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    spool = Spool()
    text = LongText(spool)
    text.write("a")
    text.write("b")
    assert list(text.pieces()) == ["a", "b"]
    spool.close()


def test_a_file_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(ConfigError, match="cannot write a temporary file: No such file") as raised:
        LongText(Spool()).write("x" * 100_000)
    assert "TMPDIR" in raised.value.hint
