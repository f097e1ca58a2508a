"""What is compared of two schemas, pair by pair of nodes, and how an edit is told and applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mcpx.analyses.diff.changes import ABSENT, ChangeRule
from mcpx.analyses.diff.schema_hybrids import Edit
from mcpx.analyses.diff.schema_nodes import Facet, Node, Spot
from mcpx.analyses.diff.schema_rules import RULE_BY_ID, Direction, kebab
from mcpx.analyses.diff.schema_sides import Path, Prints, Side
from mcpx.analyses.diff.schema_wording import cut
from mcpx.analyses.diff.values import pointer
from mcpx.analyses.finding import Severity

# Keywords of contents, which servers ignore; the characters of a name in a message.
CONTENT = ("contentEncoding", "contentMediaType", "contentSchema")
LONGEST = 40
_LONGEST_PLACE = 60
_VERBS = ("added", "changed", "removed")

# What a judge of values has nothing to say about: notes, guesses, and what servers ignore.
_UNASKED = frozenset(
    (
        "examples-changed",
        "property-description-changed",
        "property-title-changed",
        *(f"{key}-{verb}" for key in ("default", "format") for verb in _VERBS),
        *(f"{kebab(key)}-changed" for key in (*CONTENT, "readOnly", "writeOnly")),
        "annotation-changed",
        "optional-property-removed",
        "property-deprecated",
        "property-removed-ignored",
        "property-renamed",
        "property-undeprecated",
        "schema-dialect-changed",
        "schema-external-ref-added",
        "schema-external-ref-removed",
        "schema-refactored",
    )
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two nodes that stand for the same values.

    ``above`` are those that hold it: the ids of old and of new definitions, and what holds them.
    ``lifted``: one of many alternatives against a schema that had none, whose notes and whose null
    were compared before. ``key``: the name of the property; ``marks``: whether it tells
    alternatives apart.
    """

    old: Any
    new: Any
    path: Path = ()
    old_real: Path = ()
    new_real: Path = ()
    place: str = ""
    above: Any = None
    depth: int = 0
    lifted: bool = False
    key: str = ""
    branch: bool = False
    marks: bool = False


