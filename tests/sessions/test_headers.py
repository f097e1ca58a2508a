from __future__ import annotations

from mcpx.sessions.headers import lower_names


def test_names_are_in_small_letters_and_all_values_are_kept() -> None:
    assert lower_names([("A", "1"), ("b", "2"), ("a", "3")]) == {"a": "1, 3", "b": "2"}
