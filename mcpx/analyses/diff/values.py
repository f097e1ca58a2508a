"""JSON values of two catalogues: whether they are the same, and how they are told in a line."""

from __future__ import annotations

import re
from typing import Any

from mcpx.analyses.diff.changes import ABSENT
from mcpx.analyses.folding import as_read
from mcpx.schemas.walk import escape

_MOST = 40
# Of the end of two texts that begin alike.
_FEW = 20
_PLAIN = frozenset(map(chr, range(0x21, 0x7F)))
_BLANK = re.compile(r"[ \t\r\n]+")


def same(first: Any, second: Any) -> bool:
    """Whether two JSON values are equal: 1 is 1.0 and not true; the order of keys says nothing."""
    waiting = [(first, second)]
    while waiting:
        one, other = waiting.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            if one.keys() != other.keys():
                return False
            waiting += [(one[key], other[key]) for key in one]
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            waiting += zip(one, other, strict=True)
        elif _kind(one) is not _kind(other) or (one is not other and one != other):
            return False
    return True


def _kind(value: Any) -> type:
    """Its type in JSON. Two of different types are never compared, nor are lists and objects."""
    kind = type(value)
    return float if kind is int else kind


def member(value: Any, name: str) -> Any:
    """A member of what may be an object, ``ABSENT`` when it has none of that name."""
    return value.get(name, ABSENT) if isinstance(value, dict) else ABSENT


def pointer(*parts: str | int) -> str:
    """The JSON Pointer that leads through these keys and places."""
    return "".join(f"/{escape(part)}" for part in parts)


def quoted(text: str, most: int = _MOST) -> str:
    """A text of a server as a message has it: in quotes, on one line, its beginning when long."""
    text = _BLANK.sub(" ", text[: most * 4]).strip()
    shown = text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
    # Two single quotes look like a double one.
    mark = '"' if "'" in (shown[:1], shown[-1:]) else "'"
    return f"{mark}{shown}{mark}"


def folded(text: str) -> str:
    """The text with single blanks between its words, and none around them."""
    return _BLANK.sub(" ", text).strip(" ")


def called(value: Any) -> str:
    """A value in a word or two."""
    if value is ABSENT:
        return "nothing"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int | float):
        # Integers of many thousand digits have no text at all in Python.
        huge = isinstance(value, int) and value.bit_length() > 64
        return "a very large number" if huge else str(value)
    if isinstance(value, str):
        return quoted(value)
    kind = "object" if isinstance(value, dict) else "list"
    if not value:
        return f"an empty {kind}"
    return "an object" if kind == "object" else "a list"


def told_apart(before: Any, after: Any, most: int = _MOST) -> tuple[str, str]:
    """Two values that differ, each in a word or two; where both look alike, with how they differ.

    ``('dead text', 'dead text' with U+00A0 for U+0020 at character 5)``
    """
    if not isinstance(before, str) or not isinstance(after, str):
        one, other = called(before), called(after)
        return one, f"another {one.split()[-1]}" if one == other else other
    one, other = quoted(before, most), quoted(after, most)
    if folded(as_read(one)) != folded(as_read(other)):
        return one, other
    place = next(
        (at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b),
        min(len(before), len(after)),
    )
    gone, come = before[place : place + 1], after[place : place + 1]
    if not gone or not come:
        rest = before[place:] or after[place:]
        if len(rest) == 1:
            number = f"U+{ord(rest):04X}" if rest not in _PLAIN else "1 character"
        else:
            number = f"{len(rest)} characters"
        return one, f"{other} with {number} {'fewer' if gone else 'more'}"
    where = f"at character {place + 1}"
    if gone in _PLAIN and come in _PLAIN:
        first, second = (quoted(text[place:], _FEW) for text in (before, after))
        return one, f"{other} with {second} for {first} {where}"
    return one, f"{other} with U+{ord(come):04X} for U+{ord(gone):04X} {where}"
