"""Regular expressions that can cost far more than their length, told by reading them once."""

from __future__ import annotations

import re
from typing import NamedTuple

from mcpx.analyses.letters import ANY, single

# Longer ones are not read: their length is what is wrong with them.
LONGEST = 10_000
# Go's regexp refuses to repeat a thing more often, repetitions in repetitions multiplied.
# Source: golang/go, regexp/syntax/parse.go, repeatIsValid, read 2026-11-22.
MOST_REPEATS = 1000
# So many turns over what has endless parts are as bad as any number of them.
_MANY = 10
# With two ways in each turn.
_MANY_CHOICES = 25
_COUNT = re.compile(r"\{([0-9]{1,4000})(,([0-9]{0,4000}))?\}")
_ENDLESS = {"*": 0, "+": 1}
_PLAIN = re.compile(r"[A-Za-z0-9_ ,:;@#%&/=~-]{2,}(?![*+?{])")
# Of named groups, flags, and what looks ahead or behind. Source: ECMA-262, Disjunction; PCRE.
_OPENING = re.compile(
    r"\((?:\?(?:(?P<looks><?[=!])|P?<\w{1,100}>|>|(?P<flags>[a-zA-Z-]{0,20})(?P<end>[:)])))?"
)


class _Part(NamedTuple):
    """What a part of a pattern matches, as sets of letters.

    ``once``: letters for which it matches a run of nothing but them; ``twice``: those for which it
    does so in two ways, or for runs of two lengths; ``endless``: for runs of any length.
    ``empty``: it may match nothing. ``first`` and ``last``: letters of endless parts that it may
    begin and end with; ``two`` and ``three``: of so many in a row, at its end. ``split``: between
    two of them a text can be cut in many ways. ``row``: four of them stand in a row. ``repeats``:
    how often it has one letter at most.
    """

    once: int = 0
    twice: int = 0
    endless: int = 0
    empty: bool = False
    first: int = 0
    last: int = 0
    two: int = 0
    three: int = 0
    split: bool = False
    row: bool = False
    repeats: int = 1


_NOTHING = _Part(empty=True)


def _then(one: _Part, two: _Part) -> _Part:
    """One part after another."""
    if not one.empty and not two.empty and not (one.once & two.once or one.last or two.last):
        # Most letters: no run of one letter goes through both.
        return _Part(
            first=one.first,
            split=one.split or two.split,
            row=one.row or two.row,
            repeats=max(one.repeats, two.repeats),
        )
    both = one.once & two.once
    left, right = one.once if two.empty else 0, two.once if one.empty else 0
    with_one = ANY if one.empty else one.once
    with_two = ANY if two.empty else two.once
    return _Part(
        once=both | left | right,
        twice=both & (left | right) | left & right | one.twice & with_two | two.twice & with_one,
        endless=one.endless & with_two | two.endless & with_one,
        empty=one.empty and two.empty,
        first=one.first | (two.first if one.empty else 0),
        last=two.last | (one.last if two.empty else 0),
        two=two.two | one.last & two.endless | (one.two if two.empty else 0),
        three=two.three | one.two & two.endless | (one.three if two.empty else 0),
        split=one.split or two.split or bool(one.last & two.first),
        row=one.row or two.row or bool(one.three & two.first),
        repeats=max(one.repeats, two.repeats),
    )


def _either(one: _Part, two: _Part) -> _Part:
    """One part or another."""
    return _Part(
        one.once | two.once,
        one.twice | two.twice | one.once & two.once,
        one.endless | two.endless,
        one.empty or two.empty,
        one.first | two.first,
        one.last | two.last,
        one.two | two.two,
        one.three | two.three,
        one.split or two.split,
        one.row or two.row,
        max(one.repeats, two.repeats),
    )


def _times(part: _Part, fewest: int, most: int | None) -> _Part:
    """A part as often as its quantifier says."""
    empty = part.empty or fewest == 0
    if most == 0:
        return _NOTHING
    if most == 1:
        return part._replace(empty=empty)
    repeats = part.repeats * max(1, fewest, most or 0)
    if most is None:
        run = part.once
        return _Part(
            run, run, run, empty, run, run, split=part.split, row=part.row, repeats=repeats
        )
    lengths = most != fewest or part.empty
    return part._replace(
        twice=part.once if lengths else part.twice, empty=empty, two=0, three=0, repeats=repeats
    )


class _Group:
    """What has been read of a group: its alternatives but the last, and the last so far."""

    __slots__ = ("before", "last", "looks")

    def __init__(self, looks: bool = False) -> None:
        self.before: _Part | None = None
        self.last = _NOTHING
        self.looks = looks

    def part(self) -> _Part:
        """The group as one part; what looks ahead or behind matches nothing itself."""
        if self.looks:
            return _NOTHING
        return self.last if self.before is None else _either(self.before, self.last)


def costly(pattern: str) -> str:
    r"""What makes a pattern costly, as a predicate; empty when nothing is seen.

    Seen are repeated groups that match a run of one letter in more than one way, such as
    ``(a+)+``, ``(a|aa)*`` and ``(.*,)*``, or that can be cut between two endless parts, such as
    ``(\s*a\s*)*``; four endless parts in a row; more than 1000 repetitions.
    """
    if len(pattern) > LONGEST:
        return f"has {len(pattern)} characters"
    stack = [_Group()]
    place = 0
    while place < len(pattern):
        letter = pattern[place]
        if letter == "(" and (opening := _OPENING.match(pattern, place)) is not None:
            place = opening.end()
            if opening["end"] != ")":
                stack.append(_Group(bool(opening["looks"])))
            continue
        if letter == "|":
            group = stack[-1]
            group.before, group.last = group.part() if not group.looks else None, _NOTHING
            place += 1
            continue
        if letter == ")" and len(stack) > 1:
            part, end = stack.pop().part(), place + 1
        elif (plain := _PLAIN.match(pattern, place)) is not None:
            # Read at once, because most patterns have little else.
            text, end = plain[0], plain.end()
            part = _Part(1 << ord(letter)) if text == letter * len(text) else _Part()
        else:
            letters, end = single(pattern, place)
            part = _Part(letters) if letters else _NOTHING
        fewest, most, end = _quantifier(pattern, end)
        why = _why(part, most)
        if not why and part.repeats * max(1, fewest, most or 0) > MOST_REPEATS:
            why = f"repeats a part more than {MOST_REPEATS} times"
        stack[-1].last = _then(stack[-1].last, _times(part, fewest, most))
        if not why and stack[-1].last.row:
            why = "has four parts in a row that go on without end for the same letters"
        if why:
            return why
        place = end
    return ""


def _why(part: _Part, most: int | None) -> str:
    """What is wrong with repeating a part so often."""
    turns = _MANY_CHOICES if most is None else most
    if turns >= _MANY and (part.split or part.first & part.last or part.twice & part.endless):
        return "has a quantifier in a group that is repeated"
    if turns >= _MANY_CHOICES and part.twice:
        return "repeats a group that matches the same text in two ways"
    return ""


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
