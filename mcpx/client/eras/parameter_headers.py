"""Arguments of a call as HTTP headers, for the parameters that a schema wants mirrored.

Source: specification 2026-07-28, basic/transports/streamable-http, "Value Encoding".
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from mcpx.errors import UsageError
from mcpx.schemas.mirrored import mirrored

# Source: as above, "Schema Extension": the range that JavaScript keeps exactly.
LARGEST = 2**53 - 1

_PLAIN = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?")


def header_value(text: str) -> str:
    """The text as a header's value, in Base64 where it could not stand there as it is."""
    marked = text.startswith("=?base64?") and text.endswith("?=")
    if _PLAIN.fullmatch(text) and not marked:
        return text
    return f"=?base64?{base64.b64encode(text.encode('utf-8', 'surrogatepass')).decode()}?="


def text_of(value: str) -> str | None:
    """The text that a header's value stands for; None when it is marked as Base64 and is none."""
    if not (value.startswith("=?base64?") and value.endswith("?=") and len(value) > 10):
        return value
    try:
        return base64.b64decode(value[9:-2], validate=True).decode("utf-8", "surrogatepass")
    except ValueError:
        return None


def parameter_headers(schema: Any, arguments: Any) -> dict[str, str]:
    """The headers of a call. Raises InvalidAnnotationError for a definition that is not to be used.

    A parameter that is missing or null has none.
    """
    headers = {}
    for one in mirrored(schema):
        value = arguments
        for key in one.path:
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, bool):
            headers[f"Mcp-Param-{one.name}"] = "true" if value else "false"
        elif isinstance(value, int | float) and abs(value) > LARGEST:
            raise UsageError(
                f"parameter {'.'.join(one.path)} is sent as a header too, which holds integers "
                f"up to {LARGEST} only"
            )
        elif isinstance(value, int):
            headers[f"Mcp-Param-{one.name}"] = str(value)
        elif isinstance(value, float) and value.is_integer():
            headers[f"Mcp-Param-{one.name}"] = str(int(value))
        elif isinstance(value, str):
            headers[f"Mcp-Param-{one.name}"] = header_value(value)
    return headers
