"""A JSON Schema rewritten, each schema in it by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mcpx.schemas.walk import subschemas

Change = Callable[[dict[str, Any]], dict[str, Any]]


def rewritten(schema: Any, change: Change) -> Any:
    """The schema with ``change`` made to it and to every schema in it, the innermost first.

    What only looks like a schema (in ``enum``, ``const``, ``default``) stays as it is. The schema
    is one of bounded depth.
    """
    return _rewritten(schema, frozenset(id(one) for _, one in subschemas(schema)), change)


def _rewritten(value: Any, schemas: frozenset[int], change: Change) -> Any:
    if isinstance(value, list):
        return [_rewritten(one, schemas, change) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _rewritten(one, schemas, change) for name, one in value.items()}
    return change(found) if id(value) in schemas else found
