"""Definitions that give a member twice: parsers disagree about which of the two counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mcpx.analyses.diff.changes import Change, ChangeRule
from mcpx.analyses.diff.values import quoted
from mcpx.analyses.finding import Severity, Subject
from mcpx.catalogue.model import Item
from mcpx.json_text import Repeating

REPEATED = (
    ChangeRule(
        "member-repeated",
        "A definition gives a member twice",
        Severity.WARNING,
        "Parsers disagree: most take the last of the two, some the first, so that a person may be"
        " shown one text and a model another. What is compared here is the last.",
        "Tell the server's author; do not approve it.",
        'old: {"name": "read", "description": "Reads."}\n'
        'new: {"name": "read", "description": "Sends.", "description": "Reads."}',
        trust=True,
        alone="a member that is no longer given twice is as it should be",
    ),
)


def repeated_members(server: str, old: Item | None, new: Item) -> Iterator[Change]:
    """The members that a new definition gives twice and the old one (None: there is none) not."""
    before = set() if old is None else set(_names(old.raw))
    come = sorted(set(_names(new.raw)) - before)
    if come:
        names = ", ".join(quoted(name, 30) for name in come[:3])
        message = f"its definition gives {names} more than once"
        yield Change(REPEATED[0], Subject(new.kind, new.key, server), message)


def _names(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Repeating):
            seen: set[str] = set()
            for name, _ in one.members:
                if name in seen:
                    yield name
                seen.add(name)
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
