"""The order of published versions: Semantic Versioning 2.0.0 for npm, PEP 440 for PyPI; no I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_LONGEST = 100
# Fewer parts than three, and more, are for registries that take any version.
_SEMVER = re.compile(r"v?(\d{1,18}(?:\.\d{1,18}){0,5})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
# Source: PEP 440, appendix B, and its normalisation of other spellings.
_PEP440 = re.compile(
    r"v?(?:(?P<epoch>\d{1,18})!)?(?P<release>\d{1,18}(?:\.\d{1,18})*)"
    r"(?:[-_.]?(?P<stage>alpha|a|beta|b|preview|pre|rc|c)[-_.]?(?P<number>\d{0,18}))?"
    r"(?:-(?P<again>\d{1,18})|[-_.]?(?P<post>post|rev|r)[-_.]?(?P<posts>\d{0,18}))?"
    r"(?:[-_.]?(?P<dev>dev)[-_.]?(?P<devs>\d{0,18}))?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?",
    re.IGNORECASE,
)
_STAGES = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "c": 2, "rc": 2, "pre": 2, "preview": 2}


@dataclass(frozen=True, slots=True)
class Rank:
    """Where a version stands among those of its kind: ``key`` sorts, and is equal for the same.

    ``numbers`` are those of the release, without the zeros at its end.
    """

    key: tuple[Any, ...]
    numbers: tuple[int, ...] = ()
    prerelease: bool = False


def semver(version: str) -> Rank | None:
    """The rank of a semantic version, whose numbers may be a date; None for another text.

    Source: semver 2.0.0, 11.
    """
    found = _SEMVER.fullmatch(version) if len(version) <= _LONGEST else None
    if found is None:
        return None
    numbers = _numbers(found[1])
    if not found[2]:
        return Rank((numbers, 1, ()), numbers)
    stage = tuple(
        (0, int(one), "") if one.isdecimal() and one.isascii() else (1, 0, one)
        for one in found[2].split(".")
    )
    return Rank((numbers, 0, stage), numbers, prerelease=True)


def pep440(version: str) -> Rank | None:
    """The rank of a version of a Python package; None for another text.

    Source: PEP 440, "Summary of permitted suffixes and relative ordering".
    """
    found = _PEP440.fullmatch(version) if len(version) <= _LONGEST else None
    if found is None:
        return None
    is_post = found["again"] is not None or found["post"] is not None
    post = int(found["again"] or found["posts"] or 0) if is_post else -1
    if found["stage"] is not None:
        stage = (_STAGES[found["stage"].lower()], int(found["number"] or 0))
    else:
        # A development release comes before the first alpha, unless it is one of a post release.
        stage = (-1 if found["dev"] is not None and not is_post else 3, 0)
    dev = (0, int(found["devs"] or 0)) if found["dev"] is not None else (1, 0)
    numbers = _numbers(found["release"])
    local = tuple(
        (1, int(one), "") if one.isdecimal() else (0, 0, one)
        for one in re.split(r"[-_.]", (found["local"] or "").lower())
        if one
    )
    early = found["stage"] is not None or found["dev"] is not None
    return Rank((int(found["epoch"] or 0), numbers, stage, post, dev, local), numbers, early)


def ranked(old: str, new: str) -> tuple[Rank, Rank] | None:
    """Both versions by the first of the rules that know both, to be compared; None without such."""
    for rules in (semver, pep440):
        before, after = rules(old), rules(new)
        if before is not None and after is not None:
            return before, after
    return None


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers of a version without the zeros at its end: 1.0 is 1.0.0."""
    numbers = [int(one) for one in text.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
