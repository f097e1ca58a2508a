from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.catalogues import Sides, catalogue_changes
from mcpx.analyses.diff.changes import Basis, Change
from mcpx.analyses.finding import Severity
from mcpx.catalogue.model import Catalogue, Item, Kind
from tests.analyses.diff.here import judge

OBJECT = {"type": "object"}
QUERY = {"type": "object", "properties": {"q": {"type": "string"}}}
NEEDS = {**QUERY, "required": ["q"]}


def catalogue(**members: Any) -> Catalogue:
    lists = {
        kind.plural: tuple(Item(kind, raw) for raw in members.pop(kind.plural, ())) for kind in Kind
    }
    return Catalogue("notes", **lists, **members)


def found(old: Catalogue, new: Catalogue, **more: Any) -> list[Change]:
    return list(catalogue_changes(Sides("notes", old, new, **more), judge()))


def of_tool(old: Any, new: Any, **more: Any) -> list[Change]:
    sides = (catalogue(tools=[{"name": "find", **one}]) for one in (old, new))
    return found(*sides, **more)


def told(changes: list[Change]) -> list[tuple[str, str, str]]:
    return [(one.rule.id, one.severity.value, one.pointer) for one in changes]


def test_every_part_is_compared() -> None:
    old = catalogue(
        tools=[{"name": "find", "inputSchema": QUERY}, {"name": "gone"}],
        prompts=[{"name": "ask", "description": "Ask."}],
        resources=[{"uri": "a://b", "mimeType": "text/plain"}],
        templates=[{"uriTemplate": "a://{b}"}],
        instructions="Be quick.",
    )
    new = catalogue(
        tools=[{"name": "find", "inputSchema": {**QUERY, "required": ["q"]}, "title": "Find"}],
        prompts=[{"name": "ask", "description": "Ask them."}],
        resources=[{"uri": "a://b", "mimeType": "text/html"}],
        templates=[{"uriTemplate": "a://{b}", "mimeType": "text/plain"}],
        instructions="Be slow.",
    )
    rules = {one.rule.id for one in found(old, new)}
    assert rules == {
        "instructions-changed",
        "tool-removed",
        "tool-title-added",
        "input-property-became-required",
        "prompt-description-changed",
        "resource-mime-type-changed",
        "resource-template-mime-type-changed",
    }
    assert {one.subject.server for one in found(old, new)} == {"notes"}


def test_what_is_the_same_in_other_words_is_no_change() -> None:
    old = {"inputSchema": {"type": "object", "properties": {"a": {"maximum": 1}}}}
    new = {"inputSchema": {"properties": {"a": {"maximum": 1.0}}, "type": "object"}}
    assert of_tool(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            OBJECT,
            {"type": "objekt"},
            ("tool-input-schema-became-invalid", "error"),
            id="invalid",
        ),
        pytest.param(OBJECT, None, ("tool-input-schema-missing", "error"), id="gone"),
        pytest.param(None, OBJECT, ("tool-input-schema-added", "info"), id="there"),
        pytest.param({}, QUERY, ("tool-input-schema-added", "info"), id="said"),
        pytest.param({}, NEEDS, ("tool-input-schema-added", "warning"), id="asks"),
    ],
)
def test_an_input_schema_that_comes_goes_or_breaks(
    old: Any, new: Any, expected: tuple[str, str]
) -> None:
    changes = of_tool({"inputSchema": old}, {"inputSchema": new})
    assert told(changes) == [(*expected, "/inputSchema")]


def test_what_nobody_could_know_is_not_known() -> None:
    (change,) = of_tool({"inputSchema": {}}, {"inputSchema": NEEDS})
    assert (change.basis, change.message) == (
        Basis.UNKNOWN,
        "the input schema said nothing; now it requires 'q'",
    )
    strict = of_tool({"inputSchema": {}}, {"inputSchema": NEEDS}, strict=True)
    assert Severity.ERROR in {one.severity for one in strict}


def test_an_output_schema_is_a_promise() -> None:
    bare = {"inputSchema": OBJECT}
    assert told(of_tool(bare, {**bare, "outputSchema": QUERY})) == [
        ("tool-output-schema-added", "info", "/outputSchema")
    ]
    assert told(of_tool({**bare, "outputSchema": QUERY}, bare)) == [
        ("tool-output-schema-removed", "error", "/outputSchema")
    ]


def test_what_was_invalid_before_did_not_become_so() -> None:
    rules = [
        one.rule.id
        for one in of_tool({"inputSchema": {"type": "x"}}, {"inputSchema": {"type": "y"}})
    ]
    assert "tool-input-schema-became-invalid" not in rules
    assert rules


def test_a_renamed_tool_is_compared_with_what_it_was() -> None:
    text = "Find notes by their words, newest first."
    old = catalogue(tools=[{"name": "find_notes", "description": text, "inputSchema": QUERY}])
    new = catalogue(tools=[{"name": "findNotes", "description": text, "inputSchema": NEEDS}])
    changes = found(old, new)
    by_rule = {one.rule.id: one for one in changes}
    assert set(by_rule) == {"tool-renamed", "input-property-became-required"}
    assert by_rule["input-property-became-required"].subject.key == "findNotes"


def test_a_version_that_should_have_moved_is_told_last() -> None:
    tools = [{"name": "find", "inputSchema": OBJECT}]
    changes = found(catalogue(tools=tools), catalogue(), versions=("1.0.0", "1.0.0"))
    assert [one.rule.id for one in changes] == ["tool-removed", "server-version-not-bumped"]


@pytest.mark.parametrize("junk", [7, "x", [], None, [[]], {"a": {"type": 3}}, True], ids=str)
def test_junk_is_compared_all_the_same(junk: Any) -> None:
    members = ("inputSchema", "outputSchema", "annotations", "icons", "_meta", "title", "x")
    for member in members:
        for old, new in (({member: junk}, {member: OBJECT}), ({member: OBJECT}, {member: junk})):
            assert of_tool(old, old) == []
            of_tool(old, new)
