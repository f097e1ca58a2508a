from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from mcpx.errors import ConfigError, RefusedError
from mcpx.servers import Origin, Place, ServerSpec, definition_digest
from mcpx.trust import Approval, Approvals, Gate, Standing, Verdict, standing

SPEC = ServerSpec(
    "tickets",
    command="run",
    args=("tickets",),
    origin=Origin.PROJECT,
    place=Place("claude-code", "project", "/shop/.mcp.json", "tickets"),
)
CHANGED = replace(SPEC, args=("tickets", "--as-root"))


@pytest.fixture
def approvals(tmp_path: Path) -> Approvals:
    return Approvals(tmp_path / "state" / "trust.json")


def test_without_a_file_nothing_was_decided(approvals: Approvals) -> None:
    assert approvals.all() == []
    assert not approvals.path.exists()


def test_a_decision_is_kept_for_its_owner_only(approvals: Approvals) -> None:
    made = approvals.decide(SPEC, Verdict.ALLOWED)
    assert made == Approval("/shop/.mcp.json", "tickets", definition_digest(SPEC), Verdict.ALLOWED)
    assert approvals.all() == [made]
    assert approvals.path.stat().st_mode & 0o777 == 0o600
    assert "run" not in approvals.path.read_text()


def test_a_second_decision_takes_the_place_of_the_first(approvals: Approvals) -> None:
    approvals.decide(SPEC, Verdict.ALLOWED)
    approvals.decide(CHANGED, Verdict.DENIED)
    assert [(one.digest, one.verdict) for one in approvals.all()] == [
        (definition_digest(CHANGED), Verdict.DENIED)
    ]


def test_a_decision_covers_what_hosts_make_of_the_same_entry(approvals: Approvals) -> None:
    approvals.decide(SPEC, Verdict.ALLOWED, [CHANGED])
    gate = Gate(False, approvals)
    assert (gate.standing(SPEC), gate.standing(CHANGED)) == (Standing.ALLOWED, Standing.ALLOWED)
    approvals.decide(SPEC, Verdict.ALLOWED)
    assert Gate(False, approvals).standing(CHANGED) is Standing.CHANGED


def test_a_definition_without_a_place_is_known_by_its_name(approvals: Approvals) -> None:
    made = approvals.decide(replace(SPEC, place=None), Verdict.ALLOWED)
    assert (made.path, made.name) == ("", "tickets")


def test_decisions_are_sorted(approvals: Approvals) -> None:
    for name in ("b", "a", "c"):
        approvals.decide(replace(SPEC, place=Place("h", "s", "/p", name)), Verdict.ALLOWED)
    assert [one.name for one in approvals.all()] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("keys", "left", "count"),
    [
        pytest.param({("/shop/.mcp.json", "tickets")}, ["notes"], 1, id="one"),
        pytest.param({("/other", "tickets")}, ["notes", "tickets"], 0, id="of-another-file"),
        pytest.param(None, [], 2, id="all"),
    ],
)
def test_decisions_can_be_forgotten(
    approvals: Approvals, keys: set[tuple[str, str]] | None, left: list[str], count: int
) -> None:
    approvals.decide(SPEC, Verdict.ALLOWED)
    approvals.decide(replace(SPEC, place=Place("h", "s", "/p", "notes")), Verdict.DENIED)
    assert approvals.reset(keys) == count
    assert sorted(one.name for one in approvals.all()) == left


@pytest.mark.parametrize(
    ("made", "now", "expected"),
    [
        pytest.param(None, SPEC, Standing.ASKED, id="nothing-decided"),
        pytest.param(Verdict.ALLOWED, SPEC, Standing.ALLOWED, id="allowed"),
        pytest.param(Verdict.ALLOWED, CHANGED, Standing.CHANGED, id="changed-since"),
        pytest.param(Verdict.DENIED, SPEC, Standing.DENIED, id="denied"),
        pytest.param(Verdict.DENIED, CHANGED, Standing.DENIED, id="denied-for-good"),
        pytest.param(
            Verdict.DENIED, replace(SPEC, origin=Origin.USER), Standing.FREE, id="ones-own"
        ),
        pytest.param(None, replace(SPEC, origin=Origin.EXPLICIT), Standing.FREE, id="typed"),
        pytest.param(
            Verdict.ALLOWED,
            replace(SPEC, place=Place("cursor", "project", "/else/.mcp.json", "tickets")),
            Standing.ASKED,
            id="same-definition-in-another-file",
        ),
    ],
)
def test_where_a_definition_stands(
    approvals: Approvals, made: Verdict | None, now: ServerSpec, expected: Standing
) -> None:
    if made is not None:
        approvals.decide(SPEC, made)
    assert standing(now, approvals.all()) is expected
    assert Gate(False, approvals).standing(now) is expected


def test_the_gate_lets_through_what_is_approved(approvals: Approvals) -> None:
    approvals.decide(SPEC, Verdict.ALLOWED)
    Gate(False, approvals).check(SPEC)


