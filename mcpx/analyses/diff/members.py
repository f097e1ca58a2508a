"""What changed in members that every kind of item has: texts, icons, ``_meta``, unknown ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from mcpx.analyses.diff.changes import ABSENT, Change, ChangeRule
from mcpx.analyses.diff.member_rules import MemberRules
from mcpx.analyses.diff.values import called, folded, member, pointer, quoted, same, told_apart
from mcpx.analyses.diff.wordings import wording
from mcpx.analyses.finding import Severity, Subject, listed
from mcpx.catalogue.model import Item

_SHARED = ("title", "description", "icons", "_meta")
# Keys of ``_meta`` by which hosts act. Source: modelcontextprotocol/ext-apps, McpUiToolMeta (ui,
# ui/resourceUri); OpenAI Apps SDK, tool metadata (openai/...); read 2026-11-23.
_ACTED_ON = ("ui", "ui/resourceUri")
_ACTED_ON_PREFIX = "openai/"
# Members of a catalogue that go without saying.
_ROOTS = ("capabilities", "server_info")
_MOST = 200


def member_changes(
    subject: Subject, old: Item, new: Item, rules: MemberRules, known: Sequence[str]
) -> Iterator[Change]:
    """Changes of title, description, icons, ``_meta`` and others, apart from those ``known``."""
    for name, ways in (("title", rules.title), ("description", rules.description)):
        if name in known:
            continue
        before, after = member(old.raw, name), member(new.raw, name)
        spacing = rules.spacing if name == "description" else None
        yield from text_changes(subject, (name,), before, after, ways, spacing, rules.other)
    yield from _icon_changes(subject, old, new, rules)
    yield from _meta_changes(subject, old, new, rules)
    for name in _names(old.raw, new.raw):
        if name not in known and name not in _SHARED:
            before, after = member(old.raw, name), member(new.raw, name)
            yield from other_change(subject, (name,), before, after, rules.other)


def text_changes(
    subject: Subject,
    path: Sequence[str | int],
    before: Any,
    after: Any,
    ways: Sequence[ChangeRule],
    spacing: ChangeRule | None,
    other: ChangeRule,
    name: str = "",
) -> Iterator[Change]:
    """The change of a text, by the rules for added, changed and removed; none when it is the same.

    What is no text counts as none; ``other`` tells what then is left, ``name`` calls the text.
    """
    said = name or str(path[-1])
    was, now = (one if isinstance(one, str) else "" for one in (before, after))
    if was == now:
        yield from other_change(subject, path, before, after, other)
        return
    added, changed, removed = ways
    if not was:
        rule, message = added, f"{said} added: {quoted(now, 60)}"
    elif not now:
        rule, message = removed, f"{said} removed: {quoted(was, 60)}"
    elif folded(was) == folded(now):
        rule, message = spacing or changed, f"{said} has other blanks and the same words"
    else:
        rule, message = changed, f"{said} {wording(was, now)}"
    yield Change(rule, subject, message, pointer(*path), before, after)


def other_change(
    subject: Subject, path: Sequence[str | int], before: Any, after: Any, rule: ChangeRule
) -> Iterator[Change]:
    """One change of a value that has no rule of its own; none when it is the same."""
    if before is after or (ABSENT not in (before, after) and same(before, after)):
        return
    inside = path[1:] if path[0] in _ROOTS else path
    said = ".".join(quoted(str(part))[1:-1] for part in inside)
    if before is ABSENT:
        message = f"{said} added: {called(after)}"
    elif after is ABSENT:
        message = f"{said} removed: {called(before)}"
    elif called(before) == called(after) and not isinstance(before, str):
        message = f"{said} changed"
    else:
        one, other = told_apart(before, after)
        message = f"{said} is {other} instead of {one}"
    yield Change(rule, subject, message, pointer(*path), before, after)


def _icon_changes(subject: Subject, old: Item, new: Item, rules: MemberRules) -> Iterator[Change]:
    before, after = member(old.raw, "icons"), member(new.raw, "icons")
    was, now = (_listed(one) for one in (before, after))
    if same(was, now):
        yield from other_change(subject, ("icons",), before, after, rules.other)
        return
    known, origins = (_origins(icons) for icons in (was, now))
    come = [one for one in origins if one not in known]
    added, changed, removed = rules.icons
    rule = removed if not now else changed if was else added
    if come and (was or "data:" in come or "SVG" in come):
        message = f"icons come from {listed([quoted(one) for one in come])}"
        yield Change(rules.icon_origin, subject, message, "/icons", before, after)
    else:
        way = "removed" if not now else "changed" if was else "added"
        yield Change(rule, subject, f"icons {way}", "/icons", before, after)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _origins(icons: Sequence[Any]) -> list[str]:
    """Where icons come from: scheme and host, ``data:``, and SVG as a place of its own."""
    found: dict[str, None] = {}
    for icon in icons[:_MOST]:
        source = member(icon, "src")
        if not isinstance(source, str):
            continue
        if source[:5].lower() == "data:":
            found["data:"] = None
        else:
            found[_origin(source)] = None
        kind = member(icon, "mimeType")
        path = source[:2000].partition("?")[0].lower()
        said = kind.lower() if isinstance(kind, str) else path[:40]
        if "image/svg" in said or path.endswith((".svg", ".svgz")):
            found["SVG"] = None
    return list(found)


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url[:2000])
    except ValueError:
        return url[:80]
    return f"{parts.scheme}://{parts.netloc}".lower()


def _meta_changes(subject: Subject, old: Item, new: Item, rules: MemberRules) -> Iterator[Change]:
    before, after = member(old.raw, "_meta"), member(new.raw, "_meta")
    was, now = (one if isinstance(one, dict) else {} for one in (before, after))
    if same(was, now):
        yield from other_change(subject, ("_meta",), before, after, rules.other)
        return
    added, changed, removed = rules.meta
    for key in _names(was, now):
        one, other = member(was, key), member(now, key)
        rule = added if one is ABSENT else removed if other is ABSENT else changed
        for change in other_change(subject, ("_meta", key), one, other, rule):
            acted_on = key in _ACTED_ON or key.startswith(_ACTED_ON_PREFIX)
            if not acted_on:
                yield change
                continue
            yield Change(
                rule,
                subject,
                change.message,
                change.pointer,
                one,
                other,
                given=Severity.WARNING,
                reason="hosts act on it: it names what they show, or who may call the tool",
            )


def _names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Every key of both, each once, sorted."""
    return sorted({*old, *new})
