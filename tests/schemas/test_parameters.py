from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given

from mcpx.schemas.parameters import MISSING, Parameter, parameters
from tests.schemas.junk import JSON

DEFINITIONS = {
    "user": {"type": "object", "description": "A user.", "properties": {"id": {}}},
    "level": {"enum": ["low", "high"]},
    "loop": {"anyOf": [{"$ref": "#/$defs/loop"}, {"type": "null"}]},
}


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        pytest.param({"type": "string"}, "string", id="plain"),
        pytest.param({"type": ["integer", "null"]}, "integer|null", id="list of types"),
        pytest.param({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer|null", id="any"),
        pytest.param({"oneOf": [{"type": "string"}] * 2}, "string", id="same twice"),
        pytest.param({"anyOf": [{"type": "string"}, {}]}, "any", id="anything among them"),
        pytest.param({"anyOf": [{"const": n} for n in range(9)]}, None, id="many"),
        pytest.param({"type": "array"}, "array", id="array"),
        pytest.param({"type": "array", "items": {"title": "t"}}, "array", id="array of anything"),
        pytest.param({"items": {"type": "string"}}, "array of string", id="array of"),
        pytest.param(
            {"type": "array", "items": {"type": ["string", "null"]}},
            "array of (string|null)",
            id="array of union",
        ),
        pytest.param(
            {"anyOf": [{"items": {"type": "string"}}, {"type": "null"}]},
            "(array of string)|null",
            id="union with array",
        ),
        pytest.param({"type": "array", "prefixItems": [{}], "items": {}}, "array", id="tuple"),
        pytest.param({"enum": ["a", "b", None]}, "one of a, b, null", id="enum"),
        pytest.param({"enum": []}, "never", id="empty enum"),
        pytest.param({"enum": list(range(20))}, "one of 0, 1, 2, 3, 4, 5, 6, 7, …", id="long enum"),
        pytest.param({"const": {"a": 1}}, "one of {…}", id="const"),
        pytest.param({"$ref": "#/$defs/user"}, "object", id="reference"),
        pytest.param(
            {"anyOf": [{"$ref": "#/$defs/level"}, {"type": "null"}]},
            "(one of low, high)|null",
            id="reference in union",
        ),
        pytest.param({"allOf": [{}, {"type": "number"}]}, "number", id="allOf"),
        pytest.param({"properties": {}}, "object", id="object without type"),
        pytest.param({}, "any", id="empty"),
        pytest.param(True, "any", id="true"),
        pytest.param(False, "never", id="false"),
        pytest.param("string", "any", id="no schema"),
        pytest.param({"type": 7}, "any", id="no type"),
        pytest.param({"type": []}, "any", id="no types"),
        pytest.param({"type": "x" * 100}, "x" * 40 + "…", id="long"),
        pytest.param({"$ref": "#/$defs/loop"}, "any", id="circle"),
    ],
)
def test_type_is_short_text(schema: Any, type_: str | None) -> None:
    (one,) = parameters({"properties": {"value": schema}, "$defs": DEFINITIONS})
    expected = "|".join(f"(one of {n})" for n in range(6)) + "|…" if type_ is None else type_
    assert one.type == expected


def test_parameters_of_a_typical_schema() -> None:
    schema = {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Where.", "minLength": 1, "format": "city"},
            "days": {
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": 9007199254740991},
                    {"type": "null"},
                ],
                "default": None,
            },
            "by": {"$ref": "#/$defs/user", "description": "Who."},
            "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
            "exact": {"type": "boolean", "default": False, "minimum": True},
        },
        "required": ["city", "by", "unlisted", 7],
        "$defs": DEFINITIONS,
    }
    assert parameters(schema) == (
        Parameter("city", "string", True, MISSING, "Where.", "length at least 1, format city"),
        Parameter("days", "integer|null", False, None, "", "at least 1"),
        Parameter("by", "object", True, MISSING, "Who."),
        Parameter("tags", "array of string", constraints="no item twice"),
        Parameter("exact", "boolean", default=False),
        Parameter("unlisted", required=True),
    )


def test_properties_of_composed_schemas_are_found_through_references() -> None:
    schema = {
        "$ref": "#/$defs/root",
        "$defs": {
            "root": {"allOf": [{"$ref": "#/$defs/a"}, {"required": ["x"]}, {"$ref": "#"}]},
            "a": {"properties": {"x": {"type": "string"}}},
        },
    }
    assert parameters(schema) == (Parameter("x", "string", True),)


@pytest.mark.parametrize(
    "schema",
    [
        None,
        True,
        7,
        "x",
        [],
        [{"name": "a", "type": "string"}],
        {"properties": []},
        {"required": 1},
    ],
)
def test_what_is_no_schema_has_no_parameters(schema: Any) -> None:
    assert parameters(schema) == ()


def test_a_doubling_schema_and_a_huge_number_cost_nothing() -> None:
    definitions: dict[str, Any] = {"d40": {"type": "string"}}
    for level in range(40):
        below = {"$ref": f"#/$defs/d{level + 1}"}
        definitions[f"d{level}"] = {"allOf": [below, below], "anyOf": [below, below]}
    schema = {
        **definitions["d0"],
        "properties": {"a": {"$ref": "#/$defs/d0", "minimum": 10**400}},
        "$defs": definitions,
    }
    start = time.monotonic()
    (one,) = parameters(schema)
    assert time.monotonic() - start < 2
    assert one.constraints == "at least 1" + "0" * 39 + "…"


@given(JSON)
def test_parameters_never_fails_on_junk(schema: Any) -> None:
    for one in parameters(schema):
        assert isinstance(one.type, str)
        assert isinstance(one.constraints, str)
