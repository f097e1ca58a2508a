from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.tasks import at_one_point, of_tasks

LEGACY: dict[str, Any] = {"task": {"taskId": "1", "status": "working"}}
MODERN: dict[str, Any] = {"resultType": "task", "taskId": "1", "status": "working"}


@pytest.mark.parametrize(
    ("method", "results", "expected"),
    [
        pytest.param("tasks/get", ({}, {}), True, id="by the method"),
        pytest.param("tools/call", (LEGACY, LEGACY), True, id="legacy"),
        pytest.param("tools/call", (MODERN, MODERN), True, id="modern"),
        pytest.param("tools/call", (LEGACY, MODERN), True, id="across eras"),
        pytest.param("tools/call", (LEGACY, {}), False, id="one alone"),
        pytest.param("tools/call", ({"taskId": "1"}, {"taskId": "2"}), False, id="a member"),
    ],
)
def test_results_are_of_tasks(method: str, results: Any, expected: bool) -> None:
    assert of_tasks(method, *results) is expected


def test_how_far_a_task_is_counts_at_its_end_alone() -> None:
    working, done = {"status": "working", "n": 1}, {"status": "completed", "result": {}, "n": 1}
    first, second, (found,) = at_one_point(working, done)
    assert (first, second) == ({"n": 1}, {"n": 1})
    assert (found.kind, found.pointer, found.live) == ("volatile", "/status", "completed")
    assert at_one_point(done, done | {"n": 2}) == (done, done | {"n": 2}, [])
