"""The edits of the members of objects: required, renamed, gone, new, and those not declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mcpx.analyses.diff.changes import ABSENT
from mcpx.analyses.diff.schema_alike import discriminators, renames
from mcpx.analyses.diff.schema_comparison import LONGEST, Comparison, Pair, joined, present
from mcpx.analyses.diff.schema_hybrids import Among, Edit, Partly
from mcpx.analyses.diff.schema_nodes import Facet, Node, Spot
from mcpx.analyses.diff.schema_rules import Direction, kebab
from mcpx.analyses.diff.schema_wording import cut
from mcpx.analyses.finding import Severity


def required(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
    """What must be there, of what is there on both sides."""
    for name in dict.fromkeys((*old.required, *new.required)):
        was, is_ = name in old.required, name in new.required
        if was == is_ or (name in old.properties) != (name in new.properties):
            continue
        spot = old.required[name] if was else _home_of(old, "required")
        where = new.properties[name][1] if name in new.properties else new.core
        real = (
            (*where.real, "properties", name)
            if name in new.properties
            else (*(new.required[name] if is_ else new.core).real, "required")
        )
        place = joined(pair.place, name)
        if is_:
            told, says, change = "property-became-required", "is required now", Among((name,))
        else:
            told, says, change = (
                "property-became-optional",
                "is optional now",
                Among((), (name,)),
            )
        if compared.direction is Direction.OUTPUT:
            says = "is always there now" if is_ else "is not always there any more"
        yield compared.edit(
            told,
            pair,
            says,
            real,
            compared.path(spot),
            {"required": change},
            was,
            is_,
            place=place,
        )


def _home_of(node: Node, keyword: str) -> Spot:
    """Where the node has this keyword, else where it would be."""
    held = (
        node.required.values()
        if keyword == "required"
        else (spot for _, spot in node.properties.values())
    )
    return next(iter(held), node.core)


def properties(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
    """Members that are gone, new, renamed; those of both sides are put aside."""
    removed = {name: one for name, one in old.properties.items() if name not in new.properties}
    added = {name: one for name, one in new.properties.items() if name not in old.properties}
    for name in removed:
        yield _property_removed(compared, pair, old, new, name)
    for name in added:
        yield _property_added(compared, pair, old, new, name)
    if removed and added:
        gone = {name: raw for name, (raw, _) in removed.items()}
        come = {name: raw for name, (raw, _) in added.items()}
        for renamed in renames(gone, come, compared.prints):
            yield _renamed(compared, pair, old, new, renamed)
    if len(added) == len(new.properties):
        return
    marks = dict.fromkeys(name for name, _ in discriminators(old)) if pair.branch else {}
    for name, (raw, spot) in old.properties.items():
        if name not in added and name not in removed:
            other, theirs = new.properties[name]
            if compared.same(raw, other):
                continue
            compared.child(
                pair, raw, other, (spot, theirs), ("properties", name),
                place=joined(pair.place, name), key=name, marks=name in marks,
            )  # fmt: skip


def _property_removed(compared: Comparison, pair: Pair, old: Node, new: Node, name: str) -> Edit:
    raw, spot = old.properties[name]
    members: dict[str, Any] = {"properties": Partly({name: ABSENT})}
    was = name in old.required
    if was and name not in new.required:
        members["required"] = Among((), (name,))
    if compared.direction is Direction.OUTPUT:
        rule = "required-property-removed" if was else "optional-property-removed"
        says = "is gone, which was always there" if was else "is gone"
    elif _is_closed(new):
        rule, says = "property-removed", "is gone, and a call that sends it is refused"
    else:
        rule, says = "property-removed-ignored", "is gone; a call may still send it, in vain"
    real = (*spot.real, "properties", name)
    place = joined(pair.place, name)
    path = compared.path(spot)
    ruled = isinstance(new.value("additionalProperties"), dict)
    return compared.edit(
        rule, pair, says, real, path, members, raw, ABSENT, place=place, ruled=ruled
    )


def _property_added(compared: Comparison, pair: Pair, old: Node, new: Node, name: str) -> Edit:
    raw, spot = new.properties[name]
    members: dict[str, Any] = {"properties": Partly({name: compared.taken(raw)})}
    required = name in new.required and name not in old.required
    if required:
        members["required"] = Among((name,))
    rule = "required-property-added" if required else "property-added"
    says = "is new"
    if compared.direction is Direction.OUTPUT:
        says = "is new and always there" if required else "is new"
        if _is_closed(old):
            rule, says = f"{rule}-to-closed", f"{says}, where nothing else was allowed"
    elif required:
        defaulted = isinstance(raw, dict) and "default" in raw
        says = "is new and required, whatever its default" if defaulted else "is new and required"
    elif isinstance(old.value("additionalProperties"), dict):
        rule, says = "property-constrained", "has a schema of its own now"
    real = (*spot.real, "properties", name)
    path = compared.path(_home_of(old, "properties"))
    place = joined(pair.place, name)
    return compared.edit(rule, pair, says, real, path, members, ABSENT, raw, place=place)


def _renamed(compared: Comparison, pair: Pair, old: Node, new: Node, renamed: Any) -> Edit:
    raw, theirs = new.properties[renamed.new]
    spot = old.properties[renamed.old][1]
    members: dict[str, Any] = {
        "properties": Partly({renamed.old: ABSENT, renamed.new: compared.taken(raw)})
    }
    was, is_ = renamed.old in old.required, renamed.new in new.required
    if was or is_:
        added = (renamed.new,) if is_ else ()
        members["required"] = Among(added, (renamed.old,) if was else ())
    hard = was if compared.direction is Direction.OUTPUT else is_ or _is_closed(new)
    return compared.edit(
        "property-renamed",
        pair,
        f"{cut(renamed.old, LONGEST)} seems to be its old name",
        (*theirs.real, "properties", renamed.new),
        compared.path(spot),
        members,
        renamed.old,
        renamed.new,
        place=joined(pair.place, renamed.new),
        given=None if hard else Severity.WARNING,
        confidence=renamed.confidence,
    )


def others(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
    """Members that are not declared."""
    key = "additionalProperties"
    before, after = old.facets.get(key), new.facets.get(key)
    if (before and before.value) != (after and after.value) or (before and after):
        was, is_ = (facet.value if facet else True for facet in (before, after))
        if isinstance(was, dict) and isinstance(is_, dict) and before and after:
            compared.facet_child(pair, before, after, ".*")
        elif is_ is False and was is not False:
            yield compared.changed(
                "closed", pair, "may have no other members now", old, before, after
            )
        elif was is False and is_ is not False:
            yield compared.changed("opened", pair, "may have other members now", old, before, after)
        elif isinstance(is_, dict):
            says = "has a schema for other members now"
            yield compared.changed("additional-constrained", pair, says, old, before, after)
        elif isinstance(was, dict):
            says = "has no schema for other members any more"
            yield compared.changed("additional-freed", pair, says, old, before, after)
    for key, place in (("unevaluatedProperties", ".*"), ("unevaluatedItems", "[]")):
        before, after = old.facets.get(key), new.facets.get(key)
        if before and after and isinstance(before.value, dict) and isinstance(after.value, dict):
            compared.facet_child(pair, before, after, place)
            continue
        was, is_ = (facet.value if facet else True for facet in (before, after))
        if was is is_:
            continue
        kind = "members" if key == "unevaluatedProperties" else "items"
        if is_ is False or was is True:
            says = f"may have no {kind} that nothing else allows"
            yield compared.changed(f"{kebab(key)}-added", pair, says, old, before, after)
        else:
            says = f"may have {kind} that nothing else allows"
            yield compared.changed(f"{kebab(key)}-removed", pair, says, old, before, after)


def named(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
    """Schemas and lists by name: patternProperties, dependentSchemas, dependentRequired."""
    for key, words in (
        ("patternProperties", "members that match {}"),
        ("dependentSchemas", "the whole, once {} is there"),
        ("dependentRequired", "others that {} asks for"),
    ):
        before, after = old.facets.get(key), new.facets.get(key)
        ours, theirs = (facet.value if facet else {} for facet in (before, after))
        for name in dict.fromkeys((*ours, *theirs)):
            if compared.same(present(ours.get(name)), present(theirs.get(name))):
                continue
            what = words.format(cut(name, LONGEST))
            yield from _named_one(compared, pair, old, before, after, key, name, what)


def _named_one(
    compared: Comparison, pair: Pair, old: Node, before: Facet | None, after: Facet | None,
    key: str, name: str, what: str,
) -> Iterator[Edit]:  # fmt: skip
    was = before.value.get(name, ABSENT) if before else ABSENT
    is_ = after.value.get(name, ABSENT) if after else ABSENT
    verb = "added" if was is ABSENT else "removed"
    says = f"has a schema for {what}" if was is ABSENT else f"has no schema any more for {what}"
    if key == "dependentRequired":
        says = f"{what} are new" if was is ABSENT else f"{what} are gone"
    if was is not ABSENT and is_ is not ABSENT and before and after:
        if key != "dependentRequired":
            place = pair.place + (".*" if key == "patternProperties" else "")
            path = (*compared.path(before.spot), before.sources[0], name)
            reals = (
                (*before.spot.real, before.sources[0], name),
                (*after.spot.real, after.sources[0], name),
            )
            compared.children.append(Pair(was, is_, path, *reals, place))
            return
        names, more = ({one for one in listed if isinstance(one, str)} for listed in (was, is_))
        if names == more:
            return
        verb = "reduced" if more < names else "extended"
        says = f"{what} are fewer" if more < names else f"{what} are more"
    told = before if after is None or is_ is ABSENT else after
    assert told is not None
    source = before.sources[0] if before else told.sources[0]
    path = compared.path(before.spot if before else old.core)
    value = ABSENT if is_ is ABSENT else compared.taken(is_)
    yield compared.edit(
        f"{kebab(key)}-{verb}", pair, says, (*told.spot.real, told.sources[0], name), path,
        {source: Partly({name: value})}, was, is_,
    )  # fmt: skip


def _is_closed(node: Node) -> bool:
    keys = ("additionalProperties", "unevaluatedProperties")
    return any(node.value(key) is False for key in keys)
