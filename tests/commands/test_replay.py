from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from mcpx.analyses.divergence.sides import Interaction
from mcpx.servers import Era
from tests.commands.replays import Plays, ended, session
from tests.conftest import ROOT, Run
from tests.shipped.test_json_schemas import check

AGAINST = ("s.jsonl", "--against", "demo:shop")
SERVER = (sys.executable, str(ROOT / "tests" / "servers" / "changing.py"))
CALLS = [
    {"tool": "report", "args": {"project": "attic"}},
    {"method": "tools/call", "params": {"name": "report", "arguments": {"project": "cellar"}}},
]


@pytest.fixture
def plays(project: Path, monkeypatch: pytest.MonkeyPatch) -> Plays:
    session(project / "s.jsonl")
    return Plays([ended(1)]).instead(monkeypatch)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["gone.jsonl"], "cannot read gone.jsonl", id="no-file"),
        pytest.param(["mcpx.toml"], "mcpx.toml: not a session file", id="no-session"),
        pytest.param(
            ["s.jsonl", "--allow-writes", "--skip-writes"],
            "--allow-writes and --skip-writes cannot both be",
            id="writes",
        ),
        pytest.param(["s.jsonl", "--learn", "--update"], "--learn and --update", id="learn"),
        pytest.param([*AGAINST, "--", "shop"], "--against and a command cannot both", id="targets"),
        pytest.param([*AGAINST, "--pace", "-1"], "--pace: must be 0 or more", id="pace"),
        pytest.param([*AGAINST, "--bind", "none", "--bind", "auto"], "cannot both be", id="none"),
        pytest.param(["s.jsonl", "--header", "A: b"], "--header goes with --against", id="header"),
        pytest.param(["s.jsonl", "--set", "a=b"], "--set goes with --against", id="set"),
        pytest.param([*AGAINST, "--bind", "/a"], "--bind: '/a' has no '->'", id="bind"),
        pytest.param([*AGAINST, "--ignore", "a b"], "--ignore: 'a b' is no place", id="ignore"),
        pytest.param([*AGAINST, "--mask", "gone.json"], "cannot read gone.json", id="mask"),
        pytest.param([*AGAINST, "--fail-on", "bad"], "--fail-on: must be error", id="fail-on"),
        pytest.param(["s.jsonl", "--against", "s.json"], "s.json", id="a-catalogue"),
    ],
)
@pytest.mark.usefixtures("plays")
def test_wrong_use_is_told(run: Run, project: Path, words: list[str], message: str) -> None:
    (project / "mcpx.toml").write_text("")
    done = run("replay", *words)
    assert (done.status, done.out) == (2, "")
    assert message in done.err


def test_options_reach_the_driver(run: Run, plays: Plays) -> None:
    options = "--allow-writes --sequential --pace 2 --era modern --timeout 7 --bind none"
    assert run("replay", *AGAINST, *options.split(), "--latency").status == 0
    given = plays.given["options"]
    assert (given.era, given.seconds, given.pace) == (Era.MODERN, 7.0, 2.0)
    assert (given.allow_writes, given.skip_writes) == (True, False)
    assert (given.sequential, given.binds) == (True, False)
    assert plays.given["comparing"].latency is True
    assert run("replay", *AGAINST, "--skip-writes").status == 0
    given = plays.given["options"]
    assert (given.era, given.pace, given.skip_writes, given.binds) == (None, 0.0, True, True)
    assert plays.given["comparing"].latency is False


def test_rules_of_options_and_files_reach_the_driver(run: Run, project: Path, plays: Plays) -> None:
    (project / "mcpx.toml").write_text('[replay]\nignore = ["/structuredContent/b"]\n')
    rule = "/result/structuredContent/id -> /params/arguments/id"
    options = ("--ignore", "tools/call[add] /structuredContent/a", "--bind", rule)
    assert run("replay", *AGAINST, *options, "--bind", "auto").status == 0
    ignored = plays.given["comparing"].ignored
    add, other = (Interaction(1, 1, "tools/call", name) for name in ("add", "other"))
    found = {
        (one.name, place): bool(ignored.matching(one, f"/structuredContent/{place}"))
        for one in (add, other)
        for place in "abc"
    }
    assert [place for place, matches in found.items() if matches] == [
        ("add", "a"),
        ("add", "b"),
        ("other", "b"),
    ]
    assert [one.text for one in plays.given["bindings"]] == [rule]
    assert plays.given["options"].binds is True


@pytest.mark.parametrize(
    ("words", "name"),
    [
        pytest.param(AGAINST, "shop", id="target"),
        pytest.param(("s.jsonl", "--", "python3", "-m", "other"), "other", id="command"),
    ],
)
def test_the_server_is_the_one_that_is_named(
    run: Run, plays: Plays, words: tuple[str, ...], name: str
) -> None:
    assert run("replay", *words).status == 0
    assert name in (plays.given["spec"].name, *plays.given["spec"].args)


