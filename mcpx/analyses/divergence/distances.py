"""How far two times lie from their clocks, in words; no I/O."""

from __future__ import annotations

from collections.abc import Sequence

_DAY = 86_400.0
_LENGTHS = ((_DAY, "days"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"))
_SECOND = 1.0


def lies(recorded: float, live: float) -> str:
    """How the live distance is another one than the recorded; in seconds, after the clock above 0.

    Where both are long and their difference is not, it is the difference that is told.
    """
    apart = live - recorded
    if min(abs(recorded), abs(live)) > _DAY > abs(apart):
        if abs(apart) < _SECOND:
            return "lies too far from the clock to be told by it"
        when = "later" if apart > 0 else "earlier"
        return f"lies {_length(apart, _LENGTHS)} {when} by the clock than in the recording"
    first, second = _told_apart(live, recorded)
    return f"lies {first} the clock, {second} it in the recording"


def _told_apart(*seconds: float) -> list[str]:
    """Distances in units that are small enough to tell them apart."""
    said: list[str] = []
    for first in range(len(_LENGTHS)):
        said = [_distance(one, _LENGTHS[first:]) for one in seconds]
        if len(set(said)) == len(said):
            break
    return said


def _distance(seconds: float, lengths: Sequence[tuple[float, str]]) -> str:
    if abs(seconds) < _SECOND / 2:
        return "0 s from"
    return f"{_length(seconds, lengths)} {'after' if seconds > 0 else 'before'}"


def _length(seconds: float, lengths: Sequence[tuple[float, str]]) -> str:
    length, unit = next((one for one in lengths if abs(seconds) >= one[0] * 1.9), lengths[-1])
    return f"{round(abs(seconds) / length)} {unit}"
