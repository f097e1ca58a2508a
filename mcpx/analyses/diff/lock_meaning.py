"""What a pinned definition says, without what goes without saying: two that agree in it pass."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mcpx.analyses.diff.annotation_changes import DEFAULTS
from mcpx.catalogue.canonical import canonical_text
from mcpx.catalogue.locked import LockedItem, LockedServer
from mcpx.catalogue.model import Item, Kind
from mcpx.json_text import Repeating
from mcpx.schemas.rewriting import rewritten
from mcpx.schemas.walk import size, subschemas

# Optional members of items, of which null and nothing mean the same.
_OPTIONAL = (
    *("title", "description", "icons", "_meta", "annotations"),
    *("outputSchema", "execution", "arguments", "mimeType", "websiteUrl"),
)
_LISTING = ("tools", "prompts", "resources")
# Dialects in which the keywords here mean the same. Source: the specifications of draft-07 to
# 2020-12, https://json-schema.org/specification; the last is that of MCP where none is named.
_DEFAULT_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DIALECTS = (
    _DEFAULT_DIALECT,
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema",
)
# What says nothing in a schema, by keyword. Source: JSON Schema 2020-12, validation, sections 6
# and 9; null as a default is what generators write for "none".
_UNSAID: Mapping[str, Any] = {
    **dict.fromkeys(("minLength", "minItems", "minProperties"), 0),
    **dict.fromkeys(("uniqueItems", "deprecated", "readOnly", "writeOnly"), False),
    **{name: {} for name in ("properties", "patternProperties", "$defs", "definitions")},
    **{name: {} for name in ("dependentRequired", "dependentSchemas")},
    "required": [],
    "default": None,
}
# What makes a reference lead elsewhere than its path says.
_RENAMING = frozenset(
    ("$id", "id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveAnchor", "$recursiveRef")
)
_DEFINITION = re.compile(r"#/(\$defs|definitions)/([A-Za-z_][A-Za-z0-9_.-]{0,63})")
# Larger or deeper values are taken as they stand.
_DEEPEST, _MOST = 100, 100_000


def as_meant(old: LockedServer, new: LockedServer) -> LockedServer:
    """``new``, with everything that says the same as in ``old`` as it is written there."""
    items: dict[str, Any] = {kind.plural: tuple(_items(kind, old, new)) for kind in Kind}
    for name, plain in (("capabilities", _capabilities), ("server_info", _without_nothing)):
        before, after = getattr(old, name), getattr(new, name)
        texts = [canonical_text(plain(one) if _is_plain(one) else one) for one in (before, after)]
        if texts[0] == texts[1]:
            items[name] = before
    if not old.instructions and not new.instructions:
        items["instructions"] = old.instructions
    return replace(new, **items)


def _items(kind: Kind, old: LockedServer, new: LockedServer) -> Iterator[LockedItem]:
    pinned = dict(by_turn(old.items(kind)))
    for place, item in by_turn(new.items(kind)):
        before = pinned.get(place)
        if before is not None and before.digest != item.digest:
            yield before if _said(before.item) == _said(item.item) else item
        else:
            yield item


def by_turn(items: tuple[LockedItem, ...]) -> Iterator[tuple[tuple[str, int], LockedItem]]:
    """The items by key and how many of that key came before."""
    seen: dict[str, int] = {}
    for item in items:
        turn = seen[item.key] = seen.get(item.key, -1) + 1
        yield (item.key, turn), item


def _said(item: Item) -> str:
    """What an item says, as a text: the same for all spellings of it that are known here."""
    if not _is_plain(item.raw):
        return canonical_text(item.raw)
    plain = dict(plain_item(item))
    for name in ("inputSchema", "outputSchema"):
        if name in plain:
            plain[name] = _with_numbered_definitions(plain[name])
    return canonical_text(plain)


def plain_item(item: Item) -> Mapping[str, Any]:
    """The item without what means the same when it is left out; all else stands in its place."""
    raw = item.raw
    if not _is_plain(raw):
        return raw
    found = _without_nothing(raw)
    if item.kind is Kind.TOOL:
        _plain_tool(found)
    if isinstance(arguments := found.get("arguments"), list):
        found["arguments"] = [_argument(one) for one in arguments]
    for name in ("annotations", "execution", "arguments"):
        if found.get(name) in ({}, []):
            del found[name]
    return found


def _plain_tool(found: dict[str, Any]) -> None:
    annotations = found.get("annotations")
    if isinstance(annotations, dict):
        kept = {
            name: one
            for name, one in annotations.items()
            if name not in DEFAULTS or one is not DEFAULTS[name]
        }
        # A title may stand in either place. Source: specification 2026-07-28, schema, Tool.
        title = found.get("title", kept.get("title"))
        if isinstance(title, str) and kept.get("title", title) == title:
            found["title"] = title
            kept.pop("title", None)
        found["annotations"] = kept
    execution = found.get("execution")
    if isinstance(execution, dict) and execution.get("taskSupport") == "forbidden":
        kept = {name: one for name, one in execution.items() if name != "taskSupport"}
        found["execution"] = kept
    for name in ("inputSchema", "outputSchema"):
        if isinstance(schema := found.get(name), dict):
            found[name] = _schema(schema)


def _argument(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    found = _without_nothing(value)
    return {name: one for name, one in found.items() if name != "required" or one is not False}


def _without_nothing(value: Mapping[str, Any]) -> dict[str, Any]:
    """An object without optional members that are null, or empty where that says nothing."""
    found = {name: one for name, one in value.items() if not (name in _OPTIONAL and one is None)}
    for name, empty in (("icons", []), ("_meta", {})):
        if found.get(name) == empty:
            del found[name]
    return found


def _capabilities(value: Mapping[str, Any]) -> Mapping[str, Any]:
    found = dict(value)
    for name in _LISTING:
        if isinstance(one := found.get(name), dict):
            unsaid = ("listChanged", "subscribe") if name == "resources" else ("listChanged",)
            found[name] = {
                key: inner for key, inner in one.items() if key not in unsaid or inner is not False
            }
    return found


def _is_plain(value: Any) -> bool:
    """Whether a value is neither too large nor deep, and no key in it is given twice."""
    depth, count = size(value, _DEEPEST, _MOST)
    if depth > _DEEPEST or count > _MOST:
        return False
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Repeating):
            return False
        if isinstance(one, dict | list):
            waiting += one.values() if isinstance(one, dict) else one
    return True


def _schema(schema: dict[str, Any]) -> Any:
    said = schema.get("$schema", _DEFAULT_DIALECT)
    if not isinstance(said, str) or said.removesuffix("#") not in _DIALECTS:
        return schema
    # Keywords that ask what others looked at take "anything goes" for a look.
    looks = any(key.startswith("unevaluated") for _, one in subschemas(schema) for key in one)
    found = rewritten(schema, lambda one: _plain_schema(one, looks))
    if said.removesuffix("#") == _DEFAULT_DIALECT:
        found.pop("$schema", None)
    return found


def _plain_schema(schema: dict[str, Any], looks: bool) -> dict[str, Any]:
    found = {name: one for name, one in schema.items() if not _is_unsaid(name, one, looks)}
    types = _types(found.get("type"))
    branches = found.get("anyOf")
    if "type" not in found and isinstance(branches, list) and branches:
        inner = [_types(one.get("type")) if _is_type(one) else None for one in branches]
        if all(inner):
            types = sorted({name for one in inner for name in one or ()})
            del found["anyOf"]
    if types:
        found["type"] = types
    if isinstance(required := found.get("required"), list):
        found["required"] = sorted(required, key=canonical_text)
    if "const" in found and "enum" not in found:
        found["enum"] = [found.pop("const")]
    elif isinstance(values := found.get("enum"), list) and not _is_told_apart(found, values):
        found["enum"] = sorted(values, key=canonical_text)
    return found


def _is_unsaid(name: str, value: Any, looks: bool) -> bool:
    if name == "additionalProperties":
        return not looks and (value is True or value == {})
    if name not in _UNSAID:
        return False
    # 0 is not false.
    return canonical_text(value) == canonical_text(_UNSAID[name])


def _is_type(schema: Any) -> bool:
    return isinstance(schema, dict) and [*schema] == ["type"]


def _types(value: Any) -> list[str] | None:
    """Types as a sorted list; None for what is none."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        return None
    return sorted(set(names))


