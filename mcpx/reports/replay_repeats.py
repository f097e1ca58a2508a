"""Interactions of a replay of which the same is to be told as of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from mcpx.analyses.finding import Severity
from mcpx.reports.replay_values import values_of
from mcpx.reports.replayed import Played
from mcpx.terminal import counted


@dataclass(frozen=True, slots=True)
class Run:
    """Interactions that differ in the same way, one after the other: ``count`` of them."""

    first: Played
    last: Played
    count: int = 1

    @property
    def words(self) -> str:
        """What there is to say of those after the first; empty without any."""
        if self.count == 1:
            return ""
        return f"the same {counted(self.count - 1, 'time')} more, to #{self.last.number}"


class Repeats:
    """Tells apart, as they come, which of the interactions that differ say something new."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._told: tuple[Any, ...] = ()

    def again(self, played: Played) -> bool:
        """Whether the same is to be told of an interaction as of the one before."""
        if self._run is None or _told(played) != self._told:
            return False
        self._run = replace(self._run, last=played, count=self._run.count + 1)
        return True

    def next(self, played: Played | None = None) -> Run | None:
        """Go on with another interaction; what ends with it."""
        run, self._run = self._run, Run(played, played) if played is not None else None
        self._told = _told(played) if played is not None else ()
        return run


def runs(played: Iterable[Played]) -> Iterator[Run]:
    """The interactions that differ, by what is to be told of them."""
    repeats = Repeats()
    for one in played:
        if one.differs and not repeats.again(one) and (run := repeats.next(one)) is not None:
            yield run
    if (run := repeats.next()) is not None:
        yield run


def _told(played: Played) -> tuple[Any, ...]:
    """All that is told of an interaction but which it is and what it asked with."""
    differs = (
        (one.kind, one.severity, one.pointer, one.message, values_of(one))
        for one in played.diverged
        if one.severity is not Severity.INFO
    )
    return played.method, played.name, played.more, *differs
