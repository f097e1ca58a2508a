from __future__ import annotations

import pytest

from mcpx.analyses.divergence.alignment import equal_ends, reordered, steps


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param([1, 2, 3], [1, 2, 3], (3, 0), id="equal"),
        pytest.param([1, 2, 3], [1, 3], (1, 1), id="one fewer"),
        pytest.param([1, 1], [1, 1, 1], (2, 0), id="one more of the same"),
        pytest.param([1], [True], (0, 0), id="of another type"),
        pytest.param([], [1], (0, 0), id="empty"),
    ],
)
def test_both_ends_are_found(recorded: list[int], live: list[int], expected: object) -> None:
    assert equal_ends(recorded, live) == expected


def test_items_in_another_order_go_with_their_like() -> None:
    found = reordered(range(4, 7), range(4, 7), ["a", "b", "a"], ["b", "a", "a"])
    assert [(one[0], other[0]) for one, other in found] == [(4, 5), (5, 4), (6, 6)]


def test_items_that_came_or_went_have_no_partner() -> None:
    found = [
        ([*some], [*others])
        for some, others in steps(range(2, 5), range(2, 5), ["a", "b", "c"], ["b", "x", "d"])
    ]
    assert found == [([2], []), ([3], [2]), ([4], [3, 4])]


def test_long_lists_go_together_by_their_places() -> None:
    was, now = [str(one) for one in range(400)], [str(one) for one in range(1, 401)]
    assert [*steps(range(400), range(400), was, now)] == [(range(400), range(400))]
