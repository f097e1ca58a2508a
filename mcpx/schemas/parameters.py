"""What a tool's input schema asks for, as a flat list of parameters for people and commands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from mcpx.schemas.walk import resolved


class Missing(Enum):
    """The type of ``MISSING``, which tells a missing default from a default of null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a tool.

    ``type`` and ``constraints`` are short texts such as ``integer|null`` and ``at least 1``;
    ``default`` is the JSON value of the schema, or MISSING.
    """

    name: str
    type: str = "any"
    required: bool = False
    default: Any = MISSING
    description: str = ""
    constraints: str = ""


_DEEPEST = 4
_ALTERNATIVES = 6
_VALUES = 8
_LONGEST = 40
_PARTS = 64
# What generators of schemas write for "any integer" (JavaScript's Number.MAX_SAFE_INTEGER).
_NO_LIMIT = (9007199254740991, -9007199254740991)

_CONSTRAINTS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "length at least {}",
    "maxLength": "length at most {}",
    "minItems": "length at least {}",
    "maxItems": "length at most {}",
    "pattern": "matches {}",
    "format": "format {}",
}


def parameters(schema: Any) -> tuple[Parameter, ...]:
    """The properties of a schema and of the schemas it is made of, in their order.

    Local references are followed, nothing is fetched. Whatever cannot be understood is left out:
    this never fails, also not for a value that is no schema.
    """
    properties: dict[str, Any] = {}
    required: dict[str, None] = {}
    for part in _parts(schema):
        found = part.get("properties")
        if isinstance(found, dict):
            for name, value in found.items():
                properties.setdefault(name, value)
        names = part.get("required")
        if isinstance(names, list):
            required.update(dict.fromkeys(name for name in names if isinstance(name, str)))
    for name in required:
        properties.setdefault(name, True)
    return tuple(
        _parameter(name, value, schema, name in required) for name, value in properties.items()
    )


def _parts(schema: Any) -> list[dict[str, Any]]:
    """The schema and what it is composed of by ``allOf``, each once."""
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    waiting = [schema]
    while waiting and len(found) < _PARTS:
        original = waiting.pop(0)
        if id(original) in seen:
            continue
        seen.add(id(original))
        one = resolved(original, schema)
        if not isinstance(one, dict):
            continue
        found.append(one)
        inner = one.get("allOf")
        if isinstance(inner, list):
            waiting.extend(inner[:_PARTS])
    return found


def _parameter(name: str, schema: Any, document: Any, required: bool) -> Parameter:
    one = resolved(schema, document)
    if not isinstance(one, dict):
        return Parameter(name, _type(one, document), required)
    inner = _only_alternative(one, document)
    description = one.get("description", inner.get("description"))
    return Parameter(
        name,
        _type(one, document),
        required,
        one.get("default", inner.get("default", MISSING)),
        description if isinstance(description, str) else "",
        _constraints({**inner, **one}),
    )


def _only_alternative(schema: dict[str, Any], document: Any) -> dict[str, Any]:
    """The one alternative beside null of an optional value; empty when there is no such thing."""
    listed = schema.get("anyOf", schema.get("oneOf"))
    if not isinstance(listed, list):
        return {}
    found = [resolved(one, document) for one in listed[:_ALTERNATIVES]]
    others = [one for one in found if isinstance(one, dict) and one.get("type") != "null"]
    return others[0] if len(others) == 1 and len(found) == len(listed) else {}


def _type(schema: Any, document: Any, depth: int = 0) -> str:
    one = resolved(schema, document)
    if one is False:
        return "never"
    if not isinstance(one, dict) or depth >= _DEEPEST:
        return "any"
    if "const" in one:
        return f"one of {_shown(one['const'])}"
    if isinstance(one.get("enum"), list):
        return _one_of(one["enum"])
    listed = one.get("type")
    if isinstance(listed, str):
        return _named(listed, one, document, depth)
    if isinstance(listed, list):
        names = [name for name in listed if isinstance(name, str)]
        return _union([_named(name, one, document, depth) for name in names[:_ALTERNATIVES]])
    for keyword in ("anyOf", "oneOf"):
        if isinstance(one.get(keyword), list):
            some = one[keyword][:_ALTERNATIVES]
            more = ["…"] if len(one[keyword]) > len(some) else []
            return _union([_type(inner, document, depth + 1) for inner in some] + more)
    if isinstance(one.get("allOf"), list):
        inner_types = (_type(inner, document, depth + 1) for inner in one["allOf"][:_ALTERNATIVES])
        return next((text for text in inner_types if text != "any"), "any")
    if "properties" in one:
        return "object"
    if "items" in one:
        return _named("array", one, document, depth)
    return "any"


def _named(name: str, schema: dict[str, Any], document: Any, depth: int) -> str:
    items = schema.get("items")
    if name != "array" or not isinstance(items, dict) or "prefixItems" in schema:
        return _cut(name)
    inner = _type(items, document, depth + 1)
    if inner == "any":
        return "array"
    return f"array of ({inner})" if "|" in inner else f"array of {inner}"


def _union(types: list[str]) -> str:
    distinct = list(dict.fromkeys(types))
    if not distinct or "any" in distinct:
        return "any"
    if len(distinct) == 1:
        return distinct[0]
    return "|".join(f"({one})" if " " in one else one for one in distinct)


def _one_of(values: list[Any]) -> str:
    shown = [_shown(value) for value in values[:_VALUES]]
    return "one of " + ", ".join(shown + ["…"] * (len(values) > _VALUES)) if values else "never"


def _constraints(schema: dict[str, Any]) -> str:
    found = []
    for keyword, text in _CONSTRAINTS.items():
        value = schema.get(keyword)
        shown = isinstance(value, str | int | float) and not isinstance(value, bool)
        if shown and value not in _NO_LIMIT:
            found.append(text.format(_shown(value)))
    if schema.get("uniqueItems") is True:
        found.append("no item twice")
    return ", ".join(found)


def _shown(value: Any) -> str:
    """A value as short text; what is inside arrays and objects is not shown."""
    if isinstance(value, str):
        return _cut(value)
    if isinstance(value, dict | list):
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        return f"{opening}…{closing}" if value else opening + closing
    return _cut(json.dumps(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
