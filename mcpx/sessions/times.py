"""Points in time as recorders write them, in seconds since 1970, and as session files do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
# The year 9999, which is the last that can be written.
_LATEST = 253_402_300_799.0
# More than this is milliseconds: as seconds it would be the year 5138.
_MILLISECONDS = 1e11
# Nothing recorded is longer, and a date must not run over.
_LONGEST = 10 * 365 * 86_400.0


def seconds_of(value: Any) -> float | None:
    """The time that a JSON value tells: an ISO 8601 text, or a number since 1970.

    A text without a zone is taken for UTC; a large number for milliseconds. None for all else.
    """
    if isinstance(value, str):
        moment = _moment_of(value)
        return None if moment is None else moment.timestamp()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 <= value <= _LATEST * 1000:
        return None
    return float(value) / 1000 if value > _MILLISECONDS else float(value)


def written_time(seconds: float) -> str:
    """A time as a header holds it: ISO 8601 in UTC, with milliseconds."""
    return _written(_FIRST + timedelta(seconds=min(max(seconds, 0.0), _LATEST)), "milliseconds")


class Clock:
    """Tells the wall clock of a time in seconds since the header; without a start from 1970."""

    def __init__(self, created: str) -> None:
        self._start = _moment_of(created) or _FIRST

    def __call__(self, seconds: float) -> str:
        """ISO 8601 (RFC 3339) in UTC with microseconds, as ``2026-11-22T14:00:00.120000Z``."""
        try:
            moment = self._start + timedelta(seconds=min(max(seconds, 0.0), _LONGEST))
        except OverflowError:
            moment = self._start
        return _written(moment, "microseconds")


def _moment_of(text: str) -> datetime | None:
    """The time that an ISO 8601 text tells, in UTC; None before 1970 and beyond 9999."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment >= _FIRST else None


def _written(moment: datetime, digits: str) -> str:
    return moment.isoformat(timespec=digits).replace("+00:00", "Z")
