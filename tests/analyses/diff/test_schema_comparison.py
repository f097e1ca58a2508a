from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.changes import ABSENT
from mcpx.analyses.diff.schema_edits import schema_edits
from mcpx.analyses.diff.schema_rules import Direction
from tests.analyses.diff.told_edits import IN, OUT, TEXT, a, only


@pytest.mark.parametrize(
    ("old", "new", "direction", "place", "message"),
    [
        (a(maximum=9), a(maximum=5), IN, "a", "parameter a: maximum 9 is now 5"),
        (a(maximum=9), a(maximum=5), OUT, "a", "field a: maximum 9 is now 5"),
        (
            a(type="array", items=a(type="string")),
            a(type="array", items=a(type="string", format="uri")),
            IN,
            "a[].a",
            "parameter a[].a: format 'uri' is new",
        ),
        (
            {"additionalProperties": TEXT},
            {"additionalProperties": {"type": ["string", "null"]}},
            OUT,
            ".*",
            "field .*: may be null now",
        ),
        ({}, {"minProperties": 1}, IN, "", "the input: least number of members 1 is new"),
        (
            a(enum=["v"]),
            a(enum=["v", "w" * 99, "x", "y", "z"]),
            IN,
            "a",
            f"parameter a: takes '{'w' * 39}…', 'x', 'y' and 1 more too",
        ),
        (a(default=1), a(default=[2]), IN, "a", "parameter a: default 1 is now a list"),
    ],
    ids=str,
)
def test_what_people_read(
    old: Any, new: Any, direction: Direction, place: str, message: str
) -> None:
    edit = only(old, new, direction)
    assert (edit.place, edit.message) == (place, message)


def test_before_and_after_are_what_stood_and_stands_there() -> None:
    assert (only(a(maximum=9), a(maximum=5)).before, only(a(maximum=9), a(maximum=5)).after) == (
        9,
        5,
    )
    assert only(a(maximum=9), a()).after is ABSENT


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        (a(maximum=9), a(maximum=5), True),
        (a(format="x"), a(format="y"), False),
        (a(default=1), a(default=2), False),
        ({"properties": {"b": {}}}, {}, False),
        ({"properties": {"b": {}}}, {"additionalProperties": False}, True),
    ],
)
def test_a_judge_is_asked_about_values_alone(old: Any, new: Any, asked: bool) -> None:
    assert next(schema_edits(old, new, IN)).asked is asked
