from __future__ import annotations

import json

import pytest

from mcpx.analyses.finding import Finding, Location, Rule, Severity, Subject, order

RULE = Rule("name-clash", "Title", Severity.ERROR, "Why.", "Do.")
MINOR = Rule("name-odd", "Title", Severity.INFO, "Why.")
ONE = Subject("tool", "search", "a")
OTHER = Subject("tool", "search", "b")


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
    finding = Finding(RULE, "m", (OTHER, ONE), ("cursor",), Location("mcp.json", 3), "h")
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


def test_worst_come_first() -> None:
    findings = [
        Finding(MINOR, "m", (ONE,)),
        Finding(RULE, "m", (OTHER,)),
        Finding(RULE, "m", (ONE,)),
    ]
    assert sorted(findings, key=order) == findings[::-1]