class Comparison:
    """Two schemas, and what the pair of nodes at hand holds that is still to be compared."""

    def __init__(self, old: Any, new: Any, direction: Direction) -> None:
        self.direction = direction
        self.prints = Prints()
        self.prints.learn(old)
        self.prints.learn(new)
        self.old = Side(old, self.prints)
        self.new = Side(new, self.prints)
        self.children: list[Pair] = []
        # Whether both nodes at hand are one definition each, which is edited where it stands.
        self.shared = False
        # The new schema within the old one, for references in values taken from it.
        self._moved: Mapping[str, Any] = {}
        self._lent = False
        definitions = old.get("$defs") if isinstance(old, dict) else None
        self._home = "new"
        while isinstance(definitions, dict) and self._home in definitions:
            self._home += "_"

    def _rule(self, name: str) -> ChangeRule:
        return RULE_BY_ID.get(f"{self.direction}-{name}") or RULE_BY_ID[name]

    def subject(self, place: str) -> str:
        """What a message calls the place of an edit."""
        if not place:
            return f"the {self.direction}"
        noun = "parameter" if self.direction is Direction.INPUT else "field"
        return f"{noun} {cut(place, _LONGEST_PLACE)}"

    def edit(
        self,
        name: str,
        pair: Pair,
        says: str,
        real: Path,
        path: Path,
        members: Mapping[str, Any],
        before: Any = ABSENT,
        after: Any = ABSENT,
        *,
        place: str | None = None,
        given: Severity | None = None,
        confidence: float | None = None,
        ruled: bool = False,
    ) -> Edit:
        """An edit; ``ruled``: what is gone falls under a schema for all others now."""
        where = pair.place if place is None else place
        return Edit(
            self._rule(name),
            pointer(*real),
            where,
            f"{self.subject(where)}: {says}",
            path,
            members,
            before,
            after,
            self.borrowed(),
            given,
            confidence,
            asked=(name.removesuffix("-ignored") if ruled else name) not in _UNASKED,
        )

    def taken(self, value: Any) -> Any:
        """A value of the new schema that goes into the old one, its references with it."""
        if not self.prints.refers(value):
            return value
        self._lent = True
        if not self._moved:
            document = self.new.document
            bare = {key: one for key, one in document.items() if key not in ("$id", "$schema")}
            self._moved = {self._home: self._relocated(bare)}
        return self._relocated(value)

    def _relocated(self, value: Any) -> Any:
        if isinstance(value, list):
            return [*map(self._relocated, value)]
        if not isinstance(value, dict):
            return value
        found = {}
        for key, one in value.items():
            if key == "$ref" and (target := self.new.target(one)) is not None:
                found[key] = f"#{quote(pointer('$defs', self._home, *target[1]), safe='/~$')}"
            elif key != "$anchor":
                found[key] = self._relocated(one)
        return found

    def borrowed(self) -> Mapping[str, Any]:
        """Where the references of values that were taken since the last edit lead."""
        beside = self._moved if self._lent else {}
        self._lent = False
        return beside

    def changed(
        self,
        name: str,
        pair: Pair,
        says: str,
        node: Node,
        old: Facet | None,
        new: Facet | None,
        **more: Any,
    ) -> Edit:
        """An edit that takes the keywords of one facet for those of another."""
        members: dict[str, Any] = dict.fromkeys(old.sources, ABSENT) if old else {}
        if new is not None:
            members |= {key: self.taken(new.spot.holder[key]) for key in new.sources}
        told = new or old
        assert told is not None
        real = (*told.spot.real, *told.sources[:1])
        spot = old.spot if old else node.core
        before, after = stands(old), stands(new)
        return self.edit(name, pair, says, real, self.path(spot), members, before, after, **more)

    def path(self, spot: Spot) -> Path:
        """Where to apply an edit: in the definition itself when that was edited, else in place."""
        return spot.real if self.shared else spot.path

    def whole(self, name: str, pair: Pair, old: Node, new: Node, says: str) -> Edit:
        """An edit that takes the whole of one node for the whole of another."""
        holder = new.outer.holder if new.outer.holder or not new.never else {"not": {}}
        members = dict.fromkeys(old.outer.holder, ABSENT) | {
            key: self.taken(one) for key, one in holder.items()
        }
        real = new.outer.real
        return self.edit(name, pair, says, real, self.path(old.outer), members, pair.old, pair.new)

    def child(
        self, pair: Pair, old: Any, new: Any, spots: tuple[Spot, Spot], steps: Path, **more: Any
    ) -> None:
        """Puts what stands at the same steps of both spots aside, to be compared later."""
        ours, theirs = spots
        child = Pair(
            old,
            new,
            (*self.path(ours), *steps),
            (*ours.real, *steps),
            (*theirs.real, *steps),
            **{"place": pair.place, **more},
        )
        self.children.append(child)

    def facet_child(self, pair: Pair, before: Facet, after: Facet, place: str) -> None:
        """Puts the one schema that a keyword has on both sides aside."""
        old, new = before.sources[0], after.sources[0]
        path = (*self.path(before.spot), old)
        reals = (*before.spot.real, old), (*after.spot.real, new)
        child = Pair(before.value, after.value, path, *reals, pair.place + place)
        self.children.append(child)

    def same(self, one: Any, other: Any) -> bool:
        """Whether two values are alike, whatever stands around them."""
        return self.prints.of(one) == self.prints.of(other) and not self.prints.refers(one)


def joined(place: str, name: str) -> str:
    """The place of a member in a place."""
    return f"{place}.{name}" if place else name


def stands(facet: Facet | None) -> Any:
    """What stands there for the facet."""
    if facet is None:
        return ABSENT
    return facet.spot.holder[facet.sources[0]] if facet.sources else facet.value


def present(value: Any) -> Any:
    """A value that can be told from one that is not there."""
    if value is None or value is ABSENT:
        return ()
    if isinstance(value, str | dict | list):
        return value
    return (str(value),)
