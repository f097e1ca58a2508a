"""The answers to one kind of question, and which of them is the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Entry(Generic[T]):
    """One answer, its place in the file, and the words that it waits for, if any."""

    place: str
    when: str
    value: T
    taken: bool = False


@dataclass(slots=True)
class Supply(Generic[T]):
    """The answers to one kind of question; ``endless``: the only one there is, for every one."""

    entries: list[Entry[T]]
    endless: bool
    asked: bool = False

    def take(self, words: str, usable: Callable[[T], bool] = lambda _: True) -> T | None:
        """The answer to a question with these words: one meant for them, else the next one."""
        self.asked = True
        fit = [one for one in self.entries if usable(one.value)]
        meant = (one for one in fit if one.when and one.when in words)
        others = (one for one in fit if not one.when and (self.endless or not one.taken))
        found = next(meant, None) or next(others, None)
        if found is None:
            return None
        found.taken = True
        return found.value

    @property
    def unused(self) -> list[str]:
        """The places of answers that were left when others were wanted."""
        return [one.place for one in self.entries if self.asked and not one.taken]
