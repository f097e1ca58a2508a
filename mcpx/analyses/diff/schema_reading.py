"""JSON Schemas read for a comparison: each node with the definitions and parts it is made of."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from mcpx.analyses.diff.schema_nodes import (
    NOTES,
    NULL,
    Branch,
    Facet,
    Folded,
    Limit,
    Node,
    Spot,
    is_null,
    noted,
    of_types,
    tighter,
    types_of,
    without_notes,
)
from mcpx.analyses.diff.schema_sides import Path, Prints, Side
from mcpx.schemas.mirrored import ANNOTATION

# Of what one node is made of by reference and by allOf.
_MOST_PARTS = 64
_UNIONS = ("anyOf", "oneOf")
# Those of the whole schema, and one that another analysis looks at.
_PASSED_OVER = frozenset(("$schema", "$defs", "definitions", "$ref", ANNOTATION))
_COUNTS = (
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
)
_OF_SCHEMAS = ("propertyNames", "contains", "not", "items", "unevaluatedItems")
_OF_NAMED = ("patternProperties", "dependentSchemas")
_CONTENT = ("contentEncoding", "contentMediaType", "contentSchema")
# Two parts that say these of their own accord cannot be read as one.
_CLOSING = frozenset(("additionalProperties", "unevaluatedProperties"))
_DECLARING = frozenset(("properties", "patternProperties"))


def read(side: Side, raw: Any, path: Path, real: Path) -> Node:
    """A schema, with the definitions and the parts that it is made of."""
    return _Reader(side, raw, path, real).node


class _Reader:
    """Reads one schema into a node."""

    def __init__(self, side: Side, raw: Any, path: Path, real: Path) -> None:
        self._side = side
        outer = Spot(path, real, raw if isinstance(raw, dict) else {})
        self.node = Node(outer, outer, raw)
        self._seen: set[str] = set()
        self._wrapped = False
        self._parts: deque[tuple[Any, Spot]] = deque([(raw, outer)])
        taken = 0
        while self._parts and taken < _MOST_PARTS:
            taken += 1
            self._take(*self._parts.popleft())
            if not self._parts:
                self._fold()
        self.node.conjunctions += [Branch(raw, one.path, one.real) for raw, one in self._parts]
        self._settle()

    def _take(self, raw: Any, spot: Spot) -> None:
        """One part: the schema itself, a definition, a member of allOf, a lone alternative."""
        node = self.node
        if raw is False:
            node.never = True
        if not isinstance(raw, dict):
            if not isinstance(raw, bool):
                node.facets["?"] = Facet(raw, spot, ())
            return
        first = not self._seen and spot is node.outer
        if not first and self._clashes(raw):
            node.conjunctions.append(Branch(raw, spot.path, spot.real))
            node.targets = [one for one in node.targets if one is not raw]
            return
        own: Mapping[str, Any] = raw
        found = self._side.target(raw["$ref"]) if "$ref" in raw else None
        if found is not None:
            target, real = found
            own = {} if self._side.legacy else raw
            if not any(target is one for one in node.targets):
                node.targets.append(target)
                inner = Spot(spot.path, real, target if isinstance(target, dict) else {})
                self._parts.append((target, inner))
                if spot is node.core:
                    node.core = inner
        elif "$ref" in raw:
            node.facets.setdefault("$ref", Facet(raw["$ref"], spot, ("$ref",)))
            own = {} if self._side.legacy else raw
        for keyword, value in own.items():
            if keyword not in _PASSED_OVER:
                self._seen.add(keyword)
                self._keyword(keyword, value, spot, own)

    def _clashes(self, part: Mapping[str, Any]) -> bool:
        """Whether the part cannot be read as one with what was read before."""
        seen, node = self._seen, self.node
        if seen & _CLOSING and part.keys() & _DECLARING:
            return True
        if part.keys() & _CLOSING and (node.properties or "patternProperties" in seen):
            return True
        for keyword in part.keys() & seen:
            value = part[keyword]
            if keyword in NOTES or keyword in ("required", "allOf"):
                continue
            if keyword == "properties" and isinstance(value, dict):
                if not value.keys() & node.properties.keys():
                    continue
                return True
            if keyword == "type" and isinstance(value, str):
                if types_of([value]) == node.value("type") and value != "null":
                    continue
                return True
            return True
        return False

    def _note(self, key: str, value: Any, spot: Spot) -> None:
        """What limits nothing; what several parts say stays, each under a key of its own."""
        known = self.node.facets
        keyword = noted(key).lstrip("?")
        while key in known and known[key].value != value:
            key += "'"
        known.setdefault(key, Facet(value, spot, (keyword,)))

    def _say(self, key: str, value: Any, spot: Spot, *sources: str) -> None:
        self.node.facets[key] = Facet(value, spot, sources or (key,))

    def _keyword(self, keyword: str, value: Any, spot: Spot, own: Mapping[str, Any]) -> None:
        """One keyword: those without effect are left out, those that make no sense are notes."""
        node = self.node
        if keyword in NOTES:
            self._note(keyword, value, spot)
        elif keyword == "type":
            self._type(value, spot)
        elif keyword == "properties" and isinstance(value, dict):
            for name, inner in value.items():
                node.properties.setdefault(name, (inner, spot))
        elif keyword == "required" and isinstance(value, list):
            for name in value:
                if isinstance(name, str):
                    node.required.setdefault(name, spot)
        elif keyword in ("enum", "const") and (keyword == "const" or isinstance(value, list)):
            if "enum" not in node.facets or keyword == "const":
                values = [value] if keyword == "const" else value
                self._say("enum", {self._print(one): one for one in values}, spot, keyword)
        elif keyword in _UNIONS and isinstance(value, list):
            branches = _branches(value, spot, keyword)
            if branches:
                self._say(keyword, branches, spot)
        elif keyword == "allOf" and isinstance(value, list):
            # In one order on both sides: it decides which parts can be read as one.
            parts = _conjoined(value, spot)
            for one in sorted(parts, key=lambda part: self._print(part.raw)):
                holder = one.raw if isinstance(one.raw, dict) else {}
                self._parts.append((one.raw, Spot(one.path, one.real, holder)))
        elif keyword in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
            self._limit(keyword, value, spot, own)
        elif keyword in _COUNTS and _is_number(value):
            if value > 0 or keyword.startswith("max") or keyword == "minContains":
                self._say(keyword, value, spot)
        elif keyword == "multipleOf" and _is_number(value) and value > 0:
            self._say(keyword, _exact(value), spot)
        elif keyword in ("pattern", "format", *_CONTENT) and isinstance(value, str | dict | bool):
            self._say(keyword, value, spot)
        elif keyword == "uniqueItems" and isinstance(value, bool):
            if value:
                self._say(keyword, value, spot)
        elif keyword in ("additionalProperties", "unevaluatedProperties"):
            self._rest(keyword, value, spot)
        elif keyword in ("prefixItems", "items") and isinstance(value, list):
            self._say("prefixItems", value, spot, keyword)
        elif keyword == "additionalItems" and isinstance(own.get("items"), list):
            if not _is_free(value):
                self._say("items", value, spot, keyword)
        elif keyword in _OF_SCHEMAS and isinstance(value, dict | bool):
            if keyword == "not" and _is_free(value):
                node.never = True
            elif keyword in ("not", "contains") or not _is_free(value):
                self._say(keyword, value, spot)
        elif keyword in _OF_NAMED and isinstance(value, dict):
            if value:
                self._say(keyword, value, spot)
        elif keyword in ("dependentRequired", "dependencies") and isinstance(value, dict):
            lists = {name: one for name, one in value.items() if isinstance(one, list)}
            schemas = {name: one for name, one in value.items() if name not in lists}
            if lists:
                self._say("dependentRequired", lists, spot, keyword)
            if schemas:
                self._say("dependentSchemas", schemas, spot, keyword)
        elif keyword in ("if", "then", "else"):
            self._condition(own, spot)
        else:
            self._note(f"?{keyword}", value, spot)

    def _type(self, value: Any, spot: Spot) -> None:
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            self._note("?type", value, spot)
            return
        self._say("type", types_of(listed), spot)
        self.node.nulls = "null" in listed

    def _limit(self, keyword: str, value: Any, spot: Spot, own: Mapping[str, Any]) -> None:
        key = "lower" if keyword.endswith("inimum") else "upper"
        plain = keyword.startswith(("min", "max"))
        if isinstance(value, bool) and not plain:
            # Draft-04 has a flag here, told with the bound that it goes with.
            return
        if not _is_number(value):
            self._note(f"?{keyword}", value, spot)
            return
        flag = own.get("exclusiveMinimum" if key == "lower" else "exclusiveMaximum")
        limit = Limit(_exact(value), not plain or flag is True)
        known = self.node.facets.get(key)
        sources = (keyword, *(known.sources if known and known.spot is spot else ()))
        if known is not None and not tighter(key, limit, known.value):
            limit = known.value
        self._say(key, limit, spot, *sources)

    def _rest(self, keyword: str, value: Any, spot: Spot) -> None:
        if not isinstance(value, dict | bool):
            self._note(f"?{keyword}", value, spot)
        elif not _is_free(value):
            self._say(keyword, value, spot)

    def _condition(self, own: Mapping[str, Any], spot: Spot) -> None:
        parts = {key: own[key] for key in ("if", "then", "else") if key in own}
        if "if" in parts and len(parts) > 1:
            self._say("condition", parts, spot, *parts)

    def _fold(self) -> None:
        """Alternatives that say the same as fewer keywords: null beside one, types, values."""
        node = self.node
        for keyword in _UNIONS:
            facet = node.facets.get(keyword)
            if facet is None:
                continue
            branches: list[Branch] = facet.value
            others = [one for one in branches if not is_null(one.raw)]
            nulls = [one for one in branches if is_null(one.raw)]
            if keyword == "oneOf" and nulls and not self._once(nulls, others):
                continue
            alone = node.says() == [keyword]
            if len(others) == 1 and (not nulls or alone):
                branch = others[0]
                if isinstance(branch.raw, dict) and not self._clashes(branch.raw):
                    del node.facets[keyword]
                    if nulls:
                        node.nulls = True
                        self._seen.discard("type")
                        self._within(nulls)
                    inner = Spot(branch.path, branch.real, branch.raw)
                    node.core = inner
                    self._wrapped = bool(nulls)
                    self._parts.append((branch.raw, inner))
                    return
            if not alone:
                continue
            if others:
                self._within(nulls)
            folded = Folded(keyword, Facet(others, facet.spot, facet.sources), bool(nulls))
            if (types := _only_types(others, keyword)) is not None:
                del node.facets[keyword]
                self._say("type", types_of(types), facet.spot, keyword)
                node.nulls = "null" in types or bool(nulls)
                node.folded = folded
                self._within(others)
            elif (values := _only_values(others, keyword)) is not None:
                del node.facets[keyword]
                listed = {self._print(one): one for one in values}
                self._say("enum", listed, facet.spot, keyword)
                if nulls:
                    listed[self._print(None)] = None
                node.folded = folded
                self._within(others)
            elif nulls and others:
                node.nulls = True
                node.facets[keyword] = folded.facet

    def _once(self, nulls: list[Branch], others: list[Branch]) -> bool:
        """Whether null is surely one of the alternatives alone, as ``oneOf`` wants it."""
        return len(nulls) == 1 and all(self._refuses_null(one.raw) for one in others)

    def _refuses_null(self, raw: Any) -> bool:
        for _ in range(_MOST_PARTS):
            if not isinstance(raw, dict):
                return raw is False
            found = self._side.target(raw["$ref"]) if "$ref" in raw else None
            if found is None or not self._side.legacy:
                listed = raw.get("type")
                if isinstance(listed, str | list):
                    return "null" not in ([listed] if isinstance(listed, str) else listed)
                if "const" in raw:
                    return raw["const"] is not None
                if isinstance(raw.get("enum"), list):
                    return None not in raw["enum"]
            if found is None:
                return False
            raw = found[0]
        return False

    def _within(self, branches: list[Branch]) -> None:
        """What is said about alternatives that are not read by themselves, each with its mark."""
        for one in branches:
            spot = Spot(one.path, one.real, one.raw)
            said = one.raw.get("const", one.raw.get("type"))
            mark = NULL if is_null(one.raw) else str(self._print(said))
            self.node.within.setdefault(mark, spot)
            for keyword, value in one.raw.items():
                if keyword in NOTES:
                    self._note(f"{keyword}@{mark}", value, spot)

    def _settle(self) -> None:
        """What keywords say together."""
        node, facets = self.node, self.node.facets
        if self._wrapped:
            node.nulls = True
        elif node.nulls is None and any(keyword in facets for keyword in _UNIONS):
            node.nulls = False
        types = facets.get("type")
        if types is not None and types.value == {"number"} and node.value("multipleOf") == 1:
            facets["type"] = types._replace(value=frozenset({"integer"}))
            types = facets["type"]
            del facets["multipleOf"]
        if types is not None and types.value == {"integer"}:
            for key in ("lower", "upper"):
                if key in facets:
                    facets[key] = facets[key]._replace(value=_whole(key, facets[key].value))
        self._values()
        least = facets.get("minContains")
        if least is not None and ("contains" not in facets or least.value == 1):
            del facets["minContains"]
        elif least is not None and least.value == 0 and "maxContains" not in facets:
            del facets["minContains"], facets["contains"]
        rest = facets.get("unevaluatedProperties")
        applied = {"anyOf", "oneOf", "condition", "dependentSchemas", "additionalProperties"}
        if rest is not None and not applied & facets.keys() and not node.conjunctions:
            facets["additionalProperties"] = facets.pop("unevaluatedProperties")

    def _values(self) -> None:
        """Listed values, null told apart, without those that the type rules out."""
        node = self.node
        enum, types = node.facets.get("enum"), node.facets.get("type")
        if enum is None:
            return
        null = self._print(None)
        kept = {
            key: one
            for key, one in enum.value.items()
            if key != null and (types is None or of_types(one, types.value))
        }
        listed = null in enum.value and (types is None or node.nulls is not False)
        node.nulls = True if self._wrapped else listed
        node.facets["enum"] = enum._replace(value=kept)

    def _print(self, value: Any) -> int:
        return self._side.prints.of(value)


def _branches(values: list[Any], spot: Spot, keyword: str) -> list[Branch]:
    return [
        Branch(raw, (*spot.path, keyword, place), (*spot.real, keyword, place))
        for place, raw in enumerate(values)
    ]


def _conjoined(values: list[Any], spot: Spot) -> list[Branch]:
    """The parts of an allOf, those of an allOf within it among them."""
    found: list[Branch] = []
    waiting = deque(_branches(values, spot, "allOf"))
    while waiting:
        one = waiting.popleft()
        inner = one.raw.get("allOf") if isinstance(one.raw, dict) and len(one.raw) == 1 else None
        if isinstance(inner, list):
            waiting += _branches(inner, Spot(one.path, one.real, one.raw), "allOf")
        else:
            found.append(one)
    return found


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _exact(value: float) -> Fraction:
    """The number as it is written: 0.3 is three tenths."""
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def _is_free(value: Any) -> bool:
    return value is True or value == {}


def _only_types(branches: list[Branch], keyword: str) -> list[str] | None:
    """The types, when each alternative is one type and nothing else, but for texts."""
    types: list[str] = []
    for one in branches:
        raw = without_notes(one.raw)
        if raw is None or raw.keys() != {"type"}:
            return None
        listed = [raw["type"]] if isinstance(raw["type"], str) else raw["type"]
        if not isinstance(listed, list) or not all(isinstance(kind, str) for kind in listed):
            return None
        types += listed
    exclusive = keyword == "oneOf"
    doubtful = len(set(types)) < len(types) or {"integer", "number"} <= set(types)
    return None if not types or (exclusive and doubtful) else types


def _only_values(branches: list[Branch], keyword: str) -> list[Any] | None:
    """The values, when each alternative is a fixed value and nothing else, but for texts."""
    values: list[Any] = []
    for one in branches:
        raw = without_notes(one.raw)
        if raw is None or not {"const"} <= raw.keys() <= {"const", "type"}:
            return None
        kind = raw.get("type", "")
        fits = not kind or (isinstance(kind, str) and of_types(raw["const"], {kind}))
        if not fits:
            return None
        values.append(raw["const"])
    # A value that stands twice fits two alternatives, which oneOf refuses.
    prints = Prints()
    doubtful = keyword == "oneOf" and len({prints.of(one) for one in values}) < len(values)
    return None if doubtful else values or None


def _whole(key: str, limit: Limit) -> Limit:
    """The same bound of integers, inclusive."""
    if key == "lower":
        number = math.floor(limit.value) + 1 if limit.exclusive else math.ceil(limit.value)
    else:
        number = math.ceil(limit.value) - 1 if limit.exclusive else math.floor(limit.value)
    return Limit(Fraction(number), exclusive=False)
