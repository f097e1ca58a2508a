"""Parameters that a schema wants mirrored into HTTP headers (``x-mcp-header``).

Source: specification 2026-07-28, basic/transports/streamable-http, "Schema Extension".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ANNOTATION = "x-mcp-header"

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TYPES = ("string", "integer", "boolean")
# Of a schema: how deep and how much is looked at.
_DEEPEST = 64
_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Mirrored:
    """One annotated parameter: the keys that lead to it, and its header's name."""

    path: tuple[str, ...]
    name: str


class InvalidAnnotationError(ValueError):
    """A tool definition that clients on HTTP must not use; the text says why."""


def mirrored(schema: Any) -> list[Mirrored]:
    """The annotated parameters of a schema. Raises InvalidAnnotationError."""
    found: list[Mirrored] = []
    taken: set[str] = set()
    if not _may_be_annotated(schema):
        return found
    for path, part, reachable in _parts(schema):
        if ANNOTATION not in part:
            continue
        name = part[ANNOTATION]
        where = "/".join(path) or "the schema itself"
        if not isinstance(name, str) or not _TOKEN.fullmatch(name):
            raise InvalidAnnotationError(f"{ANNOTATION} of {where} is not a header's name")
        if not reachable:
            raise InvalidAnnotationError(
                f"{ANNOTATION} of {where} is not reached through properties alone"
            )
        if part.get("type") not in _TYPES:
            raise InvalidAnnotationError(
                f"{ANNOTATION} of {where}, which is not a string, integer or boolean"
            )
        if name.lower() in taken:
            raise InvalidAnnotationError(f"{ANNOTATION} {name} is given to two parameters")
        taken.add(name.lower())
        found.append(Mirrored(path, name))
    return found


def _may_be_annotated(schema: Any) -> bool:
    """Whether the annotation's name stands anywhere: most schemas have none, and this is quick."""
    try:
        return ANNOTATION in repr(schema)
    except RecursionError:
        return True


# Keywords whose values are data, not schemas: what they hold is no annotation.
_DATA = frozenset(("enum", "const", "default", "examples", "required", "description", "title"))
# Keywords whose keys are names that a schema's author chose.
_NAMED = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"))


def _parts(schema: Any) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any], bool]]:
    """Every subschema: the keys that lead to it, itself, and whether properties alone do."""
    waiting: list[tuple[tuple[str, ...], Any, bool]] = [((), schema, False)]
    looked_at = 0
    while waiting and looked_at < _MOST:
        path, part, reachable = waiting.pop()
        looked_at += 1
        if isinstance(part, list):
            waiting += [(path, inner, False) for inner in part]
        if not isinstance(part, dict) or len(path) > _DEEPEST:
            continue
        yield path, part, reachable
        root = not path
        for keyword, value in part.items():
            if keyword in _DATA:
                continue
            if keyword in _NAMED and isinstance(value, dict):
                through = keyword == "properties" and (reachable or root)
                waiting += [((*path, name), inner, through) for name, inner in value.items()]
            elif isinstance(value, dict | list):
                waiting.append(((*path, keyword), value, False))
