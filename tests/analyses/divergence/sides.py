"""Sides of interactions, and comparing them, said shortly."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from mcpx.analyses.divergence.comparison import Comparing, Comparison
from mcpx.analyses.divergence.divergences import Divergence
from mcpx.analyses.divergence.sides import End, Interaction, Question, Side, Told

# When the answers came: the recorded one, and a month later the live one.
THEN = datetime(2026, 10, 23, 10, 0, tzinfo=UTC).timestamp()
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC).timestamp()
# Four names that were minted.
NAMES = (
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "9b2d7c1e-5a64-4e0b-8f37-c2a1b6d4e590",
)
CALL = Interaction(3, 1, "tools/call", "count")


def side(value: Any = None, end: End = End.RESULT, at: float = NOW, **more: Any) -> Side:
    """A side that came to this, by default a result now."""
    return Side(end=end, value={} if value is None else value, at=at, **more)


def compared(
    recorded: Any,
    live: Any,
    interaction: Interaction = CALL,
    comparison: Comparison | None = None,
    **more: Any,
) -> list[Divergence]:
    """What differs between two results, or two sides."""
    comparison = comparison or Comparison(Comparing(**more))
    sides = [
        one if isinstance(one, Side) else side(one, at=at)
        for one, at in ((recorded, THEN), (live, NOW))
    ]
    return comparison.compare(interaction, *sides)


def told(found: list[Divergence]) -> list[str]:
    """The kinds of differences and where they are: ``changed /content/0``."""
    return [f"{one.kind} {one.pointer}".strip() for one in found]


def read(text: str, at: float) -> Side:
    """A side as examples of rules write it: a result or an error, and other fields."""
    said = json.loads(text)
    end = End.ERROR if "error" in said else End(said.pop("end", "result"))
    value = said.pop("error", said.pop("result", None))
    questions = tuple(Question(one["method"], one["params"]) for one in said.pop("questions", ()))
    notices = tuple(Told(one["method"], one.get("params", {})) for one in said.pop("told", ()))
    progress = tuple(said.pop("progress", ()))
    at = said.pop("at", at)
    return Side(
        end=end, value=value, at=at, questions=questions, told=notices, progress=progress, **said
    )
