from __future__ import annotations

import re

import pytest

from mcpx.analyses.divergence.clocks import Clocks, near_number, near_text
from mcpx.analyses.divergence.moments import TIME
from mcpx.analyses.divergence.timelines import Timeline
from tests.analyses.divergence.sides import NOW, THEN

CLOCKS = Clocks(THEN, NOW)  # 10:00 of the 23rd of October, and 9:30 of the 23rd of November


def is_one(clocks: Clocks, recorded: str, live: str) -> bool:
    """Whether two texts are one time of the session."""
    return not clocks.why_not(recorded, live)


@pytest.mark.parametrize(
    ("recorded", "live"),
    [
        pytest.param("2026-10-23T10:00:00.1Z", "2026-11-23T09:30:00.123456Z", id="ISO 8601"),
        pytest.param("2026-10-23T10:04:00Z", "2026-11-23T09:29:10Z", id="by five minutes"),
        pytest.param("2026-10-23 12:00", "2026-11-23 11:30", id="without a zone, two hours on"),
        pytest.param("2026-10-23 12:00", "2026-11-23 10:30", id="and without summer time"),
        pytest.param("2026-10-23T12:00:00+02:00", "2026-11-23T10:30:00+0100", id="with offsets"),
        pytest.param("2026-10-23T10:00:00,5Z", "2026-11-23T09:30:00,25Z", id="comma"),
        pytest.param("2026-10-23", "2026-11-23", id="days"),
        pytest.param("2026-10-22T10:00:00Z", "2026-11-22T09:30:00Z", id="a day ago"),
        pytest.param("2026-11-12T10:00:00Z", "2026-12-13T09:30:00Z", id="in twenty days"),
        pytest.param("2026-10-23T00:00:00Z", "2026-11-23T00:00:00Z", id="the beginning of the day"),
        pytest.param("2026-10-23T12:00", "2026-11-23T11:00", id="a full hour"),
        pytest.param("Fri, 23 Oct 2026 10:00:00 GMT", "Mon, 23 Nov 2026 09:30:00 GMT", id="2822"),
        pytest.param("23 Oct 2026 10:00 +0000", "23 Nov 2026 09:30 +0000", id="2822, short"),
        pytest.param(
            "Fri Oct 23 2026 10:00:00 GMT+0000 (Coordinated Universal Time)",
            "Mon Nov 23 2026 10:30:00 GMT+0100 (Central European Standard Time)",
            id="Date of JavaScript",
        ),
        pytest.param("Fri Oct 23 10:00:00 2026", "Mon Nov 23 09:30:00 2026", id="ctime"),
        pytest.param("Fri Oct 23 12:00:00 CEST 2026", "Mon Nov 23 10:30:00 CET 2026", id="date(1)"),
        pytest.param("10/23/2026, 10:00:00 AM", "11/23/2026, 9:30:00 AM", id="en-US"),
        pytest.param("23/10/2026", "23/11/2026", id="day first"),
        pytest.param("20261023T100000Z", "20261123T093000Z", id="basic form"),
        pytest.param("1792749600.25", "1795426200.5", id="seconds with a fraction"),
    ],
)
def test_times_of_both_sessions_are_known(recorded: str, live: str) -> None:
    assert all(re.fullmatch(TIME, one) for one in (recorded, live))
    assert CLOCKS.why_not(recorded, live) == ""
    assert not is_one(CLOCKS, live, recorded)


FORM = "is a time in another form"


@pytest.mark.parametrize(
    ("recorded", "live", "why"),
    [
        pytest.param(
            "2026-10-23T10:30:01Z",
            "2026-11-23T09:45:01Z",
            "lies 15 min after the clock, 30 min after it in the recording",
            id="15 minutes instead of 30",
        ),
        pytest.param(
            "2026-10-23T10:00:00Z",
            "2026-11-23T11:30:01Z",
            "lies 2 h after the clock, 0 s from it in the recording",
            id="two hours on",
        ),
        pytest.param(
            "2026-10-23T09:50:00Z",
            "2026-11-23T09:30:00Z",
            "lies 0 s from the clock, 10 min before it in the recording",
            id="swapped",
        ),
        pytest.param(
            "2026-10-23T10:00:00Z",
            "2026-03-02T09:30:00Z",
            "lies 266 days before the clock, 0 s from it in the recording",
            id="a clock that stands",
        ),
        pytest.param(
            "2026-11-12T10:00:00Z",
            "2026-12-13T09:33:00Z",
            "lies 3 min later by the clock than in the recording",
            id="what is far away by three minutes",
        ),
        pytest.param(
            "2026-10-23",
            "2026-11-21",
            "lies 2 days before the clock, 10 h before it in the recording",
            id="the day before",
        ),
        pytest.param("2026-10-23T10:00:00Z", "2026-11-23T09:30:00", "has lost its zone", id="zone"),
        pytest.param(
            "2026-10-23T10:00:00",
            "2026-11-23T09:30:00Z",
            "has a zone, which it had not",
            id="a zone that is new",
        ),
        pytest.param("2026-10-23T10:00:00Z", "2026-11-23T09:30:00+00:00", FORM, id="offset for Z"),
        pytest.param("2026-10-23T10:00:00Z", "2026-11-23T09:30:00.5Z", FORM, id="fraction"),
        pytest.param("2026-10-23T10:00:00Z", "2026-11-23 09:30:00Z", FORM, id="no T"),
        pytest.param("2026-10-23T10:00:00Z", "2026-11-23T09:30Z", FORM, id="no seconds"),
        pytest.param("20261023T100000Z", "20261123_093000Z", FORM, id="another sign"),
        pytest.param(
            "2026-10-23T10:00:00+00:00",
            "2026-11-23T15:00:00+05:30",
            "is told in another zone",
            id="another zone",
        ),
        pytest.param("2026-13-45", "2026-13-46", "is another time", id="no day at all"),
    ],
)
def test_other_times_are_not_of_the_session(recorded: str, live: str, why: str) -> None:
    assert CLOCKS.why_not(recorded, live) == why


