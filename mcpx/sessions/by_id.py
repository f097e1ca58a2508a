"""What waits under an id, where several may have the same one; no I/O."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

One = TypeVar("One")


class ById(Generic[One]):
    """Things by their ids, in their order.

    Two HTTP exchanges that overlap may carry requests of one id: each has an answer of its own.
    """

    def __init__(self) -> None:
        self._found: dict[str, list[tuple[int, One]]] = {}

    def __iter__(self) -> Iterator[One]:
        return (one for some in list(self._found.values()) for _, one in list(some))

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, key: str, one: One, exchange: int = 0) -> None:
        """One more, with the exchange that it came on (0: none)."""
        self._found.setdefault(key, []).append((exchange, one))

    def of(self, key: str, exchange: int = 0) -> One | None:
        """That of an id: of the same exchange, else the oldest."""
        found = self._found.get(key, ())
        same = (one for place, one in found if exchange and place == exchange)
        return next(same, found[0][1] if found else None)

    def remove(self, key: str, one: One) -> None:
        """It waits no longer under this id; nothing happens where it does not."""
        found = self._found.get(key, [])
        found[:] = [each for each in found if each[1] is not one]
        if not found:
            self._found.pop(key, None)

    def take(self, key: str, exchange: int = 0) -> One | None:
        """That of an id, which waits no longer."""
        one = self.of(key, exchange)
        if one is not None:
            self.remove(key, one)
        return one
