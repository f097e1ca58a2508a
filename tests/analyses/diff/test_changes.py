from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.changes import ABSENT, Basis, Bump, Change, ChangeRule, Witness
from mcpx.analyses.finding import Severity, Subject

GONE = ChangeRule("tool-gone", "Gone", Severity.ERROR, "Calls fail.", alone="a sample")
TEXT = ChangeRule("text-changed", "Text", Severity.WARNING, "It is read.", trust=True, alone="-")
MORE = ChangeRule("tool-more", "More", Severity.INFO, "It is new.", adds=True, alone="-")
SPELT = ChangeRule("spelt", "Spelt", Severity.INFO, "The same.", cosmetic=True, alone="-")
FIND = Subject("tool", "find", "notes")


def change(rule: ChangeRule = GONE, **members: Any) -> Change:
    return Change(rule, FIND, "it is gone", **members)


@pytest.mark.parametrize(
    ("rule", "given", "bump"),
    [
        (GONE, None, Bump.MAJOR),
        (TEXT, None, Bump.MINOR),
        (MORE, None, Bump.MINOR),
        (SPELT, None, Bump.PATCH),
        (GONE, Severity.INFO, Bump.PATCH),
        (GONE, Severity.WARNING, Bump.MINOR),
        (SPELT, Severity.ERROR, Bump.MAJOR),
        (MORE, Severity.ERROR, Bump.MAJOR),
    ],
)
def test_what_a_change_asks_of_the_version(
    rule: ChangeRule, given: Severity | None, bump: Bump
) -> None:
    assert change(rule, given=given).bump is bump


def test_bumps_have_an_order() -> None:
    assert sorted(Bump, key=lambda one: one.rank) == ["none", "patch", "minor", "major"]


def test_a_fingerprint_stays_while_the_change_does() -> None:
    first = change(pointer="/a", before=1, after={"x": 1, "y": 2})
    for same in (
        change(pointer="/a", before=2, after={"y": 2, "x": 1.0}),
        change(pointer="/a", after={"x": 1, "y": 2}, given=Severity.INFO, reason="other words"),
        Change(GONE, FIND, "said otherwise", "/a", 1, {"x": 1, "y": 2}),
    ):
        assert same.fingerprint == first.fingerprint
    others = [
        change(pointer="/b", after={"x": 1, "y": 2}),
        change(pointer="/a", after={"x": 1}),
        change(pointer="/a", after=None),
        change(pointer="/a"),
        change(TEXT, pointer="/a", after={"x": 1, "y": 2}),
        Change(GONE, Subject("tool", "find", "other"), "", "/a", 1, {"x": 1, "y": 2}),
    ]
    assert len({one.fingerprint for one in [first, *others]}) == 7
    assert first.as_finding().fingerprint == first.fingerprint


def test_no_value_is_too_odd_for_a_fingerprint() -> None:
    deep: Any = 1
    for _ in range(5_000):
        deep = {"a": deep}
    for value in (deep, "\ud83d", 2**70, 1e300, {"\ud83d": [None]}):
        assert len(change(after=value).fingerprint) == 16


def test_a_change_as_data() -> None:
    found = change(before=1, after=ABSENT, basis=Basis.WITNESS, witness=Witness(None, "/a", "a"))
    data = found.to_dict()
    assert (data["severity"], data["bump"], data["basis"]) == ("breaking", "major", "witness")
    assert data["witness"] == {
        "value": None, "path": "/a", "place": "a", "keyword": "", "message": "",
    }  # fmt: skip
    assert (data["before"], "after" in data) == (1, False)
    assert change(after=None).to_dict()["after"] is None


def test_a_change_as_a_finding_keeps_its_severity() -> None:
    finding = change(given=Severity.WARNING).as_finding()
    assert (finding.rule.id, finding.severity, finding.message) == (
        "tool-gone",
        Severity.WARNING,
        "it is gone",
    )
    assert finding.subjects == (FIND,)


@pytest.mark.parametrize(
    ("witness", "told"),
    [
        (Witness(1, place="limit", message="is 1, below 5"), "limit is 1, below 5"),
        (Witness(1, message="is wrong"), "it is wrong"),
        (Witness(1, place="limit"), ""),
    ],
)
def test_what_is_wrong_with_a_witness(witness: Witness, told: str) -> None:
    assert witness.told == told
