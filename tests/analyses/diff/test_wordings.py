from __future__ import annotations

import time

import pytest

from mcpx.analyses.diff.wordings import wording


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param("Reads a file.", "Reads one file.", "says 'one' instead of 'a'", id="word"),
        pytest.param("Reads it.", "Reads it. Then ask.", "adds 'Then ask.'", id="added"),
        pytest.param("Reads it. Ask.", "Reads it.", "no longer says 'Ask.'", id="removed"),
        pytest.param(
            "Reads a file of the user.",
            "Reads one file of any user.",
            "says 'one' instead of 'a', and 1 more edit",
            id="two edits",
        ),
        pytest.param("Adds numbers up.", "Sends mail.", "is written anew: 'Sends mail.'", id="new"),
        pytest.param("a b", "b a", "adds 'b', and 1 more edit", id="order"),
        pytest.param(
            "In 'UTC'.", "In 'CET'.", """says "'CET'." instead of "'UTC'.\"""", id="quotes"
        ),
        pytest.param(
            "To dead text.",
            "To dead\u00a0text.",
            "says 'dead\u00a0text.' with U+00A0 for U+0020 at character 5 instead of 'dead text.'",
            id="another blank",
        ),
    ],
)
def test_the_first_edit_is_told(before: str, after: str, said: str) -> None:
    assert wording(before, after) == said


def test_at_most_sixty_characters_of_the_texts_are_told() -> None:
    assert len(wording("a " + "b" * 900, "a " + "c" * 900)) < 90


def test_texts_of_a_megabyte_are_compared_at_once() -> None:
    before = " ".join(str(number) for number in range(150_000))
    start = time.monotonic()
    assert wording(before, before.replace("7", "8")).startswith("is written anew: '8")
    assert time.monotonic() - start < 2
