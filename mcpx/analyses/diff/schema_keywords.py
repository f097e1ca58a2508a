"""The edits of what one node says for itself: notes, types, values, limits, simple keywords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mcpx.analyses.diff.changes import ABSENT
from mcpx.analyses.diff.schema_comparison import CONTENT, Comparison, Pair, present, stands
from mcpx.analyses.diff.schema_hybrids import Edit
from mcpx.analyses.diff.schema_nodes import Facet, Node, is_note, is_null, marked, of_types, tighter
from mcpx.analyses.diff.schema_rules import Direction, kebab
from mcpx.analyses.diff.schema_wording import (
    KEYWORDS,
    alternative_called,
    note_change,
    note_meant,
    several,
    types_called,
)
from mcpx.analyses.diff.values import called, told_apart
from mcpx.analyses.finding import Severity

_COUNTS = ("minLength", "minItems", "minProperties", "minContains")
_CAPS = ("maxLength", "maxItems", "maxProperties", "maxContains")
_LARGEST = 2**53 - 1
_SIMPLE = {
    "multipleOf": ("multiple-of", "multipleOf"),
    "uniqueItems": ("unique-items", "uniqueItems"),
    "not": ("not", "what is ruled out"),
    "condition": ("condition", "the condition"),
}


def reference(compared: Comparison, pair: Pair, old: Node, new: Node) -> Edit | None:
    """A reference that leads out of the schema, or nowhere, where that is new or was so."""
    was, is_ = old.value("$ref"), new.value("$ref")
    if is_ is not None and is_ != was:
        says = f"refers to {called(is_)}, which is not in the schema"
        return compared.whole("schema-external-ref-added", pair, old, new, says)
    if was is not None and is_ is None:
        says = f"no longer refers to {called(was)}, which was not in the schema"
        return compared.whole("schema-external-ref-removed", pair, old, new, says)
    return None


def notes(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
    """What limits nothing: texts, defaults, flags."""
    keys = [key for key in (*old.facets, *new.facets) if is_note(key)]
    for key in dict.fromkeys(keys):
        before, after = old.facets.get(key), new.facets.get(key)
        one = note_meant(key, before, pair.key)
        other = note_meant(key, after, pair.key)
        if compared.prints.of(present(one)) == compared.prints.of(present(other)):
            continue
        name, says, given = note_change(key, one, other)
        edit = compared.changed(name, pair, says, old, before, after, given=given)
        if marked(key):
            edit = _of_one(compared, edit, marked(key), old, before or after, says)
        yield edit


def _of_one(
    compared: Comparison, edit: Edit, mark: str, old: Node, facet: Facet | None, says: str
) -> Edit:
    """A note of one alternative, told and edited as such; of one that is new it is no edit."""
    assert facet is not None
    message = f"{compared.subject(edit.place)}, {alternative_called(facet.spot.holder)}: {says}"
    spot = old.within.get(mark)
    if spot is None:
        return replace(edit, message=message, members={})
    return replace(edit, message=message, path=compared.path(spot))


def types(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
    """The types that are allowed, null among them."""
    before, after = old.facets.get("type"), new.facets.get("type")
    values = "enum" in old.facets, "enum" in new.facets
    differ = (before and before.value) != (after and after.value)
    if differ and any(values):
        differ = not all(values) and not _fit(old, new) and not _fit(new, old)
    if differ and not (before is None and after is None):
        one, other = _all_types(old), _all_types(new)
        if _covers(other, one):
            name = "type-widened"
        elif _covers(one, other):
            name = "type-narrowed"
        else:
            name = "type-changed"
        says = f"{types_called(one)} is now {types_called(other)}"
        yield compared.changed(name, pair, says, old, before, after)
    elif old.nulls != new.nulls and None not in (old.nulls, new.nulls) and not pair.lifted:
        yield nulls(compared, pair, old, new)


def nulls(compared: Comparison, pair: Pair, old: Node, new: Node) -> Edit:
    """Null, however it is spelled on either side."""
    holder = old.outer.holder
    listed = holder.get("type")
    kinds = [listed] if isinstance(listed, str) else listed
    plain = isinstance(kinds, list) and not holder.keys() & {"enum", "const", "$ref", "allOf"}
    facet = new.facets.get("type")
    real = new.outer.real
    if new.nulls:
        name, says = "became-nullable", "may be null now"
        if plain and isinstance(kinds, list):
            members: Mapping[str, Any] = {"type": [*kinds, "null"]}
        else:
            outside = dict.fromkeys(holder, ABSENT)
            members = {**outside, "anyOf": [dict(holder), {"type": "null"}]}
    else:
        name, says = "became-not-nullable", "may not be null any more"
        if plain and isinstance(kinds, list):
            members = {"type": [kind for kind in kinds if kind != "null"]}
        else:
            members = _without_null(holder)
    if facet is not None and facet.spot.real == real:
        real = (*real, *facet.sources[:1])
    path = compared.path(old.outer)
    return compared.edit(name, pair, says, real, path, members, old.nulls, new.nulls)


def values(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
    """Listed and fixed values."""
    before, after = old.facets.get("enum"), new.facets.get("enum")
    if before is None and after is not None:
        fixed = "const" in after.sources
        shown = several(list(after.value.values()))
        says = f"must be {shown} now" if fixed else f"is one of {shown} now"
        yield compared.changed(
            "const-added" if fixed else "became-enum", pair, says, old, None, after
        )
    elif before is not None and after is None:
        fixed = "const" in before.sources
        shown = several(list(before.value.values()))
        name = "enum-removed" if compared.direction is Direction.INPUT else "enum-dropped"
        says = f"need not be {shown} any more" if fixed else f"is no longer one of {shown}"
        yield compared.changed("const-removed" if fixed else name, pair, says, old, before, None)
    elif before is not None and after is not None:
        gone = [one for key, one in before.value.items() if key not in after.value]
        come = [one for key, one in after.value.items() if key not in before.value]
        if len(before.value) == len(after.value) == 1 and gone:
            name = "discriminator-changed" if pair.marks else "const-changed"
            one, other = told_apart(gone[0], come[0])
            says = f"must be {other} instead of {one}"
            yield compared.changed(name, pair, says, old, before, after)
            return
        yield from _listed_values(compared, pair, old, before, after, gone, come)


def _listed_values(
    compared: Comparison,
    pair: Pair,
    old: Node,
    before: Facet,
    after: Facet,
    gone: list[Any],
    come: list[Any],
) -> Iterator[Edit]:
    cleared: dict[str, Any] = dict.fromkeys(before.sources, ABSENT)
    null = [None] if old.nulls else []
    kept = [one for key, one in before.value.items() if key in after.value]
    path, real = compared.path(before.spot), (*after.spot.real, *after.sources[:1])
    if gone:
        says = f"does not take {several(gone)} any more"
        if compared.direction is Direction.OUTPUT:
            says = f"is never {several(gone)} any more"
        members = {**cleared, "enum": kept + null}
        yield compared.edit("enum-value-removed", pair, says, real, path, members, gone, ABSENT)
    if come:
        verb = "takes" if compared.direction is Direction.INPUT else "may be"
        says = f"{verb} {several(come)} too"
        members = {**cleared, "enum": [*before.value.values(), *null, *come]}
        yield compared.edit("enum-value-added", pair, says, real, path, members, ABSENT, come)


def limits(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
    """Lower and upper bounds, of numbers and of sizes."""
    for key in ("lower", "upper", *_COUNTS, *_CAPS):
        before, after = old.facets.get(key), new.facets.get(key)
        if (before is None and after is None) or (
            before is not None and after is not None and before.value == after.value
        ):
            continue
        told = after or before
        assert told is not None
        source = told.sources[0]
        words = KEYWORDS.get(source, source)
        if before is None or after is None:
            value = called(told.spot.holder[source])
            name = "added" if before is None else "removed"
            says = f"{words} {value} is new" if before is None else f"{words} {value} is gone"
        else:
            up = (
                before.value < after.value
                if key in (*_COUNTS, *_CAPS)
                else (tighter(key, after.value, before.value) == (key == "lower"))
            )
            name = "increased" if up else "decreased"
            was = before.sources[0]
            one = called(before.spot.holder[was])
            other = called(after.spot.holder[source])
            again = "" if was == source else f"{words} "
            says = f"{KEYWORDS.get(was, was)} {one} is now {again}{other}"
        edit = compared.changed(f"{kebab(source)}-{name}", pair, says, old, before, after)
        if all(facet is None or _is_any_integer(key, facet) for facet in (before, after)):
            edit = replace(edit, given=Severity.INFO, asked=False)
        yield edit


def simple(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
    """Keywords that are there or not, or have another value."""
    for key in (
        "multipleOf",
        "pattern",
        "format",
        *CONTENT,
        "uniqueItems",
        "not",
        "condition",
    ):
        before, after = old.facets.get(key), new.facets.get(key)
        one, other = (f and f.value for f in (before, after))
        if compared.prints.of(present(one)) == compared.prints.of(present(other)):
            continue
        name, words = _SIMPLE.get(key, (kebab(key), KEYWORDS.get(key, key)))
        if before is not None and after is not None:
            verb = "changed"
            if key == "multipleOf":
                verb = _of_multiples(before.value, after.value)
            ours, theirs = (_raw(facet) for facet in (before, after))
            if ours and theirs:
                ours, theirs = told_apart(stands(before), stands(after))
            says = f"{words} {ours} is now {theirs}" if theirs else f"{words} is another"
        else:
            told = after or before
            assert told is not None
            verb = "added" if before is None else "removed"
            shown = " ".join(filter(None, (words, _raw(told))))
            says = f"{shown} is {'new' if before is None else 'gone'}"
        if key in CONTENT:
            verb = "changed"
        yield compared.changed(f"{name}-{verb}", pair, says, old, before, after)


def _is_any_integer(key: str, facet: Facet) -> bool:
    """Whether a bound is what generators of schemas write for any integer.

    Beyond it numbers are not exact for everybody. Source: RFC 8259, section 6.
    """
    return key in ("lower", "upper") and abs(facet.value.value) == _LARGEST


def _without_null(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    """The keyword to change so that null is not accepted any more."""
    for keyword in ("anyOf", "oneOf"):
        listed = holder.get(keyword)
        if isinstance(listed, list):
            kept = [one for one in listed if not is_null(one)]
            if 0 < len(kept) < len(listed):
                return {keyword: kept}
    known = holder.get("allOf")
    others = known if isinstance(known, list) else []
    return {"allOf": [*others, {"not": {"type": "null"}}]}


def _fit(one: Node, other: Node) -> bool:
    """Whether the listed values of one node have types of the other."""
    types: frozenset[str] | None = other.value("type")
    values = one.value("enum")
    if values is None:
        return False
    return types is None or all(of_types(value, types) for value in values.values())


def _all_types(node: Node) -> frozenset[str] | None:
    types: frozenset[str] | None = node.value("type")
    return types | {"null"} if types is not None and node.nulls else types


def _covers(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    """Whether all that the other types allow is allowed by the one; None is any type."""
    if one is None:
        return True
    if other is None:
        return False
    return all(kind in one or (kind == "integer" and "number" in one) for kind in other)


def _of_multiples(old: Any, new: Any) -> str:
    if (new / old).denominator == 1:
        return "narrowed"
    return "widened" if (old / new).denominator == 1 else "changed"


def _raw(facet: Facet) -> str:
    """The value as it stands there, where it is short enough to be shown."""
    value = facet.spot.holder.get(facet.sources[0])
    return "" if isinstance(value, dict | list | bool) else called(value)
