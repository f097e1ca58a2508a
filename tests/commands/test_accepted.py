from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.commands import accepted
from mcpx.errors import Fault, ServerError
from mcpx.operations.replaying import replay
from mcpx.operations.replaying.options import Summary
from tests.commands.replays import CHANGED, VOLATILE, Plays, ended, session
from tests.conftest import Run

UPDATE = ("s.jsonl", "--against", "demo:shop", "--update")
EXTRA = Divergence(Kind.EXTRA, "one more notification")


@pytest.fixture
def file(project: Path) -> Path:
    session(project / "s.jsonl")
    return project / "s.jsonl"


def results(file: Path) -> list[object]:
    messages = [json.loads(line).get("m", {}) for line in file.read_text().splitlines()]
    return [one["result"]["structuredContent"] for one in messages if "result" in one]


def test_the_answers_that_differ_are_accepted(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plays([ended(1), ended(3, CHANGED, VOLATILE, n=2)]).instead(monkeypatch)
    done = run("replay", *UPDATE)
    assert (done.status, len(done.rows)) == (0, 1)
    assert done.err.splitlines()[1:] == ["accepted 1 answer in s.jsonl: #3 tools/call add"]
    assert results(file) == [{"n": 1}, {"n": 2, "at": 3}]


def test_where_nothing_differs_nothing_is_written(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.stat()
    Plays([ended(1), ended(3, VOLATILE)]).instead(monkeypatch)
    done = run("replay", *UPDATE)
    assert (done.status, done.err.splitlines()[1:]) == (0, ["nothing to accept"])
    assert file.stat() == before


def test_what_an_answer_does_not_mend_keeps_all_from_being_written(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()
    Plays([ended(1, EXTRA), ended(3, CHANGED, n=2)]).instead(monkeypatch)
    done = run("replay", *UPDATE, "-q")
    assert (done.status, file.read_bytes()) == (1, before)
    assert done.err.splitlines() == [
        "cannot be accepted: #1 tools/call list: there is one notification more",
        "s.jsonl stays as it is; record it anew: mcpx record",
    ]


def test_what_a_broken_replay_brought_is_not_accepted(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()
    broken = ServerError(Fault.EXITED, "shop: it ended")
    Plays([ended(3, CHANGED, n=2)], broken=broken).instead(monkeypatch)
    done = run("replay", *UPDATE, "-q")
    assert (done.status, file.read_bytes()) == (3, before)
    assert done.err.splitlines()[-1] == "s.jsonl stays as it is"


def test_secrets_of_ours_are_not_written(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = file.read_text()
    file.write_text(text.replace('"redaction":{"on":false}', '"redaction":{"on":true}'))
    monkeypatch.setenv("SHOP_TOKEN", "sesame-open-42")
    value = {"structuredContent": {"n": "sesame-open-42"}}
    Plays([ended(1, CHANGED, value=value), ended(3)]).instead(monkeypatch)
    assert run("replay", *UPDATE).status == 0
    assert results(file)[0] == {"n": "‹env:SHOP_TOKEN›"}


def test_a_file_that_another_wrote_to_meanwhile_stays_as_it_is(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plays = Plays([ended(3, CHANGED, n=2)])

    def meanwhile(*given: Any, **more: Any) -> Summary:
        text = file.read_text()
        file.write_text(text.replace('"list"', '"tsil"'))
        return plays(*given, **more)

    monkeypatch.setattr(replay, "replayed", meanwhile)
    done = run("replay", *UPDATE, "-q")
    assert done.status == 2
    assert "s.jsonl: it was written to meanwhile, so it stays as it is" in done.err
    assert (results(file)[1], "tsil" in file.read_text()) == ({"n": 1, "at": 3}, True)


def test_answers_that_are_too_large_together_are_not_held(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()
    monkeypatch.setattr(accepted, "LARGEST", 40)
    Plays([ended(1, CHANGED, n=2), ended(3, CHANGED, n=2)]).instead(monkeypatch)
    done = run("replay", *UPDATE, "-q")
    assert (done.status, file.read_bytes()) == (1, before)
    assert "#3 tools/call add: the answers are larger than 40 bytes together" in done.err
