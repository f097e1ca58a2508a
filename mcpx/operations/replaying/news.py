"""What a server told unasked, as much of it as may be kept; no I/O."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mcpx.analyses.divergence.sides import Told

# Of notifications, and of characters in all of them; what comes after is as those before.
_MOST = 10_000
_ROOM = 16 * 1024 * 1024
# Of what is told apart by what it is about.
_MOST_SUBJECTS = 10_000


class News:
    """What was ``told`` on a connection; ``heard`` counts it by what it is about."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.heard: Counter[str] = Counter()
        self._room = _ROOM

    def add(self, told: Told) -> None:
        """Keep a notification, if there is room for it."""
        if len(self.told) < _MOST:
            weight = _weight(told.params, self._room)
            if weight <= self._room:
                self._room -= weight
                self.told.append(told)

    def count(self, about: str) -> int:
        """One more about this: how many there are now; 0 where they are not told apart any more."""
        if about not in self.heard and len(self.heard) >= _MOST_SUBJECTS:
            return 0
        self.heard[about] += 1
        return self.heard[about]


def _weight(value: Any, most: int) -> int:
    """How much a value is to keep, in characters; beyond ``most`` it is not weighed to its end."""
    weight, waiting = 0, [value]
    while waiting and weight <= most:
        one = waiting.pop()
        weight += len(one) if isinstance(one, str) else 8
        if isinstance(one, dict):
            waiting += one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return weight
