"""Families: many things that differ in numbers alone, told as one change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from mcpx.analyses.diff.changes import ABSENT, Change
from mcpx.analyses.diff.values import quoted
from mcpx.analyses.finding import Severity, Subject
from mcpx.catalogue.model import Kind

_TOLD = {
    **{f"{area}-added": "new" for area in ("tool", "prompt", "resource", "resource-template")},
    **{f"{area}-removed": "gone" for area in ("tool", "prompt", "resource", "resource-template")},
}
# Fewer are told one by one.
LEAST = 4
_NUMBER = re.compile(r"[0-9]+")
_WORDS = {Kind.TEMPLATE: "resource templates"}

_Family = tuple[str, Severity, str, str]


def families(changes: Iterable[Change]) -> Iterator[Change]:
    """The changes, with those of a family as one, in the place of its first.

    A family is four or more items of one kind that came, or went, with keys that differ in digits
    alone. Its change is of the key with ``{n}`` for each number; ``before`` or ``after`` are the
    keys.
    """
    all_of_them = list(changes)
    grouped: dict[_Family, list[Change]] = {}
    for change in all_of_them:
        family = _family(change)
        if family is not None:
            grouped.setdefault(family, []).append(change)
    told: set[_Family] = set()
    for change in all_of_them:
        family = _family(change)
        if family is None or len(grouped[family]) < LEAST:
            yield change
        elif family not in told:
            told.add(family)
            yield _together(family, grouped[family])


def _family(change: Change) -> _Family | None:
    key = change.subject.key
    if change.rule.id not in _TOLD or not _NUMBER.search(key):
        return None
    # Version numbers and the like: the same count of numbers in the same text.
    return change.rule.id, change.severity, change.subject.kind, _NUMBER.sub("{n}", key)


def _together(family: _Family, members: list[Change]) -> Change:
    rule, _, kind, key = family
    first = members[0]
    keys: Any = [one.subject.key for one in members]
    word = _WORDS.get(Kind(kind), f"{kind}s")
    example = quoted(first.subject.key, 50)
    message = f"{len(members)} {word} like {example} are {_TOLD[rule]}"
    if first.reason:
        message += f" from the list; {first.reason}"
    gone = _TOLD[rule] == "gone"
    return Change(
        first.rule,
        Subject(first.subject.kind, key, first.subject.server),
        message,
        before=keys if gone else ABSENT,
        after=ABSENT if gone else keys,
        given=first.given,
        basis=first.basis,
        reason=first.reason,
    )
