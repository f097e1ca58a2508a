"""The reading of a schema by which callers send only the members that it declares.

A place is where a value stands: the whole, one of its members, an item. All schemas that say
something of a place count, for closing one of them by itself would refuse what another declares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from mcpx.schemas.walk import at, subschemas

_OTHERS = ("additionalProperties", "unevaluatedProperties")
_ITEMS = ("items", "contains", "unevaluatedItems")
_MANY = ("allOf", "anyOf", "oneOf")
_ASKING = ("if", "not")
# Beside a reference these say nothing of the value.
_SILENT = frozenset(("$ref", "$defs", "definitions", "$anchor", "$comment", "$schema"))
# Where a reference leads depends on more than the place that it stands at.
_MOVING = ("$dynamicRef", "$recursiveRef")
# Schemas looked at, each once for every place that it describes or may describe.
_MOST = 50_000


class UndeclaredError(Exception):
    """Which members a schema declares could not be found out; the text says why."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A schema that describes a place; ``asks`` when it is only a condition or is ruled out."""

    schema: dict[str, Any]
    asks: bool = False


@dataclass(slots=True)
class _Place:
    """What all schemas say of a place.

    ``parts`` are those schemas, ``chain`` those of them that hold all others, outermost first.
    ``named`` are members that are named other than by declaring them. ``open`` when others are
    spoken of, ``free`` when they have to be allowed for another reason.
    """

    parts: list[_Part]
    chain: list[dict[str, Any]]
    names: dict[str, None] = field(default_factory=dict)
    patterns: dict[str, None] = field(default_factory=dict)
    named: dict[str, None] = field(default_factory=dict)
    named_patterns: dict[str, None] = field(default_factory=dict)
    open: bool = False
    free: bool = False


def declared(schema: Any) -> Any:
    """The 2020-12 schema, closed to members that it does not declare.

    Declared is a member that a part of the schema names which holds for the value, and one that is
    named otherwise (``required``, a condition). What the schema itself says of other members is
    respected, and a place is not closed where its schema asks for more members than it names. So a
    value whose members are all declared is accepted exactly when ``schema`` accepts it. Raises
    UndeclaredError.
    """
    if not isinstance(schema, dict):
        return schema
    return _Closing(schema).closed()


