"""The version number that changes ask for."""

from __future__ import annotations

import re

from mcpx.analyses.diff.changes import Bump

# Source: semver 2.0.0, 2. and 9. What begins with a year says when, not what changed.
_SEMVER = re.compile(r"(v?)([0-9]{1,3})\.([0-9]{1,9})\.([0-9]{1,9})(?:[-+][0-9A-Za-z.+-]*)?")


def next_version(version: str, bump: Bump) -> str:
    """The version after ``version`` for changes like these; empty where it is not semantic.

    Before 1.0.0 the second number counts what breaks (semver 2.0.0, 4, and what package managers
    make of it).
    """
    found = _SEMVER.fullmatch(version)
    if found is None or bump is Bump.NONE:
        return ""
    prefix, major, minor, patch = found[1], *(int(one) for one in found.groups()[1:])
    if bump is Bump.MINOR and not major:
        return ""  # what that is before 1.0.0 is not agreed upon
    if bump is Bump.MAJOR and major:
        return f"{prefix}{major + 1}.0.0"
    if bump is Bump.MAJOR or (bump is Bump.MINOR and major):
        return f"{prefix}{major}.{minor + 1}.0"
    return f"{prefix}{major}.{minor}.{patch + 1}"
