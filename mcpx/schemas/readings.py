"""Readings: which of the values that a schema accepts are asked about."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from mcpx.schemas.rewriting import rewritten


class Reading(StrEnum):
    """Which values of the old schema the new one has to accept.

    ``STRICT``: all of them. ``DECLARED``: those whose members are all declared by the old schema,
    because callers send what they were told of, and few schemas say that they are closed.
    ``OPEN``: the new schema is read as if it refused no member that it does not know.
    """

    STRICT = "strict"
    DECLARED = "declared"
    OPEN = "open"


_CLOSING = ("additionalProperties", "unevaluatedProperties")


def opened(schema: Any) -> Any:
    """The schema without its word against members that it does not declare."""
    return rewritten(schema, _without_closing)


def _without_closing(schema: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in schema.items() if k not in _CLOSING or v is not False}
