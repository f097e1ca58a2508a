from __future__ import annotations

from typing import Any

from mcpx.schemas.rewriting import rewritten


def test_each_schema_is_changed_after_those_in_it_and_data_is_not() -> None:
    schema = {
        "properties": {"type": {"items": [{}]}, "a": True},
        "enum": [{"properties": {}}],
        "const": {"not": {}},
        "x": {"y": {}},
    }
    before = repr(schema)
    seen: list[int] = []

    def marked(one: dict[str, Any]) -> dict[str, Any]:
        seen.append(len(one))
        return {**one, "marked": len(seen)}

    assert rewritten(schema, marked) == {
        "properties": {"type": {"items": [{"marked": 1}], "marked": 2}, "a": True},
        "enum": [{"properties": {}}],
        "const": {"not": {}},
        "x": {"y": {}},
        "marked": 3,
    }
    assert repr(schema) == before


def test_what_is_no_object_stays() -> None:
    assert rewritten(True, lambda one: {}) is True
