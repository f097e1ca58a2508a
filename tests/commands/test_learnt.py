from __future__ import annotations

import json
from pathlib import Path

import pytest

from mcpx.analyses.divergence.sides import End
from mcpx.commands import learnt
from mcpx.errors import Fault, ServerError
from tests.commands.replays import Plays, ended, session
from tests.conftest import Run
from tests.shipped.test_json_schemas import check

LEARN = ("s.jsonl", "--against", "demo:shop", "--learn")


@pytest.fixture(autouse=True)
def file(project: Path) -> Path:
    session(project / "s.jsonl")
    return project / "s.jsonl"


def test_what_differs_between_two_runs_is_kept_beside_the_session(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plays = Plays([ended(1), ended(3, n=5)], [ended(1), ended(3, n=6)]).instead(monkeypatch)
    done = run("replay", *LEARN)
    assert (done.status, done.out) == (0, "")
    assert done.err == "wrote s.mask.json: 1 place; replay uses it from now on\n"
    learnt = json.loads((project / "s.mask.json").read_text())
    assert check(learnt) == "replay-mask"
    [place] = learnt["places"]
    assert (place["name"], place["pointer"]) == ("add", "/structuredContent/n")
    again = run("replay", *LEARN[:-1])
    assert again.err.splitlines()[0] == "what may differ is in s.mask.json"
    assert plays.given["comparing"].mask.to_dict() == learnt


def test_a_mask_may_have_another_name(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plays = Plays([ended(1)]).instead(monkeypatch)
    mask = {"format": "mcpx.replay-mask", "version": 1, "places": []}
    (project / "own.json").write_text(json.dumps(mask))
    (project / "s.mask.json").write_text("no mask")
    assert run("replay", *LEARN[:-1], "--mask", "own.json").status == 0
    assert plays.given["comparing"].mask.to_dict() == mask


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "s.mask.json: not JSON: ", id="no-json"),
        pytest.param("[]", "s.mask.json: is no mcpx.replay-mask", id="no-mask"),
    ],
)
def test_what_is_no_mask_is_told(run: Run, project: Path, text: str, message: str) -> None:
    (project / "s.mask.json").write_text(text)
    done = run("replay", *LEARN[:-1])
    assert (done.status, done.out) == (2, "")
    assert message in done.err


def test_runs_with_other_outcomes_teach_nothing(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = {"code": -32602, "message": "no"}
    Plays([ended(1)], [ended(1, end=End.ERROR, value=error)]).instead(monkeypatch)
    done = run("replay", *LEARN, "-q")
    assert (done.status, done.out) == (1, "")
    lines = done.err.splitlines()
    assert lines[0].startswith("#1 tools/call list: ")
    assert lines[-1] == "the server was not the same in both runs: nothing was learnt"
    assert not (project / "s.mask.json").exists()


def test_a_broken_run_teaches_nothing(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plays([ended(1)], broken=ServerError(Fault.EXITED, "shop: it ended")).instead(monkeypatch)
    assert run("replay", *LEARN).status == 3
    assert not (project / "s.mask.json").exists()


def test_a_mask_needs_a_file_to_stand_beside(run: Run, file: Path) -> None:
    done = run("replay", "-", *LEARN[1:], stdin=file.read_bytes())
    assert (done.status, done.out) == (2, "")
    assert "--learn: standard input is no file" in done.err


def test_answers_that_are_too_large_to_be_held_teach_nothing(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learnt, "MOST_HELD", 500)
    value = {"structuredContent": {"t": "x" * 600}}
    Plays([ended(1, value=value)]).instead(monkeypatch)
    done = run("replay", *LEARN)
    assert done.status == 2
    assert "--learn: the answers are larger than 500 bytes together" in done.err
    assert not (project / "s.mask.json").exists()


def test_another_order_is_said_and_the_rest_is_learnt(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = {"structuredContent": {"n": 5, "l": ["a", "b"]}}
    other = {"structuredContent": {"n": 6, "l": ["b", "a"]}}
    Plays([ended(3, value=one)], [ended(3, value=other)]).instead(monkeypatch)
    done = run("replay", *LEARN)
    assert done.status == 0
    assert "no mask keeps that out\n" in done.err
    [place] = json.loads((project / "s.mask.json").read_text())["places"]
    assert place["pointer"] == "/structuredContent/n"
