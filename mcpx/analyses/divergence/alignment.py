"""Which items of two lists go together where some came, went, moved or changed; no I/O."""

from __future__ import annotations

from collections import defaultdict
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

    Of lists that differ over a long way the items go together by their places.
    """
    if max(len(was), len(now)) > _MOST:
        yield some, others
        return
    for _, start, end, first, last in SequenceMatcher(None, was, now, False).get_opcodes():
        yield some[start:end], others[first:last]
