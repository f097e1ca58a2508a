from __future__ import annotations

import math

import pytest

from mcpx.errors import UsageError
from mcpx.serving.mock.timing import LONGEST, seconds_kept, wait_of


@pytest.mark.parametrize(
    ("text", "kept"), [("none", 0.0), ("recorded", 1.0), ("x2", 0.5), ("x0.5", 2.0), ("x10", 0.1)]
)
def test_what_a_recorded_second_takes(text: str, kept: float) -> None:
    assert seconds_kept(text) == kept


@pytest.mark.parametrize("text", ["", "fast", "x", "x0", "x-1", "2", "x1e9", "xnan", "x2x"])
def test_what_is_no_timing(text: str) -> None:
    with pytest.raises(UsageError, match="not none, recorded or xN") as caught:
        seconds_kept(text)
    assert "x10" in caught.value.hint


@pytest.mark.parametrize(
    ("recorded", "kept", "wait"),
    [
        pytest.param(3.0, 0.5, 1.5, id="a-part"),
        pytest.param(-1.0, 1.0, 0.0, id="a-clock-that-went-back"),
        pytest.param(1e9, 1.0, LONGEST, id="a-night"),
        pytest.param(math.inf, 1.0, 0.0, id="no-time"),
    ],
)
def test_how_long_a_message_is_waited_for(recorded: float, kept: float, wait: float) -> None:
    assert wait_of(recorded, kept) == wait
