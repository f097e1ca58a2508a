from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.capability_changes import capability_changes
from mcpx.analyses.finding import Subject
from mcpx.catalogue.model import Catalogue
from mcpx.servers import Era

TASKS = {"tasks": {"list": {}, "requests": {"tools": {"call": {}}}}}


def told(old: Any, new: Any, versions: tuple[str, str] = ("", "")) -> list[tuple[str, str, str]]:
    first, second = (
        Catalogue("a", capabilities=one, version=version)
        for one, version in zip((old, new), versions, strict=True)
    )
    found = capability_changes(Subject("server", "", "a"), first, second)
    return [(one.rule.id, one.pointer, one.severity.value) for one in found]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param({"tools": {"listChanged": False}}, {"tools": {}},
                     [("capability-unknown-changed", "/capabilities/tools/listChanged", "info")],
                     id="false and absent"),
        pytest.param({"resources": {"listChanged": True, "subscribe": True}}, {"resources": {}},
                     [("capability-list-changed-removed", "/capabilities/resources/listChanged",
                       "warning"),
                      ("capability-resources-subscribe-removed",
                       "/capabilities/resources/subscribe", "error")], id="both"),
        pytest.param(TASKS, {"tasks": {"list": {}}},
                     [("capability-tasks-removed", "/capabilities/tasks/requests", "error")],
                     id="part of tasks"),
        pytest.param({"extensions": {"a/b": {}}}, {"extensions": {"a/c": {}}},
                     [("extension-removed", "/capabilities/extensions/a~1b", "error"),
                      ("extension-added", "/capabilities/extensions/a~1c", "info")],
                     id="extensions"),
        pytest.param({"tools": None}, {},
                     [("capability-unknown-changed", "/capabilities/tools", "info")], id="null"),
        pytest.param({"tools": None}, {"tools": {}},
                     [("capability-tools-added", "/capabilities/tools", "info")], id="from null"),
        pytest.param({"tools": []}, {"tools": {}},
                     [("capability-unknown-changed", "/capabilities/tools", "info")], id="junk"),
    ],
)  # fmt: skip
def test_each_change_stands_in_its_place(old: Any, new: Any, expected: list[Any]) -> None:
    assert told(old, new) == expected


def test_of_two_eras_a_capability_that_is_gone_is_told() -> None:
    first = Catalogue("a", era=Era.LEGACY, capabilities={"prompts": {"listChanged": True}})
    second = Catalogue("a", era=Era.MODERN, capabilities={"extensions": {"a/b": {}}})
    found = capability_changes(Subject("server", "", "a"), first, second)
    assert [one.rule.id for one in found] == ["capability-prompts-removed"]


def test_tasks_that_leave_with_the_protocol_break_nobody() -> None:
    change = ("capability-tasks-removed", "/capabilities/tasks", "error")
    assert told(TASKS, {}) == [change]
    assert told(TASKS, {}, ("2025-11-25", "2026-07-28")) == [(*change[:2], "info")]
