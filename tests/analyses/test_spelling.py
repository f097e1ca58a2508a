from __future__ import annotations

import pytest

from mcpx.analyses.spelling import canonical_name


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
