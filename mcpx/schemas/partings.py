"""Partings: the places at which two JSON Schemas say different things, and values for just those.

Both schemas are walked side by side. What leads to a place (members, items, one alternative of
many) is known there, so nothing is spent on what did not change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from mcpx.schemas.instances import (
    Document,
    Source,
    View,
    alternately,
    children,
    distinct_sources,
    item_at,
    member,
    texts_in,
    values_of,
    ways_to,
)
from mcpx.schemas.patterns import matching
from mcpx.schemas.walk import resolved

# As with all instances, nothing here has to be right, and the bounds limit how long is searched.
_MOST_PAIRS = 3_000
_MOST_PARTINGS = 100
_MOST_VALUES = 300
_MOST_STEPS = 64
# The values of a place are made as if it were this deep, so that they stay small.
_DEPTH = 2
_MOST_WAYS = 4
_MOST_PADDING = 100
_MOST_BESIDE = 300
# Of JSON text, for finding out what is the same.
_MOST_WRITTEN = 10_000_000
_ALTERNATIVES = ("anyOf", "oneOf")
_SILENT = frozenset(
    (
        "$comment", "$defs", "$id", "$anchor", "$ref", "default", "definitions", "deprecated",
        "description", "examples", "readOnly", "title", "writeOnly",
    )
)  # fmt: skip

_Pick = Callable[[Any], list[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A way down from a value described by ``view``: to a member by its name, or to an item."""

    view: View
    to: str | int
    made: dict[bool, Any] = field(default_factory=dict)

    def put(self, value: Any, fully: bool) -> Any:
        """A value above that holds ``value``: with what is required only, or with all declared."""
        if fully not in self.made:
            self.made[fully] = self._row() if isinstance(self.to, int) else self._object(fully)
        others = self.made[fully]
        if isinstance(self.to, int):
            return [*others[: self.to], value, *others[self.to :]]
        return {**others, self.to: value}

    def _row(self) -> list[Any]:
        floors = [node.schema.get("minItems") for node in _dicts(self.view.nodes)]
        least = max((one for one in floors if isinstance(one, int)), default=0)
        places = [place for place in range(min(least, _MOST_PADDING)) if place != self.to]
        places = [*range(int(self.to)), *(place for place in places if place > int(self.to))]
        return [self._beside(item_at(place)) for place in places]

    def _object(self, fully: bool) -> dict[str, Any]:
        names = [name for node in self.view.nodes for name in texts_in(node.schema, "required")]
        if fully:
            names += [name for node in self.view.nodes for name in _properties(node.schema)]
        others = [name for name in dict.fromkeys(names) if name != self.to]
        return {name: self._beside(member(name)) for name in others[:_MOST_BESIDE]}

    def _beside(self, pick: _Pick) -> Any:
        return next(children(self.view, pick, _DEPTH), "a")


@dataclass(frozen=True, slots=True)
class _Place:
    """Two schemas that stand at one place, what else holds there, and the steps to it."""

    old: Source
    new: Source
    beside_old: tuple[Source, ...] = ()
    beside_new: tuple[Source, ...] = ()
    steps: tuple[_Step, ...] = ()

    def values(self) -> Iterator[Any]:
        """Whole values that differ at this place."""
        for value in islice(alternately(self._pools()), _MOST_VALUES):
            for fully in (False, True) if self.steps else (False,):
                whole = value
                for step in reversed(self.steps):
                    whole = step.put(whole, fully)
                yield whole

    def _pools(self) -> list[Iterator[Any]]:
        olds, news = ways_to(self.old)[:_MOST_WAYS], ways_to(self.new)[:_MOST_WAYS]
        all_old, all_new = _all(self.beside_old, olds), _all(self.beside_new, news)
        views = [View(self.beside_old + way, all_new) for way in olds]
        # What the new schema says is tried too, as far as the old one leaves it open.
        views += [View(self.beside_old + way, all_old) for way in news]
        return [values_of(view, _DEPTH) for view in views]


def at_partings(old: Any, new: Any) -> Iterator[Any]:
    """Values that the 2020-12 schema ``old`` likely accepts, at the places where ``new`` differs.

    Those nearer to the root come first; some come more than once.
    """
    places = islice(_Walk(old, new).places(), _MOST_PARTINGS)
    yield from alternately([place.values() for place in places])