@pytest.mark.parametrize(
    ("made", "now", "reason"),
    [
        pytest.param(None, SPEC, "comes from a project's file and is not approved", id="asked"),
        pytest.param(Verdict.ALLOWED, CHANGED, "has changed since it was approved", id="changed"),
        pytest.param(Verdict.DENIED, SPEC, "was denied", id="denied"),
    ],
)
def test_the_gate_refuses_the_rest_and_says_why(
    approvals: Approvals, made: Verdict | None, now: ServerSpec, reason: str
) -> None:
    if made is not None:
        approvals.decide(SPEC, made)
    with pytest.raises(RefusedError) as caught:
        Gate(False, approvals).check(now)
    assert caught.value.message == f"tickets: {reason}; not started"
    assert "mcpx trust allow tickets" in caught.value.hint
    # A denial is not overruled by it.
    assert ("--trust-project" in caught.value.hint) is (made is not Verdict.DENIED)
    assert caught.value.details == ("from: /shop/.mcp.json",)


@pytest.mark.parametrize("made", [None, Verdict.ALLOWED], ids=["not-asked", "changed"])
def test_trusting_projects_lets_all_through_for_once(
    approvals: Approvals, made: Verdict | None
) -> None:
    if made is not None:
        approvals.decide(SPEC, made)
    Gate(True, approvals).check(CHANGED)


def test_a_denial_is_stronger_than_trusting_projects(approvals: Approvals) -> None:
    approvals.decide(SPEC, Verdict.DENIED)
    with pytest.raises(RefusedError, match="was denied"):
        Gate(True, approvals).check(SPEC)


def test_ones_own_servers_need_no_file_of_approvals(tmp_path: Path) -> None:
    damaged = tmp_path / "trust.json"
    damaged.write_text("{")
    Gate(False, Approvals(damaged)).check(replace(SPEC, origin=Origin.USER))


def test_the_gate_looks_in_the_users_own_folder(home: Path) -> None:
    Approvals().decide(SPEC, Verdict.ALLOWED)
    assert Approvals().path.is_relative_to(home)
    Gate(False).check(SPEC)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "3", "{}", '{"version": 1}', '{"version": 1, "approvals": 3}'),
        '{"version": 1, "approvals": [3]}',
        '{"version": 1, "approvals": [{"path": "/p"}]}',
        '{"version": "new", "approvals": []}',
        '{"version": 1, "approvals": [{"path": "", "name": "", "digest": "", "verdict": "x"}]}',
        "[" * 100_000,
    ],
)
def test_a_damaged_file_allows_nothing(approvals: Approvals, text: str) -> None:
    approvals.path.parent.mkdir()
    approvals.path.write_text(text)
    approvals.path.chmod(0o600)
    with pytest.raises(ConfigError, match="not a file of approvals") as caught:
        Gate(True, approvals).check(SPEC)
    assert "mcpx trust allow" in caught.value.hint
    with pytest.raises(ConfigError):
        approvals.decide(SPEC, Verdict.ALLOWED)
    assert approvals.path.read_text() == text


def test_a_file_of_a_newer_version_is_left_alone(approvals: Approvals) -> None:
    approvals.path.parent.mkdir()
    approvals.path.write_text(json.dumps({"version": 2, "approvals": {}}))
    approvals.path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"newer mcpx \(version 2\)"):
        approvals.all()


def test_odd_members_do_not_hurt(approvals: Approvals) -> None:
    approvals.decide(SPEC, Verdict.ALLOWED)
    document = json.loads(approvals.path.read_text())
    document["later"] = True
    document["approvals"].append({**document["approvals"][0], "path": 3, "note": "x"})
    approvals.path.write_text(json.dumps(document))
    assert [one.path for one in approvals.all()] == ["/shop/.mcp.json", "3"]


@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666])
def test_a_file_that_others_can_write_counts_for_nothing(approvals: Approvals, mode: int) -> None:
    approvals.decide(SPEC, Verdict.ALLOWED)
    approvals.path.chmod(mode)
    with pytest.raises(ConfigError, match="others can write it") as caught:
        Gate(False, approvals).check(SPEC)
    assert f"chmod 600 {approvals.path}" in caught.value.hint


def test_a_file_of_another_user_counts_for_nothing(
    approvals: Approvals, monkeypatch: pytest.MonkeyPatch
) -> None:
    approvals.decide(SPEC, Verdict.ALLOWED)
    someone = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: someone)
    with pytest.raises(ConfigError, match="others can write it"):
        approvals.all()


def test_decisions_made_at_once_are_all_kept(approvals: Approvals) -> None:
    def decide(number: int) -> None:
        spec = replace(SPEC, place=Place("h", "s", "/p", f"server-{number:02}"))
        Approvals(approvals.path).decide(spec, Verdict.ALLOWED)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(decide, range(40)))
    assert [one.name for one in approvals.all()] == [f"server-{number:02}" for number in range(40)]
