from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.schema_costs import MOST_VALUES, schema_costs
from mcpx.schemas.walk import subschemas


def costs(schema: dict[str, Any]) -> list[tuple[str, str]]:
    return list(schema_costs(schema, list(subschemas(schema))))


def doubling(levels: int) -> dict[str, Any]:
    defs: dict[str, Any] = {
        f"d{level}": {"anyOf": [{"$ref": f"#/$defs/d{level + 1}"} for _ in "ab"]}
        for level in range(levels)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**defs, f"d{levels}": {"type": "string"}}}


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"anyOf": [schema, {"type": "null"}]}
    return schema


def values(count: int) -> dict[str, Any]:
    return {"properties": {"a": {"enum": list(range(count))}}}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param(
            {"properties": {"a/b": {"pattern": "(a+)+"}}},
            [
                (
                    "/properties/a~1b/pattern",
                    "a pattern that has a quantifier in a group that is repeated",
                )
            ],
            id="pattern",
        ),
        pytest.param({"properties": {"a": {"pattern": "(ab)+"}}}, [], id="honest pattern"),
        pytest.param({"properties": {"pattern": {"const": "(a+)+"}}}, [], id="no pattern"),
        pytest.param(
            {"patternProperties": {"(a+)+": {}}},
            [
                (
                    "/patternProperties/(a+)+",
                    "a pattern that has a quantifier in a group that is repeated",
                )
            ],
            id="pattern of names",
        ),
        pytest.param(
            values(MOST_VALUES + 1),
            [("/properties/a/enum", "1001 values")],
            id="many values",
        ),
        pytest.param(values(MOST_VALUES), [], id="some values"),
        pytest.param(
            nested(9),
            [("/anyOf/0" * 9, "more than 8 combinators in each other")],
            id="deep combinators",
        ),
        pytest.param(nested(8), [], id="some combinators"),
        pytest.param(
            doubling(20),
            [("", "references that make more than 100000 schemas of 62")],
            id="references that double",
        ),
        pytest.param(doubling(10), [], id="references that double a few times"),
        pytest.param(
            {"properties": {"next": {"$ref": "#"}}, "required": ["next"]}, [], id="a list"
        ),
        pytest.param(
            {"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}},
            [("/$defs/a", "a combinator that leads back to itself")],
            id="round in a circle",
        ),
        pytest.param(
            {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
            [],
            id="a circle of references, which another rule tells",
        ),
    ],
)
def test_what_a_schema_costs(schema: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert costs(schema) == expected
