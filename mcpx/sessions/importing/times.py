"""Points in time as recorders write them, in seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

# The year 9999, which is the last that can be written.
_LATEST = 253_402_300_799.0
# More than this is milliseconds: as seconds it would be the year 5138.
_MILLISECONDS = 1e11


def seconds_of(value: Any) -> float | None:
    """The time that a JSON value tells: an ISO 8601 text, or a number since 1970.

    A text without a zone is taken for UTC; a large number for milliseconds. None for all else.
    """
    if isinstance(value, str):
        return _of_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 <= value <= _LATEST * 1000:
        return None
    return float(value) / 1000 if value > _MILLISECONDS else float(value)


def written_time(seconds: float) -> str:
    """A time as a header holds it: ISO 8601 in UTC, with milliseconds."""
    moment = datetime.fromtimestamp(min(max(seconds, 0.0), _LATEST), UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _of_text(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds <= _LATEST else None
