"""What changed in one resource; parts of it hold for templates too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mcpx.analyses.diff.changes import ABSENT, Change, ChangeRule
from mcpx.analyses.diff.member_rules import MemberRules
from mcpx.analyses.diff.members import member_changes, other_change, text_changes
from mcpx.analyses.diff.resource_rules import RESOURCE_CHANGES, RESOURCE_MEMBERS
from mcpx.analyses.diff.values import called, member, pointer, quoted, same
from mcpx.analyses.finding import Severity, Subject, listed
from mcpx.catalogue.model import Item, Kind

_RULES = {rule.id: rule for rule in RESOURCE_CHANGES}
_KNOWN = ("name", "mimeType", "annotations")
_OTHERS = {"priority": "priority-changed", "lastModified": "last-modified-changed"}
_AUDIENCE = ("assistant", "user")


def resource_changes(server: str, old: Item, new: Item) -> Iterator[Change]:
    """Changes of a resource that is in both catalogues; another URI is told by pairing."""
    subject = Subject(Kind.RESOURCE, new.key, server)
    yield from located_changes(
        subject, old, new, RESOURCE_MEMBERS, _RULES, "resource", ("uri", "size")
    )
    ways = [_RULES[f"resource-mime-type-{way}"] for way in ("added", "changed", "removed")]
    before, after = member(old.raw, "mimeType"), member(new.raw, "mimeType")
    yield from mime_changes(subject, before, after, ways, RESOURCE_MEMBERS.other)
    size, sized = member(old.raw, "size"), member(new.raw, "size")
    yield from other_change(subject, ("size",), size, sized, _RULES["resource-size-changed"])


def mime_changes(
    subject: Subject, before: Any, after: Any, ways: list[ChangeRule], other: ChangeRule
) -> Iterator[Change]:
    """The change of a MIME type, by the rules for added, changed and removed."""
    was, now = (one if isinstance(one, str) else "" for one in (before, after))
    # Case makes no difference. Source: RFC 2045, section 5.1.
    if was.lower() == now.lower():
        yield from other_change(subject, ("mimeType",), before, after, other)
        return
    if was and now:
        message = f"MIME type is {quoted(now)} instead of {quoted(was)}"
    else:
        message = f"MIME type {'removed' if was else 'added'}: {quoted(was or now)}"
    rule = ways[1] if was and now else ways[2 if was else 0]
    yield Change(rule, subject, message, "/mimeType", before, after)


def located_changes(
    subject: Subject,
    old: Item,
    new: Item,
    members: MemberRules,
    rules: Mapping[str, ChangeRule],
    area: str,
    known: tuple[str, ...],
) -> Iterator[Change]:
    """Changes of what resources and templates have in common, by rules that begin with ``area``."""
    yield from member_changes(subject, old, new, members, (*_KNOWN, *known))
    name = rules[f"{area}-name-changed"]
    before, after = member(old.raw, "name"), member(new.raw, "name")
    yield from text_changes(subject, ("name",), before, after, (name,) * 3, None, members.other)
    before, after = member(old.raw, "annotations"), member(new.raw, "annotations")
    if not isinstance(before, dict) and not isinstance(after, dict):
        yield from other_change(subject, ("annotations",), before, after, members.other)
        return
    was, now = (one if isinstance(one, dict) else {} for one in (before, after))
    if not was and not now:
        yield from other_change(subject, ("annotations",), before, after, members.other)
    for key in sorted({*was, *now}):
        one, other = member(was, key), member(now, key)
        if key == "audience":
            yield from _audience_changes(subject, one, other, rules[f"{area}-audience-changed"])
            continue
        rule = rules[f"{area}-{_OTHERS[key]}"] if key in _OTHERS else members.other
        yield from other_change(subject, ("annotations", key), one, other, rule)


def _audience_changes(
    subject: Subject, before: Any, after: Any, rule: ChangeRule
) -> Iterator[Change]:
    """Whom a resource is for; a mere loss of the model as a reader is milder."""
    if before is not ABSENT and after is not ABSENT and same(before, after):
        return
    was, now = (_readers(one) for one in (before, after))
    gained = [one for one in now if one not in was]
    lost_model = "assistant" in was and "assistant" not in now
    given = Severity.INFO if lost_model or was == now else None
    if was == now:
        message = f"audience is {called(after)} instead of {called(before)}, and means the same"
    elif gained:
        message = f"meant for {listed(gained)} too"
    else:
        message = f"meant for {listed(now) or 'nobody'} alone"
    place = pointer("annotations", "audience")
    yield Change(rule, subject, message, place, before, after, given=given)


def _readers(audience: Any) -> list[str]:
    """Those that it is for: both, where nothing is said."""
    if not isinstance(audience, list) or not audience:
        return [*_AUDIENCE]
    return [one for one in _AUDIENCE if one in audience]
