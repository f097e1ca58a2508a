from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from mcpx.analyses.diff.schema_nodes import (
    Limit,
    Node,
    Prints,
    Side,
    is_note,
    of_types,
    read,
    tighter,
)

DEFS = {"A": {"type": "string", "$anchor": "a"}, "B": {"$ref": "#/$defs/A", "maxLength": 3}}


def node(schema: Any) -> Node:
    return read(Side(schema, Prints()), schema, (), ())


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (1, "1", False),
        (None, False, False),
        ([1, 2], [1.0, 2.0], True),
        ([1, 2], [2, 1], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({}, [], False),
        ([], "", False),
    ],
    ids=str,
)
def test_equal_values_and_those_alone_have_equal_prints(one: Any, other: Any, equal: bool) -> None:
    prints = Prints()
    prints.learn([one])
    assert (prints.of(one) == prints.of(other)) is equal


def test_prints_know_what_refers() -> None:
    prints = Prints()
    assert prints.refers({"a": [{"$ref": "#"}]})
    assert not prints.refers({"a": ["$ref"]})


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("#", ()),
        ("#/$defs/A", ("$defs", "A")),
        ("#a", ("$defs", "A")),
        ("#/%24defs/A", ("$defs", "A")),
        ("#/$defs/C", None),
        ("#c", None),
        ("https://example.com/a.json", None),
        (7, None),
    ],
)
def test_local_references(reference: Any, found: Any) -> None:
    target = Side({"$defs": DEFS}, Prints()).target(reference)
    assert (target and target[1]) == found


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


def test_equal_bounds_are_a_value() -> None:
    prints = Prints()
    schema = {"type": "integer", "minimum": 7, "maximum": 7}
    found = read(Side(schema, prints), schema, (), ())
    found.as_values(prints)
    assert list(found.value("enum").values()) == [7]


@pytest.mark.parametrize(
    ("key", "one", "other", "is_tighter"),
    [
        ("lower", Limit(Fraction(2), False), Limit(Fraction(1), False), True),
        ("lower", Limit(Fraction(1), True), Limit(Fraction(1), False), True),
        ("upper", Limit(Fraction(2), False), Limit(Fraction(1), False), False),
        ("upper", Limit(Fraction(1), False), Limit(Fraction(1), True), False),
    ],
)
def test_tighter_bounds(key: str, one: Limit, other: Limit, is_tighter: bool) -> None:
    assert tighter(key, one, other) is is_tighter


@pytest.mark.parametrize(
    ("value", "types"),
    [
        (True, {"boolean"}),
        (1, {"integer", "number"}),
        (1.5, {"number"}),
        (2.0, {"integer", "number"}),
        ("a", {"string"}),
        ([], {"array"}),
        ({}, {"object"}),
    ],
)
def test_types_of_values(value: Any, types: set[str]) -> None:
    kinds = ("boolean", "integer", "number", "string", "array", "object")
    assert {kind for kind in kinds if of_types(value, {kind})} == types


def test_notes_limit_nothing() -> None:
    assert [is_note(key) for key in ("title'", "?x-a", "pattern")] == [True, True, False]
