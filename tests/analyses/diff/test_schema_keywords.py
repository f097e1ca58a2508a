from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.schema_edits import schema_edits
from mcpx.analyses.diff.schema_rules import Direction
from mcpx.analyses.finding import Severity
from tests.analyses.diff.told_edits import IN, NULL, OUT, TEXT, a, only, told


@pytest.mark.parametrize(
    ("old", "new", "direction", "expected"),
    [
        pytest.param(
            a(maximum=1000),
            a(maximum=100),
            IN,
            [("input-maximum-decreased", "/properties/a/maximum")],
            id="a bound",
        ),
        pytest.param(
            a(minimum=5),
            a(exclusiveMinimum=5),
            IN,
            [("input-exclusive-minimum-increased", "/properties/a/exclusiveMinimum")],
            id="one point more",
        ),
        pytest.param(
            a(minLength=2),
            a(),
            OUT,
            [("output-min-length-removed", "/properties/a/minLength")],
            id="what is gone is where it was",
        ),
        pytest.param(
            a(anyOf=[{"type": "string", "maxLength": 9}, NULL]),
            a(type=["string", "null"], maxLength=5),
            IN,
            [("input-max-length-decreased", "/properties/a/maxLength")],
            id="within a nullable",
        ),
        pytest.param(
            a(type="string", enum=["x", "y"]),
            a(anyOf=[{"enum": ["y", "x"]}, NULL]),
            OUT,
            [("output-became-nullable", "/properties/a")],
            id="null in another spelling",
        ),
        pytest.param(
            a(enum=["x", None]),
            a(enum=["x"]),
            IN,
            [("input-became-not-nullable", "/properties/a")],
            id="null of an enum",
        ),
        pytest.param(
            a(type="integer"),
            a(type="number"),
            IN,
            [("input-type-widened", "/properties/a/type")],
            id="integers are numbers",
        ),
        pytest.param(
            a(type="string"),
            a(type=["integer", "null"]),
            IN,
            [("input-type-changed", "/properties/a/type")],
            id="type and null are one edit",
        ),
        pytest.param(
            a(enum=["x", "y"]),
            a(enum=["y", "z"]),
            OUT,
            [
                ("output-enum-value-removed", "/properties/a/enum"),
                ("output-enum-value-added", "/properties/a/enum"),
            ],
            id="values of an enum",
        ),
        pytest.param(
            a(const=1),
            a(const=True),
            IN,
            [("input-const-changed", "/properties/a/const")],
            id="one is not true",
        ),
        pytest.param(
            a(type="string"),
            a(type="string", enum=["x"]),
            IN,
            [("input-became-enum", "/properties/a/enum")],
            id="an enum of the same type",
        ),
        pytest.param(
            a(type="number", multipleOf=0.1),
            a(type="number", multipleOf=0.3),
            IN,
            [("input-multiple-of-narrowed", "/properties/a/multipleOf")],
            id="three tenths",
        ),
        pytest.param(
            a(description="The city."),
            a(description="The  city."),
            IN,
            [("input-property-description-changed", "/properties/a/description")],
            id="white space",
        ),
        pytest.param(
            a(allOf=[{"description": "one", **TEXT}], description="x"),
            a(allOf=[{"description": "two", **TEXT}], description="x"),
            IN,
            [("input-property-description-changed", "/properties/a/allOf/0/description")],
            id="a text behind another",
        ),
        pytest.param(
            a(minimum="5"),
            a(minimum="6"),
            IN,
            [("input-annotation-changed", "/properties/a/minimum")],
            id="a keyword that makes no sense",
        ),
        pytest.param(
            [1],
            {"type": "object"},
            OUT,
            [("output-annotation-changed", ""), ("output-type-narrowed", "/type")],
            id="what was no schema",
        ),
    ],
)
def test_edits(old: Any, new: Any, direction: Direction, expected: list[tuple[str, str]]) -> None:
    assert told(old, new, direction) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            a(oneOf=[{"const": "x"}, {"const": "y"}]),
            a(oneOf=[{"const": "x"}, {"const": "y", "description": "Ask."}]),
            [("parameter a, 'y': has a description now", "/properties/a/oneOf/1/description")],
            id="of a value",
        ),
        pytest.param(
            a(enum=["x", "y"]),
            a(oneOf=[{"const": "x", "description": "Ask."}, {"const": "y"}]),
            [("parameter a, 'x': has a description now", "/properties/a/oneOf/0/description")],
            id="of a value that was listed",
        ),
        pytest.param(
            a(anyOf=[TEXT, NULL]),
            a(anyOf=[TEXT, {**NULL, "description": "None."}]),
            [("parameter a, null: has a description now", "/properties/a/anyOf/1/description")],
            id="of null",
        ),
        pytest.param(
            a(anyOf=[TEXT, {**NULL, "description": "None."}]),
            a(type=["string", "null"]),
            [
                (
                    "parameter a, null: has no description any more",
                    "/properties/a/anyOf/1/description",
                )
            ],
            id="of null in another spelling",
        ),
        pytest.param(
            a(anyOf=[{**TEXT, "description": "A."}, {"type": "integer"}]),
            a(anyOf=[{"type": "integer"}, {**TEXT, "description": "B."}]),
            [
                (
                    "parameter a, string: description says 'B.' instead of 'A.'",
                    "/properties/a/anyOf/1/description",
                )
            ],
            id="of a type",
        ),
        pytest.param(
            a(oneOf=[{"const": "x"}, {"const": "y"}]),
            a(oneOf=[{"const": "x"}, {"type": "string", "pattern": "y"}]),
            [
                ("parameter a: need not be 'y' any more", "/properties/a/oneOf/1/const"),
                ("parameter a: pattern 'y' is new", "/properties/a/oneOf/1/pattern"),
            ],
            id="of values of which one is none any more",
        ),
    ],
)
def test_a_text_of_an_alternative_is_told_as_such(
    old: Any, new: Any, expected: list[tuple[str, str]]
) -> None:
    assert [(one.message, one.pointer) for one in schema_edits(old, new, IN)] == expected


@pytest.mark.parametrize(
    ("old", "new", "given", "message"),
    [
        (
            {},
            {"$schema": "http://json-schema.org/draft-07/schema#"},
            None,
            "the input: is written in draft-07 now, not in 2020-12",
        ),
        (
            {"$schema": "http://json-schema.org/draft-07/schema#"},
            {},
            Severity.INFO,
            "the input: is written in 2020-12 now, not in draft-07",
        ),
        (
            {"maximum": 2**53 - 1},
            {},
            Severity.INFO,
            "the input: maximum 9007199254740991 is gone",
        ),
    ],
    ids=["a dialect few know", "the one that all know", "what generators write"],
)
def test_what_everybody_can_deal_with_is_information(
    old: Any, new: Any, given: Severity | None, message: str
) -> None:
    edit = only(old, new)
    assert (edit.given, edit.message, edit.asked) == (given, message, False)


def test_a_text_that_differs_in_white_space_is_information() -> None:
    assert only(a(description="a b"), a(description="a\n b")).given is Severity.INFO
    assert only(a(description="a b"), a(description="ab")).given is None
