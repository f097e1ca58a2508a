from __future__ import annotations

import pytest

from mcpx.analyses.divergence.day_names import name_both_days
from tests.analyses.divergence.sides import NOW, THEN

# A Friday in October, and a Monday in November.
CLOCKS = THEN, NOW
HOUR = 3_600.0


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param("Friday", "Monday", True, id="weekdays"),
        pytest.param("fri", "mon", True, id="by three letters"),
        pytest.param("OCTOBER", "NOVEMBER", True, id="months"),
        pytest.param("Oct", "Nov", True, id="months by three letters"),
        pytest.param("Saturday", "Monday", True, id="east of UTC, where it is the day after"),
        pytest.param("Thursday", "Sunday", True, id="west of it"),
        pytest.param("Thursday", "Monday", False, id="of two zones"),
        pytest.param("Friday", "Mon", False, id="in full and not"),
        pytest.param("Friday", "monday", False, id="written otherwise"),
        pytest.param("Friday", "Wednesday", False, id="another day"),
        pytest.param("Friday", "November", False, id="a day and a month"),
        pytest.param("May", "June", False, id="other months"),
        pytest.param("open", "shut", False, id="other words"),
        pytest.param("Friday" * 9, "Monday" * 9, False, id="longer ones"),
    ],
)
def test_names_are_those_of_both_clocks(recorded: str, live: str, expected: bool) -> None:
    assert name_both_days(recorded, live, CLOCKS) is expected


def test_within_an_hour_it_must_be_able_to_turn_midnight() -> None:
    at_ten = THEN, THEN + 600
    assert not name_both_days("Friday", "Saturday", at_ten)
    before = THEN - 300
    assert name_both_days("Friday", "Saturday", (before, before + 600))


@pytest.mark.parametrize("clock", [0.0, 1e18, float("inf")])
def test_without_a_clock_no_day_is_known(clock: float) -> None:
    assert not name_both_days("Friday", "Monday", (clock, NOW))
