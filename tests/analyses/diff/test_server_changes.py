from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.server_changes import server_changes
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.servers import Era
from tests.catalogue.data import needs_data, real


def told(old: Catalogue, new: Catalogue) -> list[tuple[str, str]]:
    return [(one.rule.id, one.message) for one in server_changes(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param({"name": "a", "version": "1"}, {"name": "a", "version": "2"}, [],
                     id="the version is told elsewhere"),
        pytest.param({"name": "a", "version": "1"}, {"name": "a", "version": 2},
                     [("server-info-changed", "version is 2 instead of '1'")], id="no version"),
        pytest.param({"name": "a"}, {"name": "b"},
                     [("server-name-changed", "calls itself 'b' instead of 'a'")], id="name"),
        pytest.param({"name": "a"}, {"name": 5},
                     [("server-info-changed", "name is 5 instead of 'a'")], id="no name"),
        pytest.param({"name": "a", "title": "A b"}, {"name": "a", "title": "A c"},
                     [("server-title-changed", "title says 'c' instead of 'b'")], id="title"),
    ],
)  # fmt: skip
def test_what_a_server_says_of_itself(old: Any, new: Any, expected: list[Any]) -> None:
    first, second = (Catalogue("s", server_info=one) for one in (old, new))
    assert told(first, second) == expected


def test_instructions_are_compared_word_by_word() -> None:
    texts = "Ask first, then save all.", "Ask never, then save all."
    first, second = (Catalogue("s", instructions=text) for text in texts)
    assert told(first, second) == [
        ("instructions-changed", "text of the instructions says 'never,' instead of 'first,'")
    ]


def test_protocols_are_compared_one_by_one_where_both_are_known() -> None:
    first = Catalogue("s", supported=("2025-06-18", "2025-11-25"))
    second = Catalogue("s", supported=("2025-11-25", "2026-07-28"))
    assert told(first, second) == [
        ("protocol-version-removed", "no longer speaks protocol 2025-06-18"),
        ("protocol-version-added", "speaks also protocol 2026-07-28"),
    ]
    assert told(first, Catalogue("s")) == []


def test_what_came_or_went_reorders_nothing() -> None:
    def listing(*names: str) -> Catalogue:
        return Catalogue("s", tools=tuple(Item(Kind.TOOL, {"name": name}) for name in names))

    assert told(listing("a", "b", "c"), listing("x", "a", "c")) == []
    assert told(listing("a", "b", "c"), listing("b", "a", "x")) == [
        ("catalogue-reordered", "lists tools in another order")
    ]


def test_two_of_one_name_are_ordered_by_what_they_say() -> None:
    one, two = (Item(Kind.TOOL, {"name": "a", "description": text}) for text in ("1", "2"))
    assert told(Catalogue("s", tools=(one,)), Catalogue("s", tools=(one, two))) == []
    assert told(Catalogue("s", tools=(one, two)), Catalogue("s", tools=(two, one))) == [
        ("catalogue-reordered", "lists tools in another order")
    ]


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        (Era.LEGACY, ["capability-list-changed-removed", "capability-resources-subscribe-removed",
                      "capability-tasks-removed", "protocol-version-latest-changed"]),
        (Era.MODERN, ["protocol-version-latest-changed"]),
    ],
)  # fmt: skip
def test_what_each_era_declares_in_its_own_way_is_no_change(
    newer: Era, expected: list[str]
) -> None:
    lists = {"tools": {"listChanged": True}, "resources": {"subscribe": True}}
    first = Catalogue("s", era=Era.LEGACY, version="2025-06-18", supported=("2025-06-18",),
                      capabilities={**lists, "tasks": {}})  # fmt: skip
    second = Catalogue("s", era=newer, version="2025-11-25", supported=("2025-11-25",),
                       capabilities={"tools": {}, "resources": {}})  # fmt: skip
    assert sorted(rule for rule, _ in told(first, second)) == expected


@needs_data
def test_a_real_server_is_what_it_was() -> None:
    one = real("full/@modelcontextprotocol+server-everything@2026.8.31")
    assert told(one, one) == []


def test_what_a_legacy_server_did_not_take_may_still_be_spoken() -> None:
    first = Catalogue("s", era=Era.LEGACY, supported=("2024-11-05",))
    second = Catalogue("s", era=Era.LEGACY, supported=("2025-11-25",))
    assert list(server_changes(first, second)) == []
