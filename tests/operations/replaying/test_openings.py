from __future__ import annotations

import pytest

from mcpx.operations.replaying.openings import Openings
from mcpx.servers import Era


@pytest.mark.parametrize(
    ("answer", "era", "expected"),
    [
        pytest.param({"error": {}}, Era.LEGACY, True, id="refused, and the other won"),
        pytest.param(None, Era.LEGACY, True, id="never answered"),
        pytest.param({"result": {}}, Era.LEGACY, False, id="answered"),
        pytest.param({"error": {}}, Era.MODERN, False, id="refused in its own era"),
        pytest.param({"error": {}}, None, False, id="nothing won"),
    ],
)
def test_which_openings_led_nowhere(
    answer: dict[str, object] | None, era: Era | None, expected: bool
) -> None:
    openings = Openings()
    openings.asked(4, "server/discover", 1)
    if answer is not None:
        openings.answered({"id": 2, **answer})
        openings.answered({"id": 1, **answer})
    assert openings.waits is (answer is None)
    assert openings.led_nowhere(4, era) is expected
    assert not openings.led_nowhere(5, era)
