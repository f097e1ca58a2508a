from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from mcpx.version_order import Rank, pep440, semver


@pytest.mark.parametrize(
    ("rank", "ascending"),
    [
        pytest.param(
            semver,
            "0.6.2 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2"
            " 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.9.0 1.10.0 2025.4.25 2025.11.25 2026.1.2",
            id="semver",
        ),
        pytest.param(
            pep440,
            "0.9 1.0.dev1 1.0a1.dev3 1.0a1 1.0b2 1.0b2.post345.dev456 1.0b2.post345 1.0rc1 1.0"
            " 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456 1.1.dev1 2025.9.24 1!0.1",
            id="pep440",
        ),
    ],
)
def test_versions_are_ordered(rank: Callable[[str], Rank | None], ascending: str) -> None:
    expected = ascending.split()
    mixed = random.Random(6).sample(expected, len(expected))
    ranks = {one: found.key for one in mixed if (found := rank(one)) is not None}
    assert sorted(mixed, key=ranks.__getitem__) == expected


@pytest.mark.parametrize(
    ("rank", "one", "other"),
    [
        (semver, "v1.2.3+build", "1.2.3"),
        (semver, "1.2", "1.2.0"),
        (pep440, "1.0", "1"),
        (pep440, "v1.0-ALPHA.1", "1a1"),
        (pep440, "1.0-1", "1.0.post1"),
        (pep440, "1.0-c2", "1.0rc2"),
    ],
)
def test_other_spellings_are_the_same(
    rank: Callable[[str], Rank | None], one: str, other: str
) -> None:
    first, second = rank(one), rank(other)
    assert first is not None
    assert second is not None
    assert first.key == second.key


@pytest.mark.parametrize(
    ("rank", "version", "early"),
    [
        (semver, "1.0.0-rc.1", True),
        (semver, "1.0.0", False),
        (pep440, "1.0rc1", True),
        (pep440, "1.0.dev3", True),
        (pep440, "1.0.post1", False),
    ],
)
def test_what_comes_before_a_release_is_known(
    rank: Callable[[str], Rank | None], version: str, early: bool
) -> None:
    found = rank(version)
    assert found is not None
    assert found.prerelease is early


@pytest.mark.parametrize("version", ["", "latest", "^1.0", "1.0.0 ", "1..2", "1" * 101])
def test_what_is_no_version_has_no_rank(version: str) -> None:
    assert semver(version) is None
    assert pep440(version) is None
