"""One node of a JSON Schema in one spelling: its keywords, and where each of them stands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from mcpx.analyses.diff.schema_sides import Path, Prints

# Keywords that no validator minds.
TEXTS = frozenset(("description", "title", "examples", "$comment"))
NOTES = TEXTS | {"default", "deprecated", "readOnly", "writeOnly", "$id", "id", "$anchor"}
# The mark of what is said about null.
NULL = "null"


class Spot(NamedTuple):
    """An object of a schema.

    ``path`` leads to it through references, ``real`` without any; ``holder`` is the object.
    """

    path: Path
    real: Path
    holder: Mapping[str, Any]


class Facet(NamedTuple):
    """One thing that a node says: the keywords that say it (``sources``) and where they stand."""

    value: Any
    spot: Spot
    sources: tuple[str, ...]


class Branch(NamedTuple):
    """A subschema within a list or an object of them."""

    raw: Any
    path: Path
    real: Path


class Folded(NamedTuple):
    """Alternatives that are read as a list of types or of values; ``nulls``: null is one of them.

    ``facet`` is what they are when each is read by itself, without null.
    """

    keyword: str
    facet: Facet
    nulls: bool


class Limit(NamedTuple):
    """A lower or an upper bound of numbers."""

    value: Fraction
    exclusive: bool


@dataclass(slots=True)
class Node:
    """What a schema says in one spelling, keyword by keyword.

    ``outer`` is the place where it begins, ``core`` that of a keyword which is not there yet.
    ``nulls``: whether null is accepted, None where nothing is said. ``never``: no value is.
    ``targets`` are the definitions that it is made of. ``within`` are the alternatives that are not
    read by themselves, by the mark that their notes have: ``description@null``.
    """

    outer: Spot
    core: Spot
    raw: Any = True
    facets: dict[str, Facet] = field(default_factory=dict)
    properties: dict[str, tuple[Any, Spot]] = field(default_factory=dict)
    required: dict[str, Spot] = field(default_factory=dict)
    conjunctions: list[Branch] = field(default_factory=list)
    nulls: bool | None = None
    never: bool = False
    targets: list[Any] = field(default_factory=list)
    folded: Folded | None = None
    within: dict[str, Spot] = field(default_factory=dict)

    def value(self, key: str, otherwise: Any = None) -> Any:
        """The value of a facet."""
        facet = self.facets.get(key)
        return otherwise if facet is None else facet.value

    def says(self) -> list[str]:
        """What limits the values."""
        said = [key for key in self.facets if not is_note(key)]
        said += [
            key for key in ("properties", "required", "conjunctions", "never") if getattr(self, key)
        ]
        return said

    def beside(self) -> Node:
        """What stands at the place itself, without the definition that it refers to."""

        def here(real: Path) -> bool:
            return real[: len(self.outer.real)] == self.outer.real

        return Node(
            self.outer,
            self.outer,
            self.raw,
            {key: one for key, one in self.facets.items() if here(one.spot.real)},
            {name: one for name, one in self.properties.items() if here(one[1].real)},
            {name: one for name, one in self.required.items() if here(one.real)},
            [one for one in self.conjunctions if here(one.real)],
            self.nulls,
        )

    def takes_objects(self) -> bool:
        """Leaves out that objects are taken, where nothing else is ever given: a call's arguments.

        True when it said so. Source: specification 2026-07-28, server/tools, "Calling Tools".
        """
        types = self.facets.get("type")
        if types is None or "object" not in types.value:
            return False
        del self.facets["type"]
        self.nulls = None
        return True

    def unfold(self) -> None:
        """Reads alternatives one by one again that were read as a list of types or of values."""
        if self.folded is None:
            return
        keyword, facet, nulls = self.folded
        kept = {key: one for key, one in self.facets.items() if marked(key) in ("", NULL)}
        self.facets = {key: one for key, one in kept.items() if is_note(key)} | {keyword: facet}
        self.nulls = nulls
        self.folded = None

    def as_values(self, prints: Prints) -> None:
        """Reads equal bounds as a listed value: from 1 to 1 is the number 1."""
        lower, upper = self.facets.get("lower"), self.facets.get("upper")
        if lower is None or upper is None or lower.value != upper.value or self.nulls:
            return
        number = lower.value.value
        if lower.value.exclusive or lower.spot is not upper.spot or "enum" in self.facets:
            return
        value = number.numerator if number.denominator == 1 else float(number)
        sources = (*lower.sources, *upper.sources)
        self.facets["enum"] = Facet({prints.of(value): value}, lower.spot, sources)
        del self.facets["lower"], self.facets["upper"]


def is_note(key: str) -> bool:
    """Whether a facet of this key tells something and limits nothing."""
    return key.startswith("?") or noted(key) in NOTES


def noted(key: str) -> str:
    """The keyword of a note's key, with ``?`` before one that means nothing here."""
    return key if key.startswith("?") else key.rstrip("'").partition("@")[0]


def marked(key: str) -> str:
    """The mark of the alternative that a note's key belongs to; empty for that of the whole."""
    return "" if key.startswith("?") else key.rstrip("'").partition("@")[2]


def without_notes(raw: Any) -> dict[str, Any] | None:
    """What a schema says that limits the values; None of what is no object."""
    if not isinstance(raw, dict):
        return None
    return {key: value for key, value in raw.items() if key not in NOTES}


def is_null(raw: Any) -> bool:
    """Whether a schema accepts null and nothing else, whatever it says about it."""
    return without_notes(raw) in (
        {"type": "null"},
        {"type": ["null"]},
        {"const": None},
        {"enum": [None]},
        {"type": "null", "const": None},
        {"type": "null", "enum": [None]},
    )


def types_of(listed: Iterable[str]) -> frozenset[str]:
    """The types without null; an integer is a number."""
    types = frozenset(listed) - {"null"}
    return types - {"integer"} if "number" in types else types


def of_types(value: Any, types: Iterable[str]) -> bool:
    """Whether a value other than null has one of the types."""
    allowed = set(types)
    if isinstance(value, bool):
        return "boolean" in allowed
    if isinstance(value, int | float):
        return "number" in allowed or ("integer" in allowed and value == math.floor(value))
    for kind, name in ((str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, kind):
            return name in allowed
    return "null" in allowed


def tighter(key: str, one: Limit, other: Limit) -> bool:
    """Whether one bound allows less than the other; ``key`` is lower or upper."""
    if one.value == other.value:
        return one.exclusive and not other.exclusive
    return (one.value > other.value) == (key == "lower")
