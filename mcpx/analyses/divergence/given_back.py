"""Members of results that a client gives back as they came: cursors and ids of tasks; no I/O.

Their values are the server's own, so that only that they are there counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcpx.analyses.divergence.renaming import Renaming
from mcpx.analyses.divergence.tasks import of_tasks
from mcpx.json_rpc import members

_CURSOR, _TASK, _TASK_ID = "nextCursor", "task", "taskId"
# What pages. Source: specification 2025-11-25, server/utilities/pagination.
_PAGED = "/list"


def learn(method: str, recorded: Any, live: Any, renaming: Renaming) -> None:
    """Keep the live values of what later requests give back, for the recorded ones."""
    sides = members(recorded), members(live)
    names = _names(method, *sides)
    if not names:
        return
    for was, now in (sides, [members(one.get(_TASK)) for one in sides]):
        for name in names:
            if was.get(name) is not None and now.get(name) is not None:
                renaming.opaque(was[name], now[name])
                if name == _TASK_ID and isinstance(was[name], str):
                    renaming.pair(was[name], str(now[name]))


def without(
    method: str, recorded: dict[str, Any], live: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two results without those of these members that both have."""
    names = _names(method, recorded, live)
    if not names:
        return recorded, live
    first, second = _without(names, recorded, live)
    if _TASK in first and _TASK in second:
        first[_TASK], second[_TASK] = _without(names, first[_TASK], second[_TASK])
    return first, second


def _names(method: str, *results: Mapping[str, Any]) -> tuple[str, ...]:
    cursor = (_CURSOR,) if method.endswith(_PAGED) else ()
    return (*cursor, _TASK_ID) if of_tasks(method, *results) else cursor


def _without(names: tuple[str, ...], *values: Any) -> list[Any]:
    """Values without the members of these names that all of them have; others as they are."""
    common = {name for name in names if all(name in members(one) for one in values)}
    return [
        {name: inner for name, inner in one.items() if name not in common}
        if isinstance(one, dict)
        else one
        for one in values
    ]
