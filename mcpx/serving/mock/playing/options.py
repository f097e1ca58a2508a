"""How a tape is played: what is taken for the same, and what comes when it is over; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Match(StrEnum):
    """Which recorded request a live one is; always one of the same method and name."""

    ARGS = "args"  # with equal arguments
    NAME = "name"  # rather with equal arguments, else the next
    ORDER = "order"  # the next of all, whatever its arguments


class Repeat(StrEnum):
    """What answers a request that comes more often than it was recorded."""

    LAST = "last"
    CYCLE = "cycle"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Options:
    """``both``: clients of the era that was not recorded are served too.

    ``one_stream``: all goes out on one stream, as on stdio; what belongs to no request then comes
    with what brought it about, in the recorded order, and not in ``unasked``.
    """

    match: Match = Match.ARGS
    repeat: Repeat = Repeat.LAST
    both: bool = False
    one_stream: bool = True
