"""One edit of a schema, and the old schema with that edit alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from mcpx.analyses.diff.changes import ABSENT, ChangeRule
from mcpx.analyses.diff.schema_sides import Path, Prints, Side
from mcpx.analyses.finding import Severity

_LONGEST_LIST = 100_000
_NOTHING: Mapping[str, Any] = MappingProxyType({})
# References that are followed one after the other.
_HOPS = 32


class Partly(NamedTuple):
    """A change of some members of an object that a keyword holds; ABSENT takes one out."""

    members: Mapping[str, Any]


class Among(NamedTuple):
    """A change of some names of a list that a keyword holds."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that was changed in a schema.

    ``pointer`` is the JSON Pointer of what changed in the new schema, or in the old one for what
    is gone; ``place`` is the same for people: ``filter.items[].name``, empty for the whole.

    The smallest change to judge alone: in the old schema, the object that ``path`` leads to,
    through references, gets ``members``: keywords with their new values (ABSENT takes one out,
    ``Partly`` and ``Among`` change a part of one). ``beside`` are definitions that those values
    refer to. ``given`` is the severity where it is not the rule's, ``confidence`` (0 to 1) is told
    of guesses; a guess goes beside the edits that it is made of. ``asked``: whether a judge of
    values can say if it breaks callers.
    """

    rule: ChangeRule
    pointer: str
    place: str
    message: str
    path: Path = ()
    members: Mapping[str, Any] = field(default_factory=dict)
    before: Any = ABSENT
    after: Any = ABSENT
    beside: Mapping[str, Any] = field(default_factory=dict)
    given: Severity | None = None
    confidence: float | None = None
    asked: bool = True


def applied(old: Any, edit: Edit) -> Any:
    """The old schema with this edit and no other; what is not touched is shared with it."""
    side = Side(old, Prints())
    above: list[tuple[Any, str | int]] = []
    node = old
    for step in edit.path:
        node = _opened(node, step, side)
        above.append((node, step))
        node = _member(node, step)
    node = _changed(_opened(node, None, side, edit.members), edit.members)
    for holder, step in reversed(above):
        node = _with(holder, step, node)
    if not edit.beside:
        return node
    root = node if isinstance(node, dict) else {}
    known = root.get("$defs")
    definitions = known if isinstance(known, dict) else {}
    return {**root, "$defs": {**definitions, **edit.beside}}


def _opened(
    node: Any, step: str | int | None, side: Side, members: Mapping[str, Any] = _NOTHING
) -> Any:
    """The node; where the step is not in it, or for a change of it, what it refers to."""
    for _ in range(_HOPS):
        if not isinstance(node, dict) or "$ref" not in node or "$ref" in members:
            break
        if step is not None and step in node:
            break
        found = side.target(node["$ref"])
        if found is None or not isinstance(found[0], dict):
            break
        own = {} if side.legacy else {key: one for key, one in node.items() if key != "$ref"}
        node = {**found[0], **own}
    return node


def _member(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(str(step), {})
    if isinstance(node, list) and str(step).isdecimal() and int(step) < len(node):
        return node[int(step)]
    return {}


def _with(holder: Any, step: str | int, value: Any) -> Any:
    if isinstance(holder, list) and str(step).isdecimal() and int(step) < _LONGEST_LIST:
        place = int(step)
        filled = [*holder, *([True] * (place + 1 - len(holder)))]
        filled[place] = value
        return filled
    return {**(holder if isinstance(holder, dict) else {}), str(step): value}


def _changed(node: Any, members: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(node) if isinstance(node, dict) else {}
    for keyword, value in members.items():
        known = found.get(keyword)
        if isinstance(value, Partly):
            inner = dict(known) if isinstance(known, dict) else {}
            inner.update(value.members)
            found[keyword] = {name: one for name, one in inner.items() if one is not ABSENT}
        elif isinstance(value, Among):
            names = known if isinstance(known, list) else []
            kept = [name for name in names if name not in value.removed]
            found[keyword] = kept + [name for name in value.added if name not in kept]
        elif value is ABSENT:
            found.pop(keyword, None)
        else:
            found[keyword] = value
    return found
