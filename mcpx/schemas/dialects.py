"""JSON Schemas of older dialects, said in the words of 2020-12."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote, urljoin

from mcpx.schemas.rewriting import rewritten
from mcpx.schemas.walk import subschemas

# The keywords that a dialect does not know, and so ignores.
# Source: the release notes of draft-06 to 2020-12, https://json-schema.org/specification.
_SINCE_2020 = frozenset(("prefixItems", "$dynamicRef"))
_SINCE_2019 = _SINCE_2020 | {
    "dependentRequired", "dependentSchemas", "maxContains", "minContains", "unevaluatedItems",
    "unevaluatedProperties", "$anchor", "$dynamicAnchor",
}  # fmt: skip
_SINCE_07 = _SINCE_2019 | {"if", "then", "else"}
_SINCE_06 = _SINCE_07 | {"const", "contains", "propertyNames", "$id"}
_UNKNOWN_TO = {
    "draft-04": _SINCE_06,
    "draft-06": _SINCE_07,
    "draft-07": _SINCE_2019,
    "2019-09": _SINCE_2020,
}
_REF_ALONE = ("draft-04", "draft-06", "draft-07")
_BESIDE_REF = ("$ref", "$defs", "definitions")
_EXCLUSIVE = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))


def spelled(schema: Any) -> Any:
    """The schema with its dialect written as the library knows it, which else asks for it."""
    if not isinstance(schema, dict) or "$schema" not in schema:
        return schema
    place = schema["$schema"].removesuffix("#").partition("://")[2]
    scheme = "https" if "/draft/" in place else "http"
    return {**schema, "$schema": f"{scheme}://{place}"}


def modern(schema: Any, generous: bool = False) -> Any:
    """The schema as 2020-12 says it, whatever dialect its ``$schema`` is.

    It accepts the same values but for formats, which then are notes, and 1.0, which only draft-04
    does not take for an integer. References into what has another name in 2020-12 (``#/items/0``)
    lead nowhere afterwards: callers must check them. Since 2019-09 validators do not agree about
    ``dependencies``: they are demanded unless ``generous``.
    """
    declared = schema.get("$schema") if isinstance(schema, dict) else None
    dialect = ""
    if isinstance(declared, str):
        dialect = next((one for one in _UNKNOWN_TO if one in declared), "")
        schema = {name: value for name, value in schema.items() if name != "$schema"}
    alone = dialect in _REF_ALONE
    unknown = _UNKNOWN_TO.get(dialect, frozenset(("additionalItems",)))
    if generous and not alone:
        unknown |= {"dependencies"}
    return rewritten(schema, lambda one: _schema(one, unknown, alone, dialect == "draft-04"))


def _schema(
    schema: dict[str, Any], unknown: frozenset[str], alone: bool, oldest: bool
) -> dict[str, Any]:
    if alone and isinstance(schema.get("$ref"), str):
        return {name: value for name, value in schema.items() if name in _BESIDE_REF}
    found = {name: value for name, value in schema.items() if name not in unknown}
    for bound, exclusive in _EXCLUSIVE:
        if isinstance(found.get(exclusive), bool) and found.pop(exclusive) and bound in found:
            found[exclusive] = found.pop(bound)
    if isinstance(found.get("items"), list):
        found["prefixItems"] = found.pop("items")
        if "additionalItems" in found:
            found["items"] = found.pop("additionalItems")
    else:
        found.pop("additionalItems", None)
    dependencies = found.pop("dependencies", None)
    if isinstance(dependencies, dict):
        lists = {name: one for name, one in dependencies.items() if isinstance(one, list)}
        rest = {name: one for name, one in dependencies.items() if not isinstance(one, list)}
        if lists:
            found["dependentRequired"] = {**lists, **found.get("dependentRequired", {})}
        if rest:
            found["dependentSchemas"] = {**rest, **found.get("dependentSchemas", {})}
    if oldest and isinstance(found.get("id"), str):
        found["$id"] = found.pop("id")
    return found


def gathered(schema: Any) -> Any:
    """The 2020-12 schema without ids, and with references as pointers instead.

    It accepts the same values. It comes back as it is where no schema in it has an id, where a
    reference is dynamic, and where one leads elsewhere or to what is not surely a schema in it.
    """
    found = list(subschemas(schema))
    if not any(pointer and "$id" in one for pointer, one in found):
        return schema
    bases, places = _bases(found)
    pointers = {pointer for pointer, _ in found}
    changed: dict[int, str | None] = {}
    for pointer, one in found:
        changed[id(one)] = None
        if "$dynamicRef" in one or "$recursiveRef" in one:
            return schema
        reference = one.get("$ref")
        if isinstance(reference, str):
            base, _, fragment = _joined(bases[pointer], reference).partition("#")
            by_name = f"{base}#{unquote(fragment)}" if fragment[:1] not in ("", "/") else base
            to = places.get(by_name)
            if to is not None and by_name == base:
                to += unquote(fragment)
            if to not in pointers:
                return schema
            changed[id(one)] = "#" + quote(to or "", safe="/$~")
    return _pointing(schema, changed)


def _bases(found: list[tuple[str, dict[str, Any]]]) -> tuple[dict[str, str], dict[str, str]]:
    """The base of each schema by its pointer, and where bases and names lead to, if to one."""
    bases: dict[str, str] = {"": ""}
    places: dict[str, str] = {}
    twice: set[str] = set()
    for pointer, one in found:
        above = pointer
        while above not in bases:
            above = above.rpartition("/")[0]
        base, own = bases[above], one.get("$id")
        named = [one[word] for word in ("$anchor", "$dynamicAnchor") if word in one]
        if isinstance(own, str) and own[:1] == "#":
            # So are names given in draft-06 and draft-07.
            named.append(own[1:])
        elif isinstance(own, str):
            base = _joined(base, own).partition("#")[0]
        bases[pointer] = base
        keys = [f"{base}#{name}" for name in named if isinstance(name, str)]
        if not pointer or base != bases[above]:
            keys.append(base)
        twice |= places.keys() & set(keys)
        places.update(dict.fromkeys(keys, pointer))
    return bases, {key: place for key, place in places.items() if key not in twice}


def _joined(base: str, reference: str) -> str:
    if reference[:1] in ("", "#"):
        return base + reference
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference


def _pointing(value: Any, changed: dict[int, str | None]) -> Any:
    if isinstance(value, list):
        return [_pointing(one, changed) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _pointing(one, changed) for name, one in value.items()}
    if id(value) in changed:
        found.pop("$id", None)
        reference = changed[id(value)]
        if reference is not None:
            found["$ref"] = reference
    return found
