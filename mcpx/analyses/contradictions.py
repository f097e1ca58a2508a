"""Input schemas that no arguments satisfy, as far as that can be proved in a bounded walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from mcpx.schemas.walk import at

_TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))
# Type -> keywords for the least and the most of it. Source: JSON Schema 2020-12, validation, 6.
_BOUNDS = {
    "string": (("minLength", "maxLength"),),
    "array": (("minItems", "maxItems"),),
    "object": (("minProperties", "maxProperties"),),
    "number": (("minimum", "maximum"),),
    "integer": (("minimum", "maximum"),),
}
_ANYTHING: tuple[Any, ...] = ({}, True)
# Siblings of $ref count since 2019-09. Source: JSON Schema 2019-09, core, 8.2.4.1.
_ALONE = ("draft-04", "draft-06", "draft-07")
# Values looked at, and parts in each other.
_MOST = 100_000
_DEEPEST = 40
_ENDLESS = float("inf")
# How far into a name it is shown.
_LONGEST = 60


class _Spent(Exception):  # noqa: N818 - no error: nothing was proved.
    """The walk has looked at as much as it may."""


def contradiction(schema: Mapping[str, Any]) -> str:
    """Why no arguments satisfy an input schema, as a sentence's end; empty if that is not proved.

    The schema is one of bounded depth. Patterns, formats and what ``not`` holds are not looked at,
    but for ``not`` of everything; where a type excludes objects, another rule tells it.
    """
    declared = schema.get("$schema")
    alone = isinstance(declared, str) and any(one in declared for one in _ALONE)
    if "object" not in _types([schema]):
        return ""
    try:
        return _Proof(schema, alone).reason([schema, {"type": "object"}], 0)
    except _Spent:
        return ""


class _Proof:
    """One walk over one schema: ``document`` is what references lead into."""

    def __init__(self, document: Mapping[str, Any], alone: bool) -> None:
        self._document = document
        self._alone = alone
        self._left = _MOST

    def reason(self, schemas: Sequence[Any], depth: int) -> str:
        """Why no value satisfies all of these at once; empty if that is not proved."""
        if depth > _DEEPEST:
            return ""
        parts: list[Mapping[str, Any]] = []
        for one in self._together(schemas):
            if one is False:
                return "false is its schema"
            if isinstance(one, dict):
                parts.append(one)
        types = _types(parts)
        if not types:
            return "its types exclude each other"
        return (
            next((_NOTHING for one in parts if "not" in one and one["not"] in _ANYTHING), "")
            or self._of_values(parts, types)
            or _of_bounds(parts, types)
            or (self._of_members(parts, depth) if types == {"object"} else "")
            or (self._of_elements(parts, depth) if types == {"array"} else "")
            or self._of_choices(parts, depth)
        )

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise _Spent

    def _together(self, schemas: Sequence[Any]) -> Iterator[Any]:
        """The schemas with what they refer to and what is in their ``allOf``, each once."""
        waiting, seen = list(schemas), set()
        for one in waiting:
            self._spend(1)
            if id(one) in seen:
                continue
            seen.add(id(one))
            if isinstance(one, dict):
                self._spend(len(one))
                reference = one.get("$ref")
                if isinstance(reference, str):
                    waiting.append(self._target(reference))
                    if self._alone:
                        continue
                waiting += _list(one, "allOf")
            yield one

    def _target(self, reference: str) -> Any:
        self._spend(len(reference))
        if not (reference == "#" or reference[:2] == "#/"):
            return True
        try:
            return at(self._document, unquote(reference[1:]))
        except KeyError:
            return True

    def _of_values(self, parts: Sequence[Mapping[str, Any]], types: frozenset[str]) -> str:
        """Of ``enum`` and ``const``."""
        left: set[tuple[bool, Any]] | None = None
        for part in parts:
            lists = [part["enum"]] if isinstance(part.get("enum"), list) else []
            lists += [[part["const"]]] if "const" in part else []
            for values in lists:
                self._spend(len(values))
                if not values:
                    return "its enum is empty"
                if any(isinstance(value, dict | list) for value in values):
                    continue
                here = {(isinstance(value, bool), value) for value in values}
                left = here if left is None else left & here
        if left is None:
            return ""
        if not left:
            return "its enum and const exclude each other"
        if not any(_is_of(value, types) for _, value in left):
            return "none of its values is of its type"
        return ""

    def _of_members(self, parts: Sequence[Mapping[str, Any]], depth: int) -> str:
        """Of an object: what is required, and what may be there."""
        required = dict.fromkeys(
            name for part in parts for name in _list(part, "required") if isinstance(name, str)
        )
        self._spend(len(required))
        named = [_named(part, "properties") for part in parts]
        for part, properties in zip(parts, named, strict=True):
            if part.get("additionalProperties") is False and not part.get("patternProperties"):
                missing = next((name for name in required if name not in properties), None)
                if missing is not None:
                    return f"{_shown(missing)} is required and additionalProperties forbids it"
                least = _best([part], "minProperties", max, 0)
                if least > len(properties):
                    return f"minProperties asks for {least} of {len(properties)} properties"
            most = _best([part], "maxProperties", min, len(required))
            if most < len(required):
                return f"{len(required)} names are required and maxProperties is {most}"
        for name in required:
            self._spend(len(named))
            below = [properties[name] for properties in named if name in properties]
            why = self.reason(below, depth + 1) if below else ""
            if why:
                return f"{_shown(name)} is required: {why}"
        return ""

    def _of_elements(self, parts: Sequence[Mapping[str, Any]], depth: int) -> str:
        least = _best(parts, "minItems", max, 0)
        first = max((len(_list(one, "prefixItems")) for one in parts), default=0)
        if least <= first:
            return ""
        items = [one["items"] for one in parts if isinstance(one.get("items"), dict | bool)]
        why = self.reason(items, depth + 1) if items else ""
        return f"it has elements: {why}" if why else ""

    def _of_choices(self, parts: Sequence[Mapping[str, Any]], depth: int) -> str:
        """Of ``anyOf`` and ``oneOf``: every choice, with what stands beside them."""
        for part in parts:
            for keyword in ("anyOf", "oneOf"):
                why = ""
                for choice in _list(part, keyword):
                    beside = [{k: v for k, v in one.items() if k not in _TAKEN} for one in parts]
                    self._spend(sum(map(len, beside)))
                    why = self.reason([choice, *beside], depth + 1)
                    if not why:
                        break
                if why:
                    return f"nothing in its {keyword} is possible ({why})"
        return ""


_NOTHING = "not excludes everything"
# Followed already when it comes to choices; what is beside a choice is taken without them.
_TAKEN = ("$ref", "allOf", "anyOf", "oneOf")


def _of_bounds(parts: Sequence[Mapping[str, Any]], types: frozenset[str]) -> str:
    """Of what has a least and a most; only where no other type is a way out."""
    found = ""
    for name in types:
        pairs = _BOUNDS.get(name, ())
        found = next(
            (
                f"{low} is greater than {high}"
                for low, high in pairs
                if _best(parts, low, max, -_ENDLESS) > _best(parts, high, min, _ENDLESS)
            ),
            "",
        )
        if not found:
            return ""
    return found


def _best(
    parts: Sequence[Mapping[str, Any]],
    keyword: str,
    best: Callable[..., float],
    none: float,
) -> float:
    """The greatest or the least number that a keyword has in any of these."""
    return best((one[keyword] for one in parts if _is_number(one.get(keyword))), default=none)


def _types(parts: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The types that all of these allow; what is no type allows everything."""
    left = _TYPES
    for part in parts:
        said = part.get("type")
        names = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        if names and all(isinstance(name, str) and name in _TYPES for name in names):
            left &= {*names, *(["integer"] if "number" in names else [])}
    return left


def _is_of(value: Any, types: frozenset[str]) -> bool:
    """Whether a value that is neither object nor array is of one of these types."""
    if value is None:
        return "null" in types
    if isinstance(value, bool):
        return "boolean" in types
    if isinstance(value, str):
        return "string" in types
    whole = isinstance(value, int) or value.is_integer()
    return "number" in types or (whole and "integer" in types)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _list(part: Mapping[str, Any], keyword: str) -> list[Any]:
    value = part.get(keyword)
    return value if isinstance(value, list) else []


def _named(part: Mapping[str, Any], keyword: str) -> Mapping[str, Any]:
    value = part.get(keyword)
    return value if isinstance(value, dict) else {}


def _shown(name: str) -> str:
    return f"'{name[:_LONGEST]}'"
