from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.tool_changes import Surroundings, tool_changes
from mcpx.catalogue.model import Catalogue, Item, Kind

ABSENT, FORBIDDEN, OPTIONAL, REQUIRED = None, "forbidden", "optional", "required"


def tool(**members: Any) -> Item:
    return Item(Kind.TOOL, {"name": "t", **members})


def told(old: Item, new: Item, **around: Any) -> list[tuple[str, str, str]]:
    found = tool_changes("a", old, new, Surroundings(**around))
    return [(one.rule.id, one.severity.value, one.pointer) for one in found]


@pytest.mark.parametrize(
    ("old", "new", "rule", "severity"),
    [
        (FORBIDDEN, REQUIRED, "task-support-changed", "error"),
        (OPTIONAL, REQUIRED, "task-support-changed", "error"),
        (ABSENT, REQUIRED, "task-support-changed", "error"),
        (REQUIRED, FORBIDDEN, "task-support-changed", "error"),
        (OPTIONAL, FORBIDDEN, "task-support-changed", "error"),
        (REQUIRED, ABSENT, "task-support-changed", "error"),
        (ABSENT, OPTIONAL, "task-support-changed", "info"),
        (REQUIRED, OPTIONAL, "task-support-changed", "info"),
        (ABSENT, FORBIDDEN, "task-support-restated-default", "info"),
        (FORBIDDEN, ABSENT, "task-support-restated-default", "info"),
        (OPTIONAL, "sometimes", "tool-member-changed", "info"),
        (OPTIONAL, ["x"], "tool-member-changed", "info"),
    ],
)
def test_tasks(old: Any, new: Any, rule: str, severity: str) -> None:
    sides = (tool(**({"execution": {"taskSupport": one}} if one else {})) for one in (old, new))
    assert told(*sides) == [(rule, severity, "/execution/taskSupport")]


@pytest.mark.parametrize(
    ("versions", "rule"),
    [
        pytest.param(("2025-11-25", "2026-07-28"), "task-support-field-dropped-with-protocol",
                     id="moved"),
        pytest.param(("2026-07-28", "2025-11-25"), "task-support-field-dropped-with-protocol",
                     id="back"),
        pytest.param(("2025-11-25", "2025-11-25"), "task-support-changed", id="stayed"),
        pytest.param(("", "2026-07-28"), "task-support-changed", id="unknown"),
    ],
)  # fmt: skip
def test_task_support_goes_with_the_protocol(versions: tuple[str, str], rule: str) -> None:
    old = tool(execution={"taskSupport": "required"})
    found = told(old, tool(), versions=versions)
    if versions == ("2026-07-28", "2025-11-25"):
        found = told(tool(), old, versions=versions)
    assert [one[0] for one in found] == [rule]


def test_the_title_is_the_first_that_is_there() -> None:
    old = tool(title="A", annotations={"title": "B"})
    assert told(old, tool(annotations={"title": "B"})) == [
        ("tool-title-changed", "info", "/annotations/title")
    ]
    assert told(tool(title="A"), tool(annotations={"title": "A"})) == [
        ("tool-title-moved", "info", "/annotations/title")
    ]
    hidden = tool(title="A", annotations={"title": "C"})
    assert told(old, hidden) == [("tool-title-changed", "info", "/annotations/title")]
    assert told(tool(title=5), tool(title=6)) == [("tool-member-changed", "info", "/title")]


def test_a_title_that_another_tool_has_is_told() -> None:
    raws = [{"name": "send", "title": "Read it"}, {"name": "read_it"}, {"name": "t", "title": "T"}]
    new = Catalogue("a", tools=tuple(Item(Kind.TOOL, raw) for raw in raws))
    around = Surroundings.of(Catalogue("a"), new)
    found = tool_changes("a", Item(Kind.TOOL, {"name": "send"}), new.tools[0], around)
    assert [one.rule.id for one in found] == ["tool-title-added", "tool-title-taken"]
    found = tool_changes("a", Item(Kind.TOOL, {"name": "t"}), new.tools[2], around)
    assert [one.rule.id for one in found] == ["tool-title-added"]


def test_a_header_of_a_new_parameter_breaks_nobody() -> None:
    def schema(**properties: Any) -> Item:
        return tool(inputSchema={"type": "object", "properties": properties})

    plain, sent = {"type": "string"}, {"type": "string", "x-mcp-header": "A"}
    place = "/inputSchema/properties/a/x-mcp-header"
    assert told(schema(), schema(a=sent)) == [("x-mcp-header-added", "info", place)]
    assert told(schema(a=plain), schema(a=sent)) == [("x-mcp-header-added", "warning", place)]
    assert told(schema(a=sent), schema(a={**sent, "x-mcp-header": "a"})) == [
        ("x-mcp-header-changed", "info", place)
    ]
    twice = schema(a=sent, b=sent)
    assert told(schema(a=sent), twice) == [("x-mcp-header-invalid", "error", "/inputSchema")]
    assert told(twice, twice) == []
