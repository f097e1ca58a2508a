from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.analyses.divergence.promises import broken
from mcpx.schemas.validation import violations
from tests.analyses.divergence.sides import told

SCHEMA = {
    "type": "object",
    "properties": {"n": {"type": "integer"}, "a": {"type": "object"}},
    "required": ["n"],
    "additionalProperties": False,
}


def at(pointer: str, kind: Kind = Kind.CHANGED) -> Divergence:
    return Divergence(kind, "is another", f"/structuredContent{pointer}")


@pytest.mark.parametrize(
    ("recorded", "live", "found", "expected"),
    [
        pytest.param({"n": 1}, {"n": 2}, [at("/n")], ["changed /structuredContent/n"], id="fits"),
        pytest.param({"n": 1}, {"n": "1"}, [at("/n")], ["schema /structuredContent/n"], id="type"),
        pytest.param({"n": 1}, {}, [at("/n")], ["schema /structuredContent/n"], id="required"),
        pytest.param(
            {"n": 1},
            {"n": 1, "b": 2},
            [at("/b", Kind.ADDED)],
            ["schema /structuredContent/b"],
            id="too much",
        ),
        pytest.param(
            {"n": 1, "a": {"x": 1}},
            {"n": "1", "a": {"x": 2}},
            [at("/n"), at("/a/x")],
            ["changed /structuredContent/a/x", "schema /structuredContent/n"],
            id="and another change",
        ),
        pytest.param(
            {"n": "1"}, {"n": "2"}, [at("/n")], ["changed /structuredContent/n"], id="never fitted"
        ),
    ],
)
def test_what_the_schema_rules_out_has_its_class(
    recorded: Any, live: Any, found: list[Divergence], expected: list[str]
) -> None:
    sides = [{"structuredContent": one} for one in (recorded, live)]
    assert told(broken(SCHEMA, sides[0], sides[1], found, violations)) == expected


def test_structured_content_that_is_gone_is_promised() -> None:
    recorded = {"structuredContent": {"n": 1}}
    assert told(broken(SCHEMA, recorded, {}, [at("")], violations)) == ["schema /structuredContent"]


def test_tool_errors_need_not_fit() -> None:
    recorded, live = {"structuredContent": {"n": 1}, "isError": True}, {"isError": True}
    assert broken(SCHEMA, recorded, live, [at("")], violations) == [at("")]
    assert broken(SCHEMA, {}, {"structuredContent": {}}, [], violations) == []
