"""What a modern request says of who asks, in the request itself; no I/O.

Source: specification 2026-07-28, basic/index, "Per-request protocol fields".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcpx.envelopes import PREFIX
from mcpx.json_rpc import members

VERSION = f"{PREFIX}protocolVersion"
_REQUIRED = (VERSION, f"{PREFIX}clientCapabilities")


def is_stamped(params: Mapping[str, Any]) -> bool:
    """Whether a request tells its protocol version."""
    return VERSION in members(params.get("_meta"))


def lacking(params: Mapping[str, Any]) -> str:
    """The first member of ``_meta`` that is required and missing; empty for none."""
    stamps = members(params.get("_meta"))
    return next((name for name in _REQUIRED if name not in stamps), "")
