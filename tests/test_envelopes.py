from __future__ import annotations

from typing import Any

import pytest

from mcpx.envelopes import PREFIX, asked, told

OURS = {f"{PREFIX}protocolVersion": "2026-07-28", "traceparent": "00-1", "tracestate": "", "x": 1}


@pytest.mark.parametrize(
    ("params", "left"),
    [
        pytest.param({"name": "a", "arguments": {}}, {"name": "a", "arguments": {}}, id="all"),
        pytest.param(
            {"requestState": "s", "inputResponses": {}, "a": 1}, {"a": 1}, id="without the round"
        ),
        pytest.param({"_meta": {**OURS, "progressToken": 3}}, {"_meta": {"x": 1}}, id="_meta"),
        pytest.param({"_meta": {"progressToken": 3}}, {}, id="an empty _meta is none"),
        pytest.param({"_meta": {}}, {}, id="an empty one as it came"),
        pytest.param({"_meta": 3}, {"_meta": 3}, id="an odd _meta"),
        pytest.param({"a": {"_meta": OURS}}, {"a": {"_meta": OURS}}, id="at the top alone"),
    ],
)
def test_what_is_asked_stays(params: dict[str, Any], left: dict[str, Any]) -> None:
    assert asked(params) == left


@pytest.mark.parametrize(
    ("result", "left", "within"),
    [
        pytest.param({"resultType": "complete"}, {}, {}, id="complete"),
        pytest.param({"resultType": "task"}, {"resultType": "task"}, {"resultType": "task"},
                     id="another type"),
        pytest.param({"ttlMs": 1, "cacheScope": "public"}, {},
                     {"ttlMs": 1, "cacheScope": "public"}, id="caching"),
        pytest.param({"_meta": OURS}, {"_meta": {"x": 1}}, {"_meta": {"x": 1}}, id="_meta"),
        pytest.param({"_meta": {"progressToken": 1}}, {"_meta": {"progressToken": 1}},
                     {"_meta": {"progressToken": 1}}, id="a token that nobody asked for"),
    ],
)  # fmt: skip
def test_what_is_told_stays(
    result: dict[str, Any], left: dict[str, Any], within: dict[str, Any]
) -> None:
    before = dict(result)
    assert told(result) == left
    assert told(result, across=False) == within
    assert result == before
