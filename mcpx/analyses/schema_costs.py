"""What a JSON Schema costs a validator: patterns, enumerations, combinators, references."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mcpx.analyses.patterns import costly
from mcpx.schemas.walk import escape, listed, target

# No real tool comes near: at most 169 values and two combinators in each other, of 18,287 tools
# that were looked at on 2026-11-22.
MOST_VALUES = 1000
_DEEPEST = 8
MOST_PARTS = 100_000
# Of patterns, in one schema.
_MOST_READ = 50_000
_COMBINATORS = ("allOf", "anyOf", "oneOf")
# What is applied to the very value that the schema itself is applied to.
_SAME_VALUE = ("if", "then", "else", "not")
_TURNS = frozenset((*_COMBINATORS, *_SAME_VALUE))
_MOST_CIRCLES = 20
# A schema and where its parts stand.
_Parts = Mapping[int, tuple[str, dict[str, Any]]]


def schema_costs(
    schema: Mapping[str, Any], found: Sequence[tuple[str, dict[str, Any]]]
) -> Iterator[tuple[str, str]]:
    """What is costly in a schema, of which ``found`` are the subschemas: JSON Pointer and words.

    The schema is one of bounded depth and size: ``mcpx.schemas.validity`` says what bounds.
    """
    read = 0
    for pointer, part in found:
        for where, pattern in _patterns(pointer, part):
            read += len(pattern)
            what = costly(pattern) if read <= _MOST_READ else ""
            if what:
                yield where, f"a pattern that {what}"
        values = part.get("enum")
        if isinstance(values, list) and len(values) > MOST_VALUES:
            yield f"{pointer}/enum", f"{len(values)} values"
    deepest = _deepest(schema, found)
    if deepest:
        yield deepest, f"more than {_DEEPEST} combinators in each other"
    if any("$ref" in part for _, part in found):
        yield from _expanded(schema, {id(part): (pointer, part) for pointer, part in found})


def _patterns(pointer: str, part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    pattern = part.get("pattern")
    if isinstance(pattern, str):
        yield f"{pointer}/pattern", pattern
    named = part.get("patternProperties")
    for one in named if isinstance(named, dict) else ():
        yield f"{pointer}/patternProperties/{escape(one[:60])}", one


def _deepest(schema: Mapping[str, Any], found: Sequence[tuple[str, dict[str, Any]]]) -> str:
    """Where combinators stand too deep in each other; references are not followed."""
    depths = {id(schema): 0}
    for pointer, part in found:
        depth = depths.get(id(part), 0)
        if depth > _DEEPEST:
            return pointer
        for keyword in _COMBINATORS:
            for one in listed(part, keyword):
                depths[id(one)] = max(depth + 1, depths.get(id(one), 0))
    return ""


def _expanded(schema: Mapping[str, Any], parts: _Parts) -> Iterator[tuple[str, str]]:
    """References that multiply the schema, or lead back to it before any value is taken apart."""
    targets: dict[str, Any] = {}

    def applied(part: Mapping[str, Any]) -> list[Any]:
        """What is applied to the same value."""
        inner = [one for keyword in _COMBINATORS for one in listed(part, keyword)]
        inner += [part.get(keyword) for keyword in _SAME_VALUE]
        reference = part.get("$ref")
        if isinstance(reference, str):
            if reference not in targets:
                try:
                    targets[reference] = target(reference, schema)
                except KeyError:
                    targets[reference] = None
            inner.append(targets[reference])
        return [one for one in inner if isinstance(one, dict)]

    def below(part: Mapping[str, Any]) -> list[Any]:
        named = part.get("properties")
        inner = [*named.values()] if isinstance(named, dict) else []
        inner += [part.get("items"), part.get("additionalProperties")]
        return applied(part) + [one for one in inner if isinstance(one, dict)]

    costs, _ = _followed([schema], below)
    if costs[id(schema)] > MOST_PARTS:
        yield "", f"references that make more than {MOST_PARTS} schemas of {len(parts)}"
    _, circles = _followed([part for _, part in parts.values()], applied)
    for circle in circles:
        # A circle of references alone has a rule of its own.
        if any(not _TURNS.isdisjoint(part) for part in circle):
            yield parts[id(circle[0])][0], "a combinator that leads back to itself"
            return


def _followed(
    roots: list[Any], below: Callable[[Mapping[str, Any]], list[Any]]
) -> tuple[dict[int, int], list[list[Any]]]:
    """How many schemas each one comes to, circles cut, and the circles that were met."""
    costs: dict[int, int] = {}
    circles: list[list[Any]] = []
    for root in roots:
        if id(root) in costs:
            continue
        costs[id(root)] = 0
        path = [(root, below(root))]
        places = {id(root): 0}
        while path:
            part, waiting = path[-1]
            if waiting:
                one = waiting.pop()
                if id(one) in places:
                    if len(circles) < _MOST_CIRCLES:
                        circles.append([part for part, _ in path[places[id(one)] :]])
                elif id(one) in costs:
                    costs[id(part)] += costs[id(one)]
                else:
                    costs[id(one)] = 0
                    places[id(one)] = len(path)
                    path.append((one, below(one)))
                continue
            path.pop()
            del places[id(part)]
            costs[id(part)] = min(costs[id(part)] + 1, 2 * MOST_PARTS)
            if path:
                costs[id(path[-1][0])] += costs[id(part)]
    return costs, circles
