from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import Interaction
from mcpx.analyses.finding import Location, Severity
from mcpx.reports.replay_findings import finding_of

CALL = Interaction(7, 1, "tools/call", "find", {}, 8)
NUMBER = Divergence(Kind.CHANGED, "is another number", "/n", 3, 5)


def result(text: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text}]}


@pytest.mark.parametrize(
    ("divergence", "message"),
    [
        pytest.param(NUMBER, "tools/call find /n: is another number (3 → 5)", id="number"),
        pytest.param(
            Divergence(Kind.ADDED, "is new", "/m", ABSENT, [1]),
            "tools/call find /m: is new ([1])",
            id="new",
        ),
        pytest.param(
            Divergence(Kind.OUTCOME, "a tool error", "", result("3"), result("no")),
            'tools/call find: a tool error ("3" → "no")',
            id="what-results-say",
        ),
        pytest.param(
            Divergence(Kind.OUTCOME, "an error", "", result("3"), {"code": -1, "message": "no"}),
            'tools/call find: an error ("3" → "-1 no")',
            id="what-errors-say",
        ),
        pytest.param(
            Divergence(Kind.CONTRACT, "tool 'x' is gone", "/tools/0", {"name": "x"}, ABSENT),
            "tools/call find: tool 'x' is gone",
            id="definitions-in-words",
        ),
    ],
)
def test_a_finding_says_it_in_a_line(divergence: Divergence, message: str) -> None:
    found = finding_of(CALL, divergence, "s.jsonl")
    assert found.message == message
    assert found.rule.id == f"replay-{divergence.kind}"
    assert found.location == Location("s.jsonl", 8)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_rule(kind: Kind) -> None:
    found = finding_of(CALL, replace(NUMBER, kind=kind), "s.jsonl")
    assert found.severity is found.rule.severity


def test_a_divergence_may_be_as_bad_as_it_says() -> None:
    for severity in Severity:
        divergence = replace(NUMBER, kind=Kind.CONTRACT, severity=severity.value)
        assert finding_of(CALL, divergence, "s.jsonl").severity is severity


def test_a_fingerprint_is_that_of_the_place_alone() -> None:
    first = finding_of(CALL, NUMBER, "s.jsonl").fingerprint
    again = finding_of(
        replace(CALL, number=70, line=71, connection=2), replace(NUMBER, live=9), "other.jsonl"
    )
    assert again.fingerprint == first
    others = [
        finding_of(replace(CALL, name="drop"), NUMBER, "s.jsonl"),
        finding_of(CALL, replace(NUMBER, pointer="/m"), "s.jsonl"),
        finding_of(CALL, replace(NUMBER, kind=Kind.ORDER), "s.jsonl"),
    ]
    assert first not in {one.fingerprint for one in others}


def test_a_connection_has_no_method_and_may_have_no_line() -> None:
    found = finding_of(Interaction(0, 2), replace(NUMBER, pointer=""), "s.zip")
    assert found.message == "connection 2: is another number (3 → 5)"
    assert found.location == Location("s.zip", None)
    assert found.subjects[0].key == "#0 connection 2"
