"""Instances: values that lie where two JSON Schemas may part, shortest and likeliest first."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, pairwise, product
from typing import Any

from mcpx.schemas.patterns import compiled, lengthened, matching, repetitions, stretched
from mcpx.schemas.walk import resolved

# Nothing here has to be right, only likely: whoever asks checks each value with a validator. So
# every bound below only limits how long is searched.
_MOST_VIEWS = 24
_DEEPEST = 7
# Values by depth: at the top, in its members, and below.
_MOST_VALUES = (20_000, 200, 80, 40, 20, 10, 6, 4)
_MOST_LOOKED_AT = 50_000
_NAME_COSTS = 10
# Items, members and characters of one value, and what all long values of a search hold together.
_MOST_SIZE = 100_001
_MOST_HELD = 3_000_000
# Longer arrays and objects are only made in the plainest way.
_LONG = 40
_FEW = 40
_SAMPLES = 6
# Of one place that is changed: how many values, and how deep they are made.
_MOST_CHANGES = 60
_FLAT = 5
_ALL_TYPES = ("string", "integer", "number", "boolean", "null", "object", "array")
_FORMATS = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "a@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com",
    "uri-reference": "/a",
    "url": "https://example.com",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "json-pointer": "/a",
    "regex": "a",
}
_OTHER_NAMES = ("extra", "a", "")


_Ways = list[tuple["Source", ...]]


@dataclass(slots=True, eq=False)
class Document:
    """What references lead into, with the ways to satisfy each schema in it, by its identity.

    ``left`` is how many schemas may still be looked at for values of places below one, ``room``
    how much long values may still hold.
    """

    root: Any
    ways: dict[int, tuple[Any, _Ways]] = field(default_factory=dict)
    left: int = _MOST_LOOKED_AT
    room: int = _MOST_HELD

    def spends(self, number: int) -> bool:
        """Whether so many schemas more may be looked at."""
        self.left -= number
        return self.left >= 0

    def holds(self, size: int) -> bool:
        """Whether there is room for a value of a size, which short ones do not take."""
        if size > _LONG:
            self.room -= size
        return self.room >= 0


@dataclass(frozen=True, slots=True)
class Source:
    """A schema with the document that it is from."""

    schema: Any
    document: Document


@dataclass(frozen=True, slots=True)
class View:
    """One way to satisfy a schema: ``nodes`` all hold, ``hints`` are others'."""

    nodes: tuple[Source, ...]
    hints: tuple[Source, ...] = ()

    @property
    def all(self) -> tuple[Source, ...]:
        """The schemas of both kinds."""
        return self.nodes + self.hints

    def holds(self, size: int) -> bool:
        """Whether there is room for a value of a size."""
        return size <= _LONG or all(one.document.holds(size) for one in self.all[:1])


def instances(schema: Any, other: Any) -> Iterator[Any]:
    """Values that likely satisfy ``schema`` and come near to where ``other`` may refuse them.

    Some come more than once.
    """
    hints = [node for view in _ways_of(other) for node in view]
    pools = [values_of(View(view, tuple(distinct_sources(hints))), 0) for view in _ways_of(schema)]
    yield from islice(alternately(pools), _MOST_VALUES[0])


def neighbours(value: Any, schema: Any, other: Any) -> Iterator[Any]:
    """The value with one place of it changed, each place in turn, as the two schemas suggest."""
    nodes, hints = (
        distinct_sources(node for view in _ways_of(one) for node in view) for one in (schema, other)
    )
    yield from alternately(list(_changes(value, View(tuple(nodes), tuple(hints)), _itself, 0)))


_Put = Callable[[Any], Any]


def _itself(value: Any) -> Any:
    return value


def _changes(value: Any, view: View, put: _Put, depth: int) -> Iterator[Iterator[Any]]:
    """For each place of a value, its changes; ``put`` puts a value of this place into the whole."""
    if depth > _DEEPEST:
        return
    yield map(put, islice(values_of(view, _FLAT), _MOST_CHANGES))
    if isinstance(value, dict):
        missing = [name for name in _names(_dicts(view.all)) if name not in value]
        yield map(put, ({k: v for k, v in value.items() if k != name} for name in value))
        for name in [*value, *missing]:
            below = _below(view, member(name))
            in_place = _Member(value, name, put)
            if name in value:
                yield from _changes(value[name], below, in_place, depth + 1)
            else:
                yield map(in_place, islice(values_of(below, _FLAT), _MOST_CHANGES))
    elif isinstance(value, list):
        yield map(put, (value[:place] + value[place + 1 :] for place in range(len(value))))
        for place, one in enumerate(value[:_SAMPLES]):
            below = _below(view, item_at(place))
            yield from _changes(one, below, _Item(value, place, put), depth + 1)
        below = _below(view, item_at(len(value)))
        yield map(_Item(value, len(value), put), islice(values_of(below, _FLAT), _MOST_CHANGES))


