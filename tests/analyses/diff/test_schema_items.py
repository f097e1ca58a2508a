from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.schema_rules import Direction
from tests.analyses.diff.told_edits import IN, TEXT, a, told


@pytest.mark.parametrize(
    ("old", "new", "direction", "expected"),
    [
        pytest.param(
            a(type="array", items={"properties": {"n/m": TEXT}}),
            a(type="array", items={"properties": {"n/m": {"type": "string", "pattern": "x"}}}),
            IN,
            [("input-pattern-added", "/properties/a/items/properties/n~1m/pattern")],
            id="a pointer with an odd name",
        ),
        pytest.param(
            a(type="array"),
            a(type="array", items=TEXT),
            IN,
            [("input-type-narrowed", "/properties/a/items/type")],
            id="items that were free",
        ),
        pytest.param(
            a(type="array", prefixItems=[TEXT, TEXT]),
            a(type="array", prefixItems=[TEXT], items=False),
            IN,
            [
                ("input-items-closed", "/properties/a/items"),
                ("input-schema-became-impossible", "/properties/a/items"),
            ],
            id="a position that falls under items",
        ),
        pytest.param(
            a(type="array"),
            a(type="array", prefixItems=[TEXT], items=False),
            IN,
            [("input-prefix-items-added", "/properties/a/prefixItems")],
            id="a tuple is one edit",
        ),
    ],
)
def test_edits(old: Any, new: Any, direction: Direction, expected: list[tuple[str, str]]) -> None:
    assert told(old, new, direction) == expected
