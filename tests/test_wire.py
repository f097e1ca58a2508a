from __future__ import annotations

from mcpx.wire import Direction


def test_each_way_has_a_way_back() -> None:
    assert Direction.TO_SERVER.other is Direction.TO_CLIENT
    assert Direction.TO_CLIENT.other is Direction.TO_SERVER