@dataclass(frozen=True, slots=True)
class _Member:
    """Puts a value into an object under a name, and that where the object belongs."""

    of: Mapping[str, Any]
    name: str
    put: _Put

    def __call__(self, value: Any) -> Any:
        return self.put({**self.of, self.name: value})


@dataclass(frozen=True, slots=True)
class _Item:
    """The same for an item of an array; one place beyond its end adds one."""

    of: Sequence[Any]
    place: int
    put: _Put

    def __call__(self, value: Any) -> Any:
        return self.put([*self.of[: self.place], value, *self.of[self.place + 1 :]])


class _Drawn:
    """What an iterator yields, drawn as far as it is asked for, and kept; else other values."""

    def __init__(self, values: Iterator[Any], otherwise: Sequence[Any] = ()) -> None:
        self._values, self._otherwise = values, otherwise
        self._kept: list[Any] = []

    def __iter__(self) -> Iterator[Any]:
        place = 0
        while place < len(self._kept) or self._draws():
            yield self._kept[place]
            place += 1

    def _draws(self) -> bool:
        for value in islice(self._values, 1):
            self._kept.append(value)
            return True
        if not self._kept:
            self._kept += self._otherwise
            return bool(self._kept)
        return False

    def first(self, number: int) -> list[Any]:
        return list(islice(self, number))


def _below(view: View, pick: Any) -> View:
    """All that the schemas of a view say of a place below it."""
    return View(
        *(
            tuple(
                distinct_sources(
                    one
                    for node in nodes
                    for inner in pick(node.schema)
                    for way in ways_to(Source(inner, node.document))
                    if node.document.spends(len(way))
                    for one in way
                )
            )
            for nodes in (view.nodes, view.hints)
        )
    )


def _dicts(nodes: Iterable[Source]) -> list[Mapping[str, Any]]:
    return [node.schema for node in nodes if isinstance(node.schema, dict)]


def alternately(pools: Sequence[Iterator[Any]]) -> Iterator[Any]:
    """One value of each in turn."""
    waiting = list(pools)
    while waiting:
        left = []
        for pool in waiting:
            for value in islice(pool, 1):
                yield value
                left.append(pool)
        waiting = left


def distinct_sources(nodes: Iterable[Source]) -> list[Source]:
    """Each schema once."""
    return list({id(node.schema): node for node in nodes}.values())


def _ways_of(document: Any) -> _Ways:
    return ways_to(Source(document, Document(document)))


def ways_to(source: Source) -> _Ways:
    """The ways to satisfy a schema, each a row of schemas without alternatives in them."""
    known = source.document.ways
    if id(source.schema) in known:
        return known[id(source.schema)][1]
    schema = resolved(source.schema, source.document.root)
    found: _Ways = [(Source(schema, source.document),)]
    # Also for the schemas in it, which may lead back here. The schema is kept for its identity.
    known[id(source.schema)] = source.schema, found
    if isinstance(schema, dict):
        combined = islice(product(*_parts(schema, source.document)), _MOST_VIEWS)
        found[:] = [found[0] + tuple(node for way in ways for node in way) for ways in combined]
    return found


def _parts(schema: dict[str, Any], document: Document) -> Iterator[_Ways]:
    """For each demand of a schema that is made by schemas, the ways to satisfy it."""

    def of(inner: Any) -> _Ways:
        return ways_to(Source(inner, document))[:_MOST_VIEWS]

    yield from (of(inner) for inner in _list(schema, "allOf"))
    for keyword in ("anyOf", "oneOf"):
        if alternatives := _list(schema, keyword):
            each = [of(inner) for inner in alternatives]
            # One way of every alternative before the second of any.
            yield list(islice(alternately([iter(ways) for ways in each]), _MOST_VIEWS))
    if "if" in schema:
        then = product(of(schema["if"]), of(schema.get("then", True)))
        ways = alternately([(a + b for a, b in then), iter(of(schema.get("else", True)))])
        yield list(islice(ways, _MOST_VIEWS))
    yield from ([(), *of(inner)] for inner in _mapping(schema, "dependentSchemas").values())
    if isinstance(schema.get("not"), dict):
        # What is ruled out: its values are the interesting ones, its demands are not made.
        yield [tuple(_softened(way) for way in way) for way in of(schema["not"])] or [()]


