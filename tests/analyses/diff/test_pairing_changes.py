from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.changes import ABSENT
from mcpx.analyses.diff.pairing import pairs
from mcpx.analyses.diff.pairing_changes import is_deprecated, pairing_changes
from mcpx.catalogue.model import Item, Kind
from tests.analyses.diff.test_likeness import tool


def resource(uri: str) -> Item:
    return Item(Kind.RESOURCE, {"uri": uri})


@pytest.mark.parametrize(
    ("template", "severity"),
    [
        pytest.param("notes://{id}", "warning", id="a template makes it"),
        pytest.param("notes://x/{id}", "error", id="a template makes others"),
        pytest.param("notes://{", "error", id="no template"),
    ],
)
def test_a_resource_that_a_template_makes_is_not_lost(template: str, severity: str) -> None:
    templates = [Item(Kind.TEMPLATE, {"uriTemplate": template})]
    pairing = pairs([resource("notes://all")], [])
    (change,) = pairing_changes("a", Kind.RESOURCE, pairing, templates)
    assert (change.rule.id, change.severity.value) == ("resource-removed", severity)
    assert (change.before, change.after) == ({"uri": "notes://all"}, ABSENT)


def test_a_rename_is_breaking_and_says_how_sure_it_is() -> None:
    pairing = pairs([tool("get-it", "Gets it.")], [tool("get_it", "Gets it.")])
    (change,) = pairing_changes("a", Kind.TOOL, pairing)
    assert change.rule.id == "tool-renamed"
    assert change.severity.value == "error"
    assert (change.before, change.after, change.confidence) == ("get-it", "get_it", 1.0)
    assert change.message == "seems to be called 'get_it' instead of 'get-it'"


def test_two_that_swapped_their_names_are_told_once() -> None:
    old = [tool("read", "Reads it."), tool("delete", "Deletes it.")]
    new = [tool("read", "Deletes it."), tool("delete", "Reads it.")]
    (change,) = pairing_changes("a", Kind.TOOL, pairs(old, new))
    assert (change.rule.id, change.severity.value) == ("tool-names-swapped", "error")
    assert change.message == (
        "'read' and 'delete' have swapped names: each is now what the other was"
    )
    assert (change.before, change.after) == ("read", "delete")


def test_a_change_of_case_is_no_guess() -> None:
    (change,) = pairing_changes("a", Kind.TOOL, pairs([tool("getIt")], [tool("getit")]))
    assert (change.rule.id, change.confidence) == ("tool-name-case-changed", None)


def test_hints_stand_beside_what_went_and_came() -> None:
    pairing = pairs([tool("find_it", "Gets it.", n="string")],
                    [tool("edit_it", "Gets it.", n="string")])  # fmt: skip
    found = [(one.rule.id, one.subject.key) for one in pairing_changes("a", Kind.TOOL, pairing)]
    assert found == [
        ("tool-removed", "find_it"),
        ("tool-added", "edit_it"),
        ("tool-possibly-renamed", "find_it"),
    ]


@pytest.mark.parametrize(
    ("members", "deprecated"),
    [
        pytest.param({"description": "[DEPRECATED] Use b."}, True, id="in brackets"),
        pytest.param({"description": "**Deprecated**: use b."}, True, id="in bold"),
        pytest.param({"description": "Finds deprecated tools."}, False, id="of others"),
        pytest.param({"_meta": {"deprecated": True}}, True, id="metadata"),
        pytest.param({"annotations": {"deprecated": False}}, False, id="said not to be"),
        pytest.param({"_meta": 5}, False, id="junk"),
    ],
)
def test_a_tool_says_that_it_is_deprecated(members: Any, deprecated: bool) -> None:
    assert is_deprecated(Item(Kind.TOOL, {"name": "a", **members})) is deprecated
