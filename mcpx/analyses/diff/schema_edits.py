"""The edits between two versions of a JSON Schema, each named by its rule and fit to be judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from mcpx.analyses.diff.changes import ABSENT, ChangeRule
from mcpx.analyses.diff.schema_alike import discriminators, matched, renames
from mcpx.analyses.diff.schema_hybrids import Among, Edit, Partly, applied
from mcpx.analyses.diff.schema_nodes import (
    Branch,
    Facet,
    Node,
    Path,
    Prints,
    Side,
    Spot,
    is_note,
    is_null,
    marked,
    of_types,
    read,
    tighter,
)
from mcpx.analyses.diff.schema_rules import RULE_BY_ID, Direction, kebab
from mcpx.analyses.diff.schema_wording import (
    KEYWORDS,
    alternative_called,
    counted,
    cut,
    dialect,
    note_change,
    note_meant,
    several,
    types_called,
)
from mcpx.analyses.diff.values import called, pointer, told_apart
from mcpx.analyses.finding import Severity, listed
from mcpx.schemas.mirrored import ANNOTATION
from mcpx.schemas.walk import size

__all__ = ["Among", "Direction", "Edit", "Partly", "applied", "schema_edits"]

# JSON levels and values of a schema, pairs of nodes, and edits that are told of.
_DEEPEST = 256
_MOST_VALUES = 500_000
_MOST_PAIRS = 50_000
_MOST_EDITS = 5_000
# Of alternatives that are told one by one, of names in a message, of characters of one.
_MOST_TOLD = 12
_MOST_NAMES = 3
_LONGEST = 40
_LONGEST_PLACE = 60
# What a schema without $schema is written in. Source: specification 2026-07-28, basic.
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LARGEST = 2**53 - 1
_COUNTS = ("minLength", "minItems", "minProperties", "minContains")
_CAPS = ("maxLength", "maxItems", "maxProperties", "maxContains")


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


@dataclass(frozen=True, slots=True)
class _Pair:
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


class _Walk:
    """Walks over two schemas side by side."""

    def __init__(self, old: Any, new: Any, direction: Direction) -> None:
        self._direction = direction
        self._prints = Prints()
        self._prints.learn(old)
        self._prints.learn(new)
        self._old = Side(old, self._prints)
        self._new = Side(new, self._prints)
        self._waiting: list[_Pair] = []
        self._children: list[_Pair] = []
        self._visited: set[tuple[Any, ...]] = set()
        self._respelled: list[_Pair] = []
        self._incomplete = False
        self._another_dialect = False
        # Those are told by an analysis of their own.
        self._other_headers = False
        # The new schema within the old one, for references in values taken from it.
        self._moved: Mapping[str, Any] = {}
        self._lent = False
        # Whether both nodes at hand are one definition each, which is edited where it stands.
        self._shared = False
        definitions = old.get("$defs") if isinstance(old, dict) else None
        self._home = "new"
        while isinstance(definitions, dict) and self._home in definitions:
            self._home += "_"

    def edits(self) -> Iterator[Edit]:
        """All of them, those of a node before those of what it holds."""
        old, new = self._old.document, self._new.document
        if self._prints.of(old) == self._prints.of(new):
            return
        self._waiting.append(_Pair(old, new))
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
            self._waiting += reversed(self._children)
            self._children.clear()
        if self._incomplete:
            yield _too_complex(self._direction)
        elif self._respelled or not (told or self._other_headers):
            yield from self._refactored(self._respelled or [_Pair(old, new)])

    # What is said of edits.

    def _rule(self, name: str) -> ChangeRule:
        return RULE_BY_ID.get(f"{self._direction}-{name}") or RULE_BY_ID[name]

    def _subject(self, place: str) -> str:
        if not place:
            return f"the {self._direction}"
        noun = "parameter" if self._direction is Direction.INPUT else "field"
        return f"{noun} {cut(place, _LONGEST_PLACE)}"

    def _edit(
        self,
        name: str,
        pair: _Pair,
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
        beside = self._moved if self._lent else {}
        self._lent = False
        return Edit(
            self._rule(name),
            pointer(*real),
            where,
            f"{self._subject(where)}: {says}",
            path,
            members,
            before,
            after,
            beside,
            given,
            confidence,
            asked=(name.removesuffix("-ignored") if ruled else name) not in _UNASKED,
        )

    def _taken(self, value: Any) -> Any:
        """A value of the new schema that goes into the old one, its references with it."""
        if not self._prints.refers(value):
            return value
        self._lent = True
        if not self._moved:
            document = self._new.document
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
            if key == "$ref" and (target := self._new.target(one)) is not None:
                found[key] = f"#{quote(pointer('$defs', self._home, *target[1]), safe='/~$')}"
            elif key != "$anchor":
                found[key] = self._relocated(one)
        return found

    def _changed(
        self,
        name: str,
        pair: _Pair,
        says: str,
        node: Node,
        old: Facet | None,
        new: Facet | None,
        **more: Any,
    ) -> Edit:
        """An edit that takes the keywords of one facet for those of another."""
        members: dict[str, Any] = dict.fromkeys(old.sources, ABSENT) if old else {}
        if new is not None:
            members |= {key: self._taken(new.spot.holder[key]) for key in new.sources}
        told = new or old
        assert told is not None
        real = (*told.spot.real, *told.sources[:1])
        spot = old.spot if old else node.core
        before, after = _stands(old), _stands(new)
        return self._edit(name, pair, says, real, self._path(spot), members, before, after, **more)

    def _path(self, spot: Spot) -> Path:
        """Where to apply an edit: in the definition itself when that was edited, else in place."""
        return spot.real if self._shared else spot.path

    def _note_respelling(self, pair: _Pair, told: bool) -> None:
        """Remembers a node that differs and neither has an edit nor holds what differs."""
        of_dialect = self._another_dialect and not pair.path
        if told or pair.lifted or of_dialect or len(self._respelled) >= _MOST_EDITS:
            return
        if self._prints.of(pair.old) == self._prints.of(pair.new):
            return
        if self._alike_without(ANNOTATION, pair):
            self._other_headers = True
        elif all(self._same(one.old, one.new) for one in self._children):
            self._respelled.append(pair)

    def _alike_without(self, keyword: str, pair: _Pair) -> bool:
        """Whether this keyword is all that differs."""
        ours, theirs = (_without(keyword, one) for one in (pair.old, pair.new))
        return self._prints.of(ours) == self._prints.of(theirs)

    def _refactored(self, pairs: Sequence[_Pair]) -> Iterator[Edit]:
        """What is told of nodes that say the same in another way."""
        if self._old.hides() or self._new.hides():
            message = (
                f"the {self._direction} schema has ids of its own or dynamic references inside,"
                " and what they lead to is not compared"
            )
            yield replace(_too_complex(self._direction), message=message)
            return
        groups: dict[tuple[str, str], list[_Pair]] = {}
        for pair in pairs:
            says = _RESPELLED
            if pair.key and self._alike_without("title", pair):
                says = _TITLED if "title" in pair.new else _UNTITLED
            groups.setdefault(says, []).append(pair)
        for (one, many), alike in groups.items():
            places = dict.fromkeys(pair.place for pair in alike)
            what = f"{self._subjects([*places])} {one if len(places) == 1 else many}"
            edit = self._edit("schema-refactored", alike[0], "", alike[0].new_real, (), {})
            yield replace(edit, message=what)

    def _subjects(self, places: Sequence[str]) -> str:
        """The first few of several places: ``parameters a, b and 3 more``."""
        if len(places) == 1:
            return self._subject(places[0])
        noun = "parameters" if self._direction is Direction.INPUT else "fields"
        named = [cut(place, _LONGEST) for place in places if place]
        noun = noun if len(named) > 1 else noun.removesuffix("s")
        whole = f"the {self._direction} and " if "" in places else ""
        return f"{whole}{noun} {listed(named)}"

    def _dialect(self) -> Iterator[Edit]:
        """A change of ``$schema``; left out is the one that stands for nothing said."""
        said = []
        for side in (self._old, self._new):
            document = side.document
            named = document.get("$schema", _DIALECT) if isinstance(document, dict) else _DIALECT
            said.append(named.rstrip("#") if isinstance(named, str) else named)
        if not isinstance(self._old.document, dict) or not isinstance(self._new.document, dict):
            return
        if self._prints.of(said[0]) != self._prints.of(said[1]):
            before, after = (
                side.document.get("$schema", ABSENT) for side in (self._old, self._new)
            )
            self._another_dialect = True
            says = f"is written in {dialect(said[1])} now, not in {dialect(said[0])}"
            pair = _Pair(None, None)
            members = {"$schema": after}
            yield self._edit(
                "schema-dialect-changed", pair, says, ("$schema",), (), members, before, after,
                given=Severity.INFO if said[1] == _DIALECT else None,
            )  # fmt: skip

    # Walking.

    def _compared(self, pair: _Pair) -> Iterator[Edit]:
        """The edits of one node; what it holds is put aside for later."""
        prints = self._prints
        if prints.of(pair.old) == prints.of(pair.new) and not prints.refers(pair.old):
            return
        old = read(self._old, pair.old, pair.path, pair.old_real)
        new = read(self._new, pair.new, pair.new_real, pair.new_real)
        both = bool(old.targets and new.targets)
        there = old.core.real
        self._shared = both and (there == new.core.real or not self._new.has(there))
        ids = (
            frozenset(id(one) for one in (pair.old, *old.targets)),
            frozenset(id(one) for one in (pair.new, *new.targets)),
            pair.above,
        )
        if pair.depth > _DEEPEST:
            self._incomplete = True
            return
        back = [self._holds_itself(one, pair.above, n) for n, one in enumerate((old, new))]
        ends = not self._prints.refers(pair.new if back[0] else pair.old)
        if back[0] != back[1] and ends and old.says() and new.says():
            name, says = "recursion-added", "may hold itself now"
            if back[0]:
                name, says = "recursion-removed", "no longer holds itself"
            yield self._whole(name, pair, old, new, says)
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
        self._children = [replace(one, above=ids, depth=pair.depth + 1) for one in self._children]

    def _holds_itself(self, node: Node, above: Any, number: int) -> bool:
        wanted = {id(one) for one in node.targets}
        while wanted and above is not None:
            if wanted & above[number]:
                return True
            above = above[2]
        return False

    def _whole(self, name: str, pair: _Pair, old: Node, new: Node, says: str) -> Edit:
        """An edit that takes the whole of one node for the whole of another."""
        holder = new.outer.holder if new.outer.holder or not new.never else {"not": {}}
        members = dict.fromkeys(old.outer.holder, ABSENT) | {
            key: self._taken(one) for key, one in holder.items()
        }
        real = new.outer.real
        return self._edit(
            name, pair, says, real, self._path(old.outer), members, pair.old, pair.new
        )

    def _child(
        self, pair: _Pair, old: Any, new: Any, spots: tuple[Spot, Spot], steps: Path, **more: Any
    ) -> None:
        """Puts what stands at the same steps of both spots aside, to be compared later."""
        ours, theirs = spots
        child = _Pair(
            old,
            new,
            (*self._path(ours), *steps),
            (*ours.real, *steps),
            (*theirs.real, *steps),
            **{"place": pair.place, **more},
        )
        self._children.append(child)

    def _node(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
        for one, other in ((old, new), (new, old)):
            if other.facets.keys() & {"anyOf", "oneOf"}:
                one.unfold()
        if not pair.lifted:
            yield from self._notes(pair, old, new)
        if old.never or new.never:
            if not new.never:
                says = "could have no value and can now"
                yield self._whole("schema-became-possible", pair, old, new, says)
            elif not old.never:
                says = "can have no value any more"
                yield self._whole("schema-became-impossible", pair, old, new, says)
            return
        of_call = not pair.path and self._direction is Direction.INPUT
        if of_call and old.takes_objects() is not new.takes_objects():
            # Within itself the same schema may be given something else.
            self._visited.clear()
        said, says_now = old.says(), new.says()
        if not said and len(says_now) > 1 and pair.place:
            yield self._whole("schema-constrained", pair, old, new, "was free and has a schema now")
            return
        if not says_now and len(said) > 1 and pair.place:
            yield self._whole("schema-freed", pair, old, new, "had a schema and is free now")
            return
        outside = self._reference(pair, old, new)
        if outside is not None:
            yield outside
            return
        if (yield from self._lifted(pair, old, new)):
            return
        if ("enum" in old.facets) != ("enum" in new.facets):
            old.as_values(self._prints)
            new.as_values(self._prints)
        yield from self._types(pair, old, new)
        yield from self._values(pair, old, new)
        yield from self._limits(pair, old, new)
        yield from self._simple(pair, old, new)
        yield from self._required(pair, old, new)
        yield from self._properties(pair, old, new)
        yield from self._rest(pair, old, new)
        yield from self._named(pair, old, new)
        yield from self._lists(pair, old, new)
        yield from self._alternatives(pair, old, new)

    def _reference(self, pair: _Pair, old: Node, new: Node) -> Edit | None:
        """A reference that leads out of the schema, or nowhere, where that is new or was so."""
        was, is_ = old.value("$ref"), new.value("$ref")
        if is_ is not None and is_ != was:
            says = f"refers to {called(is_)}, which is not in the schema"
            return self._whole("schema-external-ref-added", pair, old, new, says)
        if was is not None and is_ is None:
            says = f"no longer refers to {called(was)}, which was not in the schema"
            return self._whole("schema-external-ref-removed", pair, old, new, says)
        return None

    # What a node says, keyword by keyword.

    def _notes(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
        """What limits nothing: texts, defaults, flags."""
        keys = [key for key in (*old.facets, *new.facets) if is_note(key)]
        for key in dict.fromkeys(keys):
            before, after = old.facets.get(key), new.facets.get(key)
            one = note_meant(key, before, pair.key)
            other = note_meant(key, after, pair.key)
            if self._prints.of(_listed(one)) == self._prints.of(_listed(other)):
                continue
            name, says, given = note_change(key, one, other)
            edit = self._changed(name, pair, says, old, before, after, given=given)
            if marked(key):
                edit = self._of_one(edit, marked(key), old, before or after, says)
            yield edit

    def _of_one(self, edit: Edit, mark: str, old: Node, facet: Facet | None, says: str) -> Edit:
        """A note of one alternative, told and edited as such; of one that is new it is no edit."""
        assert facet is not None
        message = f"{self._subject(edit.place)}, {alternative_called(facet.spot.holder)}: {says}"
        spot = old.within.get(mark)
        if spot is None:
            return replace(edit, message=message, members={})
        return replace(edit, message=message, path=self._path(spot))

    def _types(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
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
            yield self._changed(name, pair, says, old, before, after)
        elif old.nulls != new.nulls and None not in (old.nulls, new.nulls) and not pair.lifted:
            yield self._nulls(pair, old, new)

    def _nulls(self, pair: _Pair, old: Node, new: Node) -> Edit:
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
        path = self._path(old.outer)
        return self._edit(name, pair, says, real, path, members, old.nulls, new.nulls)

    def _values(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
        """Listed and fixed values."""
        before, after = old.facets.get("enum"), new.facets.get("enum")
        if before is None and after is not None:
            fixed = "const" in after.sources
            shown = several(list(after.value.values()))
            says = f"must be {shown} now" if fixed else f"is one of {shown} now"
            yield self._changed(
                "const-added" if fixed else "became-enum", pair, says, old, None, after
            )
        elif before is not None and after is None:
            fixed = "const" in before.sources
            shown = several(list(before.value.values()))
            name = "enum-removed" if self._direction is Direction.INPUT else "enum-dropped"
            says = f"need not be {shown} any more" if fixed else f"is no longer one of {shown}"
            yield self._changed("const-removed" if fixed else name, pair, says, old, before, None)
        elif before is not None and after is not None:
            gone = [one for key, one in before.value.items() if key not in after.value]
            come = [one for key, one in after.value.items() if key not in before.value]
            if len(before.value) == len(after.value) == 1 and gone:
                name = "discriminator-changed" if pair.marks else "const-changed"
                one, other = told_apart(gone[0], come[0])
                says = f"must be {other} instead of {one}"
                yield self._changed(name, pair, says, old, before, after)
                return
            yield from self._listed(pair, old, before, after, gone, come)

    def _listed(
        self, pair: _Pair, old: Node, before: Facet, after: Facet, gone: list[Any], come: list[Any]
    ) -> Iterator[Edit]:
        cleared: dict[str, Any] = dict.fromkeys(before.sources, ABSENT)
        null = [None] if old.nulls else []
        kept = [one for key, one in before.value.items() if key in after.value]
        path, real = self._path(before.spot), (*after.spot.real, *after.sources[:1])
        if gone:
            says = f"does not take {several(gone)} any more"
            if self._direction is Direction.OUTPUT:
                says = f"is never {several(gone)} any more"
            members = {**cleared, "enum": kept + null}
            yield self._edit("enum-value-removed", pair, says, real, path, members, gone, ABSENT)
        if come:
            verb = "takes" if self._direction is Direction.INPUT else "may be"
            says = f"{verb} {several(come)} too"
            members = {**cleared, "enum": [*before.value.values(), *null, *come]}
            yield self._edit("enum-value-added", pair, says, real, path, members, ABSENT, come)

    def _limits(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
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
            edit = self._changed(f"{kebab(source)}-{name}", pair, says, old, before, after)
            if all(facet is None or _is_any_integer(key, facet) for facet in (before, after)):
                edit = replace(edit, given=Severity.INFO, asked=False)
            yield edit

    def _simple(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
        """Keywords that are there or not, or have another value."""
        for key in (
            "multipleOf",
            "pattern",
            "format",
            *_CONTENT,
            "uniqueItems",
            "not",
            "condition",
        ):
            before, after = old.facets.get(key), new.facets.get(key)
            one, other = (f and f.value for f in (before, after))
            if self._prints.of(_listed(one)) == self._prints.of(_listed(other)):
                continue
            name, words = _SIMPLE.get(key, (kebab(key), KEYWORDS.get(key, key)))
            if before is not None and after is not None:
                verb = "changed"
                if key == "multipleOf":
                    verb = _of_multiples(before.value, after.value)
                ours, theirs = (_raw(facet) for facet in (before, after))
                if ours and theirs:
                    ours, theirs = told_apart(_stands(before), _stands(after))
                says = f"{words} {ours} is now {theirs}" if theirs else f"{words} is another"
            else:
                told = after or before
                assert told is not None
                verb = "added" if before is None else "removed"
                shown = " ".join(filter(None, (words, _raw(told))))
                says = f"{shown} is {'new' if before is None else 'gone'}"
            if key in _CONTENT:
                verb = "changed"
            yield self._changed(f"{name}-{verb}", pair, says, old, before, after)

    def _required(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
        """What must be there, of what is there on both sides."""
        for name in dict.fromkeys((*old.required, *new.required)):
            was, is_ = name in old.required, name in new.required
            if was == is_ or (name in old.properties) != (name in new.properties):
                continue
            spot = old.required[name] if was else self._home_of(old, "required")
            where = new.properties[name][1] if name in new.properties else new.core
            real = (
                (*where.real, "properties", name)
                if name in new.properties
                else (*(new.required[name] if is_ else new.core).real, "required")
            )
            place = _joined(pair.place, name)
            if is_:
                told, says, change = "property-became-required", "is required now", Among((name,))
            else:
                told, says, change = (
                    "property-became-optional",
                    "is optional now",
                    Among((), (name,)),
                )
            if self._direction is Direction.OUTPUT:
                says = "is always there now" if is_ else "is not always there any more"
            yield self._edit(
                told,
                pair,
                says,
                real,
                self._path(spot),
                {"required": change},
                was,
                is_,
                place=place,
            )

    def _home_of(self, node: Node, keyword: str) -> Spot:
        """Where the node has this keyword, else where it would be."""
        held = (
            node.required.values()
            if keyword == "required"
            else (spot for _, spot in node.properties.values())
        )
        return next(iter(held), node.core)

    def _properties(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
        removed = {name: one for name, one in old.properties.items() if name not in new.properties}
        added = {name: one for name, one in new.properties.items() if name not in old.properties}
        for name in removed:
            yield self._property_removed(pair, old, new, name)
        for name in added:
            yield self._property_added(pair, old, new, name)
        if removed and added:
            gone = {name: raw for name, (raw, _) in removed.items()}
            come = {name: raw for name, (raw, _) in added.items()}
            for renamed in renames(gone, come, self._prints):
                yield self._renamed(pair, old, new, renamed)
        if len(added) == len(new.properties):
            return
        marks = dict.fromkeys(name for name, _ in discriminators(old)) if pair.branch else {}
        for name, (raw, spot) in old.properties.items():
            if name not in added and name not in removed:
                other, theirs = new.properties[name]
                if self._same(raw, other):
                    continue
                self._child(
                    pair, raw, other, (spot, theirs), ("properties", name),
                    place=_joined(pair.place, name), key=name, marks=name in marks,
                )  # fmt: skip

    def _same(self, one: Any, other: Any) -> bool:
        return self._prints.of(one) == self._prints.of(other) and not self._prints.refers(one)

    def _property_removed(self, pair: _Pair, old: Node, new: Node, name: str) -> Edit:
        raw, spot = old.properties[name]
        members: dict[str, Any] = {"properties": Partly({name: ABSENT})}
        was = name in old.required
        if was and name not in new.required:
            members["required"] = Among((), (name,))
        if self._direction is Direction.OUTPUT:
            rule = "required-property-removed" if was else "optional-property-removed"
            says = "is gone, which was always there" if was else "is gone"
        elif _is_closed(new):
            rule, says = "property-removed", "is gone, and a call that sends it is refused"
        else:
            rule, says = "property-removed-ignored", "is gone; a call may still send it, in vain"
        real = (*spot.real, "properties", name)
        place = _joined(pair.place, name)
        path = self._path(spot)
        ruled = isinstance(new.value("additionalProperties"), dict)
        return self._edit(
            rule, pair, says, real, path, members, raw, ABSENT, place=place, ruled=ruled
        )

    def _property_added(self, pair: _Pair, old: Node, new: Node, name: str) -> Edit:
        raw, spot = new.properties[name]
        members: dict[str, Any] = {"properties": Partly({name: self._taken(raw)})}
        required = name in new.required and name not in old.required
        if required:
            members["required"] = Among((name,))
        rule = "required-property-added" if required else "property-added"
        says = "is new"
        if self._direction is Direction.OUTPUT:
            says = "is new and always there" if required else "is new"
            if _is_closed(old):
                rule, says = f"{rule}-to-closed", f"{says}, where nothing else was allowed"
        elif required:
            defaulted = isinstance(raw, dict) and "default" in raw
            says = (
                "is new and required, whatever its default" if defaulted else "is new and required"
            )
        elif isinstance(old.value("additionalProperties"), dict):
            rule, says = "property-constrained", "has a schema of its own now"
        real = (*spot.real, "properties", name)
        path = self._path(self._home_of(old, "properties"))
        place = _joined(pair.place, name)
        return self._edit(rule, pair, says, real, path, members, ABSENT, raw, place=place)

    def _renamed(self, pair: _Pair, old: Node, new: Node, renamed: Any) -> Edit:
        raw, theirs = new.properties[renamed.new]
        spot = old.properties[renamed.old][1]
        members: dict[str, Any] = {
            "properties": Partly({renamed.old: ABSENT, renamed.new: self._taken(raw)})
        }
        was, is_ = renamed.old in old.required, renamed.new in new.required
        if was or is_:
            added = (renamed.new,) if is_ else ()
            members["required"] = Among(added, (renamed.old,) if was else ())
        hard = was if self._direction is Direction.OUTPUT else is_ or _is_closed(new)
        return self._edit(
            "property-renamed",
            pair,
            f"{cut(renamed.old, _LONGEST)} seems to be its old name",
            (*theirs.real, "properties", renamed.new),
            self._path(spot),
            members,
            renamed.old,
            renamed.new,
            place=_joined(pair.place, renamed.new),
            given=None if hard else Severity.WARNING,
            confidence=renamed.confidence,
        )

    def _rest(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
        """Members that are not declared."""
        key = "additionalProperties"
        before, after = old.facets.get(key), new.facets.get(key)
        if (before and before.value) != (after and after.value) or (before and after):
            was, is_ = (facet.value if facet else True for facet in (before, after))
            if isinstance(was, dict) and isinstance(is_, dict) and before and after:
                self._facet_child(pair, before, after, ".*")
            elif is_ is False and was is not False:
                yield self._changed(
                    "closed", pair, "may have no other members now", old, before, after
                )
            elif was is False and is_ is not False:
                yield self._changed(
                    "opened", pair, "may have other members now", old, before, after
                )
            elif isinstance(is_, dict):
                says = "has a schema for other members now"
                yield self._changed("additional-constrained", pair, says, old, before, after)
            elif isinstance(was, dict):
                says = "has no schema for other members any more"
                yield self._changed("additional-freed", pair, says, old, before, after)
        for key, place in (("unevaluatedProperties", ".*"), ("unevaluatedItems", "[]")):
            before, after = old.facets.get(key), new.facets.get(key)
            if (
                before
                and after
                and isinstance(before.value, dict)
                and isinstance(after.value, dict)
            ):
                self._facet_child(pair, before, after, place)
                continue
            was, is_ = (facet.value if facet else True for facet in (before, after))
            if was is is_:
                continue
            kind = "members" if key == "unevaluatedProperties" else "items"
            if is_ is False or was is True:
                says = f"may have no {kind} that nothing else allows"
                yield self._changed(f"{kebab(key)}-added", pair, says, old, before, after)
            else:
                says = f"may have {kind} that nothing else allows"
                yield self._changed(f"{kebab(key)}-removed", pair, says, old, before, after)

    def _facet_child(self, pair: _Pair, before: Facet, after: Facet, place: str) -> None:
        """Puts the one schema that a keyword has on both sides aside."""
        old, new = before.sources[0], after.sources[0]
        path = (*self._path(before.spot), old)
        reals = (*before.spot.real, old), (*after.spot.real, new)
        child = _Pair(before.value, after.value, path, *reals, pair.place + place)
        self._children.append(child)

    def _named(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
        """Schemas and lists by name: patternProperties, dependentSchemas, dependentRequired."""
        for key, words in (
            ("patternProperties", "members that match {}"),
            ("dependentSchemas", "the whole, once {} is there"),
            ("dependentRequired", "others that {} asks for"),
        ):
            before, after = old.facets.get(key), new.facets.get(key)
            ours, theirs = (facet.value if facet else {} for facet in (before, after))
            for name in dict.fromkeys((*ours, *theirs)):
                if self._same(_listed(ours.get(name)), _listed(theirs.get(name))):
                    continue
                what = words.format(cut(name, _LONGEST))
                yield from self._named_one(pair, old, before, after, key, name, what)

    def _named_one(
        self, pair: _Pair, old: Node, before: Facet | None, after: Facet | None,
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
                path = (*self._path(before.spot), before.sources[0], name)
                reals = (
                    (*before.spot.real, before.sources[0], name),
                    (*after.spot.real, after.sources[0], name),
                )
                self._children.append(_Pair(was, is_, path, *reals, place))
                return
            names, more = ({one for one in listed if isinstance(one, str)} for listed in (was, is_))
            if names == more:
                return
            verb = "reduced" if more < names else "extended"
            says = f"{what} are fewer" if more < names else f"{what} are more"
        told = before if after is None or is_ is ABSENT else after
        assert told is not None
        source = before.sources[0] if before else told.sources[0]
        path = self._path(before.spot if before else old.core)
        value = ABSENT if is_ is ABSENT else self._taken(is_)
        yield self._edit(
            f"{kebab(key)}-{verb}", pair, says, (*told.spot.real, told.sources[0], name), path,
            {source: Partly({name: value})}, was, is_,
        )  # fmt: skip

    def _lists(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
        """Items, items by position, items of a kind, and names of members."""
        positions = [node.facets.get("prefixItems") for node in (old, new)]
        tuple_alone = False
        if any(positions):
            before, after = positions
            ours, theirs = (facet.value if facet else [] for facet in positions)
            for place, (one, other) in enumerate(zip(ours, theirs, strict=False)):
                assert before and after
                child = _Pair(
                    one, other, (*self._path(before.spot), before.sources[0], place),
                    (*before.spot.real, before.sources[0], place),
                    (*after.spot.real, after.sources[0], place), f"{pair.place}[{place}]",
                )  # fmt: skip
                self._children.append(child)
            rest = new.facets.get("items")
            if before and rest and len(ours) > len(theirs):
                source = rest.sources[0]
                for place in range(len(theirs), len(ours)):
                    steps = before.sources[0], place
                    child = _Pair(
                        ours[place], rest.value, (*self._path(before.spot), *steps),
                        (*before.spot.real, *steps), (*rest.spot.real, source),
                        f"{pair.place}[{place}]",
                    )  # fmt: skip
                    self._children.append(child)
            elif len(ours) != len(theirs):
                more = len(theirs) > len(ours)
                closes = [node.facets.get("items") for node in (old, new)]
                tuple_alone = not ours or not theirs
                edit = self._changed(
                    "prefix-items-added" if more else "prefix-items-removed", pair,
                    f"had a schema for {counted(len(ours), 'position')} and has one for"
                    f" {len(theirs)}", old, before, after,
                )  # fmt: skip
                if tuple_alone and any(closes):
                    members = dict(edit.members)
                    members |= dict.fromkeys(closes[0].sources if closes[0] else (), ABSENT)
                    if closes[1] is not None:
                        source = closes[1].sources[0]
                        members[source] = self._taken(closes[1].spot.holder[source])
                        beside = self._moved if self._lent else edit.beside
                        self._lent = False
                        edit = replace(edit, beside=beside)
                    edit = replace(edit, members=members)
                yield edit
        if not tuple_alone:
            yield from self._items(pair, old, new)
        before, after = old.facets.get("contains"), new.facets.get("contains")
        if before and after:
            self._facet_child(pair, before, after, "[]")
        elif before or after:
            verb, says = "added", "must hold an item of a kind now"
            if before:
                verb, says = "removed", "need not hold an item of a kind any more"
            yield self._changed(f"contains-{verb}", pair, says, old, before, after)
        before, after = old.facets.get("propertyNames"), new.facets.get("propertyNames")
        if before and after:
            self._facet_child(pair, before, after, "")
        elif before or after:
            verb, says = "added", "limits the names of its members now"
            if before:
                verb, says = "removed", "no longer limits the names of its members"
            yield self._changed(f"property-names-{verb}", pair, says, old, before, after)

    def _items(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
        before, after = old.facets.get("items"), new.facets.get("items")
        was, is_ = (facet.value if facet else True for facet in (before, after))
        if (was is False) != (is_ is False):
            name, says = "items-closed", "may hold no further items"
            if was is False:
                name, says = "items-opened", "may hold further items"
            yield self._changed(name, pair, says, old, before, after)
        elif (said := before or after) and was is not False:
            ours = before.spot if before else old.core
            theirs = after.spot if after else new.core
            source = said.sources[0]
            other = after.sources[0] if after else source
            path = (*self._path(ours), source)
            reals = (*ours.real, source), (*theirs.real, other)
            self._children.append(_Pair(was, is_, path, *reals, f"{pair.place}[]"))

    # Alternatives.

    def _lifted(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit] | Any:
        """A schema that became one of several alternatives, or was; whether that is the case."""
        unions = [[key for key in ("anyOf", "oneOf") if key in node.facets] for node in (old, new)]
        if bool(unions[0]) == bool(unions[1]) or pair.lifted:
            return False
        many, one = (old, new) if unions[0] else (new, old)
        keyword = (unions[0] or unions[1])[0]
        if many.says() != [keyword] or not one.says() or one.conjunctions:
            return False
        if old.nulls != new.nulls and None not in (old.nulls, new.nulls):
            yield self._nulls(pair, old, new)
        alone = [Branch(one.raw, one.outer.path, one.outer.real)]
        ours, theirs = (many.value(keyword), alone) if many is old else (alone, many.value(keyword))
        found = matched(ours, theirs, self._old, self._new)
        if not found.pairs:
            says = "has other alternatives now" if many is old else "has alternatives now"
            verb = "removed" if many is old else "added"
            yield self._whole(f"union-{verb}", pair, old, new, says)
            return True
        for a, b in found.pairs:
            path = self._path(Spot(a.path, a.real, {}))
            self._children.append(
                _Pair(a.raw, b.raw, path, a.real, b.real, pair.place, lifted=True, branch=True)
            )
        yield from self._branches(pair, old, keyword, found.removed, found.added, many is new)
        return True

    def _alternatives(self, pair: _Pair, old: Node, new: Node) -> Iterator[Edit]:
        """The alternatives of anyOf and oneOf, and the parts of allOf."""
        unions = [[key for key in ("anyOf", "oneOf") if key in node.facets] for node in (old, new)]
        if len(unions[0]) == len(unions[1]) == 1 and unions[0] != unions[1]:
            (one,), (other,) = unions
            name, says = "union-became-exclusive", "must fit one alternative alone"
            if other == "anyOf":
                name, says = "union-became-inclusive", "may fit several alternatives at once"
            before, after = old.facets[one], new.facets[other]
            edit = self._changed(name, pair, says, old, before, after)
            same: dict[str, Any] = {one: ABSENT, other: before.spot.holder[one]}
            yield replace(edit, members=same, beside={})
            yield from self._union(pair, old, before, after, one)
        else:
            for keyword in ("anyOf", "oneOf"):
                facets = old.facets.get(keyword), new.facets.get(keyword)
                if facets[0] and facets[1]:
                    yield from self._union(pair, old, facets[0], facets[1], keyword)
                elif facets[0] or facets[1]:
                    told = facets[1] or facets[0]
                    verb = "added" if facets[1] else "removed"
                    count = counted(len(told.value if told else ()), "alternative")
                    says = (
                        f"must fit one of {count} now"
                        if facets[1]
                        else f"need not fit one of {count}"
                    )
                    yield self._changed(f"union-{verb}", pair, says, old, *facets)
        found = matched(old.conjunctions, new.conjunctions, self._old, self._new)
        for a, b in found.pairs:
            path = self._path(Spot(a.path, a.real, {}))
            self._children.append(_Pair(a.raw, b.raw, path, a.real, b.real, pair.place))
        for branch in found.removed:
            path = self._path(Spot(branch.path, branch.real, {}))
            gone = dict.fromkeys(branch.raw, ABSENT) if isinstance(branch.raw, dict) else {}
            says = f"need not fit {self._label(self._old, branch)} any more"
            yield self._edit(
                "all-of-branch-removed", pair, says, branch.real, path, gone, branch.raw
            )
        for branch in found.added:
            known = old.core.holder.get("allOf")
            others = known if isinstance(known, list) else []
            members = {"allOf": [*others, self._taken(branch.raw)]}
            says = f"must fit {self._label(self._new, branch)} as well"
            path = self._path(old.core)
            yield self._edit(
                "all-of-branch-added", pair, says, branch.real, path, members, ABSENT, branch.raw
            )

    def _union(
        self, pair: _Pair, old: Node, before: Facet, after: Facet, keyword: str
    ) -> Iterator[Edit]:
        found = matched(before.value, after.value, self._old, self._new)
        for a, b in found.pairs:
            if not self._same(a.raw, b.raw):
                path = self._path(Spot(a.path, a.real, {}))
                self._children.append(
                    _Pair(a.raw, b.raw, path, a.real, b.real, pair.place, branch=True)
                )
        yield from self._branches(pair, old, keyword, found.removed, found.added, lifted=False)

    def _branches(
        self,
        pair: _Pair,
        old: Node,
        keyword: str,
        removed: Sequence[Branch],
        added: Sequence[Branch],
        lifted: bool,
    ) -> Iterator[Edit]:
        """Alternatives that are gone and that are new; ``lifted``: there were none before."""
        facet = old.facets.get(keyword)
        spot = facet.spot if facet else old.outer
        path = self._path(spot)
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
            what = self._labels(self._old, some)
            members = {keyword: kept}
            yield self._edit(
                f"{name}-removed", pair, f"{what} is no alternative any more", some[0].real, path,
                members, some[0].raw,
            )  # fmt: skip
        for some in _told(added):
            what = self._labels(self._new, some)
            members = {**cleared, keyword: [*known, *(self._taken(one.raw) for one in some)]}
            yield self._edit(
                f"{name}-added", pair, f"{what} is a further alternative", some[0].real, path,
                members, ABSENT, some[0].raw,
            )  # fmt: skip

    def _labels(self, side: Side, branches: Sequence[Branch]) -> str:
        if len(branches) > 1:
            return f"each of {counted(len(branches), 'schema')}"
        return self._label(side, branches[0])

    def _label(self, side: Side, branch: Branch) -> str:
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
        return f"{cut(kind, _LONGEST)} with {named}" if named else cut(kind, _LONGEST)


_CONTENT = ("contentEncoding", "contentMediaType", "contentSchema")
_SIMPLE = {
    "multipleOf": ("multiple-of", "multipleOf"),
    "uniqueItems": ("unique-items", "uniqueItems"),
    "not": ("not", "what is ruled out"),
    "condition": ("condition", "the condition"),
}
_VERBS = ("added", "changed", "removed")
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


# What a judge of values has nothing to say about: notes, guesses, and what servers ignore.
_UNASKED = frozenset(
    (
        "examples-changed",
        "property-description-changed",
        "property-title-changed",
        *(f"{key}-{verb}" for key in ("default", "format") for verb in _VERBS),
        *(f"{kebab(key)}-changed" for key in (*_CONTENT, "readOnly", "writeOnly")),
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


def _without(keyword: str, raw: Any) -> Any:
    if not isinstance(raw, dict) or keyword not in raw:
        return raw
    return {key: one for key, one in raw.items() if key != keyword}


def _is_any_integer(key: str, facet: Facet) -> bool:
    """Whether a bound is what generators of schemas write for any integer.

    Beyond it numbers are not exact for everybody. Source: RFC 8259, section 6.
    """
    return key in ("lower", "upper") and abs(facet.value.value) == _LARGEST


def _stands(facet: Facet | None) -> Any:
    """What stands there for the facet."""
    if facet is None:
        return ABSENT
    return facet.spot.holder[facet.sources[0]] if facet.sources else facet.value


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


def _told(branches: Sequence[Branch]) -> Iterator[Sequence[Branch]]:
    """One by one, or all at once when there are many."""
    if len(branches) > _MOST_TOLD:
        yield branches
    else:
        for one in branches:
            yield [one]


def _listed(value: Any) -> Any:
    """A value that can be told from one that is not there."""
    if value is None or value is ABSENT:
        return ()
    if isinstance(value, str | dict | list):
        return value
    return (str(value),)


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


def _is_closed(node: Node) -> bool:
    keys = ("additionalProperties", "unevaluatedProperties")
    return any(node.value(key) is False for key in keys)


def _joined(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
