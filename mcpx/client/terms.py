"""How to connect: era, what we offer and who answers, how long to wait, how much to accept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mcpx.client.eras.memory import EraMemory
from mcpx.client.peer import Notified
from mcpx.client.questions import Answering, Nobody
from mcpx.client.taps import Tap, Tapping
from mcpx.retry import Retries
from mcpx.servers import Era, ServerSpec, Transport
from mcpx.settings import Limits, Settings


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for every connection of a run.

    ``deadline`` is in seconds, to connect and list. ``remembered`` tells the era that a definition
    is known to need (None: not known); ``remember`` is told when finding it out cost time.
    ``tasks``: a call may be answered with a task, which is then looked after.
    ``listening``: keep a stream open for what a server sends unasked, where that takes one.
    ``tapping`` is called for each connection, and its tap told of everything on it.
    """

    era: Era | None = None
    answering: Answering = field(default_factory=Nobody)
    deadline: float = 30.0
    limits: Limits = field(default_factory=Limits)
    inherit_env: bool = False
    tapping: Tapping | None = None
    notified: Notified | None = None
    listening: bool = False
    tasks: bool = False
    retries: Retries = field(default_factory=Retries)
    remembered: Callable[[ServerSpec], Era | None] = lambda _spec: None
    remember: Callable[[ServerSpec, Era], None] = lambda _spec, _era: None

    @classmethod
    def of(cls, settings: Settings, **more: Any) -> Terms:
        """The terms that the settings ask for, with what the caller adds."""
        memory = EraMemory()
        return cls(
            era=None if settings.era == "auto" else Era(settings.era),
            deadline=settings.connect_deadline(),
            limits=settings.limits,
            inherit_env=settings.inherit_env,
            remembered=memory.remembered,
            remember=memory.remember,
            **more,
        )

    def tap(self, spec: ServerSpec, transport: Transport, pid: int | None = None) -> Tap | None:
        """Who is told of a connection that opens, if anybody."""
        return None if self.tapping is None else self.tapping(spec, transport, pid)
