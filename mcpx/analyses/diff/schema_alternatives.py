"""The edits of alternatives and conjunctions: anyOf, oneOf, allOf."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from mcpx.analyses.diff.changes import ABSENT
from mcpx.analyses.diff.schema_alike import discriminators, matched
from mcpx.analyses.diff.schema_comparison import LONGEST, Comparison, Pair
from mcpx.analyses.diff.schema_hybrids import Edit
from mcpx.analyses.diff.schema_keywords import nulls
from mcpx.analyses.diff.schema_nodes import Branch, Facet, Node, Spot, is_note
from mcpx.analyses.diff.schema_reading import read
from mcpx.analyses.diff.schema_rules import kebab
from mcpx.analyses.diff.schema_sides import Side
from mcpx.analyses.diff.schema_wording import counted, cut, several
from mcpx.analyses.diff.values import called

# Of alternatives that are told one by one, of names in a message.
_MOST_TOLD = 12
_MOST_NAMES = 3


def lifted(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit] | Any:
    """A schema that became one of several alternatives, or was; whether that is the case."""
    unions = [[key for key in ("anyOf", "oneOf") if key in node.facets] for node in (old, new)]
    if bool(unions[0]) == bool(unions[1]) or pair.lifted:
        return False
    many, one = (old, new) if unions[0] else (new, old)
    keyword = (unions[0] or unions[1])[0]
    if many.says() != [keyword] or not one.says() or one.conjunctions:
        return False
    if old.nulls != new.nulls and None not in (old.nulls, new.nulls):
        yield nulls(compared, pair, old, new)
    alone = [Branch(one.raw, one.outer.path, one.outer.real)]
    ours, theirs = (many.value(keyword), alone) if many is old else (alone, many.value(keyword))
    found = matched(ours, theirs, compared.old, compared.new)
    if not found.pairs:
        says = "has other alternatives now" if many is old else "has alternatives now"
        verb = "removed" if many is old else "added"
        yield compared.whole(f"union-{verb}", pair, old, new, says)
        return True
    for a, b in found.pairs:
        path = compared.path(Spot(a.path, a.real, {}))
        compared.children.append(
            Pair(a.raw, b.raw, path, a.real, b.real, pair.place, lifted=True, branch=True)
        )
    yield from _branches(compared, pair, old, keyword, found.removed, found.added, many is new)
    return True


def alternatives(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
    """The alternatives of anyOf and oneOf, and the parts of allOf."""
    unions = [[key for key in ("anyOf", "oneOf") if key in node.facets] for node in (old, new)]
    if len(unions[0]) == len(unions[1]) == 1 and unions[0] != unions[1]:
        (one,), (other,) = unions
        name, says = "union-became-exclusive", "must fit one alternative alone"
        if other == "anyOf":
            name, says = "union-became-inclusive", "may fit several alternatives at once"
        before, after = old.facets[one], new.facets[other]
        edit = compared.changed(name, pair, says, old, before, after)
        same: dict[str, Any] = {one: ABSENT, other: before.spot.holder[one]}
        yield replace(edit, members=same, beside={})
        yield from _union(compared, pair, old, before, after, one)
    else:
        for keyword in ("anyOf", "oneOf"):
            facets = old.facets.get(keyword), new.facets.get(keyword)
            if facets[0] and facets[1]:
                yield from _union(compared, pair, old, facets[0], facets[1], keyword)
            elif facets[0] or facets[1]:
                told = facets[1] or facets[0]
                verb = "added" if facets[1] else "removed"
                count = counted(len(told.value if told else ()), "alternative")
                says = (
                    f"must fit one of {count} now" if facets[1] else f"need not fit one of {count}"
                )
                yield compared.changed(f"union-{verb}", pair, says, old, *facets)
    found = matched(old.conjunctions, new.conjunctions, compared.old, compared.new)
    for a, b in found.pairs:
        path = compared.path(Spot(a.path, a.real, {}))
        compared.children.append(Pair(a.raw, b.raw, path, a.real, b.real, pair.place))
    for branch in found.removed:
        path = compared.path(Spot(branch.path, branch.real, {}))
        gone = dict.fromkeys(branch.raw, ABSENT) if isinstance(branch.raw, dict) else {}
        says = f"need not fit {_label(compared.old, branch)} any more"
        yield compared.edit(
            "all-of-branch-removed", pair, says, branch.real, path, gone, branch.raw
        )
    for branch in found.added:
        known = old.core.holder.get("allOf")
        others = known if isinstance(known, list) else []
        members = {"allOf": [*others, compared.taken(branch.raw)]}
        says = f"must fit {_label(compared.new, branch)} as well"
        path = compared.path(old.core)
        yield compared.edit(
            "all-of-branch-added", pair, says, branch.real, path, members, ABSENT, branch.raw
        )


def _union(
    compared: Comparison, pair: Pair, old: Node, before: Facet, after: Facet, keyword: str
) -> Iterator[Edit]:
    found = matched(before.value, after.value, compared.old, compared.new)
    for a, b in found.pairs:
        if not compared.same(a.raw, b.raw):
            path = compared.path(Spot(a.path, a.real, {}))
            compared.children.append(
                Pair(a.raw, b.raw, path, a.real, b.real, pair.place, branch=True)
            )
    yield from _branches(compared, pair, old, keyword, found.removed, found.added, lifted=False)


def _branches(
    compared: Comparison,
    pair: Pair,
    old: Node,
    keyword: str,
    removed: Sequence[Branch],
    added: Sequence[Branch],
    lifted: bool,
) -> Iterator[Edit]:
    """Alternatives that are gone and that are new; ``lifted``: there were none before."""
    facet = old.facets.get(keyword)
    spot = facet.spot if facet else old.outer
    path = compared.path(spot)
    listed = spot.holder.get(keyword)
    known = listed if isinstance(listed, list) else []
    name = f"{kebab(keyword)}-branch"
    cleared: dict[str, Any] = {}
    if lifted:
        cleared = {key: ABSENT for key in spot.holder if not is_note(key)}
        known = [{key: one for key, one in spot.holder.items() if not is_note(key)}]
    for some in _told(removed):
        places = {one.real[-1] for one in some}
        kept = [one for place, one in enumerate(known) if place not in places]
        what = _labels(compared.old, some)
        members = {keyword: kept}
        yield compared.edit(
            f"{name}-removed", pair, f"{what} is no alternative any more", some[0].real, path,
            members, some[0].raw,
        )  # fmt: skip
    for some in _told(added):
        what = _labels(compared.new, some)
        members = {**cleared, keyword: [*known, *(compared.taken(one.raw) for one in some)]}
        yield compared.edit(
            f"{name}-added", pair, f"{what} is a further alternative", some[0].real, path,
            members, ABSENT, some[0].raw,
        )  # fmt: skip


def _labels(side: Side, branches: Sequence[Branch]) -> str:
    if len(branches) > 1:
        return f"each of {counted(len(branches), 'schema')}"
    return _label(side, branches[0])


def _label(side: Side, branch: Branch) -> str:
    """What an alternative is called in a message: by what tells it apart, else by its type."""
    node = read(side, branch.raw, branch.path, branch.real)
    mark = next(discriminators(node), None)
    kinds = node.value("type", frozenset())
    kind = " or ".join(sorted(kinds)) if kinds else "object" if node.properties else "a schema"
    if mark is not None:
        return f"{kind} with {cut(mark[0], 20)} {called(mark[1])}"
    title = node.value("title")
    if isinstance(title, str) and title:
        return f"{kind} {called(title)}"
    values = node.value("enum")
    if values:
        return several(list(values.values()))
    names = [cut(name, 20) for name in (*node.required, *node.properties)]
    named = ", ".join(dict.fromkeys(names[:_MOST_NAMES]))
    return f"{cut(kind, LONGEST)} with {named}" if named else cut(kind, LONGEST)


def _told(branches: Sequence[Branch]) -> Iterator[Sequence[Branch]]:
    """One by one, or all at once when there are many."""
    if len(branches) > _MOST_TOLD:
        yield branches
    else:
        for one in branches:
            yield [one]
