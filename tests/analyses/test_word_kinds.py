from __future__ import annotations

import pytest

from mcpx.analyses.word_kinds import LOOKS, sign_of, signs_of


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("ignore", "IGNORE"),
        ("mentioning", "TELL"),
        ("notified", "TELL"),
        ("disclosed", "DISCLOSE"),
        ("don't", "NEGATED"),
        ("users", "USER"),
    ],
)
def test_words_and_their_inflections_have_kinds(word: str, kind: str) -> None:
    assert sign_of()[word] in signs_of()[kind]


def test_an_order_is_not_what_a_tool_says_of_itself() -> None:
    assert sign_of()["pass"] in signs_of()["PUT"]
    assert "passes" not in sign_of()


def test_no_word_has_the_sign_of_a_look() -> None:
    assert not set(sign_of().values()) & set(LOOKS.values())
