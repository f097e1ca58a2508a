from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.comparison import Comparison
from mcpx.analyses.divergence.sides import End
from tests.analyses.divergence.sides import CALL, side, told


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param(((1, 2), 2), ((1, 1.5, 2), 2), [], id="more often"),
        pytest.param(((1, 2), 2), ((), None), ["missing"], id="none any more"),
        pytest.param(((), None), ((1,), None), ["extra"], id="new"),
        pytest.param(((1, 2), None), ((2, 1), None), ["changed"], id="going back"),
        pytest.param(((2, 1), None), ((2, 1), None), [], id="that went back before"),
        pytest.param(((1, 2), 2), ((1,), 2), ["changed"], id="ending early"),
        pytest.param(((1, 2), 2), ((1, 3), 3), ["changed"], id="of another total"),
        pytest.param(((1, 2), 2), ((1, 2), None), ["changed"], id="without its total"),
        pytest.param(((1, 2), None), ((1, 2), 2), [], id="with a total"),
        pytest.param(((1,), 2), ((1, 1.9), 2), [], id="that never got there"),
        pytest.param(((1, 7), None), ((1, 9), None), [], id="without a total"),
    ],
)
def test_progress_is_compared_but_for_how_often(
    recorded: tuple[Any, Any], live: tuple[Any, Any], expected: list[str]
) -> None:
    sides = [side({}, progress=one, total=total) for one, total in (recorded, live)]
    assert told(Comparison().compare(CALL, *sides)) == expected


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param(True, False, ["missing"], id="none any more"),
        pytest.param(False, True, [], id="new"),
    ],
)
def test_progress_says_what_is_being_done(recorded: bool, live: bool, expected: list[str]) -> None:
    sides = [side({}, progress=(1.0,), worded=one) for one in (recorded, live)]
    found = Comparison().compare(CALL, *sides)
    assert told(found) == expected
    assert [one.severity for one in found] == ["warning"] * len(expected)


def test_what_was_cancelled_got_as_far_as_it_got() -> None:
    sides = [side(None, end=End.CANCELLED, total=total) for total in (2.0, None)]
    assert Comparison().compare(CALL, *sides) == []
