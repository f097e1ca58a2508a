from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from mcpx.analyses.diff.schema_nodes import Limit, Node
from mcpx.analyses.diff.schema_reading import read
from mcpx.analyses.diff.schema_sides import Prints, Side

DEFS = {"A": {"type": "string", "$anchor": "a"}, "B": {"$ref": "#/$defs/A", "maxLength": 3}}


def node(schema: Any) -> Node:
    return read(Side(schema, Prints()), schema, (), ())


def test_a_node_is_what_it_refers_to_and_what_stands_beside() -> None:
    place = ("properties", "a")
    raw = {"$ref": "#/$defs/B", "description": "x"}
    found = read(Side({"properties": {"a": raw}, "$defs": DEFS}, Prints()), raw, place, place)
    assert found.value("type") == {"string"}
    assert found.facets["maxLength"].spot.real == ("$defs", "B")
    assert found.facets["maxLength"].spot.path == place
    assert found.facets["description"].spot.real == place
    assert found.beside().facets.keys() == {"description"}


def test_up_to_draft_07_a_reference_hides_what_stands_beside() -> None:
    dialect = "http://json-schema.org/draft-07/schema#"
    found = node({"$schema": dialect, "$ref": "#/$defs/A", "maxLength": 3, "$defs": DEFS})
    assert found.says() == ["type"]


@pytest.mark.parametrize(
    ("schema", "types", "nulls"),
    [
        ({"type": ["integer", "number"]}, {"number"}, False),
        ({"type": ["string", "null"]}, {"string"}, True),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"string"}, True),
        ({"oneOf": [{"type": "string", "maxLength": 3}, {"const": None}]}, {"string"}, True),
        ({"enum": ["a", None]}, None, True),
        ({"type": "string", "enum": ["a", None]}, {"string"}, False),
        ({"anyOf": [{"minLength": 3}, {"maxItems": 3}]}, None, False),
        ({}, None, None),
    ],
    ids=str,
)
def test_types_and_null(schema: Any, types: Any, nulls: bool | None) -> None:
    found = node(schema)
    assert (found.value("type"), found.nulls) == (types, nulls)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"allOf": [{"maxLength": 3}, {"allOf": [{"pattern": "x"}]}]}, ["maxLength", "pattern"]),
        ({"allOf": [{"maxLength": 3}, {"maxLength": 2}]}, ["maxLength", "conjunctions"]),
        (
            {
                "additionalProperties": False,
                "properties": {"a": {}},
                "allOf": [{"properties": {"b": {}}}],
            },
            ["additionalProperties", "properties", "conjunctions"],
        ),
        ({"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}, ["properties"]),
        ({"minimum": 4, "exclusiveMinimum": True}, ["lower"]),
        ({"minItems": 0, "uniqueItems": False, "minLength": "3"}, []),
        ({"not": {}}, ["never"]),
        ({"if": {"maxLength": 3}}, []),
    ],
    ids=str,
)
def test_what_limits_the_values(schema: Any, said: list[str]) -> None:
    assert node(schema).says() == said


@pytest.mark.parametrize(
    ("schema", "limit"),
    [
        ({"minimum": 0.3}, Limit(Fraction(3, 10), False)),
        ({"minimum": 4, "exclusiveMinimum": True}, Limit(Fraction(4), True)),
        ({"minimum": 4, "exclusiveMinimum": 4}, Limit(Fraction(4), True)),
        ({"minimum": 5, "exclusiveMinimum": 4}, Limit(Fraction(5), False)),
        ({"type": "integer", "exclusiveMinimum": 4}, Limit(Fraction(5), False)),
        ({"type": "integer", "minimum": 4.5}, Limit(Fraction(5), False)),
        ({"minimum": 10**400}, Limit(Fraction(10**400), False)),
    ],
    ids=lambda one: str(one)[:60] if isinstance(one, Limit) else "",
)
def test_lower_bounds(schema: Any, limit: Limit) -> None:
    assert node(schema).value("lower") == limit
