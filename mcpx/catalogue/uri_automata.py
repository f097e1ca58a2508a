"""Automata over the characters of URIs: what one accepts, the shortest URI that two accept."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

# How many states one question may visit, and one automaton may have: a fraction of a second.
MOST_STATES = 200_000

# How many steps that have been made before take the time of one visit.
_KNOWN_STEPS = 16
# How many states an automaton keeps, at most, of the places where it has been.
_MOST_KEPT = 1_000_000

# A set of ASCII characters, a bit for each; all others stand percent-encoded in a URI.
Characters = int
# By which characters, and how many states ahead.
Step = tuple[Characters, int]


def characters(text: str) -> Characters:
    """The set of the characters in this ASCII text."""
    return sum(1 << ord(character) for character in set(text))


ANY: Characters = (1 << 128) - 1
_PERCENT = characters("%")
_HEXADECIMAL = characters(string.hexdigits)
_ESCAPE: Step = (_PERCENT, 1)
_DIGIT: Step = (_HEXADECIMAL, 1)
# The order in which a witness takes characters where it may choose.
_LEGIBLE = "x" + string.ascii_lowercase + string.digits + string.ascii_uppercase + "-_."


class UndecidedError(ValueError):
    """A question about templates whose answer would take too long; its text says so."""

    def __init__(self, text: str = "the templates are too long to decide what they match") -> None:
        super().__init__(text)


@dataclass(slots=True)
class Allowance:
    """How many more states may be visited."""

    left: int = MOST_STATES

    def take(self, states: int) -> None:
        """Visits so many. Raises UndecidedError when these are too many."""
        self.left -= states
        if self.left < 0:
            raise UndecidedError


@dataclass(slots=True, eq=False)
class _Place:
    """The states in which an automaton can be together, and the places after each character."""

    states: frozenset[int]
    after: dict[str, _Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Automaton:
    """States from 0 to the last, which accepts: the steps of each, and skips without a step."""

    steps: Sequence[Sequence[Step]]
    skips: Mapping[int, Sequence[int]]
    places: dict[frozenset[int], _Place] = field(default_factory=dict, compare=False)

    def accepts(self, uri: str, allowance: Allowance) -> bool:
        """Whether this text, which is all ASCII, is accepted. Raises UndecidedError."""
        allowance.take(len(uri) // _KNOWN_STEPS)
        place = self._place({0}, allowance)
        for character in uri:
            known = place.after.get(character)
            place = known or self._step(place, character, allowance)
            if not place.states:
                return False
        return len(self.steps) - 1 in place.states

    def _step(self, place: _Place, character: str, allowance: Allowance) -> _Place:
        bit = 1 << ord(character)
        after = {
            state + ahead
            for state in place.states
            for taken, ahead in self.steps[state]
            if taken & bit
        }
        place.after[character] = found = self._place(after, allowance)
        return found

    def _place(self, states: set[int], allowance: Allowance) -> _Place:
        """The place of these states and all that can be skipped to."""
        if not self.skips.keys().isdisjoint(states):
            found = list(states)
            for state in found:
                for ahead in self.skips.get(state, ()):
                    if state + ahead not in states:
                        states.add(state + ahead)
                        found.append(state + ahead)
        allowance.take(len(states))
        if len(self.places) * len(self.steps) > _MOST_KEPT:
            self.places.clear()
        return self.places.setdefault(frozenset(states), _Place(frozenset(states)))


def shortest(first: Automaton, second: Automaton, allowance: Allowance) -> str | None:
    """A shortest text that both accept, None when there is none. Raises UndecidedError."""
    beginning: list[Characters] = []
    for state, (one, other) in enumerate(zip(first.steps, second.steps, strict=False)):
        if len(one) != 1 or len(other) != 1 or state in first.skips or state in second.skips:
            break
        shared = one[0][0] & other[0][0]
        if not shared:
            return None
        beginning.append(shared)
    # A pair of states is one number, which is cheaper than a tuple.
    width = len(second.steps)
    goal = len(first.steps) * width - 1
    layer = [len(beginning) * (width + 1)]
    # Where each pair was first reached from, and by which characters: none for a skip.
    reached: dict[int, tuple[int, Characters]] = {layer[0]: (-1, 0)}
    while layer:
        # All skips come first: what they reach is a character nearer than by a step.
        for pair in layer:
            allowance.take(1)
            state, beside = divmod(pair, width)
            skipped = [pair + ahead * width for ahead in first.skips.get(state, ())]
            skipped += [pair + ahead for ahead in second.skips.get(beside, ())]
            for after in skipped:
                if after not in reached:
                    reached[after] = pair, 0
                    layer.append(after)
        if goal in reached:
            return "".join(map(_legible, (*beginning, *_way(reached, goal))))
        following: list[int] = []
        for pair in layer:
            state, beside = divmod(pair, width)
            for taken, ahead in first.steps[state]:
                for also, along in second.steps[beside]:
                    after = pair + ahead * width + along
                    if taken & also and after not in reached:
                        reached[after] = pair, taken & also
                        following.append(after)
        layer = following
    return None


def _way(reached: Mapping[int, tuple[int, Characters]], pair: int) -> list[Characters]:
    """The characters by which a pair of states was reached, from the first on."""
    taken = []
    while pair >= 0:
        pair, by = reached[pair]
        if by:
            taken.append(by)
    return taken[::-1]


@cache
def _legible(by: Characters) -> str:
    for character in _LEGIBLE:
        if by >> ord(character) & 1:
            return character
    return chr(by.bit_length() - 1)


@dataclass(slots=True)
class Building:
    """An automaton as far as it has been built; each part follows what was there before."""

    steps: list[Sequence[Step]] = field(default_factory=list)
    skips: dict[int, list[int]] = field(default_factory=dict)

    def literal(self, text: str, also: str = "") -> None:
        """This text; in each place the character of the other, as long, will do as well."""
        pairs = zip(text, also or text, strict=True)
        self.steps += (_one(1 << ord(one) | 1 << ord(other)) for one, other in pairs)

    def repeated(self, taken: Characters) -> None:
        """One or more of these characters, of which a percent-encoded octet is one."""
        plain = taken & ~_PERCENT
        self.steps += (
            ((plain, 3), (plain, 0), _ESCAPE),
            (_DIGIT,),
            (_DIGIT, (_HEXADECIMAL, -2)),
        )

    def counted(self, taken: Characters, most: int) -> None:
        """One to so many of these characters, of which a percent-encoded octet is one."""
        if len(self.steps) + 3 * most > MOST_STATES:
            raise UndecidedError
        start, end = len(self.steps), len(self.steps) + 3 * most
        self.steps += (((taken & ~_PERCENT, 3), _ESCAPE), (_DIGIT,), (_DIGIT,)) * most
        for state in range(start + 3, end, 3):
            self.skip(state, end)

    def again(self, separator: str, start: int) -> None:
        """What has been built from this state on may come again after the separator."""
        here = len(self.steps)
        self.skip(here, here + 1)
        self.steps.append(((characters(separator), start - here),))

    def skip(self, state: int, to: int) -> None:
        """Lets one state be left for a later one without a character."""
        self.skips.setdefault(state, []).append(to - state)

    def built(self) -> Automaton:
        """The automaton. Raises UndecidedError when it has too many states."""
        if len(self.steps) > MOST_STATES:
            raise UndecidedError
        return Automaton([*self.steps, ()], self.skips)


@cache
def _one(taken: Characters) -> tuple[Step]:
    return ((taken, 1),)
