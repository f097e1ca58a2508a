from __future__ import annotations

import pytest

from mcpx.operations.supply import Entry, Supply


def supply(*whens: str, endless: bool = False) -> Supply[str]:
    """Entries with the numbers as values, each waiting for its words."""
    entries = [Entry(f"/{place}", when, str(place)) for place, when in enumerate(whens)]
    return Supply(entries, endless)


@pytest.mark.parametrize(
    ("answers", "taken", "unused"),
    [
        pytest.param(supply("", ""), ["0", "1", None], [], id="in order, each once"),
        pytest.param(supply("", endless=True), ["0", "0", "0"], [], id="the only one"),
        pytest.param(supply("", "age", ""), ["1", "0", "1"], ["/2"], id="one that waits"),
        pytest.param(supply("town"), [None, None, None], ["/0"], id="one that waits in vain"),
        pytest.param(supply("town", endless=True), [None] * 3, ["/0"], id="the only one waits"),
        pytest.param(supply(), [None, None, None], [], id="none"),
    ],
)
def test_what_is_taken(answers: Supply[str], taken: list[str | None], unused: list[str]) -> None:
    assert [answers.take(words) for words in ("your age?", "name?", "age?")] == taken
    assert answers.unused == unused


def test_what_cannot_be_used_is_left() -> None:
    answers = supply("", "")
    assert answers.take("?", lambda value: value == "1") == "1"
    assert answers.unused == ["/0"]


def test_nothing_is_unused_where_nothing_was_asked() -> None:
    assert supply("", "").unused == []
