"""What a notification of a server is about, where a client may act on it; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# They depend on time alone, end with their request, or say again what is asked for anyway.
_PASSING = (
    "notifications/progress",
    "notifications/message",
    "notifications/cancelled",
    "notifications/tasks",
)
# Of characters; as many are kept in mind.
_LONGEST = 1_000


def subject(method: str, params: Mapping[str, Any]) -> str:
    """The method, with the URI that it names; empty for what nobody waits for."""
    if method.startswith(_PASSING):
        return ""
    uri = params.get("uri")
    about = f"{method} {uri}" if isinstance(uri, str) else method
    return about[:_LONGEST]
