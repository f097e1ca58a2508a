"""Walking over a JSON Schema without trusting it: size, subschemas, local references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

# Keywords whose value is a schema, a list of schemas, or an object of schemas by name.
# Source: the meta-schemas of draft-04 to 2020-12, https://json-schema.org/specification.
_ONE = frozenset(
    (
        "additionalItems",
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    )
)
_MANY = frozenset(("allOf", "anyOf", "items", "oneOf", "prefixItems"))
_NAMED = frozenset(
    (
        "$defs",
        "definitions",
        "dependencies",
        "dependentSchemas",
        "patternProperties",
        "properties",
    )
)
_HOLDING = _ONE | _MANY | _NAMED
# References that are followed one after the other.
HOPS = 32


def escape(part: str | int) -> str:
    """One part of a JSON Pointer. Source: RFC 6901, section 3."""
    return str(part).replace("~", "~0").replace("/", "~1")


def size(value: Any, deepest: int, most: int) -> tuple[int, int]:
    """The depth of a JSON value and the number of values in it, without recursion.

    Counting stops as soon as one of them is beyond ``deepest`` or ``most``.
    """
    count = depth = 0
    level = [value]
    while level and depth <= deepest and count <= most:
        count += len(level)
        depth += 1
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below.extend(one.values())
            elif isinstance(one, list):
                below.extend(one)
        level = below
    return depth, count


def subschemas(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema and every schema in it that is an object, each with its JSON Pointer.

    Values that only look like schemas (in ``enum``, ``const``, ``default``) are not among them.
    Those nearer to the root come first, then they stand by keyword.
    """
    waiting: list[tuple[str, Any]] = [("", schema)]
    for pointer, one in waiting:
        if not isinstance(one, dict):
            continue
        yield pointer, one
        for keyword in sorted(_HOLDING.intersection(one)):
            value = one[keyword]
            if isinstance(value, dict) and keyword in _NAMED:
                named = value.items()
                waiting.extend((f"{pointer}/{keyword}/{escape(k)}", inner) for k, inner in named)
            elif isinstance(value, dict) and keyword in _ONE:
                waiting.append((f"{pointer}/{keyword}", value))
            elif isinstance(value, list) and keyword in _MANY:
                many = enumerate(value)
                waiting.extend((f"{pointer}/{keyword}/{place}", inner) for place, inner in many)


def at(document: Any, pointer: str) -> Any:
    """What a JSON Pointer such as ``/$defs/user`` points to. Raises KeyError."""
    value = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value[name]
        elif isinstance(value, list) and name.isascii() and name.isdigit() and len(name) < 10:
            if int(name) >= len(value):
                raise KeyError(pointer)
            value = value[int(name)]
        else:
            raise KeyError(pointer)
    return value


def target(reference: Any, document: Any) -> Any:
    """What a reference into the document, such as ``#/$defs/user``, leads to. Raises KeyError."""
    if not isinstance(reference, str) or not (reference == "#" or reference[:2] == "#/"):
        raise KeyError(reference)
    return at(document, unquote(reference[1:]))


def listed(schema: Mapping[str, Any], keyword: str) -> list[Any]:
    """The list that a keyword has; empty when it has none."""
    value = schema.get(keyword)
    return value if isinstance(value, list) else []


def resolved(schema: Any, document: Any) -> Any:
    """The schema with its chain of local references followed; keywords beside a ``$ref`` stay.

    A reference that leads elsewhere, nowhere or round in a circle is left out.
    """
    beside: dict[str, Any] = {}
    for _ in range(HOPS):
        if not isinstance(schema, dict) or "$ref" not in schema:
            break
        beside = {**{k: v for k, v in schema.items() if k != "$ref"}, **beside}
        try:
            schema = target(schema["$ref"], document)
        except KeyError:
            return beside
    else:
        return beside
    if beside and isinstance(schema, dict):
        return {**schema, **beside}
    return beside or schema
