"""Which items of two lists go together where some came, went, moved or changed; no I/O."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from mcpx.analyses.diff.values import same

# Of what is between the ends: finding the best way costs the product of both lengths.
_MOST = 300

# Places in both lists that go together one by one; those without a partner came or went.
Run = tuple[Sequence[int], Sequence[int]]


def equal_ends(recorded: Sequence[Any], live: Sequence[Any]) -> tuple[int, int]:
    """With how many items both begin alike, and with how many of the others they end alike."""
    most = min(len(recorded), len(live))
    head = next((at for at in range(most) if not same(recorded[at], live[at])), most)
    rest = most - head
    tail = next((at for at in range(rest) if not same(recorded[-1 - at], live[-1 - at])), rest)
    return head, tail


def reordered(some: range, others: range, was: Sequence[str], now: Sequence[str]) -> Iterator[Run]:
    """The places of lists in which every text of one is in the other too, in another order."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, text in zip(reversed(others), reversed(now), strict=True):
        places[text].append(place)
    for place, text in zip(some, was, strict=True):
        yield (place,), (places[text].pop(),)


def steps(some: range, others: range, was: Sequence[str], now: Sequence[str]) -> Iterator[Run]:
    """The places of two lists in runs that go together, in order; equal texts are equal items.

    Of lists that differ over a long way those go together first that are there once in both, then
    what is between them; and by their places where that is a long way too.
    """
    if max(len(was), len(now)) <= _MOST:
        for _, start, end, first, last in SequenceMatcher(None, was, now, False).get_opcodes():
            yield some[start:end], others[first:last]
        return
    at = there = 0
    for place, other in [*_anchors(was, now), (len(was), len(now))]:
        between = was[at:place], now[there:other]
        if max(map(len, between)) > _MOST:
            yield some[at:place], others[there:other]
        elif any(between):
            yield from steps(some[at:place], others[there:other], *between)
        if place < len(was):
            yield some[place : place + 1], others[other : other + 1]
        at, there = place + 1, other + 1


def _anchors(was: Sequence[str], now: Sequence[str]) -> list[tuple[int, int]]:
    """Places of texts that are there once on each side, as many of them as are in one order.

    The longest growing run of their places in the second list, by patience sorting.
    """
    once, counts = Counter(was), Counter(now)
    places = {text: place for place, text in enumerate(now) if counts[text] == 1}
    pairs = [
        (at, places[text]) for at, text in enumerate(was) if once[text] == 1 and text in places
    ]
    ends: list[int] = []  # the smallest place that a run of this length ends with
    last: list[int] = []  # which pair that is
    before: list[int] = []  # which pair comes before each in its run
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [number]
    run: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        run.append(pairs[number])
        number = before[number]
    return run[::-1]
