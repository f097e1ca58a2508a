"""What belongs together in two schemas: properties that were renamed, alternatives that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from mcpx.analyses.diff.schema_nodes import TEXTS, Branch, Node
from mcpx.analyses.diff.schema_reading import read
from mcpx.analyses.diff.schema_sides import Prints, Side
from mcpx.analyses.spelling import canonical_name

# From which score on two properties are one that was renamed, and by how much it has to lead.
# Measured with the history of github-mcp-server: snake and camel case score 1.0.
_RENAMED = 0.75
_LEAD = 0.1
# Of more pairs than this, only names that differ in case and separators are compared.
_MOST_PAIRS = 400
_MOST_WORDS = 60
_LONGEST_NAME = 80
# Of more alternatives than this that have no equal, none is looked at more closely.
_MOST_BRANCHES = 24
_ALIKE = 0.5
_ALIKE_ALONE = 0.3


class Renamed(NamedTuple):
    """A property that seems to have a new name; ``confidence`` is from 0 to 1."""

    old: str
    new: str
    confidence: float


def renames(removed: Mapping[str, Any], added: Mapping[str, Any], prints: Prints) -> list[Renamed]:
    """The properties of one object that seem to have a new name, from those gone and new.

    The score is half their schemas, three tenths their descriptions, and two tenths their names.
    A pair counts when it is the best for both by some margin.
    """
    if len(removed) * len(added) > _MOST_PAIRS:
        spelled = {canonical_name(name): name for name in added}
        pairs = [(name, spelled.get(canonical_name(name))) for name in removed]
        scores = {(old, new): 1.0 for old, new in pairs if new is not None}
    else:
        scores = {
            (old, new): _alike(old, removed[old], new, added[new], prints)
            for old in removed
            for new in added
        }
    found = []
    for (old, new), score in scores.items():
        others = (
            [other for (one, another), other in scores.items() if (one == old) != (another == new)]
            if len(scores) <= _MOST_PAIRS
            else []
        )
        if score >= _RENAMED and all(score - other >= _LEAD for other in others):
            found.append(Renamed(old, new, round(score, 2)))
    return found


def _alike(old: str, old_raw: Any, new: str, new_raw: Any, prints: Prints) -> float:
    one, other = _without_texts(old_raw), _without_texts(new_raw)
    if prints.of(one) == prints.of(other):
        schema = 1.0
    else:
        schema = 0.6 if one.get("type", 1) == other.get("type", 2) else 0.0
    same_name = canonical_name(old) == canonical_name(new)
    name = 1.0 if same_name else _ratio(old[:_LONGEST_NAME].lower(), new[:_LONGEST_NAME].lower())
    words, more = _words(old_raw), _words(new_raw)
    if not words and not more:
        score = 0.5 * schema + 0.5 * name
    else:
        score = 0.5 * schema + 0.3 * _ratio(words, more) + 0.2 * name
    return max(score, 0.9) if same_name else score


def _ratio(one: Sequence[str], other: Sequence[str]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _words(raw: Any) -> list[str]:
    text = raw.get("description") if isinstance(raw, dict) else None
    return text[:2_000].lower().split()[:_MOST_WORDS] if isinstance(text, str) else []


def _without_texts(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        return {"": raw}
    return {key: one for key, one in raw.items() if key not in TEXTS}


class Matched(NamedTuple):
    """Alternatives of two schemas: those that belong together, those gone, and those new."""

    pairs: list[tuple[Branch, Branch]]
    removed: list[Branch]
    added: list[Branch]


def matched(
    old: Sequence[Branch], new: Sequence[Branch], old_side: Side, new_side: Side
) -> Matched:
    """Pairs alternatives: equal ones first, then those most alike."""
    prints = old_side.prints
    waiting: dict[int, list[Branch]] = {}
    for branch in new:
        waiting.setdefault(prints.of(branch.raw), []).append(branch)
    pairs, removed = [], []
    for branch in old:
        equal = waiting.get(prints.of(branch.raw))
        if equal:
            pairs.append((branch, equal.pop(0)))
        else:
            removed.append(branch)
    left = {id(branch) for branches in waiting.values() for branch in branches}
    added = [branch for branch in new if id(branch) in left]
    if not removed or not added or max(len(removed), len(added)) > _MOST_BRANCHES:
        return Matched(pairs, removed, added)
    ours = [read(old_side, one.raw, (), one.real) for one in removed]
    theirs = [read(new_side, one.raw, (), one.real) for one in added]
    least = _ALIKE_ALONE if len(ours) == len(theirs) == 1 else _ALIKE
    scores = sorted(
        (
            (likeness(one, other), -i, -j)
            for i, one in enumerate(ours)
            for j, other in enumerate(theirs)
        ),
        reverse=True,
    )
    gone: set[int] = set()
    used: set[int] = set()
    for score, i, j in scores:
        if score >= least and -i not in gone and -j not in used:
            gone.add(-i)
            used.add(-j)
            pairs.append((removed[-i], added[-j]))
    return Matched(
        pairs,
        [one for place, one in enumerate(removed) if place not in gone],
        [one for place, one in enumerate(added) if place not in used],
    )


def likeness(one: Node, other: Node) -> float:
    """How much two alternatives are alike, from 0 to 1: by types and what tells them apart."""
    ours, theirs = _kinds(one), _kinds(other)
    if ours and theirs and not ours & theirs:
        return 0.0
    marks, more = dict(discriminators(one)), dict(discriminators(other))
    shared = marks.keys() & more.keys()
    if shared:
        same = sum(marks[name] == more[name] for name in shared) / len(shared)
        return 0.4 * _overlap(one, other) + 0.6 * same
    if one.properties or other.properties:
        return 0.2 + 0.8 * _overlap(one, other)
    return 0.6 if ours == theirs else 0.4


def _overlap(one: Node, other: Node) -> float:
    names, more = one.properties.keys(), other.properties.keys()
    return len(names & more) / (len(names | more) or 1)


def _kinds(node: Node) -> frozenset[str]:
    types: frozenset[str] = node.value("type", frozenset())
    return types or frozenset({"object"} if node.properties else ())


def discriminators(node: Node) -> Iterator[tuple[str, str]]:
    """The properties of an alternative that have one fixed value, with that value."""
    for name, (raw, _) in node.properties.items():
        if not isinstance(raw, dict):
            continue
        listed = [raw["const"]] if "const" in raw else raw.get("enum")
        if isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], str):
            yield name, listed[0]
