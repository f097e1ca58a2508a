"""Does NEW accept all that OLD accepted? Yes by proof, no by a value that shows it, or unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mcpx.schemas.containment import Answer
from mcpx.schemas.readings import Reading
from mcpx.schemas.validation import Violation, told
from mcpx.schemas.validity import DEEPEST, MOST_VALUES
from mcpx.schemas.walk import size
from mcpx.schemas.workers import UnansweredError, Worker

# Of one question. What takes longer is unknown.
SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Compatibility:
    """The answer, and what shows it.

    ``violations`` are what the new schema says of ``witness``, a value that the old one accepts;
    both only where the answer is no. ``reason`` says why it is unknown.
    """

    answer: Answer
    witness: Any = None
    violations: tuple[Violation, ...] = ()
    reason: str = ""


def compatibility(
    worker: Worker, old: Any, new: Any, reading: Reading, seconds: float = SECONDS
) -> Compatibility:
    """Whether ``new`` accepts what ``old`` accepts, as ``reading`` says; raises nothing.

    Both are JSON Schemas as they came. Nothing is fetched: a reference out of a schema makes it
    unknown, and so does a schema that costs too much.
    """
    for which, schema in (("old", old), ("new", new)):
        depth, count = size(schema, DEEPEST, MOST_VALUES)
        if depth > DEEPEST:
            return _unknown(f"the {which} schema: nested more than {DEEPEST} levels deep")
        if count > MOST_VALUES:
            return _unknown(f"the {which} schema: holds more than {MOST_VALUES} values")
    try:
        reply = worker.ask({"old": old, "new": new, "reading": reading.value}, seconds)
    except UnansweredError as error:
        return _unknown(str(error))
    if "witness" not in reply:
        return Compatibility(Answer(reply["answer"]), reason=reply["reason"])
    witness = reply["witness"]
    said = tuple(one for reported in reply["violations"] for one in told(reported, witness))
    return Compatibility(Answer.NO, witness, said)


def _unknown(reason: str) -> Compatibility:
    return Compatibility(Answer.UNKNOWN, reason=reason)
