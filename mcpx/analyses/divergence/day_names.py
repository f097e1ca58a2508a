"""Names of weekdays and months within values, and whether they are those of the session; no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
# What there is in a date, and what it is called: in full, or by three letters.
_NAMED: tuple[tuple[Sequence[str], Callable[[datetime], int]], ...] = tuple(
    (names, place)
    for whole, place in (
        (_WEEKDAYS, datetime.weekday),
        (_MONTHS, lambda moment: moment.month - 1),
    )
    for names in (whole, tuple(name[:3] for name in whole))
)
_LONGEST = max(map(len, (*_WEEKDAYS, *_MONTHS)))
# From UTC-12 to UTC+14, by an hour each.
_ZONES = range(-12, 15)
_HOUR = 3_600.0


def name_both_days(recorded: str, live: str, clocks: tuple[float, float]) -> bool:
    """Whether two words name the weekday, or the month, of both clocks in one time zone.

    ``clocks`` are seconds since 1970, 0 where one is not known. So ``Sunday`` and ``Monday`` go
    together a day apart, and within an hour only where it can be midnight somewhere.
    """
    if max(len(recorded), len(live)) > _LONGEST or not all(one > 0 for one in clocks):
        return False
    if (recorded.islower(), recorded.isupper()) != (live.islower(), live.isupper()):
        return False
    words = recorded.lower(), live.lower()
    return any(
        words == (names[was], names[now])
        for names, place in _NAMED
        if words[0] in names and words[1] in names
        for was, now in _days(clocks, place)
    )


def _days(
    clocks: tuple[float, float], place: Callable[[datetime], int]
) -> Iterator[tuple[int, int]]:
    """What both clocks show, in each zone."""
    for zone in _ZONES:
        try:
            was, now = (datetime.fromtimestamp(one + zone * _HOUR, UTC) for one in clocks)
        except (OverflowError, ValueError, OSError):
            return
        yield place(was), place(now)
