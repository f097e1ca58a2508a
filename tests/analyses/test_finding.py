from __future__ import annotations

import json

import pytest

from mcpx.analyses.finding import (
    Effect,
    Finding,
    Location,
    Outcome,
    Rule,
    Severity,
    Subject,
    by_effect,
    listed,
    order,
)

RULE = Rule("name-clash", "Title", Severity.ERROR, "Why.", "Do.")
MINOR = Rule("name-odd", "Title", Severity.INFO, "Why.")
ONE = Subject("tool", "search", "a")
OTHER = Subject("tool", "search", "b")
LAST = Outcome("zed", Effect.LAST_WINS, ("search",), "b")
APART = Outcome("cursor", Effect.APART)
RENAMED = Outcome("goose", Effect.RENAMED)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Severity.ERROR, Severity.WARNING, True),
        (Severity.WARNING, Severity.WARNING, True),
        (Severity.INFO, Severity.WARNING, False),
    ],
)
def test_severities_have_an_order(one: Severity, other: Severity, expected: bool) -> None:
    assert one.at_least(other) is expected


def test_a_finding_as_json() -> None:
    finding = Finding(RULE, "m", (OTHER, ONE), ("cursor",), Location("mcp.json", 3), "h", (LAST,))
    assert json.loads(json.dumps(finding.to_dict())) == {
        "rule": "name-clash",
        "severity": "error",
        "message": "m",
        "subjects": [
            {"kind": "tool", "key": "search", "server": "b"},
            {"kind": "tool", "key": "search", "server": "a"},
        ],
        "servers": ["a", "b"],
        "hosts": ["cursor"],
        "location": {"path": "mcp.json", "line": 3},
        "hint": "h",
        "fingerprint": "6321acdba1a2a2c0",
        "outcomes": [{"host": "zed", "effect": "last-wins", "names": ["search"], "winner": "b"}],
    }
    assert Finding(MINOR, "m").to_dict()["location"] is None


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param(Finding(RULE, "other words", (ONE, OTHER), ("zed",)), True, id="words, hosts"),
        pytest.param(Finding(RULE, "m", (OTHER, ONE)), True, id="order"),
        pytest.param(Finding(MINOR, "m", (ONE, OTHER)), False, id="rule"),
        pytest.param(Finding(RULE, "m", (ONE,)), False, id="servers"),
        pytest.param(Finding(RULE, "m", (ONE, Subject("tool", "find", "b"))), False, id="keys"),
    ],
)
def test_the_fingerprint_is_of_rule_servers_and_keys(other: Finding, same: bool) -> None:
    finding = Finding(RULE, "m", (ONE, OTHER))
    assert (finding.fingerprint == other.fingerprint) is same


@pytest.mark.parametrize(
    ("outcomes", "severity"),
    [
        ((), Severity.INFO),
        ((APART,), Severity.INFO),
        ((APART, RENAMED), Severity.WARNING),
        ((RENAMED, LAST, APART), Severity.ERROR),
    ],
)
def test_a_finding_is_as_bad_as_its_worst_outcome(
    outcomes: tuple[Outcome, ...], severity: Severity
) -> None:
    assert Finding(MINOR, "m", outcomes=outcomes).severity is severity
    given = Finding(MINOR, "m", outcomes=outcomes, given=Severity.WARNING)
    assert given.severity is Severity.WARNING


def test_effects_are_told_worst_first_with_their_hosts() -> None:
    again = Outcome("langchain", Effect.LAST_WINS)
    assert by_effect([APART, LAST, RENAMED, again]) == [
        (Effect.LAST_WINS, ["zed", "langchain"]),
        (Effect.RENAMED, ["goose"]),
        (Effect.APART, ["cursor"]),
    ]


def test_every_effect_has_words() -> None:
    assert len({effect.words for effect in Effect}) == len(Effect)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (list("abc"), "a, b and c"),
        (list("abcdefgh"), "a, b, c, d, e, f and 2 more"),
    ],
)
def test_words_are_listed_as_in_a_sentence(words: list[str], text: str) -> None:
    assert listed(words) == text


def test_worst_come_first() -> None:
    findings = [
        Finding(MINOR, "m", (ONE,)),
        Finding(RULE, "m", (OTHER,)),
        Finding(RULE, "m", (ONE,)),
    ]
    assert sorted(findings, key=order) == findings[::-1]
