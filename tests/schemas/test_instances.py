from __future__ import annotations

import json
import time
from itertools import islice
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcpx.schemas.instances import instances, neighbours
from tests.schemas.junk import JSON
from tests.schemas.pairs import value

TOOL = {
    "type": "object",
    "properties": {
        "repository": {"type": "string", "pattern": "^[a-z]+/[a-z]+$"},
        "state": {"enum": ["open", "closed"]},
        "since": {"type": "string", "format": "date-time"},
        "labels": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "page": {"type": "integer", "minimum": 1, "maximum": 50},
    },
    "required": ["repository", "state"],
}


@pytest.mark.parametrize(
    ("schema", "other", "wanted"),
    [
        pytest.param({"enum": ["a", "b"]}, {"enum": ["a"]}, "b", id="option"),
        pytest.param({"maximum": 10}, {"maximum": 7}, 8, id="above a bound"),
        pytest.param({"maximum": 10}, {"exclusiveMaximum": 10}, 10, id="at a bound"),
        pytest.param({"exclusiveMinimum": 0}, {"minimum": 0.5}, 0.25, id="between bounds"),
        pytest.param({"type": "string"}, {"minLength": 4}, "aaa", id="short"),
        pytest.param({"type": "string"}, {"maxLength": 9_000}, "a" * 9_001, id="long"),
        pytest.param({"items": {"const": 1}}, {"maxItems": 300}, [1] * 301, id="many items"),
        pytest.param({"type": "string", "format": "date"}, {}, "2026-01-31", id="format"),
        pytest.param({"type": ["string", "null"]}, {"type": "string"}, None, id="null"),
        pytest.param({"items": {"const": 1}}, {"maxItems": 1}, [1, 1], id="items"),
        pytest.param({"prefixItems": [{"const": 1}]}, {}, [1], id="first item"),
        pytest.param({"properties": {"a": {"const": 1}}}, {"required": ["a"]}, {}, id="missing"),
        pytest.param({"required": ["a"]}, {}, {"a": 0}, id="required"),
        pytest.param({"minProperties": 2}, {}, {"k0": 0, "k1": 0}, id="members"),
        pytest.param(
            {"anyOf": [{"type": "null"}, {"properties": {"a": {"const": 1}}}]},
            {},
            {"a": 1},
            id="alternative",
        ),
        pytest.param(
            {"$ref": "#/$defs/a", "$defs": {"a": {"const": [7]}}}, {}, [7], id="reference"
        ),
        pytest.param({"if": {"const": 1}, "then": {}, "else": {}}, {}, 1, id="condition"),
        pytest.param({"not": {"const": "x"}}, {}, "x", id="ruled out"),
        pytest.param({"dependentRequired": {"a": ["b"]}}, {}, {"a": "a", "b": "a"}, id="dependent"),
        pytest.param({"contains": {"const": 3}}, {}, [3], id="contains"),
    ],
)
def test_values_come_near_to_where_schemas_part(schema: Any, other: Any, wanted: Any) -> None:
    found = islice(instances(schema, other), 400)
    assert json.dumps(wanted) in {json.dumps(one) for one in found}


def test_the_first_value_is_short_and_fits() -> None:
    validator = jsonschema_rs.validator_for(TOOL)
    first, *more = (one for one in islice(instances(TOOL, {}), 500) if validator.is_valid(one))
    assert set(first) == {"repository", "state"}
    assert len(more) > 50


def test_neighbours_differ_in_one_place() -> None:
    start = {"repository": "a/b", "labels": ["x"]}
    found = [one for one in neighbours(start, TOOL, {}) if isinstance(one, dict)]
    assert {"labels": ["x"]} in found
    assert {"repository": "a/b", "labels": []} in found
    assert {"repository": "a/b", "labels": ["x"], "page": 50} in found


def doubling(levels: int) -> dict[str, Any]:
    parts: dict[str, Any] = {"p0": {"type": "integer"}}
    for n in range(1, levels + 1):
        ref = {"$ref": f"#/$defs/p{n - 1}"}
        parts[f"p{n}"] = {"anyOf": [ref, {"allOf": [ref, ref]}], "properties": {"a": ref, "b": ref}}
    return {"$defs": parts, "$ref": f"#/$defs/p{levels}"}


CIRCLE = {"anyOf": [{"$ref": "#"}, {"$ref": "#"}], "allOf": [{"$ref": "#"}], "not": {"$ref": "#"}}
LARGE: dict[str, Any] = {
    **{f"min{word}": 99_000 for word in ("Items", "Length", "Properties")},
    **{f"max{word}": 99_999 for word in ("Items", "Length", "Properties")},
}
LARGE = {**LARGE, "items": LARGE, "additionalProperties": {**LARGE, "items": LARGE}}
TREE = {
    "properties": {name: {"$ref": "#"} for name in "abcdefgh"},
    "items": {"$ref": "#"},
    "required": ["a", "b", "c"],
}


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(doubling(30), id="doubling"),
        pytest.param(CIRCLE, id="circle"),
        pytest.param({**TREE, **CIRCLE}, id="tree in a circle"),
        pytest.param({"properties": {f"p{n}": TREE for n in range(200)}}, id="members"),
        pytest.param({"enum": list(range(5_000))}, id="options"),
        pytest.param({"allOf": [{"anyOf": [{"const": n}] * 5} for n in range(12)]}, id="product"),
        pytest.param({"pattern": "^(a|a)*(?!b)$", "minLength": 4_000}, id="pattern"),
        pytest.param(LARGE, id="large"),
        pytest.param({"minItems": 10**9, "minProperties": 10**9, "minLength": 10**9}, id="sizes"),
        pytest.param({"minimum": 1e308, "multipleOf": 5e-324}, id="numbers"),
    ],
)
def test_no_schema_makes_the_first_values_costly(schema: Any) -> None:
    begun = time.monotonic()
    found = [*islice(instances(schema, schema), 200)]
    for one in found[:3]:
        found += islice(neighbours(one, schema, schema), 50)
    assert time.monotonic() - begun < 15
    assert len(json.dumps(found)) < 20_000_000


@settings(max_examples=40, deadline=None)
@given(JSON, JSON, st.randoms(use_true_random=False))
def test_junk_never_fails(schema: Any, other: Any, chance: Random) -> None:
    for one in islice(instances(schema, other), 60):
        json.dumps(one)
    for one in islice(neighbours(value(chance), schema, other), 60):
        json.dumps(one)
