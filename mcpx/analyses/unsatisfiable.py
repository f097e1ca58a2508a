"""Schemas that no value satisfies, as far as that can be proved in a bounded walk."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mcpx.analyses.bounds import (
    TYPES,
    best_of,
    is_beyond,
    is_of,
    key_of,
    of_bounds,
    types_of,
)
from mcpx.schemas.walk import listed, target

_ANYTHING: tuple[Any, ...] = ({}, True)
# Siblings of $ref count since 2019-09. Source: JSON Schema 2019-09, core, 8.2.4.1.
_ALONE = ("draft-04", "draft-06", "draft-07")
# What says nothing of values.
_REMARKS = frozenset(("title", "description", "$comment", "default", "examples", "deprecated"))
_PLAIN = _REMARKS | {"type"}
# Values looked at, and parts in each other.
_MOST = 100_000
_DEEPEST = 40
# How far into a name it is shown.
_LONGEST = 60
_CHOICES = ("anyOf", "oneOf")
# Followed already when it comes to choices; what is beside a choice is taken without them.
_TAKEN = frozenset(("$ref", "allOf", *_CHOICES, "if", "then", "else"))
_Part = Mapping[str, Any]


class _Spent(Exception):  # noqa: N818 - no error: nothing was proved.
    """The walk has looked at as much as it may."""


def unsatisfiable(schema: _Part, of_object: bool) -> str:
    """Why no value satisfies a schema, as a sentence's end; empty if that is not proved.

    ``of_object``: why no object does, where another rule tells a type that excludes objects. The
    schema is one of bounded depth. Patterns and formats are not looked at, and of ``not`` only
    whether it excludes what is asked for in the same words.
    """
    declared = schema.get("$schema")
    alone = isinstance(declared, str) and any(one in declared for one in _ALONE)
    asked: list[Any] = [schema]
    if of_object and schema.get("type") != "object":
        if "object" not in types_of(asked):
            return ""
        asked.append({"type": "object"})
    try:
        return _Proof(schema, alone).reason(asked)
    except _Spent:
        return ""


class _Proof:
    """One walk over one schema: ``document`` is what references lead into."""

    def __init__(self, document: _Part, alone: bool) -> None:
        self._document = document
        self._alone = alone
        self._left = _MOST
        self._choices: dict[tuple[int, str], list[Any]] = {}
        # What is being looked at, and how deep in the value it stands.
        self._within: list[tuple[frozenset[int], int]] = []

    def reason(self, schemas: Sequence[Any], level: int = 0) -> str:
        """Why no value satisfies all of these at once; empty if that is not proved.

        ``level``: how many values this one stands in.
        """
        if len(schemas) == 1 and isinstance(schemas[0], dict) and schemas[0].keys() <= _PLAIN:
            # Most are like that.
            return ""
        if len(self._within) > _DEEPEST:
            return ""
        parts: list[_Part] = []
        for one in self._together(schemas):
            if one is False:
                return "false is its schema"
            if isinstance(one, dict):
                parts.append(one)
        here = frozenset(map(id, parts))
        for outer, above in self._within:
            # Each value would hold another one of the same kind, and all of them end.
            if outer and outer <= here:
                return "it would have to hold itself without end" if above < level else ""
        self._within.append((here, level))
        try:
            return self._reason(parts, level)
        finally:
            self._within.pop()

    def _reason(self, parts: Sequence[_Part], level: int) -> str:
        types = types_of(parts)
        if not types:
            return "its types exclude each other"
        return (
            _of_not(parts, types)
            or self._of_values(parts, types)
            or of_bounds(parts, types)
            or (self._of_members(parts, level) if types == {"object"} else "")
            or (self._of_elements(parts, level) if types == {"array"} else "")
            or self._of_choices(parts, level)
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
                waiting += listed(one, "allOf")
            yield one

    def _target(self, reference: str) -> Any:
        self._spend(len(reference))
        try:
            return target(reference, self._document)
        except KeyError:
            return True

    def _of_values(self, parts: Sequence[_Part], types: frozenset[str]) -> str:
        """Of ``enum`` and ``const``."""
        left: dict[str, Any] | None = None
        for part in parts:
            lists = [part["enum"]] if isinstance(part.get("enum"), list) else []
            lists += [[part["const"]]] if "const" in part else []
            for values in lists:
                self._spend(len(values))
                if not values:
                    return "its enum is empty"
                if any(isinstance(value, dict | list) for value in values):
                    continue
                here = {key_of(value): value for value in values}
                left = here if left is None else {k: v for k, v in left.items() if k in here}
        if left is None:
            return ""
        if not left:
            return "its enum and const exclude each other"
        values = [value for value in left.values() if is_of(value, types)]
        if not values:
            return "none of its values is of its type"
        self._spend(len(values) * len(parts))
        if all(is_beyond(value, parts) for value in values):
            return "none of its values is within its bounds"
        return ""

    def _of_members(self, parts: Sequence[_Part], level: int) -> str:
        """Of an object: what is required, and what may be there."""
        required = dict.fromkeys(_required(parts))
        self._spend(len(required))
        named = [_named(part, "properties") for part in parts]
        for part, properties in zip(parts, named, strict=True):
            if part.get("additionalProperties") is False and not part.get("patternProperties"):
                missing = next((name for name in required if name not in properties), None)
                if missing is not None:
                    return f"{_shown(missing)} is required and additionalProperties forbids it"
                least = best_of([part], "minProperties", max, 0)
                if least > len(properties):
                    return f"minProperties asks for {least} of {len(properties)} properties"
            most = best_of([part], "maxProperties", min, len(required))
            if most < len(required):
                return f"{len(required)} names are required and maxProperties is {most}"
        names = [one["propertyNames"] for one in parts if "propertyNames" in one]
        for name in required:
            self._spend(len(named))
            below = [properties[name] for properties in named if name in properties]
            why = self.reason(below, level + 1) if below else ""
            if why:
                return f"{_shown(name)} is required: {why}"
            if names and self.reason([*names, {"const": name}], level + 1):
                return f"{_shown(name)} is required and propertyNames forbids it"
        return ""

    def _of_elements(self, parts: Sequence[_Part], level: int) -> str:
        least = best_of(parts, "minItems", max, 0)
        first = max((len(listed(one, "prefixItems")) for one in parts), default=0)
        items = [one["items"] for one in parts if isinstance(one.get("items"), dict | bool)]
        for one in parts:
            if "contains" in one and one.get("minContains", 1) != 0:
                if best_of(parts, "maxItems", min, 1) < 1:
                    return "it must contain an element, and maxItems is 0"
                why = self.reason([one["contains"], *([] if first else items)], level + 1)
                if why:
                    return f"it must contain an element: {why}"
        if least <= first:
            return ""
        why = self.reason(items, level + 1) if items else ""
        return f"it has elements: {why}" if why else ""

    def _of_choices(self, parts: Sequence[_Part], level: int) -> str:
        """Of ``anyOf``, ``oneOf`` and ``if``: every choice, with what stands beside them."""
        beside: list[Any] | None = None
        for part in parts:
            for keyword in (*_CHOICES, "if"):
                if keyword not in part:
                    continue
                if beside is None:
                    # Copied only where it must be, because parts are told by their identity.
                    beside = [
                        one
                        if _TAKEN.isdisjoint(one)
                        else {k: v for k, v in one.items() if k not in _TAKEN}
                        for one in parts
                    ]
                why = ""
                for choice in self._chosen(part, keyword):
                    self._spend(sum(map(len, beside)))
                    why = self.reason([choice, *beside], level)
                    if not why:
                        break
                if why:
                    return f"nothing in its {keyword} is possible ({why})"
        return ""

    def _chosen(self, part: _Part, keyword: str) -> list[Any]:
        """The choices that a keyword leaves."""
        known = self._choices.get((id(part), keyword))
        if known is not None:
            return known
        if keyword == "if":
            then = [{"allOf": [part["if"], part.get("then", True)]}]
            chosen = then if part["if"] in _ANYTHING else [*then, part.get("else", True)]
        else:
            chosen = listed(part, keyword)
        if keyword == "oneOf" and len(chosen) > 1:
            # What is there twice is never the only one.
            texts = [_text(one) for one in chosen]
            self._spend(sum(map(len, texts)) // _LETTERS_A_VALUE)
            counts = Counter(texts)
            chosen = [
                one if counts[text] == 1 else _TWICE
                for one, text in zip(chosen, texts, strict=True)
            ]
        self._choices[id(part), keyword] = chosen
        return chosen


_LETTERS_A_VALUE = 10
_TWICE = {"not": {}, "$comment": "stands twice"}


def _text(schema: Any) -> str:
    """A schema as text, the same for those that differ in remarks alone."""
    if isinstance(schema, dict):
        schema = {key: value for key, value in schema.items() if key not in _REMARKS}
    return json.dumps(schema, sort_keys=True)


def _of_not(parts: Sequence[_Part], types: frozenset[str]) -> str:
    """Of ``not``: what it excludes is what is asked for."""
    if any(one is _TWICE for one in parts):
        return "it stands there twice"
    for one in parts:
        if "not" in one and _follows(one["not"], parts, types):
            return "not excludes everything"
    return ""


def _follows(schema: Any, parts: Sequence[_Part], types: frozenset[str]) -> bool:
    """Whether all that satisfies the parts satisfies a schema too, by its type and ``required``."""
    if not isinstance(schema, dict):
        return schema is True
    for keyword in schema:
        if keyword == "type":
            allowed = types_of([schema])
            # Everything is allowed by what is no type.
            if allowed == TYPES or not types <= allowed:
                return False
        elif keyword == "required":
            if not set(filter(_is_text, listed(schema, "required"))) <= set(_required(parts)):
                return False
        elif keyword not in _REMARKS:
            return False
    return True


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _required(parts: Sequence[_Part]) -> list[str]:
    """The names that are required of an object."""
    return [name for part in parts for name in filter(_is_text, listed(part, "required"))]


def _named(part: _Part, keyword: str) -> Mapping[str, Any]:
    value = part.get(keyword)
    return value if isinstance(value, dict) else {}


def _shown(name: str) -> str:
    return f"'{name[:_LONGEST]}'"
