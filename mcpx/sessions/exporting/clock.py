"""The times of a session on the wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# Nothing recorded is longer, and a date must not run over.
_LONGEST = 10 * 365 * 86_400.0
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Tells the wall clock of a time in seconds since the header; without a start from 1970."""

    def __init__(self, created: str) -> None:
        try:
            start = datetime.fromisoformat(created)
            start = start.astimezone(UTC) if start.tzinfo else start.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            start = _FIRST
        self._start = max(start, _FIRST)

    def __call__(self, seconds: float) -> str:
        """ISO 8601 (RFC 3339) in UTC with microseconds, as ``2026-11-22T14:00:00.120000Z``."""
        try:
            moment = self._start + timedelta(seconds=min(max(seconds, 0.0), _LONGEST))
        except OverflowError:
            moment = self._start
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