def _is_told_apart(schema: Mapping[str, Any], values: list[Any]) -> bool:
    """Whether a list beside says something of each value, by its place."""
    own = ("enum", "type", "required")
    return any(
        isinstance(one, list) and len(one) == len(values)
        for name, one in schema.items()
        if name not in own
    )


def _with_numbered_definitions(schema: Any) -> Any:
    """A schema whose definitions are told by where they are first referred to, not by name.

    As it came where a reference leads anywhere but to a definition of a plain name.
    """
    if not isinstance(schema, dict):
        return ["whole", schema]
    found = json.loads(canonical_text(schema))  # in the order of its keys
    holders = {name: found[name] for name in ("$defs", "definitions") if _holds(found, name)}
    every = [one for _, one in subschemas(found)]
    if any(not _RENAMING.isdisjoint(one) for one in every):
        return ["whole", schema]
    for one in every:
        if "$ref" in one and not _is_to(one["$ref"], holders):
            return ["whole", schema]
    for name in holders:
        del found[name]
    numbers: dict[str, int] = {}
    used: list[Any] = [found]
    for part in used:  # grows meanwhile
        for _, one in subschemas(part):
            if "$ref" in one:
                reference = one["$ref"]
                if reference not in numbers:
                    numbers[reference] = len(used)
                    _, holder, name = reference.split("/")
                    used.append(holders[holder].pop(name))
                one["$ref"] = numbers[reference]
    return ["parts", used, {name: left for name, left in holders.items() if left}]


def _holds(schema: Mapping[str, Any], name: str) -> bool:
    return isinstance(schema.get(name), dict)


def _is_to(reference: Any, holders: Mapping[str, Any]) -> bool:
    found = _DEFINITION.fullmatch(reference) if isinstance(reference, str) else None
    return found is not None and found[2] in holders.get(found[1], {})
