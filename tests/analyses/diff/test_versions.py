from __future__ import annotations

import pytest

from mcpx.analyses.diff.changes import Bump
from mcpx.analyses.diff.versions import next_version


@pytest.mark.parametrize(
    ("version", "bump", "expected"),
    [
        ("1.2.3", Bump.MAJOR, "2.0.0"),
        ("1.2.3", Bump.MINOR, "1.3.0"),
        ("1.2.3", Bump.PATCH, "1.2.4"),
        ("v1.2.3", Bump.PATCH, "v1.2.4"),
        ("1.2.3-rc.1", Bump.MINOR, "1.3.0"),
        ("0.6.2", Bump.MAJOR, "0.7.0"),
        ("0.6.2", Bump.MINOR, ""),
        ("0.6.2", Bump.PATCH, "0.6.3"),
        ("1.2.3", Bump.NONE, ""),
        ("2025.11.25", Bump.MAJOR, ""),
        ("1.2", Bump.MAJOR, ""),
        ("", Bump.MAJOR, ""),
    ],
)
def test_the_version_that_changes_ask_for(version: str, bump: Bump, expected: str) -> None:
    assert next_version(version, bump) == expected