class _Walk:
    def __init__(self, old: Any, new: Any) -> None:
        self._old, self._new = Document(old), Document(new)
        definitions = [
            [one.get(word) for word in ("$defs", "definitions")] if isinstance(one, dict) else []
            for one in (old, new)
        ]
        self._moved = _text(definitions[0]) != _text(definitions[1])
        self._texts: dict[int, tuple[Any, str]] = {}
        self._left = _MOST_WRITTEN

    def places(self) -> Iterator[_Place]:
        """The places where the schemas differ by themselves, those nearer to the root first."""
        first = _Place(Source(self._old.root, self._old), Source(self._new.root, self._new))
        waiting, seen = [first], set[tuple[int, int]]()
        for place in waiting:
            key = id(place.old.schema), id(place.new.schema)
            if len(seen) >= _MOST_PAIRS or self._left < 0:
                return
            if key in seen or len(place.steps) > _MOST_STEPS:
                continue
            seen.add(key)
            if self._is_same(place.old.schema, place.new.schema):
                continue
            old = resolved(place.old.schema, self._old.root)
            new = resolved(place.new.schema, self._new.root)
            if not isinstance(old, dict) or not isinstance(new, dict):
                if old != new:
                    yield place
                continue
            if _own(old, new) != _own(new, old):
                yield place
            waiting.extend(self._below(place, old, new))

    def _is_same(self, old: Any, new: Any) -> bool:
        text = self._said(old)
        return text == self._said(new) and self._is_fixed(text)

    def _said(self, schema: Any) -> str:
        """The schema as text, written once."""
        if not isinstance(schema, dict):
            return _text(schema)
        if id(schema) not in self._texts:
            # The schema is kept for its identity.
            self._texts[id(schema)] = schema, (text := _text(schema))
            self._left -= len(text)
        return self._texts[id(schema)][1]

    def _is_fixed(self, text: str) -> bool:
        """Whether a schema of this text says the same in both documents."""
        return not (self._moved and '"$ref"' in text)

    def _below(self, place: _Place, old: dict[str, Any], new: dict[str, Any]) -> Iterator[_Place]:
        beside_old = self._with_parts(place.beside_old, Source(old, self._old))
        beside_new = self._with_parts(place.beside_new, Source(new, self._new))
        view = View(beside_old, beside_new)

        def in_place(one: Any, other: Any, extra: Sequence[Any] = ()) -> _Place:
            asked = [node for inner in extra for node in _first_way(Source(inner, self._old))]
            return _Place(
                Source(one, self._old),
                Source(other, self._new),
                (*beside_old, *asked),
                beside_new,
                place.steps,
            )

        def under(to: str | int, one: Any, other: Any) -> _Place:
            pick = member(to) if isinstance(to, str) else item_at(to)
            olds, news = (
                tuple(
                    Source(inner, node.document)
                    for node in nodes
                    for inner in pick(node.schema)
                    if inner is not one and inner is not other
                )
                for nodes in (beside_old, beside_new)
            )
            steps = (*place.steps, _Step(view, to))
            return _Place(Source(one, self._old), Source(other, self._new), olds, news, steps)

        olds, news = _alternatives(old), _alternatives(new)
        if olds and news:
            yield from (in_place(one, other) for one, other in self._paired(olds, news))
        parts = _schemas(old, "allOf"), _schemas(new, "allOf")
        yield from (in_place(one, other) for one, other in self._paired(*parts))
        for word, extra in (("then", [old.get("if", True)]), ("else", [])):
            if word in old or word in new:
                yield in_place(old.get(word, True), new.get(word, True), extra)
        properties = _properties(old), _properties(new)
        for name in dict.fromkeys((*properties[0], *properties[1])):
            one, other = (
                named[name] if name in named else schema.get("additionalProperties", True)
                for named, schema in zip(properties, (old, new), strict=True)
            )
            yield under(name, one, other)
        patterns = _mapping(old, "patternProperties"), _mapping(new, "patternProperties")
        for pattern in patterns[0].keys() & patterns[1].keys():
            for name in matching(pattern)[:1]:
                yield under(name, patterns[0][pattern], patterns[1][pattern])
        if isinstance(old.get("additionalProperties"), dict):
            yield under("extra", old["additionalProperties"], new.get("additionalProperties", True))
        firsts = _schemas(old, "prefixItems"), _schemas(new, "prefixItems")
        for number, (one, other) in enumerate(zip(*firsts, strict=False)):
            yield under(number, one, other)
        if "items" in old and "items" in new:
            yield under(max(map(len, firsts)), old["items"], new["items"])
        if "contains" in old and "contains" in new:
            yield under(0, old["contains"], new["contains"])

    def _with_parts(self, beside: tuple[Source, ...], source: Source) -> tuple[Source, ...]:
        """What holds of a value besides an alternative or a part of it."""
        parts = _schemas(source.schema, "allOf")
        nodes = [node for one in parts for node in _first_way(Source(one, source.document))]
        return tuple(distinct_sources((*beside, source, *nodes)))

    def _paired(self, olds: Sequence[Any], news: Sequence[Any]) -> list[tuple[Any, Any]]:
        """The alternatives that differ, side by side: by what tells them apart, else in order.

        Beside one that is alone stands what refuses, or accepts, all.
        """
        both = {self._said(one) for one in news} & {self._said(one) for one in olds}
        kept = {text for text in both if self._is_fixed(text)}
        left = [one for one in olds if self._said(one) not in kept]
        others = [one for one in news if self._said(one) not in kept]
        found: list[tuple[Any, Any]] = []
        by_name: dict[str, Any] = {}
        for one in others:
            by_name.setdefault(self._name(one, self._new), one)
        rest = []
        for one in left:
            other = by_name.pop(self._name(one, self._old), None)
            if other is None:
                rest.append(one)
            else:
                found.append((one, other))
        paired = {id(other) for _, other in found}
        others = [one for one in others if id(one) not in paired]
        found += zip(rest, others, strict=False)
        found += [(one, False) for one in rest[len(others) :]]
        return found + [(True, one) for one in others[len(rest) :]]

    def _name(self, schema: Any, document: Document) -> str:
        """What tells an alternative from others: its constants, else its reference or title."""
        inner = resolved(schema, document.root)
        if not isinstance(inner, dict):
            return ""
        constants = {
            name: one.get("const", one.get("enum"))
            for name, one in _properties(inner).items()
            if isinstance(one, dict) and ("const" in one or "enum" in one)
        }
        named = schema.get("$ref", inner.get("title"))
        return _text([constants] if constants else [inner.get("const"), named, inner.get("type")])


