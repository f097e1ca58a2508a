"""What the headers of a modern request have to repeat of its body.

Source: specification 2026-07-28, basic/transports/streamable-http, "Request Metadata".
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from http_wire import Request
from wire import Message

META = "io.modelcontextprotocol/"
VERSION = f"{META}protocolVersion"

# Which member of the parameters the header Mcp-Name repeats.
_NAMED = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
    "tasks/get": "taskId",
    "tasks/update": "taskId",
    "tasks/cancel": "taskId",
}


def header_mismatch(request: Request, tools: Iterable[Any]) -> str:
    """What is wrong with the headers of a modern request; empty when nothing is."""
    message = request.message
    params: Message = message.get("params") or {}
    wanted = {
        "mcp-protocol-version": (params.get("_meta") or {}).get(VERSION),
        "mcp-method": message.get("method"),
    }
    if (member := _NAMED.get(str(message.get("method")))) is not None:
        wanted["mcp-name"] = params.get(member)
    if message.get("method") == "tools/call":
        tool = next((one for one in tools if one.get("name") == params.get("name")), {})
        for name, schema in tool.get("inputSchema", {}).get("properties", {}).items():
            if "x-mcp-header" in schema:
                value = (params.get("arguments") or {}).get(name)
                wanted[f"mcp-param-{schema['x-mcp-header'].lower()}"] = value
    for header, value in wanted.items():
        came = request.headers.get(header)
        if value is None:
            if came is not None:
                return f"{header} is not expected"
        elif came is None:
            return f"{header} is missing"
        elif decoded(came) != (str(value).lower() if isinstance(value, bool) else str(value)):
            return f"{header} is {came!r}, not {value!r}"
    return ""


def decoded(value: str) -> str:
    """A header's value without its Base64 wrapping."""
    if not (value.startswith("=?base64?") and value.endswith("?=")):
        return value
    try:
        return base64.b64decode(value[9:-2], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return f"broken Base64: {value}"
