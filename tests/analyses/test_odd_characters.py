from __future__ import annotations

import pytest

from mcpx.analyses.odd_characters import imitates, is_plain, odd_characters, visible


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u200bb", [("text-hidden-characters", "U+200B")]),
        ("a\u00adb\u00adc", [("text-hidden-characters", "2 of them: U+00AD")]),
        ("a\ufe0fb", [("text-hidden-characters", "U+FE0F")]),
        ("\u26a0\ufe0e\ufe0e", [("text-hidden-characters", "U+FE0E")]),
        ("\u26a0\ufe0f careful", []),
        ("1\ufe0f\u20e3", []),
        ("\U0001f468\u200d\U0001f4bb", []),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", []),
        ("a\u200db", [("text-hidden-characters", "U+200D")]),
        ("\u202etxt.exe", [("text-bidi", "U+202E")]),
        ("\u05e9\u05dc\u05d5\u05dd", []),
        (
            "x\U000e0068\U000e0069",
            [("text-tag-characters", "2 of them: U+E0068, U+E0069, which spell 'hi'")],
        ),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", []),
        ("\x1b[8mx", [("text-terminal-escape", "U+001B")]),
        ("\x9b8m", [("text-terminal-escape", "U+009B")]),
        ("a\tb\r\nc", []),
        ("caf\u00e9 \u2014 \u4f60\u597d", []),
    ],
)
def test_characters_that_are_not_seen(text: str, expected: list[tuple[str, str]]) -> None:
    assert list(odd_characters(text)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("get_us\u0435r", True),
        ("\u0430\u0441\u0435", True),
        ("\uff47et", True),
        ("get\u0416", True),
        ("get_user", False),
        ("\u957f\u4ead IP \u60c5\u62a5\u67e5\u8be2", False),
        ("\u043f\u043e\u0433\u043e\u0434\u0430", False),
        ("caf\u00e9", False),
    ],
)
def test_names_that_look_like_others(name: str, expected: bool) -> None:
    assert imitates(name) is expected


def test_what_is_plain_and_what_is_left_to_see() -> None:
    assert is_plain("a\n b\t~")
    assert not is_plain("a\x7f")
    assert not is_plain("\u00e9")
    assert visible("ig\u200bn\u00adore \u00e9") == "ignore \u00e9"
