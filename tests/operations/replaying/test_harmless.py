from __future__ import annotations

from typing import Any

import pytest

from mcpx.operations.replaying.harmless import asked_for


@pytest.mark.parametrize(
    ("method", "params", "expected"),
    [
        ("tools/list", {}, ""),
        ("resources/subscribe", {"uri": "a:b"}, ""),
        ("logging/setLevel", {"level": "info"}, ""),
        ("tasks/cancel", {"taskId": "t"}, ""),
        ("subscriptions/listen", {}, ""),
        ("notifications/initialized", {}, ""),
        ("tools/call", {"name": "drop"}, "drop"),
        ("tools/call", {"name": ["drop"]}, 'tools/call ["drop"]'),
        ("tools/call", {"name": ""}, 'tools/call ""'),
        ("tools/call", {}, "tools/call null"),
        ("admin/wipe", {"name": "tools/list"}, "admin/wipe"),
        ("notifications/wipe", {}, "notifications/wipe"),
        ("x" * 100, {}, "x" * 60),
    ],
)
def test_what_is_not_known_to_be_harmless_is_named(
    method: str, params: dict[str, Any], expected: str
) -> None:
    assert asked_for(method, params) == expected
