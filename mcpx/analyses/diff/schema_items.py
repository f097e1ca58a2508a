"""The edits of what lists hold, by position and by kind, and of the names that members may have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mcpx.analyses.diff.changes import ABSENT
from mcpx.analyses.diff.schema_comparison import Comparison, Pair
from mcpx.analyses.diff.schema_hybrids import Edit
from mcpx.analyses.diff.schema_nodes import Node
from mcpx.analyses.diff.schema_wording import counted


def lists(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
    """Items, items by position, items of a kind, and names of members."""
    positions = [node.facets.get("prefixItems") for node in (old, new)]
    tuple_alone = False
    if any(positions):
        before, after = positions
        ours, theirs = (facet.value if facet else [] for facet in positions)
        for place, (one, other) in enumerate(zip(ours, theirs, strict=False)):
            assert before and after
            child = Pair(
                one, other, (*compared.path(before.spot), before.sources[0], place),
                (*before.spot.real, before.sources[0], place),
                (*after.spot.real, after.sources[0], place), f"{pair.place}[{place}]",
            )  # fmt: skip
            compared.children.append(child)
        rest = new.facets.get("items")
        if before and rest and len(ours) > len(theirs):
            source = rest.sources[0]
            for place in range(len(theirs), len(ours)):
                steps = before.sources[0], place
                child = Pair(
                    ours[place], rest.value, (*compared.path(before.spot), *steps),
                    (*before.spot.real, *steps), (*rest.spot.real, source),
                    f"{pair.place}[{place}]",
                )  # fmt: skip
                compared.children.append(child)
        elif len(ours) != len(theirs):
            more = len(theirs) > len(ours)
            closes = [node.facets.get("items") for node in (old, new)]
            tuple_alone = not ours or not theirs
            edit = compared.changed(
                "prefix-items-added" if more else "prefix-items-removed", pair,
                f"had a schema for {counted(len(ours), 'position')} and has one for"
                f" {len(theirs)}", old, before, after,
            )  # fmt: skip
            if tuple_alone and any(closes):
                members = dict(edit.members)
                members |= dict.fromkeys(closes[0].sources if closes[0] else (), ABSENT)
                if closes[1] is not None:
                    source = closes[1].sources[0]
                    members[source] = compared.taken(closes[1].spot.holder[source])
                    edit = replace(edit, beside=compared.borrowed() or edit.beside)
                edit = replace(edit, members=members)
            yield edit
    if not tuple_alone:
        yield from _items(compared, pair, old, new)
    before, after = old.facets.get("contains"), new.facets.get("contains")
    if before and after:
        compared.facet_child(pair, before, after, "[]")
    elif before or after:
        verb, says = "added", "must hold an item of a kind now"
        if before:
            verb, says = "removed", "need not hold an item of a kind any more"
        yield compared.changed(f"contains-{verb}", pair, says, old, before, after)
    before, after = old.facets.get("propertyNames"), new.facets.get("propertyNames")
    if before and after:
        compared.facet_child(pair, before, after, "")
    elif before or after:
        verb, says = "added", "limits the names of its members now"
        if before:
            verb, says = "removed", "no longer limits the names of its members"
        yield compared.changed(f"property-names-{verb}", pair, says, old, before, after)


def _items(compared: Comparison, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
    before, after = old.facets.get("items"), new.facets.get("items")
    was, is_ = (facet.value if facet else True for facet in (before, after))
    if (was is False) != (is_ is False):
        name, says = "items-closed", "may hold no further items"
        if was is False:
            name, says = "items-opened", "may hold further items"
        yield compared.changed(name, pair, says, old, before, after)
    elif (said := before or after) and was is not False:
        ours = before.spot if before else old.core
        theirs = after.spot if after else new.core
        source = said.sources[0]
        other = after.sources[0] if after else source
        path = (*compared.path(ours), source)
        reals = (*ours.real, source), (*theirs.real, other)
        compared.children.append(Pair(was, is_, path, *reals, f"{pair.place}[]"))
