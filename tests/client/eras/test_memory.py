from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mcpx.client.eras import memory
from mcpx.client.eras.memory import KEPT_FOR, EraMemory
from mcpx.servers import Era, ServerSpec, definition_digest
from mcpx.settings import cache_folder

SPEC = ServerSpec("one", command="server", args=("x",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "eras.json"


def test_a_verdict_belongs_to_a_definition_and_not_to_a_name(file: Path) -> None:
    EraMemory(file).remember(SPEC, Era.LEGACY)
    again = EraMemory(file)
    assert again.remembered(SPEC) is Era.LEGACY
    assert again.remembered(replace(SPEC, name="two")) is Era.LEGACY
    assert again.remembered(replace(SPEC, args=("y",))) is None


def test_verdicts_add_up_in_a_file_of_its_owner(file: Path) -> None:
    other = replace(SPEC, command="other")
    EraMemory(file).remember(SPEC, Era.LEGACY)
    EraMemory(file).remember(other, Era.LEGACY)
    document = json.loads(file.read_text())
    assert document["version"] == 1
    assert set(document["legacy"]) == {definition_digest(SPEC), definition_digest(other)}
    assert file.stat().st_mode & 0o777 == 0o600


def test_only_the_handshake_is_worth_keeping(file: Path) -> None:
    EraMemory(file).remember(SPEC, Era.MODERN)
    assert not file.exists()


@pytest.mark.parametrize(
    ("age", "era"),
    [
        pytest.param(0.0, Era.LEGACY, id="now"),
        pytest.param(KEPT_FOR - 60, Era.LEGACY, id="old"),
        pytest.param(KEPT_FOR + 60, None, id="too old"),
        pytest.param(-3600.0, None, id="from the future"),
    ],
)
def test_a_verdict_expires(age: float, era: Era | None, file: Path) -> None:
    file.parent.mkdir()
    known = {definition_digest(SPEC): time.time() - age}
    file.write_text(json.dumps({"version": 1, "legacy": known}))
    assert EraMemory(file).remembered(SPEC) is era


def test_what_has_expired_is_not_written_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    EraMemory(file).remember(SPEC, Era.LEGACY)
    later = time.time() + KEPT_FOR + 60
    monkeypatch.setattr(memory.time, "time", lambda: later)
    other = replace(SPEC, command="other")
    EraMemory(file).remember(other, Era.LEGACY)
    assert list(json.loads(file.read_text())["legacy"]) == [definition_digest(other)]


@pytest.mark.parametrize(
    "junk",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="torn"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[]", id="array"),
        pytest.param(b'{"legacy": null}', id="null"),
        pytest.param(b'{"legacy": {"a": "b"}}', id="no number"),
        pytest.param(b'{"legacy": {"a": []}}', id="no time"),
        pytest.param(b'{"legacy": {"a": NaN}}', id="NaN"),
        pytest.param(b'{"legacy": {"a": 1' + b"0" * 400 + b"}}", id="more than a number"),
        pytest.param(b"[" * 100_000, id="deep"),
    ],
)
def test_a_junk_file_costs_nothing(junk: bytes, file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(junk)
    kept = EraMemory(file)
    assert kept.remembered(SPEC) is None
    kept.remember(SPEC, Era.LEGACY)
    assert kept.remembered(SPEC) is Era.LEGACY


def test_a_folder_that_cannot_be_written_to_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = EraMemory(tmp_path / "file" / "eras.json")
    kept.remember(SPEC, Era.LEGACY)
    assert kept.remembered(SPEC) is None


def test_it_is_kept_in_the_cache(home: Path) -> None:
    EraMemory().remember(SPEC, Era.LEGACY)
    assert (cache_folder() / "eras.json").is_relative_to(home)
    assert EraMemory().remembered(SPEC) is Era.LEGACY
