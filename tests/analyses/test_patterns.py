from __future__ import annotations

import time

import pytest

from mcpx.analyses.patterns import LONGEST, costly

NESTED = "has a quantifier in a group that is repeated"
TWO_WAYS = "repeats a group that matches the same text in two ways"
ROW = "has four parts in a row that go on without end for the same letters"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("^(a+)+$", NESTED),
        ("(a*)*", NESTED),
        ("(?:a+b?)+", NESTED),
        ("(a|b+)*", NESTED),
        ("((a+))+", NESTED),
        ("([a-z]+)*@", NESTED),
        (r"(\w+\s*)+$", NESTED),
        ("(.*,)*", NESTED),
        (r"([\s\S]+;)+", NESTED),
        ("(a+){10,20}", NESTED),
        ("(a{2,})*?", NESTED),
        ("(x+x+)+y", NESTED),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", NESTED),
        ("(?<n>a+)+", NESTED),
        ("(?P<n>a+)+", NESTED),
        ("(?i:a+)+", NESTED),
        (r"(\w+\d+)+", NESTED),
        (r"^(?:\s*a\s*)+$", NESTED),
        (r"([^\d]+\s*,)+", NESTED),
        (r"(\x61+)+", NESTED),
        (r"(\p{L}+)+", NESTED),
        ("(a|aa)+", TWO_WAYS),
        ("(a|a?)+$", TWO_WAYS),
        ("(a|a)*b", TWO_WAYS),
        ("([a-c]|[c-e])+", TWO_WAYS),
        ("(a?a?){25}", TWO_WAYS),
        ("([a-z]{1,3})*", TWO_WAYS),
        ("a*a*a*a*a*b", ROW),
        (r"\d*\w*(?:[0-5]*)x?\d+", ROW),
        ("a{1001}", "repeats a part more than 1000 times"),
        ("(a{100}){100}", "repeats a part more than 1000 times"),
        ("a" * (LONGEST + 1), f"has {LONGEST + 1} characters"),
        ("(ab)+", ""),
        ("(a|b)+", ""),
        ("(a|ba)+", ""),
        ("(a?a?){9}", ""),
        ("([a-z]{2})*", ""),
        (r"^(\S+\s+)*$", ""),
        (r"^(?:\s*a,)+$", ""),
        (r"(\w+\.)+[a-z]+", ""),
        ("a*b?a*c?a*", ""),
        ("a*ba*ba*ba*b", ""),
        ("(?i)a+", ""),
        ("(?=a|a)+", ""),
        (r"([\]a]+,)*b", ""),
        ("(ab[a-z]{1,3})+", ""),
        ("(aa?aa)+", TWO_WAYS),
        (r"(\.\w+)*", ""),
        (r"(\w+\s+)*", ""),
        ("(a+,)*", ""),
        ("(a+){2}", ""),
        ("[(a+)+]", ""),
        (r"\(a+\)+", ""),
        ("(?=a+)+", ""),
        (r"^\d+d\d+([+-]\d+)?$", ""),
        ("a{1000}", ""),
        (r"^([a-fA-F0-9]{0,4}:){1,8}$", ""),
        ("(a", ""),
        ("a)+(b+", ""),
        ("[", ""),
        ("\\", ""),
        ("", ""),
    ],
)
def test_patterns_that_cost_more_than_their_length(pattern: str, said: str) -> None:
    assert costly(pattern) == said


@pytest.mark.parametrize(
    "letter", ["(", ")", "[", "\\", "|", "{", "a{1}", "(a|", "a+", "{" + "9" * 9]
)
def test_reading_a_pattern_takes_little_time(letter: str) -> None:
    start = time.perf_counter()
    costly(letter * (LONGEST // len(letter)))
    assert time.perf_counter() - start < 5
