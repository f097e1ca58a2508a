"""What MCP makes of JSON-RPC messages: which ids are the same, what a request is about; no I/O."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from mcpx.json_text import WrittenNumber
from mcpx.servers import NOTHING

# A request that stays open: what its server has to say comes before its answer, and names it.
# Source: specification 2026-07-28, basic/patterns/subscriptions.
LISTEN = "subscriptions/listen"
SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"
# What opens a connection, in the legacy era and in the modern one.
INITIALIZE, DISCOVER = HANDSHAKES = ("initialize", "server/discover")


def id_key(value: Any) -> str:
    """What stands for an id or a progress token: equal for equal JSON values, and only for those.

    ``1`` and ``1.0`` are one number, ``1`` and ``"1"`` two ids (JSON-RPC 2.0, section 4). Empty for
    what is so deep that nobody sends it twice.
    """
    if isinstance(value, WrittenNumber):
        return _number_key(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return json.dumps(value, sort_keys=True)
    except (RecursionError, ValueError):
        return ""


def _number_key(written: WrittenNumber) -> str:
    """The key of a number that has not been read, the same as if it had been."""
    try:
        return id_key(int(written))
    except ValueError:  # a fraction, or thousands of digits
        value = float(written)
        return id_key(value) if math.isfinite(value) else str(written)


def members(value: Any) -> Mapping[str, Any]:
    """The members of a JSON object; none of any other value."""
    return value if isinstance(value, dict) else NOTHING


def named(method: str, params: Mapping[str, Any]) -> str:
    """The tool or prompt, or the URI, that a request is about; empty when there is none."""
    about = members(params.get("ref")) if method == "completion/complete" else params
    for member in ("name", "uri", "taskId"):
        if isinstance(about.get(member), str):
            return str(about[member])
    return ""
