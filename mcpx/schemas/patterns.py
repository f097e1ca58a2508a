"""Patterns of JSON Schemas as Python's regular expressions, and texts that match them."""

from __future__ import annotations

import functools
import random
import re
import warnings
from typing import Any

_SAMPLES = 6
_MOST_TEXT = 5_000
# Of a text that is made longer than its pattern asks for: what the library takes for no end, how
# long it is made at most, and how many of the parts of a pattern are repeated more in turn.
_ENDLESS = 100
_MOST_STRETCHED = 20_000
_PARTS = 4
_PLAIN = "a0A-_. "
# How often a part of a pattern is repeated, beyond what it asks for.
_FEW_MORE = 4
# Where these are in a pattern, that it matches an empty text does not mean that it matches every
# text, or not to every engine.
_ASKING = re.compile(r"[\^$]|\[\]|\\[^dDwWsS.*+?/-]|\(\?")


@functools.lru_cache(maxsize=1_024)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern where Python can read it, which it may do in another way than ECMA-262."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return None


def matches_all(pattern: str) -> bool:
    """Whether every text matches: the empty text does, and nothing asks what stands around it."""
    known = None if _ASKING.search(pattern) else compiled(pattern)
    return known is not None and known.search("") is not None


class _Brief(random.Random):
    """Chance that repeats little, and not for ever where repetitions are within repetitions."""

    _left = 4 * _MOST_TEXT

    def randint(self, a: int, b: int) -> int:
        number = super().randint(a, min(b, a + _FEW_MORE))
        self._left -= number
        if self._left < 0:
            raise OverflowError
        return number


@functools.lru_cache(maxsize=1_024)
def matching(pattern: str) -> tuple[str, ...]:
    """A few texts that likely match, shortest first, the same each time; none where it is odd."""
    if compiled(pattern) is None:
        return ()
    import rstr

    maker = rstr.Rstr(_Brief(pattern))
    found = set()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for _ in range(_SAMPLES):
                found.add(maker.xeger(pattern)[:_MOST_TEXT])
    # What the library does not know of a pattern shows as any of these.
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        pass
    return tuple(sorted(found, key=lambda text: (len(text), text)))


_REPEATED = re.compile(r"\{(\d{1,5})?,?(\d{1,5})?\}")


def repetitions(pattern: str) -> set[int]:
    """The numbers that the pattern says of how often a part of it is repeated."""
    return {int(text) for found in _REPEATED.findall(pattern) for text in found if text}


class _Stretching(random.Random):
    """No chance: the first choice, and ``more`` repetitions than asked for, after ``skipped``."""

    def __init__(self, more: int, skipped: int) -> None:
        super().__init__(0)
        self._more, self._skipped = more, skipped
        self._left = 2 * _MOST_STRETCHED

    def choice(self, seq: Any) -> Any:
        return next((one for one in _PLAIN if one in seq), seq[0])

    def randint(self, a: int, b: int) -> int:
        more = 0
        if self._skipped:
            self._skipped -= 1
        else:
            more = self._more if b >= _ENDLESS else max(min(self._more, b - a), 0)
            self._more -= more
        self._left -= a + more
        if self._left < 0:
            raise OverflowError
        return a + more


@functools.lru_cache(maxsize=1_024)
def stretched(pattern: str, more: int) -> tuple[str, ...]:
    """Texts that likely match, with so many more repetitions than the pattern asks for."""
    made = (_stretched(pattern, more, skipped) for skipped in range(_PARTS))
    return tuple(dict.fromkeys(text for text in made if text is not None))


@functools.lru_cache(maxsize=1_024)
def lengthened(pattern: str, length: int) -> tuple[str, ...]:
    """Texts of a length, or nearly, that likely match."""
    shortest = _stretched(pattern, 0, 0)
    if shortest is None or not len(shortest) < length <= _MOST_STRETCHED:
        return ()
    wanted = length - len(shortest)
    found: dict[str, None] = {}
    for skipped in range(_PARTS):
        text = _stretched(pattern, wanted, skipped)
        gained = 0 if text is None else len(text) - len(shortest)
        if gained > wanted:
            # What is repeated is longer than a character.
            text = _stretched(pattern, -(-wanted * wanted // gained), skipped)
        if text is not None and gained:
            found[text] = None
    return tuple(found)


def _stretched(pattern: str, more: int, skipped: int) -> str | None:
    if compiled(pattern) is None:
        return None
    import rstr

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return rstr.Rstr(_Stretching(more, skipped)).xeger(pattern)[:_MOST_STRETCHED]
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        return None
