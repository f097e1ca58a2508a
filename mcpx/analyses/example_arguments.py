"""Arguments that a tool's input schema itself gives for a call; nothing is invented."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from typing import Any, TypeGuard

from mcpx.analyses.wording import words
from mcpx.schemas.walk import resolved

# Parts of a schema that are looked at, parts in each other, and elements of an array that is made.
_MOST = 500
_DEEPEST = 16
_MOST_ELEMENTS = 10
_LONGEST_NAME = 60
_LEAST: Mapping[str, Any] = {"null": None, "boolean": False}
# A number of such a name stands for a thing, and another number for another one.
_STANDS_FOR = frozenset(("id", "ids", "identifier", "index", "key", "no", "number", "pid", "uid"))


class NoExampleError(Exception):
    """A parameter is required and its schema has no example; the text is the parameter's place."""


def example_arguments(schema: Any) -> dict[str, Any]:
    """What to call a tool with: the parameters that its schema requires, and no others.

    Each is its default, its first example, its constant or its first choice, else the least value
    of its type. A text or a number that stands for something has none: raises NoExampleError. That
    the arguments fit the schema is likely and not certain.
    """
    return _Maker(schema).members(schema, "", 0)


class _Maker:
    """Makes values within a budget; ``document`` is what references lead into."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._left = _MOST

    def members(self, schema: Any, place: str, depth: int) -> dict[str, Any]:
        """The required members of an object."""
        whole = self._whole(schema, place, depth)
        properties = whole["properties"]
        return {
            name: self._value(properties.get(name, True), f"{place}.{name}".strip("."), depth + 1)
            for name in whole["required"]
        }

    def _value(self, schema: Any, place: str, depth: int) -> Any:
        one = self._whole(schema, place, depth)
        given = [one[keyword] for keyword in ("default", "const") if keyword in one]
        if given := [*given[:1], *_listed(one, "examples")[:1], *_listed(one, "enum")[:1]]:
            return given[0]
        kind = one.get("type", _implied(one))
        if isinstance(kind, str) and kind:
            return self._typed(kind, one, place, depth)
        others = [{**one, "type": name} for name in _listed(one, "type")]
        for other in others or (*_listed(one, "anyOf"), *_listed(one, "oneOf")):
            with contextlib.suppress(NoExampleError):
                return self._value(other, place, depth + 1)
        raise _none(place)

    def _typed(self, kind: str, one: Mapping[str, Any], place: str, depth: int) -> Any:
        """The least value of a type."""
        if kind == "object":
            return self.members(one, place, depth)
        if kind == "array":
            return self._elements(one, place, depth)
        if kind in ("integer", "number"):
            return _number(one, place, whole=kind == "integer")
        if kind in _LEAST:
            return _LEAST[kind]
        raise _none(place)

    def _elements(self, one: Mapping[str, Any], place: str, depth: int) -> list[Any]:
        least = one.get("minItems")
        if not _is_number(least) or not least:
            return []
        if least > _MOST_ELEMENTS or "prefixItems" in one:
            raise _none(place)
        return [self._value(one.get("items"), place, depth + 1)] * math.ceil(least)

    def _whole(self, schema: Any, place: str, depth: int) -> dict[str, Any]:
        """A schema with what it refers to and what is in its ``allOf``, as one."""
        self._left -= 1
        one = resolved(schema, self._document)
        if self._left < 0 or depth > _DEEPEST:
            raise _none(place)
        found = dict(one) if isinstance(one, dict) else {}
        properties = found.get("properties")
        found["properties"] = dict(properties) if isinstance(properties, dict) else {}
        found["required"] = [name for name in _listed(found, "required") if isinstance(name, str)]
        for part in _listed(found, "allOf"):
            inner = self._whole(part, place, depth + 1)
            members = {**inner["properties"], **found["properties"]}
            required = [*inner["required"], *found["required"]]
            found = {**inner, **found, "properties": members, "required": required}
        return found


def _number(one: Mapping[str, Any], place: str, whole: bool) -> int | float:
    """The number nearest to zero that is allowed."""
    name = words(place[-_LONGEST_NAME:])
    if name and name[-1] in _STANDS_FOR:
        raise _none(place)
    # Up to draft-04 the exclusive bounds are true or false.
    low, high = one.get("minimum"), one.get("maximum")
    above, below = one.get("exclusiveMinimum"), one.get("exclusiveMaximum")
    least = [low + (above is True)] if _is_number(low) else []
    least += [above + 1] if _is_number(above) else []
    most = [high - (below is True)] if _is_number(high) else []
    most += [below - 1] if _is_number(below) else []
    found: int | float = min([max([0, *least]), *most])
    return (math.ceil if found > 0 else math.floor)(found) if whole else found


def _none(place: str) -> NoExampleError:
    return NoExampleError(place[:_LONGEST_NAME])


def _implied(one: Mapping[str, Any]) -> str:
    """The type of a schema that does not say it."""
    return "object" if one["properties"] else "array" if "items" in one else ""


def _is_number(value: Any) -> TypeGuard[int | float]:
    """Whether it is a number that can be reckoned with, which infinity is not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53


def _listed(schema: Mapping[str, Any], keyword: str) -> list[Any]:
    value = schema.get(keyword)
    return value if isinstance(value, list) else []
