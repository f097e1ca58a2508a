from __future__ import annotations

from typing import Any

import pytest

from mcpx.operations.replaying.subjects import subject


@pytest.mark.parametrize(
    ("method", "params", "expected"),
    [
        ("notifications/tools/list_changed", {}, "notifications/tools/list_changed"),
        ("notifications/resources/updated", {"uri": "a:b"}, "notifications/resources/updated a:b"),
        ("notifications/resources/updated", {"uri": 7}, "notifications/resources/updated"),
        ("notifications/mine", {}, "notifications/mine"),
        ("notifications/message", {"level": "info"}, ""),
        ("notifications/progress", {}, ""),
        ("notifications/cancelled", {}, ""),
        ("notifications/tasks/status", {}, ""),
        pytest.param("notifications/x", {"uri": "a" * 2_000}, "a" * 984, id="no end of it"),
    ],
)
def test_what_somebody_may_wait_for(method: str, params: dict[str, Any], expected: str) -> None:
    assert subject(method, params).removeprefix("notifications/x ") == expected
