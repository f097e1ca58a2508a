from __future__ import annotations

import re

import pytest

from mcpx.analyses.divergence.moments import (
    TIME,
    form,
    has_no_date,
    has_zone,
    moments,
    of_a_day,
    of_the_day,
    offset,
)
from tests.analyses.divergence.sides import NOW


@pytest.mark.parametrize(
    ("text", "shape", "zoned"),
    [
        pytest.param("2026-11-23T09:30:00Z", "0-0-0T0:0:0Z", True, id="UTC"),
        pytest.param("2026-11-23 09:30:00.123456", "0-0-0 0:0:0.0", False, id="fraction"),
        pytest.param("2026-11-23T10:30:00+01:00", "0-0-0T0:0:0±", True, id="offset"),
        pytest.param("2026-11-23T07:30:00 -0200", "0-0-0T0:0:0 ±", True, id="offset in four"),
        pytest.param("2026-11-23T09:30", "0-0-0T0:0", False, id="minutes"),
        pytest.param("Mon, 23 Nov 2026 09:30:00 GMT", "A, 0 A 0 0:0:0 GMT", True, id="2822"),
        pytest.param(
            "Mon Nov 23 2026 10:30:00 GMT+0100 (Central European Standard Time)",
            "A A 0 0 0:0:0 GMT±",
            True,
            id="Date of JavaScript",
        ),
        pytest.param("Mon Nov 23 09:30:00 CET 2026", "A A 0 0:0:0 N 0", False, id="date(1)"),
        pytest.param("11/23/2026, 9:30:00 AM", "0/0/0, 0:0:0 M", False, id="en-US"),
        pytest.param("20261123T093000Z", "0T0Z", True, id="basic form"),
        pytest.param("1795426200.5", "0.0", True, id="seconds with a fraction"),
    ],
)
def test_times_have_a_form_and_mean_one_moment(text: str, shape: str, zoned: bool) -> None:
    assert re.fullmatch(TIME, text)
    assert (form(text), has_zone(text)) == (shape, zoned)
    assert [int(one) for one in moments(text)] == [int(NOW)]
    assert not of_a_day(text)


def test_days_are_read_at_their_midnight() -> None:
    assert moments("2026-11-23") == moments("11/23/2026") == moments("23/11/2026")
    assert moments("2026-11-23") == [NOW - 9.5 * 3600]
    assert len(moments("10/11/2026")) == 2
    assert all(map(of_a_day, ("2026-11-23", "11/23/2026")))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2026-13-45", id="no day at all"),
        pytest.param("99/99/2026", id="no day either"),
        pytest.param("Xyz, 99 Nov 2026 10:00:00 GMT", id="no day of any month"),
        pytest.param("0000-00-00T00:00:00Z", id="year 0"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_time_means_none(text: str) -> None:
    assert moments(text) == []


def test_an_offset_is_told_in_numbers() -> None:
    assert offset("2026-11-23T10:30:00-05:30") == -19_800
    assert offset("2026-11-23T10:30:00+01") == 3_600
    assert offset("2026-11-23T10:30:00Z") is offset("2026-11-23") is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("09:30:00", 34_200, id="24 hours"),
        pytest.param("9:30:01.5 PM", 77_401, id="12 hours"),
        pytest.param("12:00:00 AM", 0, id="midnight"),
        pytest.param("25:00:00", None, id="no time"),
        pytest.param("2026-11-23", None, id="a day"),
    ],
)
def test_times_of_the_day_have_no_date(text: str, seconds: int | None) -> None:
    assert of_the_day(text) == seconds
    assert has_no_date(text) is (text != "2026-11-23")


@pytest.mark.parametrize("text", ["10:00", "1:2:3", "10:00:00Z"])
def test_what_is_shorter_than_a_second_hand_tells_is_no_time(text: str) -> None:
    assert not re.fullmatch(TIME, text)
