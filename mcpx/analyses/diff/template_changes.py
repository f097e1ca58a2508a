"""What changed in one resource template: its URI template by parts, and its other members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mcpx.analyses.diff.changes import Change
from mcpx.analyses.diff.resource_changes import located_changes, mime_changes
from mcpx.analyses.diff.resource_rules import TEMPLATE_CHANGES, TEMPLATE_MEMBERS
from mcpx.analyses.diff.values import member, quoted
from mcpx.analyses.finding import Severity, Subject, listed
from mcpx.catalogue.model import Item, Kind
from mcpx.catalogue.templates import Template, TemplateError, parse

_RULES = {rule.id: rule for rule in TEMPLATE_CHANGES}
_PLACE = "/uriTemplate"
# What may be left out of a URI. Source: RFC 6570, section 3.2.8 and 3.2.9.
_QUERY = ("?", "&")
# Operators by what a variable's value may hold: one segment, or anything.
_SEGMENT, _ANYTHING = ("", "/"), ("+",)
_MOST = 200


@dataclass(frozen=True, slots=True)
class _Variable:
    """A variable and where it stands: after how many others, behind which literal."""

    name: str
    operator: str
    modifier: str
    behind: str

    @property
    def said(self) -> str:
        return quoted(f"{{{'' if self.operator == '/' else self.operator}{self.name}}}")

    @property
    def part(self) -> str:
        """The part of a URI in which it stands, as far as readers tell them apart."""
        return {"&": "?", "/": "", "+": ""}.get(self.operator, self.operator)


def template_changes(server: str, old: Item, new: Item) -> Iterator[Change]:
    """Changes of a template that is in both catalogues, under one text or another."""
    subject = Subject(Kind.TEMPLATE, new.key, server)
    yield from _uri_changes(subject, old.key, new.key)
    rules, area = TEMPLATE_MEMBERS, "resource-template"
    yield from located_changes(subject, old, new, rules, _RULES, area, ("uriTemplate",))
    rule = _RULES["resource-template-mime-type-changed"]
    before, after = member(old.raw, "mimeType"), member(new.raw, "mimeType")
    yield from mime_changes(subject, before, after, [rule] * 3, TEMPLATE_MEMBERS.other)


def _uri_changes(subject: Subject, old: str, new: str) -> Iterator[Change]:
    if old == new:
        return
    before, after = _parsed(old), _parsed(new)

    def change(way: str, message: str, given: Severity | None = None) -> Change:
        rule = _RULES[f"resource-template-{way}"]
        return Change(rule, subject, message, _PLACE, old, new, given=given)

    if after is None:
        yield change("became-invalid" if before else "respelled", f"{quoted(new)} is no template")
        return
    if before is None:
        yield change("mended", f"{quoted(new)} is a template; {quoted(old)} was none")
        return
    found = [change(*one) for one in _compared(before, after)]
    same_uris = f"written {quoted(new)} instead of {quoted(old)}"
    yield from found or [change("respelled", same_uris)]


def _compared(old: Template, new: Template) -> Iterator[tuple[str, str, Severity | None]]:
    """Rule, message and given severity of each difference between two templates."""
    was, now = _variables(old), _variables(new)
    renamed = dict(_renamed(was, now))
    by_name = {one.name: one for one in now}
    for one in was:
        other = by_name.get(one.name) or renamed.get(one)
        if other is None:
            if one.operator in _QUERY:
                message = f"parameter {one.said} is gone from the query"
                yield "variable-removed", message, Severity.WARNING
            else:
                yield "variable-removed", f"variable {one.said} is gone", None
            continue
        if one.name != other.name:
            yield "variable-renamed", f"variable {one.said} is {other.said} now", None
        yield from _operators(one, other)
    known = {one.name for one in was} | {one.name for one in renamed.values()}
    for one in now:
        if one.name not in known:
            if one.operator in _QUERY:
                yield "variable-added-query", f"takes {one.said} in the query", None
            else:
                yield "variable-added-required", f"needs variable {one.said}", None
    order = [one.name for one in was if one.operator not in _QUERY and one.name in by_name]
    places = [one.name for one in now if one.name in order and one.operator not in _QUERY]
    if places != [name for name in order if name in places]:
        said = listed([quoted(f"{{{name}}}") for name in places])
        yield "operator-changed", f"variables {said} stand in another order", None
    stay = {one.name for one in was if one.name in by_name or one in renamed}
    remain = {one.name for one in now if one.name in stay} | {one.name for one in renamed.values()}
    before, after = _skeleton(old, stay), _skeleton(new, remain)
    if before != after:
        message = f"its fixed part is {quoted(after, 30)} instead of {quoted(before, 30)}"
        yield "literal-changed", message, None


def _operators(old: _Variable, new: _Variable) -> Iterator[tuple[str, str, Severity | None]]:
    said = f"variable {new.said}"
    if old.part != new.part:
        yield "operator-changed", f"{said} stands in another part of the URI", None
    elif old.operator in _SEGMENT and new.operator in _ANYTHING:
        yield "operator-widened", f"{said} may hold '/' now", None
    elif old.operator in _ANYTHING and new.operator in _SEGMENT:
        if new.operator == "/" and new.modifier == "*":
            return
        yield "operator-narrowed", f"{said} may no longer hold '/'", None
    elif (old.operator, new.operator, new.modifier) == ("", "/", "*"):
        yield "operator-widened", f"{said} may be several segments now", None
    elif (old.operator, old.modifier, new.operator) == ("/", "*", ""):
        yield "operator-narrowed", f"{said} may be one segment only", None
    elif old.modifier != new.modifier:
        had, has = (quoted(one) if one else "none" for one in (old.modifier, new.modifier))
        yield "modifier-changed", f"{said} has modifier {has} instead of {had}", None


def _parsed(text: str) -> Template | None:
    try:
        return parse(text)
    except TemplateError:
        return None


def _variables(template: Template) -> list[_Variable]:
    found: dict[str, _Variable] = {}
    behind = ""
    for part in template.parts:
        if isinstance(part, str):
            behind = part
            continue
        for name, modifier in part.variables:
            found.setdefault(name, _Variable(name, part.operator, modifier, behind))
            behind = ""
    return [*found.values()][:_MOST]


def _renamed(
    was: Sequence[_Variable], now: Sequence[_Variable]
) -> Iterator[tuple[_Variable, _Variable]]:
    """Variables that went and came in the same place, or as the only ones of their part."""
    names = {one.name for one in was}, {one.name for one in now}
    gone = [one for one in was if one.name not in names[1]]
    come = [one for one in now if one.name not in names[0]]
    for one in gone:
        alike = [other for other in come if other.part == one.part]
        rivals = [other for other in gone if other.part == one.part]
        if len(alike) == len(rivals):
            yield one, alike[rivals.index(one)]


def _skeleton(template: Template, stay: set[str]) -> str:
    """The fixed text with ``{}`` for each variable that stays, whatever its operator.

    A variable that does not stay takes the ``/`` before it along; the query has no fixed text.
    """
    text = ""
    for literal, name in _steps(template):
        if text.endswith(_GONE):
            text, literal = text.removesuffix(_GONE), literal.removeprefix("/")
        text += literal
        if name in stay:
            text += "{}"
        elif name and text.endswith("//"):
            # Nothing stands before it: it takes the '/' behind it.
            text += _GONE
        elif name:
            text = text.removesuffix("/")
    text = text.removesuffix(_GONE)
    return text if text.endswith("//") else text.removesuffix("/")


# Stands in no template.
_GONE = "\0"


def _steps(template: Template) -> Iterator[tuple[str, str]]:
    """Each literal, and each variable outside the query, which has no fixed text of its own."""
    for part in template.parts:
        if isinstance(part, str):
            yield part, ""
        elif part.operator not in _QUERY:
            for name, _ in part.variables:
                yield "/" if part.operator == "/" else "", name
