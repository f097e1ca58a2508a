"""When clocks may have been put forward or back, in whichever country; no I/O."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

_DAY = 86_400.0
# Any so many days have such a Sunday among them.
_MANY = 200 * _DAY


def summer_between(clock: float, other: float) -> bool:
    """Whether summer time may have begun or ended between two clocks, in whichever country.

    It does so on Sundays, the second of March to the first of April, and late in September to the
    first of November. Source: IANA time zone database.
    """
    early, late = sorted((clock, other))
    if late - early > _MANY:
        return True
    try:
        return any(_may_change(one) for one in _days(early, late))
    except (OverflowError, ValueError, OSError):
        return False


def _days(early: float, late: float) -> Iterator[date]:
    day, last = (datetime.fromtimestamp(one, UTC).date() for one in (early, late))
    while day <= last:
        yield day
        day += timedelta(days=1)


def _may_change(day: date) -> bool:
    at = (day.month, day.day)
    return day.weekday() == 6 and ((3, 8) <= at <= (4, 7) or (9, 24) <= at <= (11, 7))
