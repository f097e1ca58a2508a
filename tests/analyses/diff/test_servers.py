from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.changes import ABSENT, Change
from mcpx.analyses.diff.pairing_rules import PAIRING_CHANGES
from mcpx.analyses.diff.servers import (
    SERVERS,
    server_added,
    server_removed,
    unstable,
    without_unstable,
)
from mcpx.analyses.finding import Severity, Subject
from mcpx.catalogue.model import Catalogue, Item, Kind

GONE = next(rule for rule in PAIRING_CHANGES if rule.id == "tool-removed")


def catalogue(**texts: Any) -> Catalogue:
    items = [Item(Kind.TOOL, {"name": name, "description": text}) for name, text in texts.items()]
    return Catalogue("a", tools=tuple(items))


def test_a_server_comes_and_goes() -> None:
    added, removed = server_added("a", "2.0.0"), server_removed("a", "1.0.0")
    assert (added.rule.id, added.severity, added.rule.trust) == (
        "server-added",
        Severity.INFO,
        True,
    )
    assert (added.before, added.after, added.message) == (ABSENT, "2.0.0", "a is new")
    assert (removed.rule.id, removed.severity) == ("server-removed", Severity.ERROR)
    assert (removed.before, removed.after, removed.message) == ("1.0.0", ABSENT, "a is gone")
    assert {rule.id for rule in SERVERS} == {
        added.rule.id,
        removed.rule.id,
        "catalogue-unstable",
    }


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param({"a": 1}, {"a": 1}, set(), id="same"),
        pytest.param({"a": 1}, {"a": 1.0}, set(), id="spelt"),
        pytest.param({"a": 1, "b": 1}, {"b": 1, "a": 1}, set(), id="order"),
        pytest.param(
            {"a": 1, "b": 1}, {"a": 2, "b": 1}, {("tool", "a", "description")}, id="changed"
        ),
        pytest.param(
            {"a": 1}, {"b": 1}, {("tool", "a", ""), ("tool", "b", "")}, id="come-and-gone"
        ),
    ],
)
def test_what_differs_between_two_listings(
    first: Any, second: Any, expected: set[tuple[str, str, str]]
) -> None:
    assert unstable(catalogue(**first), catalogue(**second)) == expected


def test_the_changes_of_unstable_items_are_told_as_one() -> None:
    subjects = [
        Subject("tool", "now", "s"),
        Subject("prompt", "now", "s"),
        Subject("tool", "x", "s"),
    ]
    changes = [Change(GONE, one, "") for one in subjects]
    assert without_unstable("s", changes, frozenset()) == changes
    first, *rest = without_unstable("s", changes, {("tool", "now", "")})
    assert (first.rule.id, first.subject) == ("catalogue-unstable", Subject("server", "", "s"))
    assert first.message == "'now' differs from one listing to the next"
    assert rest == changes[1:]
    many = without_unstable("s", [], {("tool", f"t{number}", "") for number in range(9)})
    assert many[0].message == (
        "'t0', 't1', 't2', 't3', 't4', 't5' and 3 more differ from one listing to the next"
    )


def test_what_stays_the_same_of_an_unstable_item_is_compared() -> None:
    subject = Subject("tool", "now", "s")
    changes = [Change(GONE, subject, "", f"/{name}") for name in ("description/x", "title", "x")]
    first, *rest = without_unstable("s", changes, {("tool", "now", "description")})
    assert first.message == "'now' (description) differs from one listing to the next"
    assert rest == changes[1:]
