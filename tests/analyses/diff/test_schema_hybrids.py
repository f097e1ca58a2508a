from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from mcpx.analyses.diff.changes import ABSENT, ChangeRule
from mcpx.analyses.diff.schema_edits import schema_edits
from mcpx.analyses.diff.schema_hybrids import Among, Edit, Partly, applied
from mcpx.analyses.diff.schema_rules import RULE_BY_ID, SCHEMA_RULES, Direction
from tests.analyses.diff.test_schema_rules import OF_EDITS, sides

RULE = RULE_BY_ID["input-property-added"]
USER = {"$ref": "#/$defs/User"}
USERS = {"User": {"type": "object", "properties": {"name": {"type": "string"}}}}


def edit(path: tuple[str | int, ...], members: dict[str, Any], **more: Any) -> Edit:
    return Edit(RULE, "", "", "", path, members, **more)


@pytest.mark.parametrize(
    ("old", "path", "members", "new"),
    [
        pytest.param({"minimum": 1}, (), {"minimum": 2}, {"minimum": 2}, id="another value"),
        pytest.param({"minimum": 1}, (), {"minimum": ABSENT}, {}, id="a keyword less"),
        pytest.param(
            {"properties": {"a": {}, "b": {}}},
            (),
            {"properties": Partly({"a": ABSENT, "c": True})},
            {"properties": {"b": {}, "c": True}},
            id="some members of an object",
        ),
        pytest.param(
            {"required": ["a", "b"]},
            (),
            {"required": Among(("c",), ("a",))},
            {"required": ["b", "c"]},
            id="some names of a list",
        ),
        pytest.param(
            {"anyOf": [{}, {"type": "string"}]},
            ("anyOf", 1),
            {"maxLength": 3},
            {"anyOf": [{}, {"type": "string", "maxLength": 3}]},
            id="within a list",
        ),
        pytest.param(
            {"properties": {"u": USER, "v": USER}, "$defs": USERS},
            ("properties", "u", "properties", "name"),
            {"maxLength": 3},
            {
                "properties": {
                    "u": {
                        "type": "object",
                        "properties": {"name": {"type": "string", "maxLength": 3}},
                    },
                    "v": USER,
                },
                "$defs": USERS,
            },
            id="through a reference, at one of its places",
        ),
        pytest.param(
            {"type": "array"},
            ("items",),
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}},
            id="what is not there yet",
        ),
        pytest.param(True, (), {"type": "string"}, {"type": "string"}, id="a boolean schema"),
        pytest.param(7, ("a", 3), {"x": 1}, {"a": {"3": {"x": 1}}}, id="what is no schema"),
    ],
)
def test_an_edit_by_itself(old: Any, path: Any, members: Any, new: Any) -> None:
    before = copy.deepcopy(old)
    assert applied(old, edit(path, members)) == new
    assert old == before


def test_what_is_not_touched_is_shared() -> None:
    old = {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    new = applied(old, edit(("properties", "a"), {"maxLength": 3}))
    assert new["properties"]["b"] is old["properties"]["b"]


def test_definitions_that_a_new_value_refers_to_come_with_it() -> None:
    old = {"type": "object", "$defs": {"new": {"type": "string"}}}
    new = {
        "type": "object",
        "properties": {"u": {"$ref": "#/$defs/User"}},
        "$defs": {"User": {"type": "object", "properties": {"boss": {"$ref": "#/$defs/User"}}}},
    }
    (found,) = schema_edits(old, new, Direction.INPUT)
    hybrid = applied(old, found)
    there = "#/$defs/new_/$defs/User"
    assert hybrid["properties"]["u"] == {"$ref": there}
    assert hybrid["$defs"]["new"] == {"type": "string"}
    moved = hybrid["$defs"]["new_"]["$defs"]["User"]
    assert moved["properties"]["boss"] == {"$ref": there}


@pytest.mark.parametrize("rule", OF_EDITS, ids=lambda rule: rule.id)
def test_the_old_schema_with_its_one_edit_is_the_new_one(rule: ChangeRule) -> None:
    old, new = sides(rule)
    direction = Direction.OUTPUT if rule.id.startswith("output-") else Direction.INPUT
    found = next(one for one in schema_edits(old, new, direction) if one.rule is rule)
    left = [one.rule.id for one in schema_edits(applied(old, found), new, direction)]
    assert set(left) <= {"schema-refactored"}


@pytest.mark.parametrize("rule", SCHEMA_RULES[:80:7], ids=lambda rule: rule.id)
def test_edits_are_data(rule: ChangeRule) -> None:
    old, new = sides(rule)
    for one in schema_edits(old, new, Direction.INPUT):
        json.dumps(applied(old, one))
