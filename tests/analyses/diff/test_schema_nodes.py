from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from mcpx.analyses.diff.schema_nodes import Limit, is_note, of_types, tighter
from mcpx.analyses.diff.schema_reading import read
from mcpx.analyses.diff.schema_sides import Prints, Side


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
