from __future__ import annotations

import pytest

from mcpx.sessions.times import Clock, seconds_of, written_time


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("1970-01-01T00:00:01.5Z", 1.5, id="UTC"),
        pytest.param("1970-01-01T01:00:00+01:00", 0.0, id="another zone"),
        pytest.param("1970-01-01T00:00:02", 2.0, id="no zone"),
        pytest.param("1970-01-01T00:00:00.123456789Z", 0.123456, id="nanoseconds"),
        pytest.param(1795356610.5, 1795356610.5, id="seconds"),
        pytest.param(1795356610500, 1795356610.5, id="milliseconds"),
        pytest.param("yesterday", None, id="no time"),
        pytest.param("0001-01-01T00:00:00", None, id="before 1970"),
        pytest.param("9999-12-31T23:59:59-14:00", None, id="after 9999"),
        pytest.param(-1, None, id="negative"),
        pytest.param(1e300, None, id="beyond time"),
        pytest.param(True, None, id="no number"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_times_as_recorders_write_them(value: object, seconds: float | None) -> None:
    assert seconds_of(value) == seconds


def test_a_time_is_written_as_in_a_header() -> None:
    assert written_time(1795356610.5781) == "2026-11-22T14:10:10.578Z"
    assert written_time(1e30) == "9999-12-31T23:59:59.000Z"


@pytest.mark.parametrize(
    ("created", "seconds", "expected"),
    [
        pytest.param("2026-11-23T10:00:00.250Z", 1.5, "2026-11-23T10:00:01.750000Z", id="utc"),
        pytest.param("2026-11-23T12:00:00+02:00", 0.0, "2026-11-23T10:00:00.000000Z", id="zone"),
        pytest.param("2026-11-23T10:00:00", 0.000001, "2026-11-23T10:00:00.000001Z", id="no-zone"),
        pytest.param("2026-11-23T10:00:00Z", -5.0, "2026-11-23T10:00:00.000000Z", id="before"),
        pytest.param("2026-11-23T10:00:00Z", 1e300, "2036-11-20T10:00:00.000000Z", id="for-ever"),
        pytest.param("", 1.0, "1970-01-01T00:00:01.000000Z", id="none"),
        pytest.param("yesterday", 1.0, "1970-01-01T00:00:01.000000Z", id="no-date"),
        pytest.param("0001-01-01T00:00:00+14:00", 1.0, "1970-01-01T00:00:01.000000Z", id="first"),
        pytest.param("9999-12-31T23:59:59Z", 60.0, "9999-12-31T23:59:59.000000Z", id="last"),
        pytest.param("9999-12-31T23:59:59-14:00", 0.0, "1970-01-01T00:00:00.000000Z", id="beyond"),
    ],
)
def test_times_on_the_wall_clock(created: str, seconds: float, expected: str) -> None:
    assert Clock(created)(seconds) == expected
