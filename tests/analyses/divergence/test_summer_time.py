from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mcpx.analyses.divergence.summer_time import summer_between


def clock(day: str) -> float:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("day", "other", "expected"),
    [
        pytest.param("2026-10-23", "2026-11-23", True, id="late in October"),
        pytest.param("2026-11-23", "2026-10-23", True, id="the other way round"),
        pytest.param("2026-03-07", "2026-03-08", True, id="a Sunday in March"),
        pytest.param("2026-03-02", "2026-03-07", False, id="before it"),
        pytest.param("2026-11-09", "2027-03-06", False, id="in winter"),
        pytest.param("2026-04-08", "2026-09-23", False, id="in summer"),
        pytest.param("2026-01-01", "2026-12-31", True, id="most of a year"),
    ],
)
def test_summer_time_may_begin_or_end_on_some_sundays(day: str, other: str, expected: bool) -> None:
    assert summer_between(clock(day), clock(other)) is expected


def test_a_clock_that_no_calendar_has_is_in_no_summer() -> None:
    assert summer_between(1e17, 1e17 + 5) is False
