from __future__ import annotations

from typing import Any

import pytest

from mcpx.sources.registry_entries import (
    OFFICIAL,
    Entry,
    entries_of,
    entry_of,
    is_wanted,
    latest_of,
    page_of,
)
from mcpx.sources.server_json import MalformedError
from tests.servers.fake_registry import record


@pytest.mark.parametrize(
    ("metadata", "cursor"),
    [
        ({"nextCursor": "a"}, "a"),
        ({"next_cursor": "a"}, "a"),
        ({"nextCursor": None}, ""),
        ({"nextCursor": 3}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_a_page_has_items_and_a_cursor(metadata: Any, cursor: str) -> None:
    page = page_of({"servers": [1], "metadata": metadata, "more": 2})
    assert (page.items, page.cursor) == ((1,), cursor)


@pytest.mark.parametrize("value", [None, [], {}, {"servers": {}}, {"error": "x"}])
def test_what_is_no_page_is_said(value: object) -> None:
    with pytest.raises(MalformedError, match="no list 'servers'"):
        page_of(value)


NEW = record("a/b", "1.0", title="T", status="deprecated", message="why", updated="2026-01-02")
OLD = {
    "name": "a/b",
    "version": "1.0",
    "status": "deprecated",
    "_meta": {
        OFFICIAL: {"is_latest": True, "published_at": "2025-01-01", "updated_at": "2025-01-02"},
        "com.acme.sub/x": {"rating": 5},
    },
}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(NEW, ("deprecated", "why", "2026-01-02", True), id="as-now"),
        pytest.param(OLD, ("deprecated", "", "2025-01-02", True), id="as-before"),
        pytest.param(
            {"server": {"name": "a/b", "version": "1.0"}}, ("active", "", "", None), id="bare"
        ),
        pytest.param(
            {"server": {"name": "a/b", "version": "1.0"}, "_meta": {OFFICIAL: {"isLatest": "no"}}},
            ("active", "", "", None),
            id="odd-meta",
        ),
    ],
)
def test_an_entry_is_read_in_every_form(raw: Any, expected: tuple[object, ...]) -> None:
    found = entry_of(raw)
    assert (found.name, found.version) == ("a/b", "1.0")
    assert (found.status, found.status_message, found.updated, found.latest) == expected


@pytest.mark.parametrize(
    ("raw", "where", "message"),
    [
        (3, "entry 2", "it is not an object"),
        ({"server": {"version": "1"}}, "entry 2", "it has no valid name"),
        ({"server": {"name": "a/b"}}, "entry 2 'a/b'", "it has no valid version"),
        ({"server": {"name": "a/b", "version": "-1"}}, "entry 2 'a/b'", "it has no valid version"),
        ({"server": {"name": "a/b", "version": "1\n"}}, "entry 2 'a/b'", "it has no valid version"),
        ({"name": "a/\x1b[2J" + "b" * 99}, "entry 2 'a/\\x1b[2J", "it has no valid name"),
    ],
)
def test_an_odd_entry_is_a_problem_and_costs_only_itself(
    raw: Any, where: str, message: str
) -> None:
    found, problems = entries_of([NEW, raw, NEW])
    assert len(found) == 2
    (problem,) = problems
    assert problem.message == message
    assert problem.where.startswith(where)
    assert len(problem.where) < 90
    assert "\x1b" not in problem.where


@pytest.mark.parametrize(
    ("versions", "latest"),
    [
        (["1.9.0", "1.10.0"], "1.10.0"),
        (["1.0.0", "1.0.0-rc.1"], "1.0.0"),
        (["1.0.0-rc.2", "1.0.0-rc.10", "1.0.0-alpha"], "1.0.0-rc.10"),
        (["1.0.0", "9"], "1.0.0"),
        (["b", "a"], "b"),
    ],
)
def test_the_latest_is_the_highest_semantic_version(versions: list[str], latest: str) -> None:
    entries = [
        Entry("a/b", one, {}, published=f"2026-01-0{9 - n}") for n, one in enumerate(versions)
    ]
    assert [one.version for one in latest_of(entries)] == [latest]


def test_what_the_registry_calls_the_latest_is_it() -> None:
    entries = [Entry("b/x", "9.0.0", {}, latest=False), Entry("b/x", "1.0.0", {}, latest=True)]
    found = latest_of([*entries, Entry("a/x", "1", {})])
    assert [(one.name, one.version) for one in found] == [("a/x", "1"), ("b/x", "1.0.0")]


@pytest.mark.parametrize(
    ("term", "wanted"),
    [
        ("", True),
        ("ACME", True),
        ("a_me", True),
        ("c%ledg", True),
        ("books", True),
        ("double", True),
        (".*", False),
        ("zzz", False),
    ],
)
def test_a_term_is_sought_in_name_title_and_description(term: str, wanted: bool) -> None:
    server = {"title": "Books", "description": "Double-entry"}
    assert is_wanted(Entry("com.acme/ledger", "1", server), term) is wanted


def test_a_long_term_is_no_burden() -> None:
    entry = Entry("a/" + "a" * 150, "1", {"description": "a" * 5000})
    assert is_wanted(entry, "%a" * 60 + "b") is False
    assert is_wanted(entry, "%a" * 60) is True
