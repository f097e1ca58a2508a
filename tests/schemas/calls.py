"""Whether a value holds only members that a schema declares, found out by looking at the value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mcpx.schemas.walk import at
from tests.schemas.judges import by_rust

# A schema that describes a value, whether all around it holds, and whether it is a condition.
Part = tuple[dict[str, Any], bool, bool]


def only_declared(document: dict[str, Any], value: Any) -> bool:
    """By the parts that hold for the value, or by a name that is required or asked about."""
    return _only_declared([document], value, document)


def _only_declared(schemas: list[Any], value: Any, document: dict[str, Any]) -> bool:
    parts = [part for one in schemas for part in _parts(one, value, document, True, False)]
    holding = [part for part, holds, asks in parts if holds and not asks]
    if isinstance(value, list):
        inner = [one for part in holding for one in _item_schemas(part)]
        return all(_only_declared(inner, one, document) for one in value)
    if not isinstance(value, dict):
        return True
    declares = any(part.get(word) for part in holding for word in DECLARING)
    free = any(part.get(word, False) is not False for part in holding for word in OTHERS)
    known = set().union(*(_named(part) for part, _, _ in parts))
    known |= {name for part, _, asks in parts if asks for name in part.get("properties", {})}
    known |= {name for part in holding for name in part.get("properties", {})}
    patterns = [p for part in holding for p in part.get("patternProperties", {})]
    patterns += [p for part, _, asks in parts if asks for p in part.get("patternProperties", {})]
    return all(
        (free or not declares or name in known or any(_matches(p, name) for p in patterns))
        and _only_declared([s for p in holding for s in _of_member(p, name)], one, document)
        for name, one in value.items()
    )


DECLARING = ("properties", "patternProperties")
OTHERS = ("additionalProperties", "unevaluatedProperties")


def _named(part: dict[str, Any]) -> set[str]:
    found = {*part.get("required", ()), *part.get("dependentSchemas", ())}
    for name, others in part.get("dependentRequired", {}).items():
        found |= {name, *others}
    values = [part.get("const"), *part.get("enum", ())]
    return found | {name for one in values if isinstance(one, dict) for name in one}


def _parts(schema: Any, value: Any, document: Any, holds: bool, asks: bool) -> Iterator[Part]:
    if not isinstance(schema, dict):
        return
    holds = holds and by_rust(_whole(schema, document), value)
    yield schema, holds, asks
    if "$ref" in schema:
        yield from _parts(at(document, schema["$ref"][1:]), value, document, holds, asks)
    for word in ("allOf", "anyOf", "oneOf"):
        for one in schema.get(word, ()):
            yield from _parts(one, value, document, holds, asks)
    for name, one in schema.get("dependentSchemas", {}).items():
        there = isinstance(value, dict) and name in value
        yield from _parts(one, value, document, holds and there, asks)
    if "if" in schema:
        met = holds and by_rust(_whole(schema["if"], document), value)
        yield from _parts(schema.get("then"), value, document, met, asks)
        yield from _parts(schema.get("else"), value, document, holds and not met, asks)
    for word in ("if", "not"):
        yield from _parts(schema.get(word), value, document, holds, True)


def _whole(schema: Any, document: dict[str, Any]) -> Any:
    return {"$defs": document.get("$defs", {}), **schema} if isinstance(schema, dict) else schema


def _matches(pattern: str, name: str) -> bool:
    return by_rust({"pattern": pattern}, name)


def _of_member(part: dict[str, Any], name: str) -> list[Any]:
    own = part.get("properties", {})
    found = [own[name]] if name in own else []
    matched = part.get("patternProperties", {})
    found += [one for pattern, one in matched.items() if _matches(pattern, name)]
    return found or [part[word] for word in OTHERS if word in part]


def _item_schemas(part: dict[str, Any]) -> list[Any]:
    words = ("items", "contains", "unevaluatedItems")
    return [*part.get("prefixItems", ()), *(part[word] for word in words if word in part)]
