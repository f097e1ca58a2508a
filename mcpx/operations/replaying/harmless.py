"""What a client may ask again whatever the server does with it, and what not; no I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mcpx.json_rpc import LISTEN
from mcpx.retry import READS

_CALL = "tools/call"
# What changes nothing, or belongs to a call that was allowed. Source: specification 2025-11-25
# and 2026-07-28, all requests and notifications of a client.
_HARMLESS = READS | {
    *(LISTEN, "tasks/list", "tasks/update"),
    *("notifications/initialized", "notifications/cancelled", "notifications/progress"),
    *("notifications/roots/list_changed", "notifications/tasks/status"),
}
# Of characters of a name that is none of ours.
_LONGEST = 60


def asked_for(method: str, params: Mapping[str, Any]) -> str:
    """What a message of a client asks for that may change something: a tool, a method.

    Empty for what is known to change nothing. A call whose tool has no name that is a text is
    named by the whole of it, so that no tool of a server is taken for it.
    """
    if method != _CALL:
        return "" if method in _HARMLESS else f"{method:.{_LONGEST}}"
    name = params.get("name")
    if isinstance(name, str) and name:
        return name
    return f"{_CALL} {json.dumps(name):.{_LONGEST}}"
