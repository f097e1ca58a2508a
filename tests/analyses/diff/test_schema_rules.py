from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.schema_edits import schema_edits
from mcpx.analyses.diff.schema_rules import (
    INPUT_RULES,
    OUTPUT_RULES,
    RULE_BY_ID,
    SCHEMA_RULES,
    Direction,
    kebab,
)
from mcpx.analyses.finding import Severity

# What is told of a schema as a whole, by those who compare tools.
BY_OTHERS = {
    "input-narrowed",
    "output-widened",
    "input-compatibility-unknown",
    "output-compatibility-unknown",
    "schema-too-complex",
    *(rule.id for rule in SCHEMA_RULES if rule.id.startswith("tool-")),
}
OF_EDITS = [rule for rule in SCHEMA_RULES if rule.id not in BY_OTHERS]


def sides(rule: ChangeRule) -> tuple[Any, Any]:
    old, new = rule.example.split("\n")
    return json.loads(old.removeprefix("old: ")), json.loads(new.removeprefix("new: "))


def fired(old: Any, new: Any, rule: ChangeRule) -> list[str]:
    direction = Direction.OUTPUT if rule.id.startswith("output-") else Direction.INPUT
    return [edit.rule.id for edit in schema_edits(old, new, direction)]


@pytest.mark.parametrize("rule", OF_EDITS, ids=lambda rule: rule.id)
def test_the_example_of_a_rule_fires_it_and_the_way_back_fires_its_mirror(rule: ChangeRule) -> None:
    old, new = sides(rule)
    told = fired(old, new, rule)
    # A name that changed is told beside what it is made of; all else is told alone.
    assert len(told) == (3 if rule.id.endswith("-renamed") else 1)
    assert rule.id in told
    assert rule.mirror in fired(new, old, rule)


def test_every_rule_has_a_mirror_or_a_reason_to_have_none() -> None:
    assert [one.id for one in SCHEMA_RULES if bool(one.mirror) == bool(one.alone)] == []
    assert {one.mirror for one in SCHEMA_RULES if one.mirror} <= RULE_BY_ID.keys()


def test_every_rule_explains_itself() -> None:
    for rule in SCHEMA_RULES:
        assert rule.explanation.endswith("."), rule.id
        assert rule.mend.endswith("."), rule.id
        assert not rule.title.endswith("."), rule.id
        old, new = sides(rule)
        assert old != new, rule.id
    assert len({rule.title for rule in SCHEMA_RULES}) == len(SCHEMA_RULES)


def test_the_tables_hold_the_rules_of_their_direction_each_once() -> None:
    assert len(RULE_BY_ID) == len(SCHEMA_RULES)
    assert {"input-closed", "tool-input-schema-missing"} <= {rule.id for rule in INPUT_RULES}
    assert {"output-closed", "tool-output-schema-added"} <= {rule.id for rule in OUTPUT_RULES}
    assert not {rule.id for rule in INPUT_RULES} & {rule.id for rule in OUTPUT_RULES}


@pytest.mark.parametrize(
    ("name", "severity", "way_back"),
    [
        ("minimum-increased", Severity.ERROR, Severity.INFO),
        ("max-length-increased", Severity.INFO, Severity.ERROR),
        ("exclusive-maximum-added", Severity.ERROR, Severity.INFO),
        ("min-contains-removed", Severity.INFO, Severity.ERROR),
    ],
)
def test_bounds_break_inputs_one_way_and_outputs_the_other(
    name: str, severity: Severity, way_back: Severity
) -> None:
    assert RULE_BY_ID[f"input-{name}"].severity is severity
    assert RULE_BY_ID[f"output-{name}"].severity is way_back


@pytest.mark.parametrize(
    ("keyword", "part"),
    [("exclusiveMinimum", "exclusive-minimum"), ("pattern", "pattern"), ("$id", "id")],
)
def test_a_keyword_as_rule_ids_have_it(keyword: str, part: str) -> None:
    assert kebab(keyword) == part
