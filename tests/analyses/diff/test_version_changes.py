from __future__ import annotations

import pytest

from mcpx.analyses.diff.changes import Bump
from mcpx.analyses.diff.version_changes import version_changes


@pytest.mark.parametrize(
    ("old", "new", "bump", "expected"),
    [
        ("1.4.0", "1.4.0", Bump.MAJOR, ["not-bumped"]),
        ("1.4.0", "1.4.0", Bump.MINOR, []),
        ("1.4.0", "1.5.0", Bump.MAJOR, ["changed", "major-not-bumped"]),
        ("1.4.0", "1.5.0", Bump.MINOR, ["changed"]),
        ("1.4.0", "2.0.0", Bump.MAJOR, ["changed"]),
        ("0.4.0", "0.5.0", Bump.MAJOR, ["changed"]),
        ("0.4.0", "0.4.1", Bump.MAJOR, ["changed", "major-not-bumped"]),
        ("0.0.1", "0.0.2", Bump.MAJOR, ["changed"]),
        ("2025.12.18", "2025.12.19", Bump.MAJOR, ["changed"]),
        ("1.10.0", "1.9.0", Bump.NONE, ["decreased"]),
        ("2.0.0-rc.1", "2.0.0", Bump.NONE, ["changed"]),
        ("2.0.0", "2.0.0rc2", Bump.NONE, ["decreased"]),
        ("2.0.0rc2", "2.0.0rc10", Bump.NONE, ["changed"]),
        ("1.0", "1.0.0", Bump.NONE, ["changed"]),
        ("v1.2", "1.3+build", Bump.NONE, ["changed"]),
        ("main", "1.0", Bump.MAJOR, ["changed"]),
        ("", "1.0", Bump.MAJOR, ["changed"]),
        ("", "", Bump.MAJOR, []),
    ],
)
def test_a_version_says_what_changes_do(
    old: str, new: str, bump: Bump, expected: list[str]
) -> None:
    found = [one.rule.id.removeprefix("server-version-") for one in
             version_changes("a", old, new, bump)]  # fmt: skip
    assert [one.removeprefix("server-") for one in found] == expected
