from __future__ import annotations

import pytest

from mcpx.sessions.importing.times import seconds_of, written_time


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
