from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import End, Question
from tests.commands.replays import CHANGED, VOLATILE, Plays, ended, session
from tests.conftest import Run

AGAINST = ("s.jsonl", "--against", "demo:shop")
DIFFERS = ended(3, CHANGED, n=2)


@pytest.fixture(autouse=True)
def _session(project: Path) -> None:
    session(project / "s.jsonl")


def test_what_can_be_done_is_said_with_the_words_to_type(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plays([ended(1), DIFFERS]).instead(monkeypatch)
    done = run("replay", *AGAINST)
    [row] = done.rows
    assert row[:5] == ["error", "replay-changed", "#3", "tools/call", "add"]
    assert row[5:] == ["/structuredContent/n", "1", "2", "is another number"]
    assert done.err.splitlines() == [
        "s.jsonl on shop: 2 interactions replayed: 1 equal, 1 differs (1 changed)",
        "to accept it: the same with --update",
        "what differs each time: --learn finds it out,"
        " or --ignore 'tools/call[add] /structuredContent/n'",
    ]


def gone(pointer: str, live: Any = ABSENT) -> Any:
    return ended(3, Divergence(Kind.CONTRACT, "tool 'a' is gone", pointer, {}, live, "error"))


@pytest.mark.parametrize(
    ("last", "offered"),
    [
        pytest.param(DIFFERS, True, id="changed"),
        pytest.param(ended(3, CHANGED, end=End.HTTP_ERROR), False, id="http-error"),
        pytest.param(ended(3, CHANGED, modern=True), False, id="other-era"),
        pytest.param(ended(3, CHANGED, questions=(Question("roots/list", {}),)), False, id="asked"),
        pytest.param(gone("/tools/0"), False, id="gone"),
        pytest.param(gone("/tools/0/name", "b"), False, id="renamed"),
        pytest.param(gone("/tools/0/description"), True, id="undescribed"),
    ],
)
def test_update_is_offered_only_where_it_would_do_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, last: Any, offered: bool
) -> None:
    Plays([ended(1), last]).instead(monkeypatch)
    assert ("the same with --update" in run("replay", *AGAINST).err) is offered


def test_update_is_not_offered_for_a_part_of_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    left = ended(3, end=End.NOT_SENT, value=None, reason="it may write")
    Plays([DIFFERS, left]).instead(monkeypatch)
    assert "--update" not in run("replay", *AGAINST).err


def test_a_value_that_a_later_request_asks_with_is_to_be_bound(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = Divergence(Kind.CHANGED, "is another number", "/structuredContent/n", 5831, 77)
    first = ended(1, changed)
    first = replace(
        first, recorded=replace(first.recorded, value={"structuredContent": {"n": 5831}})
    )
    error = ended(3, CHANGED, n=2)
    asks = replace(error.interaction, params={"arguments": {"id": 5831}})
    Plays([first, replace(error, interaction=asks)]).instead(monkeypatch)
    assert run("replay", *AGAINST).err.splitlines()[1:] == [
        "#3 asks with 5831, which #1 gives otherwise now:"
        " --bind '/result/structuredContent/n -> /params/arguments/id'"
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(("--ignore", "/structuredContent/n"), [], id="ignore-of-use"),
        pytest.param(("--ignore", "/nowhere"), ["--ignore /nowhere matched nothing"], id="ignore"),
        pytest.param(
            ("--bind", "/result/structuredContent/n -> /params/arguments/b"), [], id="bind-of-use"
        ),
        pytest.param(
            ("--bind", "/result/no -> /params/arguments/b"),
            ["--bind '/result/no -> /params/arguments/b' matched nothing: no answer has it"],
            id="bind",
        ),
    ],
)
def test_a_rule_that_matched_nothing_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], said: list[str]
) -> None:
    Plays([ended(1), ended(3)]).instead(monkeypatch)
    done = run("replay", *AGAINST, *options)
    assert (done.status, done.err.splitlines()[1:]) == (0, said)


def test_a_rule_of_a_file_is_told_where_what_it_is_for_was_asked(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plays([ended(1), ended(3, VOLATILE)]).instead(monkeypatch)
    rules = ["tools/call[add] /nowhere", "tools/call[other] /nowhere"]
    (project / "mcpx.toml").write_text(f"[replay]\nignore = {rules}\n")
    assert run("replay", *AGAINST).err.splitlines()[1:] == [
        "mcpx.toml: replay.ignore 'tools/call[add] /nowhere' matched nothing"
    ]
