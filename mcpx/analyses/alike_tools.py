"""Tools of several servers that are taken for each other: near names, and overlapping purposes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mcpx.analyses.finding import Finding, Subject
from mcpx.analyses.near_names import Likeness, Near, near_names
from mcpx.analyses.overlap import Overlap, overlaps
from mcpx.analyses.rules import RULES
from mcpx.analyses.wording import Described
from mcpx.catalogue.model import Catalogue, Item, Kind

_WORDS = {
    Likeness.LOOK: "look the same",
    Likeness.ORDER: "have the same words in another order",
    Likeness.SPELLING: "are a letter or two apart",
}


def alike_tools(
    members: Sequence[tuple[str, Catalogue]], possible: bool = False
) -> Iterator[Finding]:
    """Tools that a model or a person may take for each other.

    Rules: ``name-lookalike``, ``name-near``, ``tool-overlap`` and, with ``possible``,
    ``tool-overlap-possible``. A pair is told by the first of them that holds.
    """
    tools = [
        Described(server, tool.key, tool.description, _parameters(tool))
        for server, catalogue in members
        for tool in catalogue.tools
        if tool.key
    ]
    subjects = [Subject(Kind.TOOL, tool.name, tool.server) for tool in tools]
    told: set[frozenset[str]] = set()
    for near in near_names(tools):
        told.add(frozenset((tools[near.first].name, tools[near.second].name)))
        yield _near(near, tools, subjects)
    if len(members) < 2:
        return
    for overlap in overlaps(tools, possible):
        if frozenset((tools[overlap.first].name, tools[overlap.second].name)) not in told:
            yield _overlap(overlap, tools, subjects)


def _parameters(tool: Item) -> frozenset[str]:
    schema = tool.input_schema
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return frozenset(properties) if isinstance(properties, dict) else frozenset()


def _near(near: Near, tools: Sequence[Described], subjects: Sequence[Subject]) -> Finding:
    rule = RULES["name-lookalike" if near.likeness is Likeness.LOOK else "name-near"]
    said = f"tools {_pair(near, tools)} {_WORDS[near.likeness]}"
    return Finding(rule, said, _subjects(near, subjects), identity=_first_two(near, subjects))


def _overlap(overlap: Overlap, tools: Sequence[Described], subjects: Sequence[Subject]) -> Finding:
    rule = RULES["tool-overlap" if overlap.likely else "tool-overlap-possible"]
    how = "are likely to" if overlap.likely else "could"
    said = f"tools {_pair(overlap, tools)} {how} answer the same request ({overlap.score:.2f})"
    return Finding(rule, said, _subjects(overlap, subjects), identity=_first_two(overlap, subjects))


def _pair(two: Near | Overlap, tools: Sequence[Described]) -> str:
    first, second = tools[two.first], tools[two.second]
    said = f"'{first.name}' of {first.server} and '{second.name}' of {second.server}"
    return f"{said}, and {len(two.others)} more like them," if two.others else said


def _subjects(two: Near | Overlap, subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    places = {two.first, two.second, *two.others}
    found = {(subjects[place].server, subjects[place].key): subjects[place] for place in places}
    return tuple(found[one] for one in sorted(found))


def _first_two(two: Near | Overlap, subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    """Others that are alike come and go; these make the finding."""
    return tuple(sorted((subjects[two.first], subjects[two.second])))
