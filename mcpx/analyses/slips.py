"""Words that are a slip of the finger apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from mcpx.analyses.actions import EMPTY, verb_class


def slips(vocabulary: Iterable[str]) -> Mapping[str, list[str]]:
    """For words of a vocabulary, the later ones in the alphabet that they may be a slip for.

    They are a letter apart, long ones two, and not verbs of different classes. The first letter is
    taken to be right: a slip seldom hits it, and ``lock`` and ``unlock``, ``encode`` and
    ``decode`` are no slips.

    The work is bounded: of a vocabulary too large for it, fewer letters are left out of each word,
    and of words of which too many meet, only those that meet fewest others are compared.
    """
    found = sorted(
        word
        for word in set(vocabulary)
        if _SHORT <= len(word) <= _LONGEST and word.isalpha() and word not in EMPTY
    )
    near: dict[str, list[str]] = {}
    for one, other in sorted(_met(found)):
        if _slip(one, other):
            near.setdefault(one, []).append(other)
    return near


def _met(found: Sequence[str]) -> set[tuple[str, str]]:
    """Pairs of words that may be nearly the same, the lower first.

    Words apart by so few letters give the same when that many are left out of each, so only words
    that meet in this way are compared.
    """
    fewest = (most for most in (2, 1, 0) if sum(_rests(word, most) for word in found) <= MOST_RESTS)
    left_out = next(fewest, 0)
    meeting: dict[str, list[str]] = {}
    for word in found:
        rest = {word}
        for _ in range(min(_letters(word), left_out)):
            rest |= {one[:at] + one[at + 1 :] for one in rest for at in range(1, len(one))}
        for one in rest:
            meeting.setdefault(one, []).append(word)
    sizes = Counter(map(len, meeting.values()))
    most, pairs = 1, 0
    while most < _MOST_MEETING and pairs <= MOST_MET:
        most += 1
        pairs += sizes[most] * most * (most - 1) // 2
    if pairs > MOST_MET:
        most -= 1
    return {
        pair
        for words_met in meeting.values()
        if 1 < len(words_met) <= most
        for pair in combinations(words_met, 2)
    }


def _rests(word: str, most: int) -> int:
    """At most how many strings a word gives when up to ``most`` letters are left out of it."""
    size = len(word) - 1
    return (1, 1 + size, 1 + size + size * (size - 1) // 2)[min(_letters(word), most)]


_SHORT = 3
_LONGEST = 30
# More words than this that meet are a pattern (``item_a``, ``item_b``), not slips.
_MOST_MEETING = 12
# Six times what 12,983 names of real tools need, or more.
MOST_RESTS = 400_000
MOST_MET = 30_000


def _letters(word: str) -> int:
    """How many letters of a word a slip may take: ``usr`` is one short already.

    In very long ones one at most, as leaving out two gives hundreds of words.
    """
    return 0 if len(word) <= _SHORT else 2 if 8 <= len(word) <= 16 else 1


def _slip(one: str, other: str) -> bool:
    """Whether the words are as few letters apart as their length allows, and no two verbs."""
    verbs = {verb_class(one), verb_class(other)} - {None}
    shorter, longer = sorted((one, other), key=len)
    most = max(_letters(shorter), min(1, len(longer) - len(shorter)))
    return len(verbs) < 2 and _apart(one, other) <= most


def _apart(one: str, other: str) -> int:
    """Letters to add, drop, replace or swap with their neighbour to get from one to the other."""
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        older, before, row = before, row, [place]
        for at, wanted in enumerate(other, 1):
            least = min(before[at] + 1, row[-1] + 1, before[at - 1] + (letter != wanted))
            if place > 1 and at > 1 and letter == other[at - 2] and one[place - 2] == wanted:
                least = min(least, older[at - 2] + 1)
            row.append(least)
    return row[-1]
