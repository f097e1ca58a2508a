from __future__ import annotations

import time
from typing import Any

import pytest

from mcpx.analyses.example_arguments import NoExampleError, example_arguments
from mcpx.schemas.validation import Outcome, violations
from tests.schemas.here import check_here


def requiring(part: Any, name: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {name: part}, "required": [name], **more}


@pytest.mark.parametrize(
    ("part", "value"),
    [
        pytest.param({"type": "string", "default": "a", "enum": ["b", "a"]}, "a", id="default"),
        pytest.param({"type": "string", "default": None}, None, id="default of null"),
        pytest.param({"type": "string", "examples": ["Rome"]}, "Rome", id="first example"),
        pytest.param({"const": 7}, 7, id="constant"),
        pytest.param({"enum": ["red", "blue"]}, "red", id="first choice"),
        pytest.param({"type": "boolean"}, False, id="boolean"),
        pytest.param({"type": "null"}, None, id="null"),
        pytest.param({"type": "integer"}, 0, id="integer"),
        pytest.param({"type": "integer", "minimum": 1}, 1, id="at least"),
        pytest.param({"type": "integer", "minimum": 1.5}, 2, id="at least a fraction"),
        pytest.param({"type": "number", "minimum": 1.5}, 1.5, id="number"),
        pytest.param({"type": "number", "exclusiveMinimum": 2}, 3, id="more than"),
        pytest.param({"type": "integer", "minimum": -9, "maximum": -3}, -3, id="below zero"),
        pytest.param({"type": "integer", "exclusiveMaximum": 0}, -1, id="less than"),
        pytest.param({"type": "array", "items": {"type": "string"}}, [], id="no elements"),
        pytest.param(
            {"type": "array", "minItems": 2, "items": {"enum": ["a"]}}, ["a", "a"], id="elements"
        ),
        pytest.param({"type": "object"}, {}, id="object"),
        pytest.param({"properties": {"a": {}}}, {}, id="object by its properties"),
        pytest.param(requiring({"type": "boolean"}, "y"), {"y": False}, id="object in object"),
        pytest.param({"type": ["string", "null"]}, None, id="a type that has one"),
        pytest.param({"anyOf": [{"type": "string"}, {"type": "boolean"}]}, False, id="any of"),
        pytest.param({"oneOf": [{"type": "string"}, {"const": 7}]}, 7, id="one of"),
        pytest.param({"allOf": [{"type": "integer"}, {"minimum": 4}]}, 4, id="all of"),
        pytest.param({"$ref": "#/$defs/Colour"}, "red", id="reference"),
    ],
)
def test_what_a_schema_gives_is_taken(
    part: Any, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_here(monkeypatch)
    schema = requiring(part, **{"$defs": {"Colour": {"enum": ["red"]}}})
    found = example_arguments(schema)
    assert found == {"x": value}
    if "default" not in part:
        assert violations(schema, found).outcome is Outcome.VALID


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        pytest.param(requiring({"type": "string"}, "query"), "query", id="text"),
        pytest.param(requiring({"type": "string", "format": "uuid"}, "u"), "u", id="format"),
        pytest.param(requiring({"type": "string", "pattern": "^a$"}, "p"), "p", id="pattern"),
        pytest.param(requiring({"type": "integer"}, "userId"), "userId", id="number of a user"),
        pytest.param(requiring({"type": "integer"}, "issue_number"), "issue_number", id="number"),
        pytest.param(requiring({}, "x"), "x", id="anything"),
        pytest.param(requiring(True, "x"), "x", id="true"),
        pytest.param({"type": "object", "required": ["x"]}, "x", id="not described"),
        pytest.param(requiring({"type": ["string"]}, "x"), "x", id="text in a list"),
        pytest.param(requiring({"anyOf": [{"type": "string"}]}, "x"), "x", id="any of texts"),
        pytest.param(requiring(requiring({"type": "string"}, "b"), "a"), "a.b", id="inside"),
        pytest.param(
            requiring({"type": "array", "minItems": 1, "items": {"type": "string"}}), "x", id="list"
        ),
        pytest.param(requiring({"type": "array", "minItems": 10**6}), "x", id="many elements"),
        pytest.param(requiring({"type": "text"}), "x", id="unknown type"),
        pytest.param(requiring({"$ref": "https://example.com/x"}), "x", id="elsewhere"),
        pytest.param(
            {"allOf": [requiring({"type": "string"}, "q")]}, "q", id="required by a part of it"
        ),
    ],
)
def test_nothing_is_invented(schema: Any, place: str) -> None:
    with pytest.raises(NoExampleError) as caught:
        example_arguments(schema)
    assert str(caught.value) == place


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({}, id="empty"),
        pytest.param(None, id="none"),
        pytest.param([], id="list"),
        pytest.param({"properties": 3, "required": "x"}, id="of no shape"),
        pytest.param({"properties": {"x": {"type": "string"}}}, id="only optional"),
        pytest.param({"required": [7]}, id="names that are none"),
    ],
)
def test_nothing_is_given_where_nothing_is_required(schema: Any) -> None:
    assert example_arguments(schema) == {}


def nested(depth: int) -> dict[str, Any]:
    part: dict[str, Any] = {"type": "boolean"}
    for _ in range(depth):
        part = requiring(part)
    return part


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(nested(100), id="deep"),
        pytest.param(requiring({"$ref": "#"}), id="round in a circle"),
        pytest.param(requiring({"anyOf": [{"$ref": "#"}] * 1000}), id="round and round"),
        pytest.param(requiring({"allOf": [{"$ref": "#/properties/x"}] * 9}), id="all of itself"),
        pytest.param(
            {
                "required": [f"p{n}" for n in range(9000)],
                "properties": {f"p{n}": {"type": "null"} for n in range(9000)},
            },
            id="broad",
        ),
    ],
)
def test_hostile_schemas_are_given_up_soon(schema: Any) -> None:
    began = time.monotonic()
    with pytest.raises(NoExampleError) as caught:
        example_arguments(schema)
    assert time.monotonic() - began < 1
    assert len(str(caught.value)) <= 60


@pytest.mark.parametrize("bound", [float("inf"), float("nan"), 10**400, "3", True])
def test_bounds_that_are_none_do_not_count(bound: Any) -> None:
    assert example_arguments(requiring({"type": "integer", "minimum": bound})) == {"x": 0}
