"""Which items that went seem to be which that came: renames and mergers, guessed by likeness."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mcpx.analyses.diff.likeness import (
    Portrait,
    likeness,
    opposite,
    portrait,
    reads_and_writes,
    signed,
)
from mcpx.catalogue.model import Item, Kind
from mcpx.catalogue.templates import TemplateError, parse

SURE, POSSIBLE, MERGED = 0.80, 0.55, 0.50
_MARGIN = 0.10
# So many that share one sign are looked at.
_MOST_SHARING = 64
# With so many that share most signs an item is compared.
_MOST_COMPARED = 3
# Above so many items that went or came none is compared by likeness.
_MOST = 5_000
# Of names that differ in case or separators alone, whatever else has changed.
_SPELT_ALIKE = 0.9


@dataclass(frozen=True, slots=True)
class Rename:
    """An old item and the new one that it seems to be; ``confidence`` is from 0 to 1."""

    old: Item
    new: Item
    confidence: float
    case: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """Several old items that resemble one new item more than any other."""

    old: tuple[Item, ...]
    new: Item
    confidence: float


@dataclass(frozen=True, slots=True)
class Guesses:
    """Renames that are likely, others that are possible, and mergers."""

    renamed: tuple[Rename, ...] = ()
    possibly: tuple[Rename, ...] = ()
    merged: tuple[Merge, ...] = ()


def guesses(removed: Sequence[Item], added: Sequence[Item]) -> Guesses:
    """What of the removed may be what of the added, all of one kind, each with a key of its own.

    Resources and templates go by their name, templates also by their text without the names of
    variables; tools and prompts by spelling and then by likeness.
    """
    if not removed or not added:
        return Guesses()
    if removed[0].kind in (Kind.RESOURCE, Kind.TEMPLATE):
        return Guesses(tuple(_moved(removed, added)))
    if len(removed) > _MOST or len(added) > _MOST:
        return Guesses()
    old, new = ([portrait(item) for item in items] for items in (removed, added))
    renamed: list[Rename] = []
    for way in (_caseless, _spelt):
        for one, other in _unique(old, new, way):
            score = max(_SPELT_ALIKE, likeness(one, other))
            renamed.append(_rename(one, other, score, way is _caseless))
        gone, come = _taken(renamed)
        old = [one for one in old if id(one.item) not in gone]
        new = [one for one in new if id(one.item) not in come]
    scores = _scores(old, new)
    sure = _sure(scores, old, new)
    renamed += sure
    gone, come = _taken(sure)
    scores = {
        (one, other): score
        for (one, other), score in scores.items()
        if id(old[one].item) not in gone and id(new[other].item) not in come
    }
    merged = list(_merged(scores, old, new))
    gone, come = {id(item) for one in merged for item in one.old}, {id(one.new) for one in merged}
    possibly = [
        one
        for one in _possible(scores, old, new)
        if id(one.old) not in gone and id(one.new) not in come
    ]
    return Guesses(tuple(renamed), tuple(possibly), tuple(merged))


def _rename(old: Portrait, new: Portrait, score: float, case: bool = False) -> Rename:
    return Rename(old.item, new.item, round(score, 2), case)


def _taken(renamed: Sequence[Rename]) -> tuple[set[int], set[int]]:
    return {id(one.old) for one in renamed}, {id(one.new) for one in renamed}


def _moved(removed: Sequence[Item], added: Sequence[Item]) -> Iterator[Rename]:
    old, new = ([portrait(item) for item in items] for items in (removed, added))
    for way in (_shape, _name):
        found = [
            Rename(one.item, other.item, _SPELT_ALIKE) for one, other in _unique(old, new, way)
        ]
        yield from found
        gone, come = _taken(found)
        old = [one for one in old if id(one.item) not in gone]
        new = [one for one in new if id(one.item) not in come]


def _name(one: Portrait) -> str:
    return one.item.name


def _caseless(one: Portrait) -> str:
    return one.item.key.casefold()


def _spelt(one: Portrait) -> str:
    return one.spelt


def _shape(one: Portrait) -> str:
    """A template without the names of its variables."""
    if one.item.kind is not Kind.TEMPLATE:
        return ""
    try:
        return parse(one.item.key).renamed()
    except TemplateError:
        return ""


def _unique(
    old: Sequence[Portrait], new: Sequence[Portrait], way: Callable[[Portrait], str]
) -> list[tuple[Portrait, Portrait]]:
    """Pairs that are equal in this way, and that nothing else equals."""
    was, now = (_grouped(side, way) for side in (old, new))
    return [
        (was[key][0], now[key][0])
        for key in was
        if key and len(was[key]) == 1 and len(now.get(key, ())) == 1
    ]


def _grouped(
    portraits: Sequence[Portrait], way: Callable[[Portrait], str]
) -> Mapping[str, list[Portrait]]:
    found: dict[str, list[Portrait]] = defaultdict(list)
    for one in portraits:
        found[way(one)].append(one)
    return found


_Scores = Mapping[tuple[int, int], float]


def _scores(old: Sequence[Portrait], new: Sequence[Portrait]) -> _Scores:
    """How alike those are that share most, by their places; only from ``MERGED`` on."""
    compared = {*_likely(old, new)} | {(one, other) for other, one in _likely(new, old)}
    found = {}
    for one, other in sorted(compared):
        score = likeness(old[one], new[other], MERGED)
        if score >= MERGED:
            found[one, other] = score
    return found


def _likely(some: Sequence[Portrait], others: Sequence[Portrait]) -> Iterator[tuple[int, int]]:
    """For each of some the places of the others that share most signs with it, rare ones most."""
    having = signed(others)
    for place, one in enumerate(some):
        shared: Counter[int] = Counter()
        for sign in one.signs:
            found = having.get(sign, ())
            # Of many the first ones too, as rivals of what rarer signs find.
            for other in found[:_MOST_SHARING]:
                shared[other] += 1000 // len(found)
        for other in heapq.nlargest(_MOST_COMPARED, shared, key=lambda at: (shared[at], -at)):
            yield place, other


def _by_side(scores: _Scores, side: int) -> Mapping[int, list[tuple[float, int]]]:
    """For each place on a side what it resembles on the other, best first."""
    found: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for pair, score in scores.items():
        found[pair[side]].append((score, pair[1 - side]))
    for rivals in found.values():
        rivals.sort(key=lambda one: (-one[0], one[1]))
    return found


def _mutual(
    scores: _Scores, old: Sequence[Portrait], new: Sequence[Portrait], least: float, margin: float
) -> Iterator[Rename]:
    """Pairs that are each other's best, by so much; opposites are none and no rivals."""
    apart = {
        pair: score for pair, score in scores.items() if not opposite(old[pair[0]], new[pair[1]])
    }
    sides = _by_side(apart, 0), _by_side(apart, 1)
    for (one, other), score in apart.items():
        if score < least:
            continue
        rivals = [found for found, place in sides[0][one] if place != other]
        rivals += [found for found, place in sides[1][other] if place != one]
        if not rivals or score - max(rivals) >= margin:
            yield _rename(old[one], new[other], score)


def _sure(scores: _Scores, old: Sequence[Portrait], new: Sequence[Portrait]) -> list[Rename]:
    return [
        one
        for one in _mutual(scores, old, new, SURE, _MARGIN)
        if not reads_and_writes(portrait(one.old), portrait(one.new))
    ]


def _possible(scores: _Scores, old: Sequence[Portrait], new: Sequence[Portrait]) -> list[Rename]:
    return list(_mutual(scores, old, new, POSSIBLE, 0.001))


def _merged(scores: _Scores, old: Sequence[Portrait], new: Sequence[Portrait]) -> Iterator[Merge]:
    """New items that two or more old ones resemble most."""
    best = {one: rivals[0] for one, rivals in _by_side(scores, 0).items()}
    for other in sorted({place for _, place in best.values()}):
        several = sorted(one for one, (_, place) in best.items() if place == other)
        if len(several) > 1:
            least = min(best[one][0] for one in several)
            items = tuple(old[one].item for one in several)
            yield Merge(items, new[other].item, round(least, 2))
