from __future__ import annotations

import pytest

from mcpx.analyses.divergence.distances import lies

DAY = 86_400.0


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param(0, -7_200, "2 h before the clock, 0 s from it in the recording", id="h"),
        pytest.param(60, 3_600, "60 min after the clock, 60 s after it in the recording",
                     id="minutes"),
        pytest.param(6_000, 6_400, "107 min after the clock, 100 min after it in the recording",
                     id="as small as tells them apart"),
        pytest.param(0.2, DAY * 9, "9 days after the clock, 0 s from it in the recording",
                     id="less than a second"),
        pytest.param(DAY * 20, DAY * 20 + 180, "3 min later by the clock than in the recording",
                     id="far away"),
        pytest.param(-DAY * 20, -DAY * 20 - 50, "50 s earlier by the clock than in the recording",
                     id="long ago"),
        pytest.param(DAY * 9_999, DAY * 9_999, "too far from the clock to be told by it",
                     id="in another age"),
    ],
)  # fmt: skip
def test_distances_are_told_apart(recorded: float, live: float, expected: str) -> None:
    assert lies(recorded, live) == f"lies {expected}"
