from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.changes import ABSENT
from mcpx.analyses.diff.schema_nodes import Facet, Spot
from mcpx.analyses.diff.schema_wording import (
    counted,
    cut,
    dialect,
    note_change,
    note_meant,
    several,
    types_called,
)
from mcpx.analyses.finding import Severity


@pytest.mark.parametrize(
    ("key", "value", "meant"),
    [
        ("default", None, ABSENT),
        ("default", 0, [0]),
        ("deprecated", False, ABSENT),
        ("title", "Page Size", ABSENT),
        ("title", "Pages", ["Pages"]),
    ],
)
def test_what_a_note_means(key: str, value: Any, meant: Any) -> None:
    assert note_meant(key, Facet(value, Spot((), (), {}), (key,)), "page_size") == meant


@pytest.mark.parametrize(
    ("key", "one", "other", "rule", "says"),
    [
        ("description", ABSENT, ["x"], "property-description-changed", "has a description now"),
        ("title", ["x"], ABSENT, "property-title-changed", "has no title any more"),
        ("examples", [[1]], [[2]], "examples-changed", "its list of examples changed"),
        (
            "description'",
            ["all files"],
            ["some files"],
            "property-description-changed",
            "description says 'some' instead of 'all'",
        ),
        ("default", ABSENT, [True], "default-added", "default true is new"),
        ("default", ["x"], ABSENT, "default-removed", "default 'x' is gone"),
        ("deprecated", ABSENT, [True], "property-deprecated", "is deprecated"),
        ("deprecated", [True], ABSENT, "property-undeprecated", "is not deprecated any more"),
        ("writeOnly", [True], ABSENT, "write-only-changed", "is not write-only any more"),
        ("?x-order", [1], [2], "annotation-changed", "its x-order changed"),
        ("?", [1], ABSENT, "annotation-changed", "was no schema"),
    ],
)
def test_notes_that_changed(key: str, one: Any, other: Any, rule: str, says: str) -> None:
    assert note_change(key, one, other) == (rule, says, None)


def test_white_space_alone_is_information() -> None:
    assert note_change("title", ["a b"], ["a\n b "])[2] is Severity.INFO
    assert note_change("title", ["a b"], ["a\u200b b"])[2] is None


@pytest.mark.parametrize(
    ("types", "said"),
    [
        (None, "any type"),
        (frozenset(), "no type"),
        (frozenset({"null", "string", "array"}), "array or string or null"),
    ],
)
def test_types(types: frozenset[str] | None, said: str) -> None:
    assert types_called(types) == said


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("https://json-schema.org/draft/2020-12/schema", "2020-12"),
        ("http://json-schema.org/draft-07/schema#", "draft-07"),
        ("https://example.com/own", "'https://example.com/own'"),
        (7, "7"),
    ],
)
def test_dialects(said: Any, words: str) -> None:
    assert dialect(said) == words


def test_lists_of_things() -> None:
    assert several(["a", 1, None, True, 2]) == "'a', 1, null and 2 more"
    assert several(["a"]) == "'a'"
    assert several([]) == "nothing"
    assert [counted(number, "item") for number in (1, 2)] == ["1 item", "2 items"]
    assert (cut("abc", 3), cut("abcd", 3)) == ("abc", "ab…")
