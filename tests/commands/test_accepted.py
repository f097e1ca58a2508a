from __future__ import annotations

import json
from pathlib import Path

import pytest

from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.errors import Fault, ServerError
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
    assert done.err.splitlines()[1:] == ["accepted 1 answer in s.jsonl"]
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