def _own(schema: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """What a schema says by itself, beside what is followed into."""
    followed = {
        word
        for word in ("additionalProperties", "contains", "items")
        if isinstance(schema.get(word), dict) and isinstance(other.get(word), dict)
    }
    if len(_schemas(schema, "prefixItems")) == len(_schemas(other, "prefixItems")):
        followed.add("prefixItems")
    named = (_mapping(one, "patternProperties").keys() for one in (schema, other))
    if next(named) == next(named):
        followed.add("patternProperties")
    followed |= {"properties", "then", "else", "allOf"}
    if _alternatives(schema) and _alternatives(other):
        followed |= set(_ALTERNATIVES)
    return _text({k: v for k, v in schema.items() if k not in followed and k not in _SILENT})


def _alternatives(schema: Any) -> list[Any]:
    return [one for word in _ALTERNATIVES for one in _schemas(schema, word)]


def _all(beside: tuple[Source, ...], ways: Sequence[tuple[Source, ...]]) -> tuple[Source, ...]:
    return tuple(distinct_sources((*beside, *(node for way in ways for node in way))))


def _first_way(source: Source) -> tuple[Source, ...]:
    return next(iter(ways_to(source)), ())


def _dicts(nodes: Sequence[Source]) -> list[Source]:
    return [node for node in nodes if isinstance(node.schema, dict)]


def _schemas(schema: Any, word: str) -> list[Any]:
    value = schema.get(word) if isinstance(schema, dict) else None
    return value if isinstance(value, list) else []


def _mapping(schema: Any, word: str) -> dict[str, Any]:
    value = schema.get(word) if isinstance(schema, dict) else None
    return value if isinstance(value, dict) else {}


def _properties(schema: Any) -> dict[str, Any]:
    return _mapping(schema, "properties")


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
