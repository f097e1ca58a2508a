"""In which ways a live server can differ from its recording, and one such difference; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The classes of differences. Each has a rule, ``replay-`` and its name."""

    VOLATILE = "volatile"  # differs in what is different each time
    ORDER = "order"
    ADDED = "added"  # an optional member or item, and the schema holds
    CHANGED = "changed"
    SCHEMA = "schema"  # no longer fits the recorded output schema
    CONTRACT = "contract"  # what is offered: the definition of a tool, prompt, resource
    MISSING = "missing"  # no answer, or a notification that does not come any more
    EXTRA = "extra"  # unasked, and not in the recording
    OUTCOME = "outcome"  # result, error, tool error, question: another of these
    ERROR_CLASS = "error-class"  # another error code
    ERROR_TEXT = "error-text"
    TRANSPORT = "transport"  # status, media type, exit status
    LATENCY = "latency"
    UNANSWERED = "unanswered"  # asked what nobody answered in the recording
    UNSCORED = "unscored"  # nothing recorded to compare with
    NOT_APPLICABLE = "not-applicable"  # has no place in the other era


@dataclass(frozen=True, slots=True)
class Divergence:
    """One difference: ``pointer`` is where in the result or error (RFC 6901; empty: the whole).

    ``recorded`` and ``live`` are the JSON values there, ABSENT where there is none. ``message``
    says it in a sentence without values; ``severity`` is that of a change in what is offered
    (``error``, ``warning``, ``info``), empty where its rule tells.
    """

    kind: Kind
    message: str
    pointer: str = ""
    recorded: Any = None
    live: Any = None
    severity: str = ""


class _Absent:
    """Stands for a value that is not there."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()
