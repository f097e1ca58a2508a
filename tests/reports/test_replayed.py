from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.divergences import ABSENT, Kind
from mcpx.analyses.finding import Rule, Severity
from mcpx.reports.replayed import Played, Shown, Tally
from tests.reports.samples import ADDED, CHANGED, VOLATILE, diverged


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(ABSENT, None, id="absent"),
        pytest.param(None, Shown(None), id="null"),
        pytest.param({"a": [1, True]}, Shown({"a": [1, True]}), id="whole"),
        pytest.param("é" * 4_000, Shown("é" * 4_000), id="a-text-that-just-fits"),
        pytest.param("é" * 4_001, Shown("é" * 4_000, True), id="a-long-text"),
        pytest.param(["é" * 9_999], Shown('["' + "é" * 3_998, True), id="a-long-list"),
        pytest.param(deep(100_000), Shown("[" * 4_000, True), id="deeper-than-can-be-written"),
    ],
)
def test_so_much_of_a_value_is_shown(value: Any, shown: Shown | None) -> None:
    found = Shown.of(value)
    if shown is not None and found is not None and found.cut and found.value[:2] == "[[":
        assert set(found.value) == {"["}
    else:
        assert found == shown


def played(*rules: Rule, **more: Any) -> Played:
    found = [diverged(rule, "m", "/p", 1, 2) for rule in rules]
    return Played(**{"number": 1, "connection": 1, "method": "ping", "diverged": found, **more})


@pytest.mark.parametrize(
    ("rules", "severity", "differs"),
    [
        pytest.param((), None, False, id="equal"),
        pytest.param((VOLATILE,), Severity.INFO, False, id="volatile"),
        pytest.param((VOLATILE, ADDED), Severity.WARNING, True, id="added"),
        pytest.param((ADDED, CHANGED, VOLATILE), Severity.ERROR, True, id="changed"),
    ],
)
def test_an_interaction_is_as_bad_as_its_worst_divergence(
    rules: tuple[Rule, ...], severity: Severity | None, differs: bool
) -> None:
    one = played(*rules)
    assert (one.severity, one.differs) == (severity, differs)


def test_a_tally_counts_what_people_ask_for() -> None:
    tally = Tally()
    tally.add(played())
    tally.add(played(VOLATILE))
    tally.add(played(CHANGED, CHANGED, VOLATILE))
    tally.add(played(why_not="it may write"))
    tally.add(played(method=""))  # a connection without a difference
    assert (tally.interactions, tally.equal, tally.differ, tally.not_sent) == (4, 2, 1, 1)
    assert tally.kinds == {Kind.CHANGED: 2, Kind.VOLATILE: 2}
    assert tally.quiet == {Kind.VOLATILE: 2}
    assert tally.severities == {Severity.ERROR: 2, Severity.INFO: 2}
    tally.add(played(ADDED, method=""))
    assert (tally.interactions, tally.differ) == (5, 2)
