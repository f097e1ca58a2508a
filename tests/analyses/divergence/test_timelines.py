from __future__ import annotations

from mcpx.analyses.divergence.timelines import Timeline
from tests.analyses.divergence.sides import NOW, THEN


def test_a_time_that_was_told_is_known_again() -> None:
    line = Timeline()
    line.learn(THEN + 1_800, NOW + 1_800)
    assert line.knows(THEN + 1_800.4, NOW + 1_801)
    assert not line.knows(THEN + 1_800, NOW + 1_805)
    line.learn(THEN + 1_800, NOW)
    assert not line.knows(THEN + 1_800, NOW)


def test_a_time_lies_at_an_earlier_answer() -> None:
    line = Timeline()
    # A client that waits for an hour, and a replay that does not.
    for passed in range(0, 3_601, 60):
        line.answered(THEN + passed, NOW + passed / 600)
    assert line.knows(THEN + 2, NOW + 1)
    assert line.knows(THEN + 1_200, NOW + 2)
    assert not line.knows(THEN - 400, NOW)
    assert not line.knows(THEN, NOW + 600)
    assert not line.knows(THEN + 200, NOW - 350)


def test_without_a_clock_nothing_is_known() -> None:
    line = Timeline()
    line.answered(0.0, NOW)
    assert not line.knows(0.0, NOW)
