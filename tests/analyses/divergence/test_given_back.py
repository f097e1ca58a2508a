from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence import given_back
from mcpx.analyses.divergence.renaming import Renaming

TASK: dict[str, Any] = {"resultType": "task", "taskId": "1", "n": 1}


@pytest.mark.parametrize(
    ("method", "recorded", "live", "expected"),
    [
        pytest.param("tools/list", {"nextCursor": "a"}, {"nextCursor": "b"}, ({}, {}), id="cursor"),
        pytest.param("tools/list", {"nextCursor": "a"}, {}, None, id="of one side alone"),
        pytest.param("tools/call", {"nextCursor": "a"}, {"nextCursor": "b"}, None, id="no list"),
        pytest.param("tools/call", {"taskId": "a"}, {"taskId": "b"}, None, id="no task"),
        pytest.param("x/job", {"requestState": "a"}, {"requestState": "b"}, None, id="a state"),
        pytest.param("tasks/get", {"taskId": "a"}, {"taskId": "b"}, ({}, {}), id="a task"),
        pytest.param(
            "tools/call",
            {"task": {"taskId": "a", "ttl": 1}},
            {"task": {"taskId": "b", "ttl": 2}},
            ({"task": {"ttl": 1}}, {"task": {"ttl": 2}}),
            id="a task instead of an answer",
        ),
    ],
)
def test_what_is_given_back_is_not_compared(
    method: str, recorded: Any, live: Any, expected: Any
) -> None:
    assert given_back.without(method, recorded, live) == (expected or (recorded, live))


def test_what_is_given_back_goes_into_later_requests() -> None:
    renaming = Renaming()
    given_back.learn("tools/list", {"nextCursor": "a"}, {"nextCursor": "b"}, renaming)
    given_back.learn("tools/call", TASK, TASK | {"taskId": "2"}, renaming)
    given_back.learn("tools/call", {"nextCursor": "c"}, {"nextCursor": "d"}, renaming)
    assert renaming.in_params({"cursor": "a", "taskId": "1"}) == {"cursor": "b", "taskId": "2"}
    assert renaming.in_params({"cursor": "c"}) == {"cursor": "c"}
    assert renaming.live_of("1") == "2"
