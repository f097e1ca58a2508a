from __future__ import annotations

import pytest

from mcpx.sessions.exporting.clock import Clock


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
