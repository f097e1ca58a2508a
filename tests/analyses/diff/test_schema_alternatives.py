from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.schema_rules import Direction
from tests.analyses.diff.told_edits import IN, a, told


@pytest.mark.parametrize(
    ("old", "new", "direction", "expected"),
    [
        pytest.param(
            a(oneOf=[{"type": "string", "minLength": 1}, {"type": "array"}]),
            a(oneOf=[{"type": "array", "maxItems": 3}, {"type": "string", "minLength": 1}]),
            IN,
            [("input-max-items-added", "/properties/a/oneOf/0/maxItems")],
            id="the one alternative that changed",
        ),
        pytest.param(
            a(type="string", minLength=1, description="x"),
            a(description="x", anyOf=[{"type": "string", "minLength": 2}, {"type": "array"}]),
            IN,
            [
                ("input-any-of-branch-added", "/properties/a/anyOf/1"),
                ("input-min-length-increased", "/properties/a/anyOf/0/minLength"),
            ],
            id="alternatives to what was alone",
        ),
    ],
)
def test_edits(old: Any, new: Any, direction: Direction, expected: list[tuple[str, str]]) -> None:
    assert told(old, new, direction) == expected
