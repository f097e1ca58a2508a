from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.resource_changes import resource_changes
from mcpx.catalogue.model import Item, Kind


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    items = (Item(Kind.RESOURCE, {"uri": "a://b", **one}) for one in (old, new))
    return [
        (one.rule.id.removeprefix("resource-"), one.severity.value, one.message)
        for one in resource_changes("a", *items)
    ]


def audience(*readers: Any) -> dict[str, Any]:
    return {"annotations": {"audience": [*readers]}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(audience("user"), audience("user", "assistant"),
                     ("audience-changed", "warning", "meant for assistant too"), id="model"),
        pytest.param(audience("user"), {"annotations": {}},
                     ("audience-changed", "warning", "meant for assistant too"), id="everybody"),
        pytest.param(audience("user", "assistant"), audience("user"),
                     ("audience-changed", "info", "meant for user alone"), id="user alone"),
        pytest.param(audience("assistant", "user"), audience("user", "assistant"),
                     ("audience-changed", "info",
                      "audience is a list instead of a list, and means the same"), id="order"),
        pytest.param({"mimeType": "text/plain"}, {"mimeType": "text/html"},
                     ("mime-type-changed", "warning",
                      "MIME type is 'text/html' instead of 'text/plain'"), id="mime"),
        pytest.param({"mimeType": "text/plain"}, {},
                     ("mime-type-removed", "warning", "MIME type removed: 'text/plain'"),
                     id="no mime"),
        pytest.param({"mimeType": "TEXT/plain"}, {"mimeType": "text/plain"},
                     ("member-changed", "info", "mimeType is 'text/plain' instead of 'TEXT/plain'"),
                     id="case of mime"),
        pytest.param({"size": 1}, {"size": 2}, ("size-changed", "info", "size is 2 instead of 1"),
                     id="size"),
    ],
)  # fmt: skip
def test_a_change_of_a_resource(
    old: dict[str, Any], new: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    assert told(old, new) == [expected]
