from __future__ import annotations

import json
import re

import pytest

from mcpx.analyses.divergence.comparison import Comparing, Comparison
from mcpx.analyses.divergence.divergences import Kind
from mcpx.analyses.divergence.replay_rules import REPLAY_RULES
from mcpx.analyses.divergence.sides import Interaction
from mcpx.analyses.finding import Rule
from mcpx.operations.comparing import SchemaJudge
from mcpx.schemas.workers import Worker
from tests.analyses.divergence.sides import NOW, THEN, read, side
from tests.analyses.examples import examples_of

# One step that makes an example honest: what stands there, and what stands there instead.
STEPS = {
    "replay-changed": ('"count": 4', '"count": 3.0'),
    "replay-schema": ('{"count": "3"}', '{"count": 3}'),
    "replay-contract": (', "required": ["to"]', ""),
    "replay-missing": ('"progress": []', '"progress": [1]'),
    "replay-outcome": (', "isError": true', ""),
    "replay-error-class": ("-32603", "-32602"),
    "replay-unanswered": (
        '"questions": []',
        '"questions": [{"method": "elicitation/create", "params": {}}]',
    ),
    "replay-added": (', "unit": "kg"', ""),
    "replay-order": ('["b", "a"]', '["a", "b"]'),
    "replay-extra": ('"progress": []', '"progress": [1]'),
    "replay-error-text": ("note not found", "no such note"),
    "replay-transport": ("text/event-stream", "application/json; charset=utf-8"),
    "replay-latency": ('"seconds": 0.3', '"seconds": 0.19'),
    "replay-volatile": ("2026-11-24T09:00:00Z", "2026-11-23T10:00:00Z"),
    "replay-unscored": ('"result": {}', '"end": "unanswered"'),
    "replay-not-applicable": (', "modern": true', ""),
}


def fired(example: str) -> list[str]:
    """The rules that an example fires."""
    lines = re.sub(r"\n  +", " ", example).splitlines()
    said = dict(line.split(": ", 1) for line in lines)
    method = json.loads(said.get("method", '"tools/call"'))
    with Worker() as worker:
        judge = SchemaJudge(worker)
        comparison = Comparison(Comparing(check=judge.check, judge=judge, latency=True))
        if "schema" in said:
            tool = {"name": "count", "outputSchema": json.loads(said["schema"])}
            listed = {"tools": [tool]}
            before = Interaction(1, 1, "tools/list")
            assert comparison.compare(before, side(listed), side(listed)) == []
        interaction = Interaction(2, 1, method, "count")
        sides = read(said["recorded"], THEN), read(said["live"], NOW)
        found = comparison.compare(interaction, *sides)
    return [f"replay-{one.kind}" for one in found]


@examples_of(REPLAY_RULES, STEPS)
def test_an_example_fires_its_rule_alone(example: str, fires: list[str]) -> None:
    assert fired(example) == fires


def test_every_kind_has_its_rule() -> None:
    assert {rule.id for rule in REPLAY_RULES} == {f"replay-{kind}" for kind in Kind}


@pytest.mark.parametrize("rule", REPLAY_RULES, ids=lambda rule: rule.id)
def test_an_example_shows_both_sides(rule: Rule) -> None:
    assert "recorded: {" in rule.example
    assert "\nlive: {" in rule.example
