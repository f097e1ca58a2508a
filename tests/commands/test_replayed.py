from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.analyses.divergence.sides import End, Interaction, Side
from mcpx.operations.replaying.options import Replayed
from mcpx.terminal import Terminal
from tests.commands.replays import CHANGED, VOLATILE, Plays, ended, session
from tests.conftest import Run
from tests.shipped.test_json_schemas import check

AGAINST = ("s.jsonl", "--against", "demo:shop")
CONNECTION = Replayed(
    Interaction(0, 1), Side(end=End.LISTENING), Side(end=End.LISTENING, modern=True), ()
)
HANDSHAKE = Replayed(
    Interaction(0, 1, "initialize"), Side(end=End.RESULT, value={}), Side(end=End.RESULT), ()
)
NOT_SENT = ended(3, end=End.NOT_SENT, value=None, reason="it may write")


@pytest.fixture(autouse=True)
def _plays(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session(project / "s.jsonl")
    Plays(
        [ended(1, VOLATILE), ended(3, CHANGED, VOLATILE, n=2), NOT_SENT, CONNECTION],
        bound={"a": "b"},
    ).instead(monkeypatch)


def test_the_object_holds_all_interactions(run: Run) -> None:
    found = run("replay", *AGAINST, "--json").json
    assert check(found) == "replay"
    assert [(one["number"], one["outcome"]) for one in found["interactions"]] == [
        (1, "equal"),
        (3, "differs"),
        (3, "not-sent"),
    ]
    assert found["interactions"][2]["not_sent"] == "it may write"
    assert found["interactions"][1]["line"] == 4
    assert found["eras"] == {"recorded": ["legacy"], "live": ["legacy", "modern"]}
    assert found["bound"] == [{"recorded": "a", "live": "b"}]
    assert found["summary"] == {
        "interactions": 3,
        "equal": 1,
        "differ": 1,
        "not_sent": 1,
        "kinds": {"volatile": 2, "changed": 1},
        "error": 1,
        "warning": 0,
        "info": 2,
    }


def test_lines_come_one_for_each_interaction(run: Run) -> None:
    lines = run("replay", *AGAINST, "-f", "ndjson").lines
    assert {check(one) for one in lines} == {"replay.interaction"}
    assert [one["number"] for one in lines] == [1, 3, 3]


@pytest.mark.parametrize(
    ("form", "sign"),
    [
        ("markdown", "**s.jsonl on shop**: 2 interactions replayed"),
        ("github", "::error file=s.jsonl,line=4,title="),
        ("junit", 'name="tools/call add b=2"'),
        ("sarif", '"uri": "s.jsonl"'),
    ],
)
def test_other_forms_are_written_to_a_file_too(
    run: Run, project: Path, form: str, sign: str
) -> None:
    shown = run("replay", *AGAINST, "-f", form)
    assert sign in shown.out
    written = run("replay", *AGAINST, "-f", form, "-o", "out")
    assert (written.out, (project / "out").read_text()) == ("", shown.out)


def test_people_see_the_interaction_that_differs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    done = run("replay", *AGAINST, tty=True)
    assert done.out == "#3 tools/call add  b=2\n  changed /structuredContent/n: 1 → 2\n"
    everything = run("replay", *AGAINST, "-v", tty=True).out.splitlines()
    assert everything[0] == "#1 tools/call list"
    assert everything[-1] == "#3 tools/call add  b=2  not sent: it may write"


def test_a_pipe_gets_what_is_equal_with_v(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Plays([HANDSHAKE, ended(1), ended(3, CHANGED), NOT_SENT, CONNECTION]).instead(monkeypatch)
    assert [row[0] for row in run("replay", *AGAINST).rows] == ["error"]
    rows = run("replay", *AGAINST, "-v").rows
    assert [(row[0], row[2]) for row in rows] == [
        ("equal", "#1"),
        ("error", "#3"),
        ("not-sent", "#3"),
    ]


def test_the_handshake_is_told_where_it_differs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Divergence(Kind.CONTRACT, "the version is another", "/serverInfo", 1, 2, "info")
    for found, numbers in ((), [1]), ((other,), [0, 1]), ((CHANGED,), [0, 1]):
        Plays([replace(HANDSHAKE, divergences=found), ended(1)]).instead(monkeypatch)
        told = run("replay", *AGAINST, "--json").json
        assert [one["number"] for one in told["interactions"]] == numbers
        assert told["summary"]["interactions"] == 1 + (CHANGED in found)


def test_what_repeats_itself_is_told_once_with_a_count(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Plays([ended(3, CHANGED), ended(1), *(ended(3, CHANGED) for _ in range(5))]).instead(
        monkeypatch
    )
    rows = run("replay", *AGAINST).rows
    assert [row[-1] for row in rows] == ["is another number", "the same 5 times more, to #3"]
    assert len(run("replay", *AGAINST, "-v").rows) == 7
    people = run("replay", *AGAINST, tty=True).out.splitlines()
    assert (len(people), people[-1].strip("\x1b[02m ")) == (3, "the same 5 times more, to #3")
    assert len(run("replay", *AGAINST, "-f", "ndjson").lines) == 7


def test_times_are_told_where_they_are_asked_for(run: Run) -> None:
    for form in ("json", "junit"):
        first, second = (run("replay", *AGAINST, "-f", form).out for _ in range(2))
        assert first == second
        assert "0.012" not in first
        assert "0.012" in run("replay", *AGAINST, "-f", form, "--latency").out


@pytest.mark.parametrize("form", ["github", "sarif", "junit", "markdown"])
def test_what_only_looks_different_is_nothing_for_a_ci(
    run: Run, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    Plays([ended(1, VOLATILE)]).instead(monkeypatch)
    done = run("replay", *AGAINST, "-f", form)
    assert done.status == 0
    assert "replay-volatile" not in done.out
    assert done.out == "" or form != "github"


def test_the_users_word_on_rules_counts(run: Run, project: Path) -> None:
    (project / "mcpx.toml").write_text('[severities]\nreplay-changed = "warning"\n')
    done = run("replay", *AGAINST)
    assert (done.status, done.rows[0][0]) == (0, "warning")
    (project / "mcpx.toml").write_text('[severities]\nreplay-changed = "off"\n')
    done = run("replay", *AGAINST)
    assert (done.status, done.out) == (0, "")
    assert done.err.splitlines()[0].endswith(
        "all equal; 1 not sent; for information (-v shows it): 2 volatile; 1 ignored"
    )
    found = run("replay", *AGAINST, "--json").json
    assert found["ignored"] == [{"rule": "replay-changed", "by": "mcpx.toml", "count": 1}]


def test_a_fingerprint_ignores_the_same_thing_wherever_it_is_asked(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [one] = run("replay", *AGAINST, "--json").json["interactions"][1]["divergences"][:1]
    ignore = f'[[ignore]]\nfingerprint = "{one["fingerprint"]}"\n'
    (project / "mcpx.toml").write_text(ignore)
    other = ended(5, CHANGED, n=2)
    Plays([ended(3, CHANGED, n=7), other]).instead(monkeypatch)
    assert run("replay", *AGAINST).status == 0


def test_so_many_divergences_of_one_interaction_are_kept(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [Divergence(Kind.CHANGED, "m", f"/{n}", 1, 2) for n in range(250)]
    Plays([ended(1, *many)]).instead(monkeypatch)
    [one] = run("replay", *AGAINST, "--json").json["interactions"]
    assert (len(one["divergences"]), one["more"]) == (200, 50)


def test_no_secret_of_the_server_is_shown(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {"value": {}, "seconds": None}
    secret = Divergence(Kind.CHANGED, "is another text", "/t", "a", "key sesame-open-42")
    Plays([ended(1, secret, **told)]).instead(monkeypatch)
    words = ("s.jsonl", "--env", "SHOP_TOKEN=sesame-open-42", "-q", "--", "shop")
    for form in ("table", "json", "ndjson", "markdown", "junit"):
        done = run("replay", *words[:-2], "-f", form, *words[-2:])
        assert "sesame" not in done.out + done.err
        assert "key ***" in done.out.replace("\\u2217", "*")
    assert json.loads(run("replay", *words[:-2], "--json", *words[-2:]).out)


@pytest.mark.parametrize(
    ("options", "status"), [((), 1), (("--exit-zero",), 0)], ids=["differs", "exit-zero"]
)
def test_a_reader_that_leaves_ends_the_replay(
    run: Run, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], status: int
) -> None:
    told = []

    def ends() -> Iterator[Replayed]:
        for number in (1, 3, 5, 7):
            told.append(number)
            yield ended(number, CHANGED)

    def write(terminal: Terminal, _text: str) -> None:
        terminal.reader_left = len(told) > 1

    Plays(ends()).instead(monkeypatch)
    monkeypatch.setattr(Terminal, "write", write)
    assert run("replay", *AGAINST, *options).status == status
    assert told == [1, 3]