class _Closing:
    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._left = _MOST
        self._anchors: dict[str, Any] = {}
        for pointer, one in subschemas(document):
            if any(word in one for word in _MOVING):
                raise UndeclaredError("it has a reference that is dynamic")
            if pointer and "$id" in one:
                raise UndeclaredError("it holds a schema with an id of its own")
            for word in ("$anchor", "$dynamicAnchor"):
                if isinstance(one.get(word), str):
                    self._anchors[one[word]] = one

    def closed(self) -> Any:
        places = list(self._places())
        of: dict[int, list[_Place]] = {}
        for place in places:
            for part in place.parts:
                of.setdefault(id(part.schema), []).append(place)
        added: dict[int, dict[str, Any]] = {}
        for place in places:
            if place.free or all(part.asks for part in place.parts):
                continue
            outermost = self._outermost(place, of)
            if outermost is not None:
                added.setdefault(id(outermost), self._at_outermost(outermost, of))
                continue
            for part in place.parts:
                key = id(part.schema)
                if not part.asks and key not in added and _declares(part.schema):
                    added[key] = _by_names(part.schema, of[key])
        return _put(self._document, added)

    def _outermost(self, place: _Place, of: Mapping[int, list[_Place]]) -> dict[str, Any] | None:
        """The schema of a place that holds all others of it, wherever it is used; the innermost."""
        one: dict[str, Any]
        for one in reversed(place.chain):
            used = of[id(one)]
            if (
                all(any(one is outer for outer in other.chain) for other in used)
                and not any(other.free for other in used)
                and self._surely_declares(one, frozenset())
            ):
                return one
        return None

    def _at_outermost(
        self, schema: dict[str, Any], of: Mapping[int, list[_Place]]
    ) -> dict[str, Any]:
        if any(word in schema for word in _OTHERS):
            return {}
        places = of[id(schema)]
        own = schema.get("properties", {})
        names = {name: True for place in places for name in place.named if name not in own}
        patterns = {name: True for place in places for name in place.named_patterns}
        named: dict[str, Any] = {"properties": names} if names else {}
        if patterns:
            named["patternProperties"] = patterns
        found: dict[str, Any] = {"unevaluatedProperties": False}
        if named:
            found["allOf"] = [*_list(schema, "allOf"), named]
        return found

    def _places(self) -> Iterator[_Place]:
        first = (_Part(self._document),)
        waiting: list[tuple[_Part, ...]] = [first]
        seen = {_key(first)}
        for tops in waiting:
            place = self._place(tops)
            yield place
            for below in _below(place.parts):
                # Of each part was asked what it says of that place.
                self._spend(len(place.parts))
                if below and (key := _key(below)) not in seen:
                    seen.add(key)
                    waiting.append(below)

    def _place(self, tops: tuple[_Part, ...]) -> _Place:
        found: dict[int, _Part] = {}
        waiting = list(tops)
        for part in waiting:
            known = found.get(id(part.schema))
            if known is not None and (part.asks or not known.asks):
                continue
            self._spend()
            found[id(part.schema)] = part
            for inner, asks in self._in_place(part.schema):
                if isinstance(inner, dict):
                    waiting.append(_Part(inner, part.asks or asks))
        place = _Place(list(found.values()), self._chain(tops))
        most = 0
        for part in place.parts:
            _tell(part, place)
            floor = part.schema.get("minProperties")
            most = max(most, floor if isinstance(floor, int) else 0)
        if most > len(place.names) and not place.patterns:
            place.free = True
        return place

    def _spend(self, number: int = 1) -> None:
        self._left -= number
        if self._left < 0:
            raise UndeclaredError("its schemas describe too many places")

    def _chain(self, tops: tuple[_Part, ...]) -> list[dict[str, Any]]:
        if len(tops) != 1:
            return []
        found = [tops[0].schema]
        while True:
            last = found[-1]
            beyond = [word for word in last if word not in _SILENT]
            inner: Any = None
            if "$ref" in last and not beyond:
                inner = self._target(last["$ref"])
            elif beyond == ["allOf"] and "$ref" not in last and len(_list(last, "allOf")) == 1:
                inner = last["allOf"][0]
            if not isinstance(inner, dict) or any(inner is one for one in found):
                return found
            found.append(inner)

    def _in_place(self, schema: dict[str, Any]) -> Iterator[tuple[Any, bool]]:
        """The schemas that a schema applies to the same value, and whether it only asks."""
        if "$ref" in schema:
            yield self._target(schema["$ref"]), False
        for word in _MANY:
            yield from ((inner, False) for inner in _list(schema, word))
        for word in ("then", "else"):
            yield schema.get(word), False
        for inner in _mapping(schema, "dependentSchemas").values():
            yield inner, False
        for word in _ASKING:
            yield schema.get(word), True

    def _target(self, reference: Any) -> Any:
        if isinstance(reference, str) and reference[:1] == "#":
            fragment = unquote(reference[1:])
            if fragment in self._anchors:
                return self._anchors[fragment]
            try:
                if fragment[:1] in ("", "/"):
                    return at(self._document, fragment)
            except KeyError:
                pass
        raise UndeclaredError("it has a reference that leads elsewhere")

    def _surely_declares(self, schema: Any, seen: frozenset[int]) -> bool:
        """Whether every object that the schema accepts is described by naming members."""
        if not isinstance(schema, dict) or id(schema) in seen:
            return False
        self._spend()
        if _declares(schema):
            return True
        seen |= {id(schema)}
        parts = _list(schema, "allOf") + (
            [self._target(schema["$ref"])] if "$ref" in schema else []
        )
        if any(self._surely_declares(part, seen) for part in parts):
            return True
        for word in ("anyOf", "oneOf"):
            ways = [way for way in _list(schema, word) if self._may_be_object(way, frozenset())]
            if ways and all(self._surely_declares(way, seen) for way in ways):
                return True
        return False

    def _may_be_object(self, schema: Any, seen: frozenset[int]) -> bool:
        if not isinstance(schema, dict) or id(schema) in seen:
            return schema is not False
        self._spend()
        kinds = schema.get("type", "object")
        listed = [schema["const"]] if "const" in schema else schema.get("enum")
        if "object" not in (kinds if isinstance(kinds, list) else [kinds]) or (
            isinstance(listed, list) and not any(isinstance(one, dict) for one in listed)
        ):
            return False
        seen |= {id(schema)}
        return "$ref" not in schema or self._may_be_object(self._target(schema["$ref"]), seen)


