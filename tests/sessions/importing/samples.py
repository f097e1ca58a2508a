"""Small files to import, and what came of them, written shortly."""

from __future__ import annotations

import json
from typing import Any

from mcpx.sessions.events import Http, Message
from mcpx.sessions.importing import Imported, imported

INITIALIZE = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}
READY = {
    "jsonrpc": "2.0",
    "id": 1,
    "result": {"protocolVersion": "2025-11-25", "serverInfo": {"name": "notes", "version": "1"}},
}
LIST = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
LISTED: dict[str, Any] = {"jsonrpc": "2.0", "id": 2, "result": {"tools": []}}
SAMPLE = {"jsonrpc": "2.0", "id": 1, "method": "sampling/createMessage", "params": {}}
SAMPLED = {"jsonrpc": "2.0", "id": 1, "result": {"role": "assistant", "model": "m"}}
SESSION = "0ddba11-5e55-10n"

_TIME = "2026-08-19T10:00:00.000Z"
_SNOOPED = {"session_id": "s", "seq": 1, "ts": _TIME, "direction": "c2s"}
_FETCHED = {"timestamp": _TIME, "url": "http://h/mcp", "requestHeaders": {"a": "b"}}
# Of formats of which no recording is at hand: what a file holds, as lines or as one value.
OTHERS: dict[str, Any] = {
    "mcpsnoop": [
        _SNOOPED | {"direction": "meta", "raw": {"command": ["srv"]}},
        _SNOOPED | {"raw": LIST},
        _SNOOPED | {"raw": LIST, "transport": "http", "conn_id": "a", "batch": True},
        _SNOOPED | {"direction": "s2c", "raw": LISTED, "transport": "http", "status": 200},
        _SNOOPED | {"direction": "s2c", "text": "{", "truncated": True},
    ],
    "mcporter": [
        LIST | {"_meta": {"dir": "send", "server": "notes", "ts": _TIME}},
        LISTED | {"_meta": {"dir": "recv", "server": "notes", "ts": _TIME}},
    ],
    "mcp-recorder-lines": [
        {"seq": 0, "t": 1776658414.952, "dir": "c2s", "msg": LIST},
        {"type": "summary", "startedAt": 1776658414, "server": {"command": "a", "args": ["b"]}},
    ],
    "inspector": [
        [{"timestamp": _TIME, "direction": "request", "message": LIST, "response": LISTED}],
    ],
    "inspector-network": [
        [_FETCHED | {"method": "POST", "requestBody": "{}", "responseBody": "{}", "duration": 1}],
    ],
}


def lines(*values: Any) -> bytes:
    """JSON Lines; a text stands as it is."""
    texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return "".join(f"{text}\n" for text in texts).encode()


def document(value: Any) -> bytes:
    """One JSON value over several lines."""
    return json.dumps(value, indent=2).encode()


def said(found: Imported) -> list[tuple[str, Any]]:
    """Which way each message went, and what it says."""
    return [
        (event.direction.value, event.value())
        for event in found.events
        if isinstance(event, Message)
    ]


def heads(found: Imported) -> list[tuple[int, str | int]]:
    """The exchange of each head of HTTP, and its method or status."""
    return [
        (event.exchange, event.method or event.status)
        for event in found.events
        if isinstance(event, Http)
    ]


def of(data: bytes, format: str | None = None) -> Imported:
    """A file of some name, imported."""
    return imported(data, "file", format)