def _softened(source: Source) -> Source:
    if not isinstance(source.schema, dict):
        return source
    return Source({k: v for k, v in source.schema.items() if k != "required"}, source.document)


def children(view: View, pick: Any, depth: int) -> Iterator[Any]:
    """Values of the place in each schema of the view that ``pick`` chooses (schemas of a node)."""
    ways = [
        ways_to(Source(inner, node.document)) for node in view.nodes for inner in pick(node.schema)
    ]
    combined = list(islice(product(*(way[:6] for way in ways)), _MOST_VIEWS))
    nodes = [tuple(node for part in way for node in part) for way in combined]
    if not all(node.document.spends(len(nodes) * len(nodes[0])) for node in view.nodes[:1]):
        return
    hints = _below(View((), view.hints), pick).hints
    pools = [values_of(View(one, hints), depth) for one in nodes]
    yield from islice(alternately(pools), _MOST_VALUES[min(depth, len(_MOST_VALUES) - 1)])


def values_of(view: View, depth: int) -> Iterator[Any]:
    """Values for one view: those that it names, those at its bounds, then one of every type."""
    if depth > _DEEPEST or not all(one.document.spends(len(view.all)) for one in view.all[:1]):
        return
    nodes, every = _dicts(view.nodes), _dicts(view.all)
    yield from _named(nodes, every)
    types = _types(nodes)
    hinted = [one for one in _types(every) if one not in types]
    others = [one for one in dict.fromkeys((*hinted, *_ALL_TYPES)) if one not in types]
    yield from alternately([_of_type(one, view, every, depth) for one in types or others])
    if types:
        for one in others:
            yield from islice(_of_type(one, view, every, depth), 3)


