from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.contradictions import contradiction


def needs(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        (
            {"type": "object", "required": ["id"], "additionalProperties": False},
            "'id' is required and additionalProperties forbids it",
        ),
        (
            {"minProperties": 2, "properties": {"a": {}}, "additionalProperties": False},
            "minProperties asks for 2 of 1 properties",
        ),
        ({"maxProperties": 0, "required": ["a"]}, "1 names are required and maxProperties is 0"),
        (needs(a=False), "'a' is required: false is its schema"),
        (needs(a={"enum": []}), "'a' is required: its enum is empty"),
        (needs(a={"not": {}}), "'a' is required: not excludes everything"),
        (
            needs(a={"type": "string", "enum": [1, True]}),
            "'a' is required: none of its values is of its type",
        ),
        (
            needs(a={"type": "integer", "const": 1.5}),
            "'a' is required: none of its values is of its type",
        ),
        (
            needs(a={"enum": ["a", 1], "const": True}),
            "'a' is required: its enum and const exclude each other",
        ),
        (
            needs(a={"type": "string", "minLength": 5, "maxLength": 4}),
            "'a' is required: minLength is greater than maxLength",
        ),
        (
            needs(a={"type": "number", "minimum": 2, "maximum": 1}),
            "'a' is required: minimum is greater than maximum",
        ),
        (
            needs(a={"type": "array", "minItems": 1, "items": False}),
            "'a' is required: it has elements: false is its schema",
        ),
        (
            needs(a={"allOf": [{"type": "string"}, {"type": "number"}]}),
            "'a' is required: its types exclude each other",
        ),
        (
            needs(a={"type": "string", "anyOf": [{"type": "null"}, {"const": 1}]}),
            "'a' is required: nothing in its anyOf is possible (none of its values is of its type)",
        ),
        (
            {
                "allOf": [
                    {"properties": {"a": {}}, "additionalProperties": False},
                    {"properties": {"b": {}}, "required": ["b"]},
                ]
            },
            "'b' is required and additionalProperties forbids it",
        ),
        (
            {**needs(a={"$ref": "#/$defs/no"}), "$defs": {"no": {"not": True}}},
            "'a' is required: not excludes everything",
        ),
        (needs(a=needs(b=False)), "'a' is required: 'b' is required: false is its schema"),
    ],
)
def test_schemas_that_no_arguments_satisfy(schema: dict[str, Any], why: str) -> None:
    assert contradiction(schema) == why


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({}, id="anything"),
        pytest.param({"type": "object", "properties": {"a": False}}, id="not required"),
        pytest.param(
            {"required": ["id"], "additionalProperties": False, "patternProperties": {"^i": {}}},
            id="a pattern may allow it",
        ),
        pytest.param({"type": "string"}, id="no object, which another rule tells"),
        pytest.param({"type": ["object", "null"]}, id="an object or null"),
        pytest.param(needs(a={"minLength": 5, "maxLength": 4}), id="a number has no length"),
        pytest.param(
            needs(a={"type": ["string", "null"], "minLength": 5, "maxLength": 4}), id="or null"
        ),
        pytest.param(needs(a={"type": "integer", "const": 1.0}), id="a whole number"),
        pytest.param(needs(a={"enum": [1], "const": 1.0}), id="the same number"),
        pytest.param(needs(a={"allOf": [{"type": "number"}, {"type": "integer"}]}), id="integers"),
        pytest.param(needs(a={"enum": [[], {}], "const": []}), id="values that are not compared"),
        pytest.param(needs(a={"type": "array", "items": False}), id="an empty array"),
        pytest.param(
            needs(a={"type": "array", "minItems": 1, "items": False, "prefixItems": [{}]}),
            id="a first element",
        ),
        pytest.param(needs(a={"anyOf": [False, {"type": "string"}]}), id="one way out"),
        pytest.param(needs(a={"not": {"type": "string"}}), id="not some"),
        pytest.param(needs(a={"type": "text"}), id="no type"),
        pytest.param(needs(a={"$ref": "#/$defs/gone"}), id="a reference to nothing"),
        pytest.param(needs(a={"$ref": "#"}), id="without end"),
        pytest.param(
            {
                "$schema": "http://json-schema.org/draft-07/schema#",
                **needs(a={"$ref": "#/$defs/a", "type": "number"}),
                "$defs": {"a": {"type": "string"}},
            },
            id="beside a reference, in draft-07",
        ),
        pytest.param(needs(a={"required": True, "minLength": "1"}), id="of other types"),
    ],
)
def test_schemas_that_some_arguments_may_satisfy(schema: dict[str, Any]) -> None:
    assert contradiction(schema) == ""
