"""The edits between two versions of a JSON Schema, each named by its rule and fit to be judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from mcpx.analyses.diff import (
    schema_alternatives,
    schema_items,
    schema_keywords,
    schema_properties,
)
from mcpx.analyses.diff.changes import ABSENT
from mcpx.analyses.diff.schema_comparison import LONGEST, Comparison, Pair
from mcpx.analyses.diff.schema_hybrids import Among, Edit, Partly, applied
from mcpx.analyses.diff.schema_nodes import Node
from mcpx.analyses.diff.schema_reading import read
from mcpx.analyses.diff.schema_rules import RULE_BY_ID, Direction
from mcpx.analyses.diff.schema_wording import cut, dialect
from mcpx.analyses.finding import Severity, listed
from mcpx.schemas.mirrored import ANNOTATION
from mcpx.schemas.walk import size

__all__ = ["Among", "Direction", "Edit", "Partly", "applied", "schema_edits"]

# JSON levels and values of a schema, pairs of nodes, and edits that are told of.
_DEEPEST = 256
_MOST_VALUES = 500_000
_MOST_PAIRS = 50_000
_MOST_EDITS = 5_000
# What a schema without $schema is written in. Source: specification 2026-07-28, basic.
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# What is told of one and of several nodes that say the same.
_RESPELLED = (
    "is written in another way and means the same",
    "are written in another way and mean the same",
)
_TITLED = (
    "has a title now that only repeats its name",
    "have titles now that only repeat their names",
)
_UNTITLED = (
    "has no title any more, which only repeated its name",
    "have no titles any more, which only repeated their names",
)


def schema_edits(old: Any, new: Any, direction: Direction) -> Iterator[Edit]:
    """The edits that lead from one schema to the other, outer ones first; none when they are equal.

    Both are any JSON value, also none that is a schema. What means the same is one edit of the
    rule ``schema-refactored``; of what is beyond the bounds, one of ``schema-too-complex`` tells.
    The severities of the rules are what an edit may do; only a judge of the whole knows.
    """
    if any(
        depth > _DEEPEST or count > _MOST_VALUES
        for depth, count in (size(one, _DEEPEST, _MOST_VALUES) for one in (old, new))
    ):
        yield _too_complex(direction)
        return
    yield from _Walk(old, new, direction).edits()


def _too_complex(direction: Direction) -> Edit:
    message = f"the {direction} schema is too large or too deep to be compared whole"
    return Edit(RULE_BY_ID["schema-too-complex"], "", "", message, asked=False)


class _Walk(Comparison):
    """Walks over two schemas side by side."""

    def __init__(self, old: Any, new: Any, direction: Direction) -> None:
        super().__init__(old, new, direction)
        self._waiting: list[Pair] = []
        self._visited: set[tuple[Any, ...]] = set()
        self._respelled: list[Pair] = []
        self._incomplete = False
        self._another_dialect = False
        # Those are told by an analysis of their own.
        self._other_headers = False

    def edits(self) -> Iterator[Edit]:
        """All of them, those of a node before those of what it holds."""
        old, new = self.old.document, self.new.document
        if self.prints.of(old) == self.prints.of(new):
            return
        self._waiting.append(Pair(old, new))
        told = pairs = 0
        for edit in self._dialect():
            told += 1
            yield edit
        while self._waiting:
            pair = self._waiting.pop()
            pairs += 1
            if told >= _MOST_EDITS or pairs > _MOST_PAIRS:
                self._incomplete = True
                break
            before = told
            for edit in self._compared(pair):
                told += 1
                yield edit
                if told >= _MOST_EDITS:
                    self._incomplete = True
                    break
            self._note_respelling(pair, told > before)
            self._waiting += reversed(self.children)
            self.children.clear()
        if self._incomplete:
            yield _too_complex(self.direction)
        elif self._respelled or not (told or self._other_headers):
            yield from self._refactored(self._respelled or [Pair(old, new)])

    def _note_respelling(self, pair: Pair, told: bool) -> None:
        """Remembers a node that differs and neither has an edit nor holds what differs."""
        of_dialect = self._another_dialect and not pair.path
        if told or pair.lifted or of_dialect or len(self._respelled) >= _MOST_EDITS:
            return
        if self.prints.of(pair.old) == self.prints.of(pair.new):
            return
        if self._alike_without(ANNOTATION, pair):
            self._other_headers = True
        elif all(self.same(one.old, one.new) for one in self.children):
            self._respelled.append(pair)

    def _alike_without(self, keyword: str, pair: Pair) -> bool:
        """Whether this keyword is all that differs."""
        ours, theirs = (_without(keyword, one) for one in (pair.old, pair.new))
        return self.prints.of(ours) == self.prints.of(theirs)

    def _refactored(self, pairs: Sequence[Pair]) -> Iterator[Edit]:
        """What is told of nodes that say the same in another way."""
        if self.old.hides() or self.new.hides():
            message = (
                f"the {self.direction} schema has ids of its own or dynamic references inside,"
                " and what they lead to is not compared"
            )
            yield replace(_too_complex(self.direction), message=message)
            return
        groups: dict[tuple[str, str], list[Pair]] = {}
        for pair in pairs:
            says = _RESPELLED
            if pair.key and self._alike_without("title", pair):
                says = _TITLED if "title" in pair.new else _UNTITLED
            groups.setdefault(says, []).append(pair)
        for (one, many), alike in groups.items():
            places = dict.fromkeys(pair.place for pair in alike)
            what = f"{self._subjects([*places])} {one if len(places) == 1 else many}"
            edit = self.edit("schema-refactored", alike[0], "", alike[0].new_real, (), {})
            yield replace(edit, message=what)

    def _subjects(self, places: Sequence[str]) -> str:
        """The first few of several places: ``parameters a, b and 3 more``."""
        if len(places) == 1:
            return self.subject(places[0])
        noun = "parameters" if self.direction is Direction.INPUT else "fields"
        named = [cut(place, LONGEST) for place in places if place]
        noun = noun if len(named) > 1 else noun.removesuffix("s")
        whole = f"the {self.direction} and " if "" in places else ""
        return f"{whole}{noun} {listed(named)}"

    def _dialect(self) -> Iterator[Edit]:
        """A change of ``$schema``; left out is the one that stands for nothing said."""
        said = []
        for side in (self.old, self.new):
            document = side.document
            named = document.get("$schema", _DIALECT) if isinstance(document, dict) else _DIALECT
            said.append(named.rstrip("#") if isinstance(named, str) else named)
        if not isinstance(self.old.document, dict) or not isinstance(self.new.document, dict):
            return
        if self.prints.of(said[0]) != self.prints.of(said[1]):
            before, after = (side.document.get("$schema", ABSENT) for side in (self.old, self.new))
            self._another_dialect = True
            says = f"is written in {dialect(said[1])} now, not in {dialect(said[0])}"
            pair = Pair(None, None)
            members = {"$schema": after}
            yield self.edit(
                "schema-dialect-changed", pair, says, ("$schema",), (), members, before, after,
                given=Severity.INFO if said[1] == _DIALECT else None,
            )  # fmt: skip

    def _compared(self, pair: Pair) -> Iterator[Edit]:
        """The edits of one node; what it holds is put aside for later."""
        prints = self.prints
        if prints.of(pair.old) == prints.of(pair.new) and not prints.refers(pair.old):
            return
        old = read(self.old, pair.old, pair.path, pair.old_real)
        new = read(self.new, pair.new, pair.new_real, pair.new_real)
        both = bool(old.targets and new.targets)
        there = old.core.real
        self.shared = both and (there == new.core.real or not self.new.has(there))
        ids = (
            frozenset(id(one) for one in (pair.old, *old.targets)),
            frozenset(id(one) for one in (pair.new, *new.targets)),
            pair.above,
        )
        if pair.depth > _DEEPEST:
            self._incomplete = True
            return
        back = [self._holds_itself(one, pair.above, n) for n, one in enumerate((old, new))]
        ends = not self.prints.refers(pair.new if back[0] else pair.old)
        if back[0] != back[1] and ends and old.says() and new.says():
            name, says = "recursion-added", "may hold itself now"
            if back[0]:
                name, says = "recursion-removed", "no longer holds itself"
            yield self.whole(name, pair, old, new, says)
            return
        if both or (isinstance(pair.old, dict) and isinstance(pair.new, dict)):
            key = (
                tuple(map(id, old.targets if both else [pair.old])),
                tuple(map(id, new.targets if both else [pair.new])),
            )
            if key in self._visited:
                if not both:
                    return
                old, new = old.beside(), new.beside()
            self._visited.add(key)
        yield from self._node(pair, old, new)
        self.children = [replace(one, above=ids, depth=pair.depth + 1) for one in self.children]

    def _holds_itself(self, node: Node, above: Any, number: int) -> bool:
        wanted = {id(one) for one in node.targets}
        while wanted and above is not None:
            if wanted & above[number]:
                return True
            above = above[2]
        return False

    def _node(self, pair: Pair, old: Node, new: Node) -> Iterator[Edit]:
        for one, other in ((old, new), (new, old)):
            if other.facets.keys() & {"anyOf", "oneOf"}:
                one.unfold()
        if not pair.lifted:
            yield from schema_keywords.notes(self, pair, old, new)
        if old.never or new.never:
            if not new.never:
                says = "could have no value and can now"
                yield self.whole("schema-became-possible", pair, old, new, says)
            elif not old.never:
                says = "can have no value any more"
                yield self.whole("schema-became-impossible", pair, old, new, says)
            return
        of_call = not pair.path and self.direction is Direction.INPUT
        if of_call and old.takes_objects() is not new.takes_objects():
            # Within itself the same schema may be given something else.
            self._visited.clear()
        said, says_now = old.says(), new.says()
        if not said and len(says_now) > 1 and pair.place:
            yield self.whole("schema-constrained", pair, old, new, "was free and has a schema now")
            return
        if not says_now and len(said) > 1 and pair.place:
            yield self.whole("schema-freed", pair, old, new, "had a schema and is free now")
            return
        outside = schema_keywords.reference(self, pair, old, new)
        if outside is not None:
            yield outside
            return
        if (yield from schema_alternatives.lifted(self, pair, old, new)):
            return
        if ("enum" in old.facets) != ("enum" in new.facets):
            old.as_values(self.prints)
            new.as_values(self.prints)
        yield from schema_keywords.types(self, pair, old, new)
        yield from schema_keywords.values(self, pair, old, new)
        yield from schema_keywords.limits(self, pair, old, new)
        yield from schema_keywords.simple(self, pair, old, new)
        yield from schema_properties.required(self, pair, old, new)
        yield from schema_properties.properties(self, pair, old, new)
        yield from schema_properties.others(self, pair, old, new)
        yield from schema_properties.named(self, pair, old, new)
        yield from schema_items.lists(self, pair, old, new)
        yield from schema_alternatives.alternatives(self, pair, old, new)


def _without(keyword: str, raw: Any) -> Any:
    if not isinstance(raw, dict) or keyword not in raw:
        return raw
    return {key: one for key, one in raw.items() if key != keyword}