def test_an_hour_counts_within_one_time_of_the_year() -> None:
    later = Clocks(NOW, NOW + 86_400 * 2)
    assert is_one(later, "2026-11-23T10:30:00", "2026-11-25T10:30:00")
    assert not is_one(later, "2026-11-23T10:30:00", "2026-11-25T09:30:00")
    assert is_one(Clocks(THEN, THEN + 86_400 * 300), "2026-10-23T10:00:00", "2027-08-19T11:00:00")


def test_a_day_that_somebody_changed_is_another_one() -> None:
    soon = Clocks(NOW, NOW + 600)
    assert not is_one(soon, "2026-12-01", "2026-12-02")
    assert not is_one(soon, "2026-11-25T10:00:00Z", "2026-11-25T11:00:00Z")
    assert is_one(Clocks(NOW, NOW + 18 * 3_600), "2026-12-01", "2026-12-02")


def test_what_was_made_earlier_in_the_session_is_known() -> None:
    line = Timeline()
    line.answered(THEN - 3_600, NOW - 3)
    clocks = Clocks(THEN, NOW, line)
    assert is_one(clocks, "2026-10-23T09:00:02Z", "2026-11-23T09:29:58Z")
    assert not is_one(clocks, "2026-10-23T09:30:00Z", "2026-11-23T09:29:58Z")
    assert is_one(
        Clocks(THEN - 3_600, NOW - 3, line), "2026-10-23T09:30:00Z", "2026-11-23T09:59:57Z"
    )
    assert is_one(clocks, "2026-10-23T09:30:00Z", "2026-11-23T09:59:57Z")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        pytest.param("2026-11-22", True, id="yesterday"),
        pytest.param("2026-11-23T20:30:00Z", True, id="today"),
        pytest.param("10:30:01", True, id="an hour on"),
        pytest.param("2026-01-01", False, id="another day"),
        pytest.param("2026-11-20T09:30:00Z", False, id="three days before"),
        pytest.param("10:23:00", False, id="of no zone"),
    ],
)
def test_a_time_is_near_to_one_clock(text: str, near: bool) -> None:
    assert near_text(text, NOW) is near


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param("10:00:00", "09:30:00", True, id="UTC"),
        pytest.param("10:01:59 am", "9:28:01 am", True, id="within two minutes"),
        pytest.param("12:00:05\u202fPM", "10:30:05\u202fAM", True, id="with and without summer"),
        pytest.param("3:30:00 PM", "3:00:00 PM", True, id="India"),
        pytest.param("11:30:00 PM", "11:00:00 PM", True, id="the other side of the world"),
        pytest.param("10:00:00", "11:30:00", False, id="of two zones"),
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
    assert is_one(CLOCKS, recorded, live) is expected


@pytest.mark.parametrize(
    ("recorded", "live", "why"),
    [
        pytest.param(THEN, NOW + 299, None, id="seconds"),
        pytest.param(THEN * 1e3, NOW * 1e3, None, id="milliseconds"),
        pytest.param(THEN * 1e6, NOW * 1e6, None, id="microseconds"),
        pytest.param(THEN * 1e9, NOW * 1e9, None, id="nanoseconds"),
        pytest.param((THEN + 86_400) * 1e3, (NOW + 86_400) * 1e3, None, id="in a day"),
        pytest.param(
            THEN * 1e3,
            NOW,
            "counts seconds since 1970, milliseconds in the recording",
            id="of two units",
        ),
        pytest.param(
            THEN + 1,
            NOW + 901,
            "lies 15 min after the clock, 1 s after it in the recording",
            id="a quarter of an hour away",
        ),
        pytest.param(1.5e9, 1.6e9, "", id="two counts"),
        pytest.param(1.5e9, 1.5e9 + NOW - THEN, "", id="as far apart, and years ago"),
    ],
)
def test_numbers_that_count_from_1970(recorded: float, live: float, why: str | None) -> None:
    assert CLOCKS.both_count(recorded, live) is (why is None)
    if why is not None:
        assert CLOCKS.why_not_count(recorded, live) == why


def test_without_a_clock_nothing_is_near() -> None:
    clocks = Clocks(0.0, NOW)
    assert clocks.why_not("2026-10-23", "2026-11-23") == "is another time"
    assert not is_one(clocks, "10:00:00", "09:30:00")
    assert clocks.why_not_count(THEN, NOW) == ""
    assert not near_number(NOW, 0.0)
