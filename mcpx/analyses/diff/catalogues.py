"""What changed from one catalogue of a server to the next: the top of the diff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from mcpx.analyses.diff.annotation_changes import annotation_changes
from mcpx.analyses.diff.changes import ABSENT, Basis, Bump, Change
from mcpx.analyses.diff.families import families
from mcpx.analyses.diff.gained import gained_by_item, gained_by_server
from mcpx.analyses.diff.pairing import Pairing, pairs
from mcpx.analyses.diff.pairing_changes import pairing_changes
from mcpx.analyses.diff.prompt_changes import prompt_changes
from mcpx.analyses.diff.repeated import repeated_members
from mcpx.analyses.diff.resource_changes import resource_changes
from mcpx.analyses.diff.schema_changes import Judge, says_nothing, schema_changes
from mcpx.analyses.diff.schema_edits import Direction
from mcpx.analyses.diff.schema_rules import RULE_BY_ID
from mcpx.analyses.diff.server_changes import server_changes
from mcpx.analyses.diff.template_changes import template_changes
from mcpx.analyses.diff.tool_changes import Surroundings, tool_changes
from mcpx.analyses.diff.values import quoted, same
from mcpx.analyses.diff.version_changes import version_changes
from mcpx.analyses.finding import Severity, Subject, listed
from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.schemas.validity import invalidities

_KINDS = (Kind.TOOL, Kind.PROMPT, Kind.RESOURCE, Kind.TEMPLATE)


@dataclass(frozen=True, slots=True)
class Sides:
    """Two catalogues of one server, called ``server`` in what is told of it.

    ``versions`` are those that count, of the packages or of what the server says; empty where
    they are not known. ``strict``: callers send all that the old schemas accept.
    """

    server: str
    old: Catalogue
    new: Catalogue
    versions: tuple[str, str] = ("", "")
    strict: bool = False


def catalogue_changes(sides: Sides, judge: Judge) -> Iterator[Change]:
    """Every change from the old to the new catalogue, in the order of the catalogue."""
    found = list(families(_changes(sides, judge)))
    yield from found
    most = max((one.bump for one in found), key=lambda one: one.rank, default=Bump.NONE)
    yield from version_changes(sides.server, *sides.versions, most)


def _changes(sides: Sides, judge: Judge) -> Iterator[Change]:
    old, new, server = sides.old, sides.new, sides.server
    yield from server_changes(old, new)
    yield from gained_by_server(server, old, new)
    around = Surroundings.of(old, new)
    for kind in _KINDS:
        pairing = pairs(old.items(kind), new.items(kind))
        yield from pairing_changes(server, kind, pairing, new.templates)
        for item in pairing.added:
            yield from gained_by_item(server, None, item)
            yield from repeated_members(server, None, item)
        for was, now in _together(pairing):
            yield from repeated_members(server, was, now)
            if same(was.raw, now.raw):
                continue
            yield from gained_by_item(server, was, now)
            if kind is Kind.TOOL:
                yield from _tool(sides, was, now, around, judge)
            elif kind is Kind.PROMPT:
                yield from prompt_changes(server, was, now)
            elif kind is Kind.RESOURCE:
                yield from resource_changes(server, was, now)
            else:
                yield from template_changes(server, was, now)


def _together(pairing: Pairing) -> Iterator[tuple[Item, Item]]:
    return chain(pairing.matched, ((one.old, one.new) for one in pairing.renamed))


def _tool(
    sides: Sides, old: Item, new: Item, around: Surroundings, judge: Judge
) -> Iterator[Change]:
    yield from tool_changes(sides.server, old, new, around)
    yield from annotation_changes(sides.server, old, new)
    subject = Subject(Kind.TOOL, new.key, sides.server)
    for direction, member in (
        (Direction.INPUT, "inputSchema"),
        (Direction.OUTPUT, "outputSchema"),
    ):
        was, now = (_schema(one.raw.get(member, ABSENT)) for one in (old, new))
        if was is not ABSENT and now is not ABSENT and not same(was, now):
            if direction is Direction.INPUT and (fault := _fault(now)) and not _fault(was):
                rule = RULE_BY_ID["tool-input-schema-became-invalid"]
                message = f"the input schema is not valid any more: {fault}"
                yield Change(rule, subject, message, f"/{member}", was, now)
                continue
            if direction is Direction.INPUT and says_nothing(was) and not sides.strict:
                yield from _said_at_last(subject, was, now)
                continue
            yield from schema_changes(subject, was, now, direction, judge, sides.strict)
        elif (was is ABSENT) != (now is ABSENT):
            yield from _there_or_not(subject, member, was, now)


def _schema(value: Any) -> Any:
    """A schema, or ABSENT for what is none."""
    return value if isinstance(value, dict | bool) else ABSENT


def _said_at_last(subject: Subject, was: Any, now: Any) -> Iterator[Change]:
    """An input schema where there was an empty one: what callers sent is not known."""
    needed = now.get("required") if isinstance(now, dict) else None
    names = [name for name in needed if isinstance(name, str)] if isinstance(needed, list) else []
    asks = f"now it requires {listed([quoted(name, 30) for name in names])}" if names else ""
    yield Change(
        RULE_BY_ID["tool-input-schema-added"],
        subject,
        f"the input schema said nothing; {asks or 'now it does'}",
        "/inputSchema",
        was,
        now,
        given=Severity.WARNING if names else None,
        basis=Basis.UNKNOWN if names else Basis.RULE,
        reason="callers could only go by the description, so that nothing can be proved"
        if names
        else "",
    )


def _fault(schema: Any) -> str:
    fault = next(iter(invalidities(schema)), None)
    if fault is None or fault.rule == "schema-dialect-unknown":
        return ""
    return f"{fault.pointer}: {fault.message}" if fault.pointer else fault.message


_SCHEMA_RULES = {
    ("inputSchema", True): ("tool-input-schema-added", "an input schema is there now"),
    ("inputSchema", False): ("tool-input-schema-missing", "the input schema is gone"),
    ("outputSchema", True): ("tool-output-schema-added", "an output schema is promised now"),
    ("outputSchema", False): ("tool-output-schema-removed", "the output schema is gone"),
}


def _there_or_not(subject: Subject, member: str, was: Any, now: Any) -> Iterator[Change]:
    rule, message = _SCHEMA_RULES[member, was is ABSENT]
    yield Change(RULE_BY_ID[rule], subject, message, f"/{member}", was, now)
