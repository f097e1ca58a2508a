from __future__ import annotations

import time
import unicodedata

import pytest

from mcpx.analyses.spelling import canonical_name, compatible


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("getUser", "get_user", True),
        ("get-user", "get.user", True),
        ("run task", "run_task", True),
        ("ｇｅｔ", "get", True),
        ("straße", "STRASSE", True),
        ("get_user", "get_users", False),
        ("--", "__", False),
    ],
)
def test_canonical_names(one: str, other: str, equal: bool) -> None:
    assert (canonical_name(one) == canonical_name(other)) is equal


@pytest.mark.parametrize(
    ("text", "expected"),
    [("ｇｅｔ", "get"), ("e\u0301", "é"), ("ﬁ" * 1_000, "fi" * 1_000), ("get", "get")],
)
def test_texts_without_compatibility_forms(text: str, expected: str) -> None:
    assert compatible(text) == expected


def test_marks_piled_on_a_letter_take_no_time() -> None:
    piled = "a" + "\u0301\u0323" * 20_000
    started = time.process_time()
    assert len(compatible(piled)) == len(piled) - len(unicodedata.normalize("NFD", "á")) + 1
    assert time.process_time() - started < 3
