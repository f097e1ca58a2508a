"""One recorded connection with the live one that stands for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mcpx.analyses.divergence.sides import End, Interaction, Side, Told
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.courses import Asking, Course
from mcpx.operations.replaying.crossing import Crossing
from mcpx.operations.replaying.live_connection import LiveConnection
from mcpx.operations.replaying.recorded_session import RecordedConnection

_MOST_TOLD = 10_000


@dataclass(slots=True, eq=False)
class Exchange:
    """An HTTP exchange of the recording that is not over: its status, and whom it answers."""

    status: int = 0
    kind: str = ""
    courses: dict[Course, None] = field(default_factory=dict)

    @property
    def only(self) -> Course | None:
        """The only interaction that waits on it."""
        waiting = [one for one in self.courses if one.waits]
        return waiting[0] if len(waiting) == 1 else None


@dataclass(slots=True, eq=False)
class Talk:
    """What is open on a connection, and what was told on it.

    ``open`` are the interactions whose last request waits, ``polls`` the looks at their tasks, by
    the ids of these requests; ``questions`` those of the server, by theirs. ``missed`` is what
    does not come any more, so that nobody waits for it again.
    """

    recorded: RecordedConnection
    live: LiveConnection
    pool: AnswerPool
    crossing: Crossing
    first: Interaction
    open: dict[str, Course] = field(default_factory=dict)
    polls: dict[str, tuple[Course, str]] = field(default_factory=dict)
    tasks: dict[str, Course] = field(default_factory=dict)
    tokens: dict[str, Course] = field(default_factory=dict)
    questions: dict[str, tuple[Asking, Course | None]] = field(default_factory=dict)
    exchanges: dict[int, Exchange] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)
    missed: set[str] = field(default_factory=set)
    exit: int | None = None
    ended: float = 0.0
    begun: bool = False
    closed: bool = False

    def around(self, exchange: int) -> Course | None:
        """The interaction that something unasked belongs to, where that can be told."""
        if exchange:
            found = self.exchanges.get(exchange)
            return found.only if found is not None else None
        waiting = [one for one in self.open.values() if not one.listens]
        return waiting[0] if len(waiting) == 1 else None

    def hear(self, method: str, params: Mapping[str, Any]) -> None:
        """The recorded server told something."""
        if len(self.told) < _MOST_TOLD:
            self.told.append(Told(method, params))

    def sides(self, modern: bool, began: float) -> tuple[Side, Side]:
        """The connection itself, as it was recorded and live: what was told, how it ended."""
        recorded = Side(
            end=End.RESULT,
            at=began + self.ended,
            told=tuple(self.told),
            exit=self.exit,
            modern=modern,
        )
        live = Side(
            end=End.RESULT,
            told=tuple(self.live.told),
            exit=self.live.exit,
            modern=self.live.modern,
        )
        return recorded, live
