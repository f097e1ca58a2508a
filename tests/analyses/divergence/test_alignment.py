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


def gone_and_come(was: list[str], now: list[str]) -> tuple[list[str], list[str], int]:
    """What is on one side alone, and how many pairs are of unlike items."""
    gone, come, unlike = [], [], 0
    for some, others in steps(range(len(was)), range(len(now)), was, now):
        pairs = list(zip(some, others, strict=False))
        unlike += sum(was[one] != now[other] for one, other in pairs)
        gone += [was[one] for one in some[len(pairs) :]]
        come += [now[one] for one in others[len(pairs) :]]
    return gone, come, unlike


NUMBERS = [str(one) for one in range(1_000)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(["new", *NUMBERS[:-1], "last"], ([], ["new"], 1), id="head and tail"),
        pytest.param([*NUMBERS[:400], *NUMBERS[500:]], (NUMBERS[400:500], [], 0), id="a gap"),
        pytest.param([*NUMBERS[1:], "0"], (["0"], ["0"], 0), id="the first as last"),
        pytest.param(["x"] * 1_000, ([], [], 1_000), id="all other, by their places"),
        pytest.param([*NUMBERS, "x", "x"], ([], ["x", "x"], 0), id="twice the same"),
    ],
)
def test_long_lists_go_together_by_what_is_there_once(
    now: list[str], expected: tuple[list[str], list[str], int]
) -> None:
    assert gone_and_come(NUMBERS, now) == expected
