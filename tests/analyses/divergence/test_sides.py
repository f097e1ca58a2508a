from __future__ import annotations

from mcpx.analyses.divergence.sides import End, Interaction, Side
from mcpx.json_rpc import HANDSHAKES


def test_a_side_knows_nothing_that_was_not_told() -> None:
    side = Side(end=End.RESULT)
    assert (side.seconds, side.exit, side.total, side.status) == (None, None, None, 0)
    assert Interaction(1, 1).params == {}
    assert HANDSHAKES == ("initialize", "server/discover")
