from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.schema_sides import Prints, Side


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (1, "1", False),
        (None, False, False),
        ([1, 2], [1.0, 2.0], True),
        ([1, 2], [2, 1], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({}, [], False),
        ([], "", False),
    ],
    ids=str,
)
def test_equal_values_and_those_alone_have_equal_prints(one: Any, other: Any, equal: bool) -> None:
    prints = Prints()
    prints.learn([one])
    assert (prints.of(one) == prints.of(other)) is equal


def test_prints_know_what_refers() -> None:
    prints = Prints()
    assert prints.refers({"a": [{"$ref": "#"}]})
    assert not prints.refers({"a": ["$ref"]})


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("#", ()),
        ("#/$defs/A", ("$defs", "A")),
        ("#a", ("$defs", "A")),
        ("#/%24defs/A", ("$defs", "A")),
        ("#/$defs/C", None),
        ("#c", None),
        ("https://example.com/a.json", None),
        (7, None),
    ],
)
def test_local_references(reference: Any, found: Any) -> None:
    target = Side({"$defs": {"A": {"$anchor": "a"}}}, Prints()).target(reference)
    assert (target and target[1]) == found
