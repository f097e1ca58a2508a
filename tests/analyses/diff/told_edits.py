"""Pairs of schemas, and what is told of their edits."""

from __future__ import annotations

from typing import Any

from mcpx.analyses.diff.schema_edits import Edit, schema_edits
from mcpx.analyses.diff.schema_rules import Direction

IN, OUT = Direction.INPUT, Direction.OUTPUT
TEXT = {"type": "string"}
NULL = {"type": "null"}


def a(**keywords: Any) -> dict[str, Any]:
    """A schema with one property."""
    return {"type": "object", "properties": {"a": keywords}}


def told(old: Any, new: Any, direction: Direction = IN) -> list[tuple[str, str]]:
    return [(one.rule.id, one.pointer) for one in schema_edits(old, new, direction)]


def only(old: Any, new: Any, direction: Direction = IN) -> Edit:
    (edit,) = schema_edits(old, new, direction)
    return edit
