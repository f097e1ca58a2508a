"""Which tools of a server may be called to see what they answer: those that only read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mcpx.analyses.actions import verb_class, verb_place
from mcpx.analyses.claims import contradictions
from mcpx.analyses.example_arguments import NoExampleError, example_arguments
from mcpx.analyses.finding import listed
from mcpx.analyses.wording import words
from mcpx.catalogue.model import Item

MOST_CALLS = 200
_LONGEST_NAME = 200
# Classes of verbs that leave everything as it is.
_READS = frozenset(
    ("read", "search", "check", "calculate", "analyse", "convert", "extract", "complete")
)


class Reason(StrEnum):
    """Why a tool is not called, after "skipped:"."""

    NOT_READING = "does not say readOnlyHint"
    DESTRUCTIVE = "says destructiveHint"
    DOUBTED = "is called as if it did more than read"
    AS_TASK = "runs as a task only"
    NAMED_TWICE = "is listed twice"
    NO_EXAMPLE = "requires what its schema has no example of"
    NO_FIT = "takes no arguments that its schema gives"
    TOO_MANY = f"comes after {MOST_CALLS} others"
    SERVER_FAILED = "comes after the server had failed"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A tool that may be called, and with what."""

    tool: Item
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A tool that is not called, and why; ``detail`` is the parameter that has no example."""

    tool: str
    reason: Reason
    detail: str = ""


def choices(tools: Sequence[Item]) -> Iterator[Chosen | Skipped]:
    """The tools that have an output schema, each as one to call or to skip.

    The words of a tool count for more here than in the rule about contradictions: a call cannot be
    taken back.
    """
    names = Counter(tool.key for tool in tools)
    chosen = 0
    for tool in tools:
        if not isinstance(tool.raw.get("outputSchema"), dict):
            continue
        reason = Reason.NAMED_TWICE if names[tool.key] > 1 else _against(tool)
        if reason is None and chosen == MOST_CALLS:
            reason = Reason.TOO_MANY
        if reason is not None:
            yield Skipped(tool.key, reason)
            continue
        try:
            yield Chosen(tool, example_arguments(tool.input_schema))
            chosen += 1
        except NoExampleError as error:
            yield Skipped(tool.key, Reason.NO_EXAMPLE, str(error))


def _against(tool: Item) -> Reason | None:
    """What speaks against a call whatever the arguments."""
    hints, execution = tool.annotations, tool.raw.get("execution")
    if hints.get("readOnlyHint") is not True:
        return Reason.NOT_READING
    # What is not false may be true: a host could read it so.
    if hints.get("destructiveHint", False) is not False:
        return Reason.DESTRUCTIVE
    name = words(tool.key[:_LONGEST_NAME])
    at = verb_place(name)
    verb = None if at is None else verb_class(name[at])
    if (verb is not None and verb not in _READS) or next(contradictions(tool), None):
        return Reason.DOUBTED
    if isinstance(execution, dict) and execution.get("taskSupport") == "required":
        return Reason.AS_TASK
    return None


def reasons(skipped: Sequence[Skipped]) -> str:
    """Why tools are skipped, the same reasons together: ``does not say readOnlyHint (add)``."""
    found: dict[Reason, list[str]] = {}
    for one in skipped:
        detail = f": {one.detail}" if one.detail else ""
        found.setdefault(one.reason, []).append(f"{one.tool[:_LONGEST_SHOWN]}{detail}")
    return "; ".join(f"{reason} ({listed(found[reason])})" for reason in Reason if reason in found)


_LONGEST_SHOWN = 60
