"""Regular expressions that can cost far more than their length, told by reading them once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# Longer ones are not read: their length is what is wrong with them.
LONGEST = 10_000
# Go's regexp refuses to repeat a thing more often, repetitions in repetitions multiplied.
# Source: golang/go, regexp/syntax/parse.go, repeatIsValid, read 2026-11-22.
MOST_REPEATS = 1000
# So many turns over an ambiguous body are as bad as any number of them.
_MANY = 10
_COUNT = re.compile(r"\{([0-9]{1,4000})(,([0-9]{0,4000}))?\}")
_ANYTHING = frozenset(
    (".", "[^]", r"[\s\S]", r"[\S\s]", r"[\d\D]", r"[\D\d]", r"[\w\W]", r"[\W\w]")
)
_ENDLESS = {"*": 0, "+": 1}
_OPENINGS = ("(?:", "(?=", "(?!", "(?<=", "(?<!")


@dataclass(slots=True)
class _Sequence:
    """What stands in one alternative: how many parts it needs, which of them go on without end."""

    needed: int = 0
    endless: bool = False
    endless_needed: bool = False
    anything: bool = False

    @property
    def ambiguous(self) -> bool:
        """Whether one text can be cut into repetitions of this in many ways."""
        alone = self.needed == 0 or (self.needed == 1 and self.endless_needed)
        return self.anything or (self.endless and alone)


@dataclass(slots=True)
class _Group:
    sequences: list[_Sequence] = field(default_factory=lambda: [_Sequence()])
    repeats: int = 1
    looks: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """One letter, class or group, before it is known how often it stands there."""

    text: str
    ambiguous: bool = False
    needed: bool = True
    repeats: int = 1


def costly(pattern: str) -> str:
    """What makes a pattern costly, as a predicate; empty when nothing is seen.

    Seen are quantified groups whose body can be cut in many ways, such as ``(a+)+``, ``(a|b*)*``
    and ``(.*,)*``, and more than 1000 repetitions. Alternatives that overlap are not.
    """
    if len(pattern) > LONGEST:
        return f"has {len(pattern)} characters"
    stack = [_Group()]
    place = 0
    while place < len(pattern):
        letter = pattern[place]
        if letter == "(":
            opening = next((one for one in _OPENINGS if pattern.startswith(one, place)), "(")
            stack.append(_Group(looks=opening[-1] in "=!"))
            place += len(opening)
            continue
        if letter == "|":
            stack[-1].sequences.append(_Sequence())
            place += 1
            continue
        if letter == ")" and len(stack) > 1:
            part, end = _closed(stack.pop()), place + 1
        else:
            part, end = _single(pattern, place)
        fewest, most, end = _quantifier(pattern, end)
        if part.ambiguous and (most is None or most >= _MANY):
            return "has a quantifier in a group that is repeated"
        repeats = part.repeats * max(1, fewest, most or 0)
        if repeats > MOST_REPEATS:
            return f"repeats a part more than {MOST_REPEATS} times"
        _add(stack[-1], part, fewest, most, repeats)
        place = end
    return ""


def _add(group: _Group, part: _Part, fewest: int, most: int | None, repeats: int) -> None:
    group.repeats = max(group.repeats, repeats)
    sequence = group.sequences[-1]
    needed = part.needed and fewest > 0
    endless = most is None or part.ambiguous
    sequence.needed += needed
    if endless:
        sequence.endless = True
        sequence.endless_needed = sequence.endless_needed or needed
        sequence.anything = sequence.anything or part.text in _ANYTHING


def _closed(group: _Group) -> _Part:
    if group.looks:
        return _Part("", needed=False)
    return _Part(
        "",
        ambiguous=any(one.ambiguous for one in group.sequences),
        needed=all(one.needed for one in group.sequences),
        repeats=group.repeats,
    )


def _single(pattern: str, place: int) -> tuple[_Part, int]:
    """A letter, an escape or a class, and where it ends."""
    letter = pattern[place]
    if letter == "\\":
        text = pattern[place : place + 2]
        return _Part(text, needed=text not in (r"\b", r"\B")), place + 2
    if letter != "[":
        return _Part(letter, needed=letter not in "^$"), place + 1
    end = place + 1
    while end < len(pattern) and pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    return _Part(pattern[place : end + 1]), end + 1


def _quantifier(pattern: str, place: int) -> tuple[int, int | None, int]:
    """How often the part before this place stands there, at least and at most, and the end."""
    fewest, end = 1, place
    most: int | None = 1
    letter = pattern[place : place + 1]
    if letter in _ENDLESS:
        fewest, most, end = _ENDLESS[letter], None, place + 1
    elif letter == "?":
        fewest, end = 0, place + 1
    elif count := _COUNT.match(pattern, place):
        fewest, end = int(count[1]), count.end()
        most = fewest if count[2] is None else int(count[3]) if count[3] else None
    if end > place and pattern[end : end + 1] in ("?", "+"):
        end += 1
    return fewest, most, end
