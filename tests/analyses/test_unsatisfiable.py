from __future__ import annotations

import time
from typing import Any

import pytest

from mcpx.analyses.unsatisfiable import unsatisfiable


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
        (
            needs(a={"type": "number", "exclusiveMinimum": 5, "maximum": 5}),
            "'a' is required: its bounds leave no number",
        ),
        (
            needs(a={"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 6}),
            "'a' is required: its bounds leave no whole number",
        ),
        (
            needs(a={"const": 1, "minimum": 2}),
            "'a' is required: none of its values is within its bounds",
        ),
        (
            needs(a={"type": "string", "enum": ["abc", "abcd"], "maxLength": 2}),
            "'a' is required: none of its values is within its bounds",
        ),
        (
            {"type": "object", "required": ["a"], "propertyNames": False},
            "'a' is required and propertyNames forbids it",
        ),
        (
            {"type": "object", "required": ["abc"], "propertyNames": {"maxLength": 2}},
            "'abc' is required and propertyNames forbids it",
        ),
        ({"if": {}, "then": False}, "nothing in its if is possible (false is its schema)"),
        (
            needs(a={"type": "string", "if": {"minLength": 1}, "then": False, "else": False}),
            "'a' is required: nothing in its if is possible (false is its schema)",
        ),
        ({"required": ["a"], "not": {"required": ["a"]}}, "not excludes everything"),
        (
            needs(a={"type": "integer", "not": {"type": "number", "title": "n"}}),
            "'a' is required: not excludes everything",
        ),
        (
            needs(a={"oneOf": [{"type": "string"}, {"type": "string", "title": "s"}]}),
            "'a' is required: nothing in its oneOf is possible (it stands there twice)",
        ),
        (
            needs(a={"type": "array", "contains": False}),
            "'a' is required: it must contain an element: false is its schema",
        ),
        (
            needs(a={"type": "array", "contains": {}, "maxItems": 0}),
            "'a' is required: it must contain an element, and maxItems is 0",
        ),
        (
            needs(n={"$ref": "#"}),
            "'n' is required: it would have to hold itself without end",
        ),
        (
            {
                **needs(n={"$ref": "#/$defs/n"}),
                "$defs": {"n": needs(a={"anyOf": [{"$ref": "#/$defs/n"}, False]})},
            },
            "'n' is required: 'a' is required: nothing in its anyOf is possible"
            " (false is its schema)",
        ),
        (
            needs(a={"type": "array", "minItems": 1, "items": {"$ref": "#"}}),
            "'a' is required: it has elements: it would have to hold itself without end",
        ),
        (needs(a=needs(b=False)), "'a' is required: 'b' is required: false is its schema"),
    ],
)
def test_schemas_that_no_arguments_satisfy(schema: dict[str, Any], why: str) -> None:
    assert unsatisfiable(schema, of_object=True) == why


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
        pytest.param(
            {"properties": {"n": {"$ref": "#"}}, "required": ["n"]}, id="it may hold a number"
        ),
        pytest.param(needs(n={"anyOf": [{"$ref": "#"}, {"type": "null"}]}), id="an end of itself"),
        pytest.param({"type": "object", "anyOf": [{"$ref": "#"}]}, id="round in a circle"),
        pytest.param(
            needs(a={"type": "integer", "exclusiveMinimum": 5, "maximum": 6}), id="one number"
        ),
        pytest.param(
            needs(a={"type": "number", "exclusiveMinimum": 5, "exclusiveMaximum": 6}),
            id="half",
        ),
        pytest.param(needs(a={"exclusiveMinimum": True, "minimum": 1}), id="as in draft-04"),
        pytest.param(
            needs(a={"type": "integer", "minimum": 10**400, "maximum": float("inf")}), id="large"
        ),
        pytest.param(
            needs(a={"type": "integer", "minimum": float("inf"), "maximum": float("nan")}),
            id="no numbers",
        ),
        pytest.param(needs(a={"enum": ["abc", 1], "maxLength": 2}), id="another value"),
        pytest.param(
            {"type": "object", "required": ["a"], "propertyNames": {"type": "string"}}, id="a name"
        ),
        pytest.param({"propertyNames": False}, id="no names"),
        pytest.param({"if": {"required": ["a"]}, "then": False}, id="if not"),
        pytest.param({"if": {}, "else": False}, id="never else"),
        pytest.param({"required": ["a"], "not": {"required": ["a", "b"]}}, id="not both"),
        pytest.param(
            {"required": ["a"], "not": {"required": ["a"], "minProperties": 2}}, id="not more"
        ),
        pytest.param(needs(a={"type": "number", "not": {"type": "integer"}}), id="a fraction"),
        pytest.param(
            needs(a={"oneOf": [{"type": "string"}, {"type": "string"}, {"type": "null"}]}),
            id="one alone",
        ),
        pytest.param(
            needs(a={"anyOf": [{"type": "string"}, {"type": "string"}]}), id="any of two equal"
        ),
        pytest.param(needs(a={"contains": False}), id="no array"),
        pytest.param(
            needs(a={"type": "array", "contains": False, "minContains": 0}), id="none is enough"
        ),
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
    assert unsatisfiable(schema, of_object=True) == ""


def test_an_answer_may_be_no_object() -> None:
    schema = {"type": ["object", "null"], "required": ["a"], "properties": {"a": False}}
    assert unsatisfiable(schema, of_object=False) == ""
    assert unsatisfiable(schema, of_object=True) == "'a' is required: false is its schema"
    assert unsatisfiable({"enum": []}, of_object=False) == "its enum is empty"


def test_numbers_of_one_hash_take_little_time() -> None:
    alike = [number * (2**61 - 1) for number in range(1, 45_000)]
    start = time.perf_counter()
    assert unsatisfiable(needs(a={"enum": alike, "const": 1}), of_object=True) != ""
    assert time.perf_counter() - start < 2
