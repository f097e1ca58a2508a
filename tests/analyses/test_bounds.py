from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.bounds import TYPES, is_beyond, is_of, key_of, of_bounds, types_of


@pytest.mark.parametrize(
    ("schemas", "types"),
    [
        ([{}], TYPES),
        ([{"type": "string"}], {"string"}),
        ([{"type": "number"}], {"number", "integer"}),
        ([{"type": ["string", "null"]}, {"type": ["null", "array"]}], {"null"}),
        ([{"type": "text"}, {"type": []}, {"type": 7}], TYPES),
    ],
)
def test_the_types_that_are_left(schemas: list[dict[str, Any]], types: set[str]) -> None:
    assert types_of(schemas) == types


@pytest.mark.parametrize(
    ("schemas", "why"),
    [
        ([{"minLength": 3}, {"maxLength": 2}], "minLength is greater than maxLength"),
        ([{"minLength": 2, "maxLength": 2}], ""),
        ([{"minLength": "3", "maxLength": 2}], ""),
    ],
)
def test_the_sizes_that_are_left(schemas: list[dict[str, Any]], why: str) -> None:
    assert of_bounds(schemas, frozenset(("string",))) == why
    assert of_bounds(schemas, frozenset(("string", "null"))) == ""


@pytest.mark.parametrize(
    ("value", "beyond"),
    [(1, True), (2, True), (2.5, False), (4, True), ("a", True), ("ab", False), (None, False)],
)
def test_values_beyond_their_bounds(value: Any, beyond: bool) -> None:
    bounds = [{"exclusiveMinimum": 2, "maximum": 3}, {"minLength": 2}]
    assert is_beyond(value, bounds) is beyond


@pytest.mark.parametrize(
    ("value", "of"),
    [
        (None, {"null"}),
        (True, {"boolean"}),
        ("", {"string"}),
        (1, {"number", "integer"}),
        (1.0, {"number", "integer"}),
        (1.5, {"number"}),
    ],
)
def test_values_are_of_their_types(value: Any, of: set[str]) -> None:
    assert {name for name in TYPES if is_of(value, frozenset((name,)))} == of


def test_equal_values_have_one_key() -> None:
    values = ["1", 1, True, None, "None", 1.5, 10**400, -1, float("inf"), ""]
    assert len({key_of(value) for value in values}) == len(values)
    assert key_of(1) == key_of(1.0)
