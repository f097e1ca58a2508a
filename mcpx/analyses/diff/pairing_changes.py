"""What is told of items that went, came, or seem to have another name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mcpx.analyses.diff.changes import ABSENT, Change
from mcpx.analyses.diff.pairing import Pairing
from mcpx.analyses.diff.pairing_rules import PAIRING_CHANGES
from mcpx.analyses.diff.renames import Merge, Rename
from mcpx.analyses.diff.values import quoted, told_apart
from mcpx.analyses.finding import Severity, Subject, listed
from mcpx.catalogue.model import KEY, Item, Kind
from mcpx.catalogue.template_overlap import matching
from mcpx.catalogue.templates import Template, TemplateError, parse
from mcpx.catalogue.uri_automata import UndecidedError

_RULES = {rule.id: rule for rule in PAIRING_CHANGES}
_AREAS = {Kind.TEMPLATE: "resource-template"}
_WORDS = {Kind.TEMPLATE: "resource template"}


def pairing_changes(
    server: str, kind: Kind, pairing: Pairing, templates: Sequence[Item] = ()
) -> Iterator[Change]:
    """What went, came, has another name or the same one twice.

    ``templates`` are those of the new catalogue: a resource that one of them makes is not lost.
    Templates that changed are told part by part, by ``template_changes``.
    """
    area, word = _AREAS.get(kind, kind.value), _WORDS.get(kind, kind.value)
    for rename in pairing.renamed:
        if kind is not Kind.TEMPLATE:
            yield _renamed(server, kind, rename)
    made = _made(pairing.removed, templates) if kind is Kind.RESOURCE else frozenset()
    for item in pairing.removed:
        yield _removed(server, kind, item, item.key in made)
    for item in pairing.added:
        subject = Subject(kind, item.key, server)
        message = f"{word} {quoted(item.key, 60)} is new"
        yield Change(_RULES[f"{area}-added"], subject, message, "", ABSENT, dict(item.raw))
    for rename in pairing.possibly:
        subject = Subject(kind, rename.old.key, server)
        message = f"{word} {quoted(rename.old.key, 30)} may be {quoted(rename.new.key, 30)} now"
        rule, sure = _RULES[f"{area}-possibly-renamed"], rename.confidence
        names = rename.old.key, rename.new.key
        yield Change(rule, subject, message, "/name", *names, confidence=sure)
    for one, other in pairing.swapped:
        names = one.key, other.key
        says = f"and {quoted(other.key, 30)} have swapped names: each is now what the other was"
        message, rule = f"{quoted(one.key, 30)} {says}", _RULES[f"{area}-names-swapped"]
        yield Change(rule, Subject(kind, one.key, server), message, "/name", *names)
    for merge in pairing.merged:
        if kind is Kind.TOOL:
            yield _merged(server, merge)
    short = KEY[kind].removesuffix("Template")
    said = "URI" if short == "uri" else "name"
    for way, items in (("duplicated", pairing.doubled), ("duplicate-removed", pairing.undoubled)):
        for item in items:
            subject = Subject(kind, item.key, server)
            more = "one more" if way == "duplicated" else "one fewer"
            message = f"{more} {word} has the {said} {quoted(item.key, 60)}"
            sides = (ABSENT, dict(item.raw)) if way == "duplicated" else (dict(item.raw), ABSENT)
            yield Change(_RULES[f"{area}-{short}-{way}"], subject, message, "", *sides)


def _renamed(server: str, kind: Kind, rename: Rename) -> Change:
    old, new = rename.old.key, rename.new.key
    if kind is Kind.RESOURCE:
        rule, what = "resource-uri-changed", f"{quoted(rename.new.name, 30)} is at"
    elif rename.case:
        rule, what = f"{kind.value}-name-case-changed", "is called"
    else:
        rule, what = f"{kind.value}-renamed", "seems to be called"
    was, now = told_apart(old, new, 60)
    return Change(
        _RULES[rule],
        Subject(kind, new, server),
        f"{what} {now} instead of {was}",
        f"/{KEY[kind]}",
        old,
        new,
        confidence=None if rename.case else rename.confidence,
    )


def _removed(server: str, kind: Kind, item: Item, made: bool) -> Change:
    subject = Subject(kind, item.key, server)
    area, word = _AREAS.get(kind, kind.value), _WORDS.get(kind, kind.value)
    message = f"{word} {quoted(item.key, 60)} is gone"
    raw = dict(item.raw)
    if kind is Kind.TOOL and is_deprecated(item):
        rule = _RULES["tool-removed-deprecated"]
        return Change(rule, subject, f"{message}, as was announced", "", raw, ABSENT)
    rule = _RULES[f"{area}-removed"]
    if made:
        reason = "a template of the server makes the same URI"
        message = f"{message} from the list; {reason}"
        mild = Severity.WARNING
        return Change(rule, subject, message, "", raw, ABSENT, given=mild, reason=reason)
    return Change(rule, subject, message, "", raw, ABSENT)


def _merged(server: str, merge: Merge) -> Change:
    names = [one.key for one in merge.old]
    said = listed([quoted(name, 30) for name in names])
    return Change(
        _RULES["tool-merged"],
        Subject(Kind.TOOL, merge.new.key, server),
        f"{quoted(merge.new.key, 30)} may do what {said} did",
        "/name",
        names,
        merge.new.key,
        confidence=merge.confidence,
    )


def is_deprecated(tool: Item) -> bool:
    """Whether a tool says that it is on its way out: in words at the start, or by a member."""
    if tool.description.lstrip(" \t\r\n*_[(⚠️!").lower().startswith("deprecated"):
        return True
    meta = tool.raw.get("_meta")
    places = (tool.raw, tool.annotations, meta if isinstance(meta, dict) else {})
    return any(place.get("deprecated") not in (None, False, "") for place in places)


def _made(resources: Sequence[Item], templates: Sequence[Item]) -> frozenset[str]:
    """The URIs of these resources that some of the templates make, as far as it was decided."""
    parsed = [("new", template) for template in _parsed(templates)]
    found = set()
    try:
        for _, place in matching(parsed, [("old", item.key) for item in resources]):
            found.add(resources[place].key)
    except UndecidedError:
        # What is not known to be made counts as lost.
        pass
    return frozenset(found)


def _parsed(templates: Sequence[Item]) -> Iterator[Template]:
    for item in templates:
        try:
            yield parse(item.key)
        except TemplateError:
            continue
