from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.schema_edits import schema_edits
from mcpx.analyses.diff.schema_rules import Direction
from mcpx.analyses.finding import Severity
from tests.analyses.diff.told_edits import IN, TEXT, a, told


@pytest.mark.parametrize(
    ("old", "new", "direction", "expected"),
    [
        pytest.param(
            {"properties": {"a": TEXT}, "additionalProperties": TEXT},
            {"additionalProperties": TEXT},
            IN,
            [("input-property-removed-ignored", "/properties/a")],
            id="gone under a schema",
        ),
        pytest.param(
            {"properties": {"a": TEXT}, "unevaluatedProperties": False},
            {"properties": {}, "additionalProperties": False},
            IN,
            [("input-property-removed", "/properties/a")],
            id="gone and closed, in two spellings",
        ),
        pytest.param(
            a(type="string"),
            {"type": "object", "properties": {"a": TEXT, "b": {"default": 1}}, "required": ["b"]},
            IN,
            [("input-required-property-added", "/properties/b")],
            id="new and required",
        ),
        pytest.param(
            {"properties": {"pageSize": {"type": "integer", "description": "How many."}}},
            {"properties": {"page_size": {"type": "integer", "description": "How many."}}},
            IN,
            [
                ("input-property-removed-ignored", "/properties/pageSize"),
                ("input-property-added", "/properties/page_size"),
                ("input-property-renamed", "/properties/page_size"),
            ],
            id="another name",
        ),
        pytest.param(
            {"properties": {"city": TEXT}},
            {"properties": {"limit": TEXT}},
            IN,
            [
                ("input-property-removed-ignored", "/properties/city"),
                ("input-property-added", "/properties/limit"),
            ],
            id="another property",
        ),
    ],
)
def test_edits(old: Any, new: Any, direction: Direction, expected: list[tuple[str, str]]) -> None:
    assert told(old, new, direction) == expected


@pytest.mark.parametrize(
    ("required", "given"), [(["page_size"], None), ([], Severity.WARNING)], ids=["hard", "soft"]
)
def test_a_rename_that_nobody_has_to_follow_is_a_warning(
    required: list[str], given: Severity | None
) -> None:
    old = {"properties": {"pageSize": TEXT}}
    new = {"properties": {"page_size": TEXT}, "required": required}
    *_, hint = schema_edits(old, new, IN)
    assert hint.rule.id == "input-property-renamed"
    assert (hint.given, hint.confidence) == (given, 1.0)
