from __future__ import annotations

import re

import pytest

from mcpx.analyses.letters import ANY, OTHERS, single

ASCII = [chr(code) for code in range(128)]


@pytest.mark.parametrize(
    "expression",
    [
        *("a", ".", r"\.", r"\d", r"\W", r"\s", r"\S", r"\n", r"\x41", r"\u0041", "[a-z]"),
        *("[^a-z]", r"[\w-]", r"[^\s,]", r"[\]a]", "[a-]", r"[\x30-\x39]", "[-a]", r"[\-z]"),
    ],
)
def test_the_letters_of_a_part_are_those_that_it_matches(expression: str) -> None:
    letters, end = single(expression, 0)
    assert end == len(expression)
    # Python's blanks of ASCII are more than those of ECMAScript.
    known = [one for one in ASCII if one not in "\x1c\x1d\x1e\x1f"]
    # Its dot matches no carriage return.
    lines = "\r" if expression == "." else ""
    held = [one for one in known if re.fullmatch(expression, one) and one not in lines]
    assert [one for one in known if letters >> ord(one) & 1] == held


@pytest.mark.parametrize(
    ("expression", "letters", "end"),
    [
        ("^", 0, 1),
        (r"\b", 0, 2),
        ("é", OTHERS, 1),
        ("[é-í]", OTHERS, 5),
        ("[^é]", ANY, 4),
        (r"\P{L}", ANY, 5),
        (r"\p{L}", single("[A-Za-z]", 0)[0] | OTHERS, 5),
        ("[z-a]", 0, 5),
        ("[a", 1 << ord("a"), 3),
        ("[", 0, 2),
        ("\\", 1 << ord("\\"), 2),
        (r"\xg", 1 << ord("x"), 2),
    ],
)
def test_what_has_no_letters_or_others(expression: str, letters: int, end: int) -> None:
    assert single(expression, 0) == (letters, end)
