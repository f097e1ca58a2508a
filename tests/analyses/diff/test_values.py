from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.changes import ABSENT
from mcpx.analyses.diff.values import called, folded, member, pointer, quoted, same, told_apart


def nested(depth: int, inner: Any) -> Any:
    for _ in range(depth):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    ("first", "second", "equal"),
    [
        pytest.param(1, 1.0, True, id="one number"),
        pytest.param(1, True, False, id="a number and a truth value"),
        pytest.param(0, None, False, id="zero and null"),
        pytest.param({"a": 1, "b": [2]}, {"b": [2], "a": 1}, True, id="other order of keys"),
        pytest.param([1, 2], [2, 1], False, id="other order of a list"),
        pytest.param([1], [1, 1], False, id="longer"),
        pytest.param({"a": None}, {}, False, id="null and absent"),
        pytest.param({}, [], False, id="an object and a list"),
        pytest.param(nested(50_000, 1), nested(50_000, 1), True, id="very deep"),
        pytest.param(nested(50_000, 1), nested(50_000, 2), False, id="very deep, at the end"),
    ],
)
def test_values_are_the_same_as_json_says(first: Any, second: Any, equal: bool) -> None:
    assert same(first, second) is equal


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param(ABSENT, "nothing", id="absent"),
        pytest.param(None, "null", id="null"),
        pytest.param(True, "true", id="true"),
        pytest.param(2.5, "2.5", id="number"),
        pytest.param(10**5_000, "a very large number", id="too long to write"),
        pytest.param("a\n b", "'a b'", id="text"),
        pytest.param("x" * 50, f"'{'x' * 39}…'", id="long text"),
        pytest.param({}, "an empty object", id="empty object"),
        pytest.param([1], "a list", id="list"),
    ],
)
def test_a_value_has_a_word_or_two(value: Any, words: str) -> None:
    assert called(value) == words


@pytest.mark.parametrize(
    ("before", "after", "apart"),
    [
        pytest.param("a", "b", ("'a'", "'b'"), id="seen"),
        pytest.param(1, "1", ("1", "'1'"), id="types"),
        pytest.param([1], [2], ("a list", "another list"), id="lists"),
        pytest.param("a b", "a\u00a0b",
                     ("'a b'", "'a\u00a0b' with U+00A0 for U+0020 at character 2"),
                     id="a blank that is none"),
        pytest.param("pay", "p\u0430y",
                     ("'pay'", "'p\u0430y' with U+0430 for U+0061 at character 2"),
                     id="a letter of another script"),
        pytest.param("\u00e9", "e\u0301",
                     ("'\u00e9'", "'e\u0301' with U+0065 for U+00E9 at character 1"),
                     id="a letter in two parts"),
        pytest.param("a", "a\u200b", ("'a'", "'a\u200b' with U+200B more"), id="not seen"),
        pytest.param("x" * 50, "x" * 47,
                     (f"'{'x' * 39}…'", f"'{'x' * 39}…' with 3 characters fewer"), id="shorter"),
        pytest.param("x" * 50 + "all", "x" * 50 + "none",
                     (f"'{'x' * 39}…'",
                      f"'{'x' * 39}…' with 'none' for 'all' at character 51"), id="a late end"),
    ],
)  # fmt: skip
def test_what_looks_alike_is_told_apart(before: Any, after: Any, apart: tuple[str, str]) -> None:
    assert told_apart(before, after) == apart


def test_a_text_in_quotes_has_others_around_it() -> None:
    assert quoted("'UTC'") == "\"'UTC'\""
    assert quoted("don't") == "'don't'"


def test_a_pointer_escapes_what_it_leads_through() -> None:
    assert pointer("_meta", "a/b~c", 0) == "/_meta/a~1b~0c/0"


def test_a_member_of_no_object_is_absent() -> None:
    assert member([1], "a") is ABSENT
    assert member({"a": None}, "a") is None


def test_only_blanks_that_anybody_sees_are_folded() -> None:
    assert folded(" a \r\n\tb ") == "a b"
    assert folded("a\u00a0b\x1b") == "a\u00a0b\x1b"
    assert quoted("  a   b ") == "'a b'"
