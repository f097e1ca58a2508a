"""A replay that is made up, for what commands do with one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.analyses.divergence.sides import End, Interaction, Side
from mcpx.operations.replaying import replay
from mcpx.operations.replaying.options import Options, Replayed, Summary
from mcpx.sessions.events import Event
from mcpx.sessions.lines import event_line, header_line
from tests.sessions.tapes import HEADER, call, done, tape

CHANGED = Divergence(Kind.CHANGED, "is another number", "/structuredContent/n", 1, 2)
VOLATILE = Divergence(Kind.VOLATILE, "is the time of the session", "/structuredContent/at", 3, 4)


def session(path: Path, events: Iterable[Event] | None = None) -> str:
    """A session file; without events of two calls, of which the second is ``add b=2``."""
    if events is None:
        events = tape(
            call(1, "list"),
            done(1, {"structuredContent": {"n": 1}}),
            call(2, "add", {"b": 2}),
            done(2, {"structuredContent": {"n": 1, "at": 3}}),
        )
    path.write_bytes(b"".join((header_line(HEADER), *map(event_line, events))))
    return path.name


def ended(number: int, *divergences: Divergence, n: int = 1, **more: Any) -> Replayed:
    """A call that has ended, with what differs."""
    name, params = ("list", {}) if number == 1 else ("add", {"arguments": {"b": number - 1}})
    interaction = Interaction(number, 1, "tools/call", name, params, number + 1)
    result = {"structuredContent": {"n": n, "at": 4}}
    live = Side(**{"end": End.RESULT, "value": result, "seconds": 0.012, **more})
    recorded = Side(end=End.RESULT, value={"structuredContent": {"n": 1, "at": 3}})
    return Replayed(interaction, recorded, live, divergences)


class Plays:
    """Takes the place of the driver: tells ``runs``, one after the other, and what it was given."""

    def __init__(self, *runs: Iterable[Replayed], **summary: Any) -> None:
        self.runs = list(runs)
        self.summary = Summary(**summary)
        self.given: dict[str, Any] = {}

    def __call__(
        self,
        reading: Any,
        spec: Any,
        settings: Any,
        mask: Any,
        gate: Any,
        comparing: Any,
        options: Options,
        told: Callable[[Replayed], None],
        **more: Any,
    ) -> Summary:
        self.given = {"spec": spec, "comparing": comparing, "options": options, **more}
        for one in self.runs.pop(0) if len(self.runs) > 1 else self.runs[0]:
            told(one)
        return self.summary

    def instead(self, patch: pytest.MonkeyPatch) -> Plays:
        patch.setattr(replay, "replayed", self)
        return self