def _named(nodes: Sequence[Mapping[str, Any]], every: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """Values that the schemas name; those that few of them name first: one may refuse them."""
    counted: dict[str, tuple[bool, int, Any]] = {}
    for place, node in enumerate(every):
        listed = [node["const"]] if "const" in node else _list(node, "enum")
        for value in listed:
            key = json.dumps(value, sort_keys=True)
            hinted, number, _ = counted.get(key, (place >= len(nodes), 0, None))
            counted[key] = hinted, number + 1, value
    for _, _, value in sorted(counted.values(), key=lambda one: one[:2]):
        yield value
    for node in nodes:
        if "default" in node:
            yield node["default"]
        yield from _list(node, "examples")[:3]


_IMPLIED = {
    "properties": "object", "required": "object", "additionalProperties": "object",
    "patternProperties": "object", "propertyNames": "object", "minProperties": "object",
    "maxProperties": "object", "dependentRequired": "object", "unevaluatedProperties": "object",
    "items": "array", "prefixItems": "array", "minItems": "array", "maxItems": "array",
    "contains": "array", "uniqueItems": "array", "unevaluatedItems": "array",
    "minLength": "string", "maxLength": "string", "pattern": "string", "format": "string",
    "minimum": "number", "maximum": "number", "multipleOf": "number",
    "exclusiveMinimum": "number", "exclusiveMaximum": "number",
}  # fmt: skip


def _types(nodes: Sequence[Mapping[str, Any]]) -> list[str]:
    """The types that the nodes say or imply; those that all of them say come first."""
    said: dict[str, int] = {}
    for node in nodes:
        listed = node.get("type")
        names = [listed] if isinstance(listed, str) else listed if isinstance(listed, list) else []
        names = [name for name in names if isinstance(name, str)]
        if not names:
            names = list(dict.fromkeys(_IMPLIED[word] for word in node if word in _IMPLIED))
        for name in dict.fromkeys(names):
            said[name] = said.get(name, 0) + 1
    return sorted(said, key=lambda name: -said[name])


def _of_type(
    name: str, view: View, every: Sequence[Mapping[str, Any]], depth: int
) -> Iterator[Any]:
    if name == "null":
        yield None
    elif name == "boolean":
        yield from (True, False)
    elif name in ("integer", "number"):
        yield from _numbers(every, name == "integer")
    elif name == "string":
        yield from _texts(view, every)
    elif name == "array":
        yield from _arrays(view, every, depth)
    elif name == "object":
        yield from _objects(view, every, depth)


def _numbers(every: Sequence[Mapping[str, Any]], whole: bool) -> Iterator[Any]:
    bounds = _said(every, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    steps = [one for one in _said(every, "multipleOf") if one > 0]
    found: list[float] = []
    ordered = sorted(bounds)
    between = [low + (high - low) / 2 for low, high in islice(pairwise(ordered), 50)]
    for bound in bounds:
        found += [bound, bound + 1, bound - 1]
        found += [] if whole else [bound + 0.5, bound - 0.5]
        for step in steps:
            below = math.floor(bound / step) * step
            found += [below, below + step, below - step]
    found += [math.floor(one) for one in between] if whole else between
    for step in steps:
        found += [step, -step, 2 * step, 3 * step, step / 2]
    found += [0, 1, -1, 2, 10, 1.5, -0.5, 1e6, -1e6, 0.1, 10**20]
    for number in dict.fromkeys(found):
        if not math.isfinite(number):
            continue
        exact = int(number) if float(number).is_integer() and abs(number) < 2**63 else number
        if not whole or isinstance(exact, int):
            yield exact


def _texts(view: View, every: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    lengths = _lengths(every, "minLength", "maxLength")
    patterns = list(
        dict.fromkeys(one for node in every if isinstance(one := node.get("pattern"), str))
    )
    samples = [text for pattern in patterns for text in matching(pattern)]
    yield from samples
    for node in every:
        known = _FORMATS.get(str(node.get("format")))
        if known:
            yield known
    # What people can read comes first, but for shorter texts.
    yield "a"
    for length in lengths:
        if not view.holds(length * (1 + len(patterns))):
            break
        yield "a" * length
        for pattern in patterns[:4]:
            yield from lengthened(pattern, length)
        for text in samples[:4]:
            if text:
                yield (text * (length // len(text) + 1))[:length]
    numbers = sorted({one for pattern in patterns for one in repetitions(pattern)})[:12]
    for more in sorted({n + by for n in numbers for by in (-1, 0, 1) if n + by > 0}):
        for pattern in patterns[:4]:
            if view.holds(more):
                yield from stretched(pattern, more)
    for text in samples[:8]:
        yield from (f"{text}a", f"a{text}", f"{text}\n", text[:-1], text.upper(), text.lower())
    yield from ("", "a", "\n", "0", " ", "A", "é", "-1", "a b", "aaaaaaaa", "1.5", "true", "/", "$")


def _lengths(every: Sequence[Mapping[str, Any]], low: str, high: str) -> list[int]:
    """The lengths at which two schemas may part, short ones first."""
    found = {0, 1}
    for bound in _said(every, low, high):
        if float(bound).is_integer():
            found |= {int(bound) - 1, int(bound), int(bound) + 1}
    return sorted(one for one in found if 0 <= one <= _MOST_SIZE)


def _arrays(view: View, every: Sequence[Mapping[str, Any]], depth: int) -> Iterator[Any]:
    lengths = _lengths(every, "minItems", "maxItems")
    longer = [one for one in lengths if one > _LONG]
    lengths = [one for one in lengths if one <= _LONG]
    for bound in _said(every, "minContains", "maxContains"):
        lengths += [one for one in (int(bound) - 1, int(bound), int(bound) + 1) if 0 < one <= 20]
    first = max(
        (len(_list(node, word)) for node in every for word in ("prefixItems", "items")), default=0
    )
    first = min(first, 8)
    lengths = sorted({*lengths, 0, 1, 2, 3, *range(first, first + 2)})
    at = [_drawn(view, item_at(place), depth) for place in range(first + 1)]
    shorter = _short_arrays(view, every, depth, at, lengths)
    # Not after all of them: they may be many.
    yield from islice(shorter, _FEW)
    yield from _long_arrays(view, every, at, longer)
    yield from shorter


def _short_arrays(
    view: View,
    every: Sequence[Mapping[str, Any]],
    depth: int,
    at: Sequence[_Drawn],
    lengths: Sequence[int],
) -> Iterator[list[Any]]:
    first, rest = len(at) - 1, at[-1]
    containing = any("contains" in node for node in every)
    held = (
        list(children(view, lambda node: _has(node, "contains"), depth + 1)) if containing else []
    )
    for length in lengths:
        row = [at[min(place, first)] for place in range(length)]
        plain = [some.first(1)[0] for some in row]
        yield plain
        # All different, for uniqueItems.
        several = [[one for one in some.first(length) if _is_short(one)] for some in row]
        yield [some[n % len(some)] if some else plain[n] for n, some in enumerate(several)]
        if length > 3 and length > first + 1:
            continue
        for place, some in enumerate(row):
            for value in chain(islice(some, 1, None), held):
                yield [*plain[:place], value, *plain[place + 1 :]]
        for value in held[:4]:
            yield [value] * length
    for length in lengths:
        if held and length:
            yield [*(rest.first(1) * (length - 1)), held[0]]


def _long_arrays(
    view: View, every: Sequence[Mapping[str, Any]], at: Sequence[_Drawn], lengths: Sequence[int]
) -> Iterator[list[Any]]:
    begun = [some.first(1)[0] for some in at[:-1]]
    (one,) = at[-1].first(1)
    for length in lengths:
        if not view.holds(length * len(json.dumps(one))):
            break
        number = length - len(begun)
        if any(node.get("uniqueItems") is True for node in every):
            yield [*begun, *_different(one, at[-1].first(length), number)]
        else:
            yield [*begun, *([one] * number)]


def _is_short(value: Any) -> bool:
    return not isinstance(value, str | list | dict) or len(value) <= _LONG


def _different(like: Any, some: Sequence[Any], number: int) -> list[Any]:
    """So many values that differ, of one kind as far as that is easy."""
    found: list[Any]
    if isinstance(like, str):
        found = [*dict.fromkeys(one for one in some if isinstance(one, str) and _is_short(one))]
        return [*found, *(f"a{place}" for place in range(number))][:number]
    if isinstance(like, dict):
        return [{**like, "extra": place} for place in range(number)]
    whole = [one for one in some if isinstance(one, int) and not isinstance(one, bool)]
    start = min(whole, default=0)
    return [start + place for place in range(number)]


def _drawn(view: View, pick: Any, depth: int) -> _Drawn:
    """Values of a place below a view, or others where there are none."""
    return _Drawn(children(view, pick, depth + 1), (0, "a"))


def item_at(place: int) -> Any:
    """What finds the schemas, one at most, that a schema has for an item at a place."""

    def pick(node: Any) -> list[Any]:
        if not isinstance(node, dict):
            return []
        listed = node.get("prefixItems")
        listed = node.get("items") if not isinstance(listed, list) else listed
        listed = listed if isinstance(listed, list) else []
        if place < len(listed):
            return [listed[place]]
        after = node.get("items")
        if isinstance(after, list):
            after = node.get("additionalItems")
        found = [one for one in (after, node.get("unevaluatedItems")) if isinstance(one, dict)]
        return found[:1]

    return pick


def _objects(view: View, every: Sequence[Mapping[str, Any]], depth: int) -> Iterator[Any]:
    names = list(_names(every))
    if not all(one.document.spends(_NAME_COSTS * len(names)) for one in view.all[:1]):
        return
    given = {name: _drawn(view, member(name), depth) for name in names}
    needed = [name for node in view.nodes for name in texts_in(node.schema, "required")]
    hinted = [name for node in view.hints for name in texts_in(node.schema, "required")]

    def made(some: Iterable[str]) -> dict[str, Any]:
        chosen = dict.fromkeys(some)
        return {name: given[name].first(1)[0] if name in given else "a" for name in chosen}

    declared = [name for node in view.nodes for name in _mapping(node.schema, "properties")]
    # The first asks for the least: deep inside, no more than that is made.
    yield (least := made(needed))
    chosen = [[*needed, *declared], [*needed, *hinted], names, []]
    for node in every:
        for name in _mapping(node, "dependentRequired"):
            chosen.append([*needed, name, *texts_in(node["dependentRequired"], name)])
            chosen.append([*needed, name])
    bases = [least, *(made(some) for some in chosen)]
    distinct = list({json.dumps(one, sort_keys=True): one for one in bases}.values())
    yield from distinct[1:]
    pools = [_each(base, name, given[name]) for base in distinct[:3] for name in names]
    pools.append(_toggled(distinct[:4], given))
    yield from alternately([_sized(view, distinct, every, depth), alternately(pools)])
    if depth < 2:
        for one, other in islice(product(names, names), 400):
            if one < other:
                for some in product(given[one].first(4), given[other].first(4)):
                    yield {**distinct[0], one: some[0], other: some[1]}


def _toggled(
    bases: Sequence[dict[str, Any]], given: Mapping[str, _Drawn]
) -> Iterator[dict[str, Any]]:
    """The objects with a member less, and with one more."""
    for base in bases:
        for name in given:
            yield {key: value for key, value in base.items() if key != name}
            if name not in base:
                yield {**base, name: given[name].first(1)[0]}
        for name in _OTHER_NAMES[:2]:
            if name not in base:
                for value in (0, "a", None, True):
                    yield {**base, name: value}


def _sized(
    view: View, bases: Sequence[dict[str, Any]], every: Sequence[Mapping[str, Any]], depth: int
) -> Iterator[dict[str, Any]]:
    """Objects with as many members as the schemas set bounds to."""
    sizes = _lengths(every, "minProperties", "maxProperties")
    ways: list[tuple[str, Any]] = [("k", 0)]
    if len(sizes) > 2:
        patterns = [pattern for node in every for pattern in _mapping(node, "patternProperties")]
        stems = [text for pattern in patterns[:4] for text in (matching(pattern) or ("",))[:1]]
        for stem in ("k", *stems):
            values = _drawn(view, member(f"{stem}0"), depth).first(1)
            ways += [(stem, value) for value in values]
    for size in sizes:
        for base in (bases[0], bases[-1])[: len(bases)]:
            some = dict(islice(base.items(), size))
            for stem, value in ways[:4] if size > len(some) else ways[:1]:
                if view.holds((size - len(some)) * (len(json.dumps(value)) + len(stem) + 6)):
                    more = {f"{stem}{place}": value for place in range(size - len(some))}
                    yield {**some, **more}


def _each(base: Mapping[str, Any], name: str, values: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for value in values:
        yield {**base, name: value}


def _names(every: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Names that members may have: those said, those that patterns match, and some others."""
    found: dict[str, None] = {}
    for node in every:
        for word in ("properties", "dependentRequired", "dependentSchemas"):
            found.update(dict.fromkeys(_mapping(node, word)))
        found.update(dict.fromkeys(texts_in(node, "required")))
    for node in every:
        for pattern in _mapping(node, "patternProperties"):
            for name in matching(pattern)[:2]:
                found.update(dict.fromkeys((name, f"a{name}", f"{name}a")))
        inner = node.get("propertyNames")
        if isinstance(inner, dict):
            values = values_of(View((Source(inner, Document(inner)),)), 1)
            found.update((name, None) for name in islice(values, 12) if isinstance(name, str))
    yield from islice(found, 300)
    yield from (name for name in _OTHER_NAMES[:1] if name not in found)


def member(name: str) -> Any:
    """What finds the schemas that a schema has for a member of a name."""

    def pick(node: Any) -> list[Any]:
        if not isinstance(node, dict):
            return []
        properties = _mapping(node, "properties")
        found = [properties[name]] if name in properties else []
        for pattern, inner in _mapping(node, "patternProperties").items():
            known = compiled(pattern)
            if known is not None and known.search(name):
                found.append(inner)
        if not found:
            others = (node.get("additionalProperties"), node.get("unevaluatedProperties"))
            found = [one for one in others if isinstance(one, dict)][:1]
        return found

    return pick


def _has(node: Any, keyword: str) -> list[Any]:
    return [node[keyword]] if isinstance(node, dict) and keyword in node else []


def _said(every: Sequence[Mapping[str, Any]], *keywords: str) -> list[Any]:
    """The numbers that the nodes give to keywords, each once."""
    found = (node.get(keyword) for node in every for keyword in keywords)
    numbers = (one for one in found if isinstance(one, int | float) and not isinstance(one, bool))
    return list(dict.fromkeys(one for one in numbers if abs(one) < 1e300))


def _list(node: Any, keyword: str) -> list[Any]:
    value = node.get(keyword) if isinstance(node, dict) else None
    return value if isinstance(value, list) else []


def _mapping(node: Any, keyword: str) -> dict[str, Any]:
    value = node.get(keyword) if isinstance(node, dict) else None
    return value if isinstance(value, dict) else {}


def texts_in(node: Any, keyword: str) -> list[str]:
    """The texts in the list that a keyword has."""
    return [one for one in _list(node, keyword) if isinstance(one, str)]
