from __future__ import annotations

import re

import pytest

from mcpx.analyses.divergence.clocks import TIME, Clocks, near_number, near_text
from tests.analyses.divergence.sides import NOW, THEN

CLOCKS = Clocks(THEN, NOW)


@pytest.mark.parametrize(
    ("recorded", "live"),
    [
        pytest.param("2026-10-23T10:00:00Z", "2026-11-23T09:30:00.123456Z", id="ISO 8601"),
        pytest.param("2026-10-23 12:00", "2026-11-23 09:30", id="ISO 8601 without a zone"),
        pytest.param("2026-10-23T12:00:00+02:00", "2026-11-23T10:30:00+0100", id="with offsets"),
        pytest.param("2026-10-23T10:00:00,5Z", "2026-11-23T09:30:00 Z", id="comma and blank"),
        pytest.param("2026-10-23", "2026-11-22", id="days"),
        pytest.param("Fri, 23 Oct 2026 10:00:00 GMT", "Mon, 23 Nov 2026 09:30:00 GMT", id="2822"),
        pytest.param("23 Oct 2026 10:00 +0000", "23 Nov 2026 09:30 +0000", id="2822, short"),
        pytest.param(
            "Fri Oct 23 2026 10:00:00 GMT+0000 (Coordinated Universal Time)",
            "Mon Nov 23 2026 10:30:00 GMT+0100 (Central European Standard Time)",
            id="Date of JavaScript",
        ),
        pytest.param("Fri Oct 23 10:00:00 2026", "Mon Nov  2 09:30:00 2026", id="ctime, other day"),
        pytest.param("Fri Oct 23 10:00:00 UTC 2026", "Mon Nov 23 09:30:00 CET 2026", id="date(1)"),
        pytest.param("10/23/2026, 10:00:00 AM", "11/23/2026, 9:30:00 AM", id="en-US"),
        pytest.param("23/10/2026", "23/11/2026", id="day first"),
        pytest.param("20261023T100000Z", "20261123_093000", id="basic form"),
        pytest.param("1792749600.25", "1795426200.5", id="seconds with a fraction"),
    ],
)
def test_times_of_both_sessions_are_known(recorded: str, live: str) -> None:
    assert all(re.fullmatch(TIME, one) for one in (recorded, live))
    near = CLOCKS.both_near(recorded, live)
    assert near is not live.startswith("Mon Nov  2")
    assert not CLOCKS.both_near(live, recorded)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2026-01-01", id="another day"),
        pytest.param("2031-12-31T00:00:00Z", id="far ahead"),
        pytest.param("2026-11-20T09:30:00Z", id="three days before"),
        pytest.param("2026-13-45", id="no day at all"),
        pytest.param("99/99/2026", id="no day either"),
        pytest.param("Xyz, 99 Nov 2026 10:00:00 GMT", id="no day of any month"),
        pytest.param("0000-00-00T00:00:00Z", id="year 0"),
        pytest.param("", id="nothing"),
    ],
)
def test_other_times_are_not_near(text: str) -> None:
    assert not near_text(text, NOW)


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param("10:00:00", "09:30:00", True, id="UTC"),
        pytest.param("10:01:59.9", "9:28:01 am", True, id="within two minutes"),
        pytest.param("12:00:05 PM", "10:30:05\u202fAM", True, id="with summer time and without"),
        pytest.param("3:30:00 PM", "3:00:00 PM", True, id="India"),
        pytest.param("12:00:00 AM", "11:30:00 PM", True, id="beyond midnight"),
        pytest.param("10:02:01", "09:30:00", False, id="after two minutes"),
        pytest.param("10:00:00", "09:45:00", False, id="a quarter of an hour between zones"),
        pytest.param("25:00:00", "09:30:00", False, id="no time"),
        pytest.param("10:00:00", "2026-11-23", False, id="a day"),
    ],
)
def test_times_of_the_day_are_those_of_the_answers(
    recorded: str, live: str, expected: bool
) -> None:
    assert all(re.fullmatch(TIME, one) for one in (recorded, live))
    assert CLOCKS.both_near(recorded, live) is expected


@pytest.mark.parametrize("text", ["10:00", "1:2:3", "10:00:00Z"])
def test_what_is_shorter_than_a_second_hand_tells_is_no_time(text: str) -> None:
    assert not re.fullmatch(TIME, text)


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param(THEN, NOW + 3_599, True, id="seconds"),
        pytest.param(THEN * 1e3, NOW * 1e3, True, id="milliseconds"),
        pytest.param(THEN * 1e6, NOW * 1e6, True, id="microseconds"),
        pytest.param(THEN * 1e9, NOW * 1e9, True, id="nanoseconds"),
        pytest.param(THEN, NOW * 1e3, False, id="of two units"),
        pytest.param(THEN, NOW + 3_700, False, id="more than an hour away"),
        pytest.param(1.5e9, 1.6e9, False, id="two counts"),
    ],
)
def test_numbers_that_count_from_1970(recorded: float, live: float, expected: bool) -> None:
    assert CLOCKS.both_count(recorded, live) is expected


def test_without_a_clock_nothing_is_near() -> None:
    assert not Clocks(0.0, NOW).both_near("2026-10-23", "2026-11-23")
    assert not Clocks(0.0, NOW).both_near("10:00:00", "09:30:00")
    assert not near_number(NOW, 0.0)
