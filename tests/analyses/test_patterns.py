from __future__ import annotations

import time

import pytest

from mcpx.analyses.patterns import LONGEST, costly

NESTED = "has a quantifier in a group that is repeated"


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
        ("a{1001}", "repeats a part more than 1000 times"),
        ("(a{100}){100}", "repeats a part more than 1000 times"),
        ("a" * (LONGEST + 1), f"has {LONGEST + 1} characters"),
        ("(ab)+", ""),
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