def test_without_a_target_it_is_the_recorded_server(run: Run, plays: Plays) -> None:
    done = run("replay", "s.jsonl", "--dry-run", "--json")
    assert done.status == 0
    [target] = done.json["targets"]
    assert target["target"]["command"] == "notes"
    assert target["standing"] == "not approved"


@pytest.fixture
def recorded(run: Run, project: Path) -> str:
    """A session with a server that was not changed."""
    (project / "calls.jsonl").write_text("".join(json.dumps(one) + "\n" for one in CALLS))
    done = run("record", "-o", "r.jsonl", "--script", "calls.jsonl", "--", *SERVER)
    assert (project / "r.jsonl").exists(), done.err
    return "r.jsonl"


@pytest.mark.parametrize("era", [None, "legacy", "modern"])
def test_an_unchanged_server_is_equal_in_either_era(
    run: Run, recorded: str, era: str | None
) -> None:
    options = () if era is None else ("--era", era)
    done = run("replay", recorded, *options, "--", *SERVER)
    assert (done.status, done.out) == (0, "")
    assert "all equal" in done.err


def test_what_changed_is_told_accepted_and_equal_from_then_on(
    run: Run, project: Path, recorded: str
) -> None:
    words = (recorded, "--", *SERVER, "--change", "count")
    done = run("replay", *words)
    [row] = done.rows
    assert (done.status, row[:2]) == (1, ["error", "replay-changed"])
    assert row[3:8] == ["tools/call", "report", "/structuredContent/open", "12", "13"]
    before = (project / recorded).read_text()
    done = run("replay", recorded, "--update", *words[1:])
    assert (done.status, "accepted 1 answer in r.jsonl" in done.err) == (0, True)
    assert (project / recorded).read_text() == before.replace('"open":12', '"open":13')
    assert run("replay", *words).status == 0
    assert run("session", "check", recorded).status == 0


def test_a_rule_leaves_a_place_out(run: Run, recorded: str) -> None:
    words = ("--", *SERVER, "--change", "date")
    assert run("replay", recorded, *words).status == 1
    rule = "tools/call[rep*] /structuredContent/due"
    assert run("replay", recorded, "--ignore", rule, *words).status == 0


def test_a_replay_can_be_recorded_and_replayed(run: Run, project: Path, recorded: str) -> None:
    assert run("replay", recorded, "--record", "again.jsonl", "--", *SERVER).status == 0
    done = run("replay", "again.jsonl", "--json", "--", *SERVER)
    assert (done.status, check(done.json)) == (0, "replay")
    asked = [one["method"] for one in done.json["interactions"]]
    assert asked.count("tools/call") == 2


def test_calls_that_may_write_need_consent(run: Run, project: Path) -> None:
    (project / "calls.jsonl").write_text('{"tool": "open_cart", "args": {}}\n')
    run("record", "-o", "w.jsonl", "--script", "calls.jsonl", "demo:shop")
    words = ("w.jsonl", "--against", "demo:shop")
    done = run("replay", *words)
    assert (done.status, done.out) == (4, "")
    assert "open_cart" in done.err
    assert "--allow-writes" in done.err
    left = run("replay", *words, "--skip-writes")
    assert (left.status, left.out) == (0, "")
    assert "; 1 not sent\nnot called, since they may write: open_cart\n" in left.err
    assert run("replay", *words, "--allow-writes").status == 0


def test_the_recorded_server_needs_consent(run: Run, recorded: str) -> None:
    done = run("replay", recorded)
    assert (done.status, done.out) == (4, "")
    assert "  command: " in done.err
    assert "changing.py" in done.err
    assert "hint: the same with --trust-project does it, --against TARGET" in done.err
    assert run("replay", recorded, "--trust-project").status == 0
    planned = run("replay", recorded, "--trust-project", "--dry-run")
    assert (planned.status, planned.rows[0][1], planned.rows[0][-1]) == (
        0,
        "start",
        "not approved, but trusted in this run",
    )
    assert "neither started" not in planned.err
    planned = run("replay", recorded, "--dry-run")
    assert (planned.status, planned.rows[0][-1]) == (0, "not approved")
    assert "mcpx trust" not in planned.err
    assert "--trust-project does it" in planned.err


def test_a_server_that_cannot_be_started_or_leaves_is_status_3(run: Run, recorded: str) -> None:
    done = run("replay", recorded, "--", "no-such-program-x")
    assert (done.status, done.out) == (3, "")
    assert run("replay", recorded, "-q", "--", "true").status == 3