def _tell(part: _Part, place: _Place) -> None:
    """Add to a place what a part of its description says of members."""
    schema = part.schema
    own = _mapping(schema, "properties")
    named: dict[str, None] = dict.fromkeys(_texts(schema, "required"))
    for word in ("dependentRequired", "dependentSchemas"):
        named.update(dict.fromkeys(_mapping(schema, word)))
    for name in _mapping(schema, "dependentRequired"):
        named.update(dict.fromkeys(_texts(schema["dependentRequired"], name)))
    for value in [schema.get("const"), *_list(schema, "enum")]:
        named.update(dict.fromkeys(value) if isinstance(value, dict) else {})
    patterns = dict.fromkeys(_mapping(schema, "patternProperties"))
    if part.asks:
        named.update(dict.fromkeys(own))
        place.named_patterns.update(patterns)
    place.named.update(named)
    place.names.update(named)
    place.names.update(dict.fromkeys(own))
    place.patterns.update(patterns)
    others = any(word in schema and schema[word] is not False for word in _OTHERS)
    place.open |= others
    place.free |= "propertyNames" in schema or (others and part.asks)


def _below(parts: list[_Part]) -> Iterator[tuple[_Part, ...]]:
    """The schemas of each place below one."""
    matched = [_Part(inner, part.asks) for part in parts for inner in _matched(part.schema)]
    names = dict.fromkeys(name for part in parts for name in _mapping(part.schema, "properties"))
    for name in names:
        found = []
        for part in parts:
            own = _mapping(part.schema, "properties")
            # Not only where the pattern matches: engines differ about that.
            inner = [*_mapping(part.schema, "patternProperties").values()]
            inner += [own[name]] if name in own else [part.schema.get("additionalProperties")]
            inner.append(part.schema.get("unevaluatedProperties"))
            found += [_Part(one, part.asks) for one in inner if isinstance(one, dict)]
        yield tuple(found)
    yield tuple(matched)
    items = [(part, part.schema.get(word)) for part in parts for word in _ITEMS]
    items += [(part, one) for part in parts for one in _list(part.schema, "prefixItems")]
    yield tuple(_Part(one, part.asks) for part, one in items if isinstance(one, dict))


def _matched(schema: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*_mapping(schema, "patternProperties").values(), *(schema.get(w) for w in _OTHERS)]
    return [one for one in inner if isinstance(one, dict)]


def _by_names(schema: dict[str, Any], places: list[_Place]) -> dict[str, Any]:
    """What closes a schema to all names that its places know, whatever else holds there."""
    if any(word in schema for word in _OTHERS) or any(one.open or one.free for one in places):
        return {}
    names = dict.fromkeys(name for place in places for name in place.names)
    patterns = dict.fromkeys(name for place in places for name in place.patterns)
    known: list[Any] = [{"pattern": pattern} for pattern in patterns]
    if names:
        known.append({"enum": list(names)})
    return {"propertyNames": known[0] if len(known) == 1 else {"anyOf": known}}


def _put(value: Any, added: Mapping[int, dict[str, Any]]) -> Any:
    if isinstance(value, list):
        return [_put(one, added) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _put(one, added) for name, one in value.items()}
    more = dict(added.get(id(value), {}))
    if "allOf" in more:
        more["allOf"] = [*_list(found, "allOf"), more["allOf"][-1]]
    return {**found, **more}


def _key(parts: tuple[_Part, ...]) -> frozenset[tuple[int, bool]]:
    return frozenset((id(part.schema), part.asks) for part in parts)


def _declares(schema: Mapping[str, Any]) -> bool:
    return any(_mapping(schema, word) for word in ("properties", "patternProperties"))


def _list(schema: Mapping[str, Any], word: str) -> list[Any]:
    value = schema.get(word)
    return value if isinstance(value, list) else []


def _mapping(schema: Mapping[str, Any], word: str) -> dict[str, Any]:
    value = schema.get(word)
    return value if isinstance(value, dict) else {}


def _texts(schema: Mapping[str, Any], word: str) -> list[str]:
    return [one for one in _list(schema, word) if isinstance(one, str)]
