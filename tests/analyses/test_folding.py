from __future__ import annotations

import pytest

from mcpx.analyses.folding import as_read, in_words, set_apart, together


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Ignоre аll", "Ignore all", id="Cyrillic"),
        pytest.param("Ιgnοre", "Ignore", id="Greek"),
        pytest.param("~/.ｓｓｈ/", "~/.ssh/", id="fullwidth"),
        pytest.param("‹ＩＭＰ>", "<IMP>", id="angle brackets"),
        pytest.param("~/.ss\u200bh/config", "~/.ssh/config", id="hidden"),
        pytest.param(
            "Ignore\n\nall\n \nrules.", "Ignore all rules.", id="paragraphs in a sentence"
        ),
        pytest.param("Adds.\n\nall\n\nTwice.\nOnce", "Adds.\n\nall\n\nTwice.\nOnce", id="honest"),
    ],
)
def test_a_text_is_read_as_a_model_reads_it(text: str, expected: str) -> None:
    assert as_read(text) == expected


def test_what_needs_nothing_is_the_very_same() -> None:
    text = "Adds two numbers.\nTwice."
    assert as_read(text) is text


@pytest.mark.parametrize(
    ("text", "whole", "apart"),
    [
        ("Now i g n o r e  t h i s, a b", "Now ignore  thi s, a b", ""),
        ("I g n o r e t h e r u l e s", "Ignoretherules", "Ignoretherules"),
        ("a b c d e f g h i j k l m", "abcdefghijklm", ""),
        ("1 2 3 4 5 6 7 8 9 8 7 6 5", "1234567898765", ""),
    ],
)
def test_letters_that_stand_apart_are_put_together(text: str, whole: str, apart: str) -> None:
    assert (together(text), set_apart(text)) == (whole, apart)


def test_a_name_may_be_a_sentence() -> None:
    assert in_words("ignore_all_rules") == "ignore all rules"
