"""Results that are tasks: how far one is, which says nothing until its end; no I/O.

Source: specification 2025-11-25, basic/utilities/tasks; extension io.modelcontextprotocol/tasks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcpx.analyses.divergence.divergences import Divergence, Kind

_METHODS = "tasks/"
_GOING_ON = frozenset(("submitted", "working", "input_required"))
_OF_A_POLL = ("status", "statusMessage", "lastUpdatedAt", "result", "error", "inputRequests")


def of_tasks(method: str, *results: Mapping[str, Any]) -> bool:
    """Whether results are about tasks: by their method, or each is one instead of an answer."""
    return method.startswith(_METHODS) or all(
        one.get("resultType") == "task" or isinstance(one.get("task"), dict) for one in results
    )


def at_one_point(
    recorded: dict[str, Any], live: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], list[Divergence]]:
    """Two results without how far a task is, where one of them came before its end."""
    was, now = (side.get("status") for side in (recorded, live))
    going_on = any(isinstance(one, str) and one in _GOING_ON for one in (was, now))
    if was == now or not going_on:
        return recorded, live, []
    found = [Divergence(Kind.VOLATILE, "the task is at another point", "/status", was, now)]
    first, second = (
        {name: one for name, one in side.items() if name not in _OF_A_POLL}
        for side in (recorded, live)
    )
    return first, second, found
