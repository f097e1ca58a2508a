from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcpx.schemas.patterns import (
    compiled,
    lengthened,
    matches_all,
    matching,
    repetitions,
    stretched,
)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("^[a-z]{3}-[0-9]+$", id="usual"),
        pytest.param("^(red|green)?$", id="alternatives"),
        pytest.param(r"^\d{4}-\d\d$", id="classes"),
        pytest.param("(a{100}){100}", id="long"),
    ],
)
def test_texts_match_their_pattern_and_are_the_same_each_time(pattern: str) -> None:
    found = matching(pattern)
    assert found
    assert list(found) == sorted(set(found), key=lambda text: (len(text), text))
    matching.cache_clear()
    assert matching(pattern) == found
    if "{100}" not in pattern:
        assert all(re.search(pattern, text) for text in found)
    assert all(len(text) <= 5_000 for text in found)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("(", id="broken"),
        pytest.param(r"\p{L}", id="not of Python"),
        pytest.param("(" * 5_000, id="deep"),
        pytest.param("(((a{500}){500}){500}){500}", id="endless"),
    ],
)
def test_odd_patterns_have_no_texts(pattern: str) -> None:
    assert matching(pattern) == ()


def test_repetitions_without_end_are_kept_short() -> None:
    assert max(map(len, matching("^a*b+c{2,}$"))) <= 5 + 6 + 7


def test_a_pattern_that_warns_is_read_in_silence() -> None:
    assert compiled("[[:alpha:]]") is not None


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        pytest.param("", True, id="empty"),
        pytest.param("a*", True, id="any number"),
        pytest.param("[a-z]*", True, id="class"),
        pytest.param(r"(\d|x)?", True, id="alternatives"),
        pytest.param("a", False, id="one"),
        pytest.param("^a*$", False, id="anchored"),
        pytest.param(r"\Aa*\Z", False, id="anchored for Python"),
        pytest.param(r"\ba*\b", False, id="word"),
        pytest.param("(?=a)?", False, id="looks ahead"),
        pytest.param("(?!a)", False, id="looks ahead for none"),
        pytest.param("[]a]*", False, id="empty class for ECMA-262"),
        pytest.param("*", False, id="broken"),
    ],
)
def test_only_a_pattern_that_surely_matches_all_does(pattern: str, expected: bool) -> None:
    assert matches_all(pattern) is expected


@pytest.mark.parametrize(
    ("pattern", "length"),
    [
        pytest.param("^[A-Z]{2}[0-9]+$", 13, id="usual"),
        pytest.param("^[a-z]+(-[a-z]+)*$", 64, id="parts"),
        pytest.param("^[a-z]{1,64}/[a-z]{1,64}$", 101, id="over two parts"),
        pytest.param("^(ab)*$", 40, id="two at a time"),
        pytest.param("^a*$", 10_001, id="long"),
    ],
)
def test_texts_of_a_length_are_made(pattern: str, length: int) -> None:
    found = [text for text in lengthened(pattern, length) if len(text) == length]
    assert any(re.search(pattern, text) for text in found)


def test_texts_are_repeated_more_often_than_asked_for() -> None:
    assert "a" * 33 in stretched("^[a-z]{1,64}$", 32)
    assert max(map(len, stretched("^[a-z]{1,64}$", 90))) == 64
    assert repetitions("^.{1,64}-a{3}b{,7}$") == {1, 3, 7, 64}


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("(", id="broken"),
        pytest.param("(((a{500}){500}){500}){500}", id="endless"),
        pytest.param("((((a*)*)*)*)*", id="nested"),
    ],
)
def test_no_pattern_makes_a_text_without_end(pattern: str) -> None:
    for text in (*stretched(pattern, 50_000), *lengthened(pattern, 20_000)):
        assert len(text) <= 20_000
    assert lengthened(pattern, 20_001) == ()


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="ab()[]{}*+?|^$.\\-,019d:=!<P", max_size=12))
def test_junk_never_fails(pattern: str) -> None:
    assert all(isinstance(text, str) for text in matching(pattern))
    assert isinstance(matches_all(pattern), bool)
    for text in (*stretched(pattern, 3), *lengthened(pattern, 7)):
        assert len(text) <= 20_000
