"""What changed in what a server declares that it can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mcpx.analyses.diff.capability_rules import CAPABILITIES
from mcpx.analyses.diff.changes import ABSENT, Change
from mcpx.analyses.diff.members import other_change
from mcpx.analyses.diff.values import member, pointer, quoted, same
from mcpx.analyses.finding import Severity, Subject
from mcpx.catalogue.model import Catalogue

_RULES = {rule.id: rule for rule in CAPABILITIES}
_PLAIN = ("tools", "prompts", "resources", "completions", "logging")
_LISTS = ("tools", "prompts", "resources")
# The revision whose core has no tasks any more.
_WITHOUT_TASKS = "2026-07-28"


# What each era declares in its own way: from 2026-07-28 on clients subscribe to anything by
# subscriptions/listen, tasks are an extension, and only there extensions have a place.
# Source: specification 2025-11-25 and 2026-07-28, schema, ServerCapabilities.
_OF_AN_ERA = ("extensions", "tasks")
_SUBSCRIBED = ("listChanged", "subscribe")


def capability_changes(subject: Subject, old: Catalogue, new: Catalogue) -> Iterator[Change]:
    """Changes of capabilities, each in its place; of two eras only what both declare alike."""
    was, now = old.capabilities, new.capabilities
    if old.era and new.era and old.era is not new.era:
        was, now = _of_any_era(was), _of_any_era(now)
    for name in sorted({*was, *now}):
        raw = member(was, name), member(now, name)
        # Null declares nothing.
        before, after = (ABSENT if one is None else one for one in raw)
        path = ("capabilities", name)
        if before is after is ABSENT:
            yield from other_change(subject, path, *raw, _RULES["capability-unknown-changed"])
            continue
        if name == "experimental":
            rule = _RULES["capability-experimental-changed"]
            yield from other_change(subject, path, before, after, rule)
        elif name == "extensions":
            yield from _extensions(subject, before, after)
        elif name == "tasks":
            yield from _tasks(subject, before, after, (old.version, new.version))
        elif name not in _PLAIN:
            yield from other_change(
                subject, path, before, after, _RULES["capability-unknown-changed"]
            )
        elif ABSENT in (before, after):
            if before is not after:
                yield _declared(subject, path, f"capability-{name}", before, after, name)
        else:
            yield from _settings(subject, name, before, after)


def _of_any_era(declared: Mapping[str, Any]) -> Mapping[str, Any]:
    """Capabilities that mean the same in both eras."""
    found = {}
    for name, value in declared.items():
        if name in _LISTS and isinstance(value, dict):
            found[name] = {key: one for key, one in value.items() if key not in _SUBSCRIBED}
        elif name not in _OF_AN_ERA:
            found[name] = value
    return found


def _declared(
    subject: Subject, path: tuple[str, ...], rule: str, before: Any, after: Any, said: str
) -> Change:
    """One thing that is declared on one side only."""
    gone = after is ABSENT or after is False
    found = _RULES[f"{rule}-removed" if gone else f"{rule}-added"]
    message = f"{'no longer declares' if gone else 'declares'} {said}"
    return Change(found, subject, message, pointer(*path), before, after)


def _settings(subject: Subject, name: str, before: Any, after: Any) -> Iterator[Change]:
    """Members of a capability that both declare."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        rule = _RULES["capability-unknown-changed"]
        yield from other_change(subject, ("capabilities", name), before, after, rule)
        return
    for key in sorted({*before, *after}):
        one, other = member(before, key), member(after, key)
        path = ("capabilities", name, key)
        known = "list-changed" if key == "listChanged" and name in _LISTS else ""
        if (name, key) == ("resources", "subscribe"):
            known = "resources-subscribe"
        if known and (one is True) is not (other is True):
            said = f"{name}.{key}"
            yield _declared(subject, path, f"capability-{known}", one, other, said)
        else:
            rule = _RULES["capability-unknown-changed"]
            yield from other_change(subject, path, one, other, rule)


def _extensions(subject: Subject, before: Any, after: Any) -> Iterator[Change]:
    was, now = (one if isinstance(one, dict) else {} for one in (before, after))
    if not was and not now:
        rule = _RULES["capability-unknown-changed"]
        yield from other_change(subject, ("capabilities", "extensions"), before, after, rule)
    for name in sorted({*was, *now}):
        one, other = member(was, name), member(now, name)
        path = ("capabilities", "extensions", name)
        if ABSENT in (one, other):
            gone = other is ABSENT
            found = _RULES["extension-removed" if gone else "extension-added"]
            message = f"{'no longer offers' if gone else 'offers'} extension {quoted(name, 60)}"
            yield Change(found, subject, message, pointer(*path), one, other)
        elif not same(one, other):
            rule = _RULES["extension-settings-changed"]
            message = f"extension {quoted(name, 60)} has other settings"
            yield Change(rule, subject, message, pointer(*path), one, other)


def _tasks(
    subject: Subject, before: Any, after: Any, versions: tuple[str, str]
) -> Iterator[Change]:
    """Each part of the capability that goes or comes, such as ``tasks.requests.tools.call``."""
    moved = len({version >= _WITHOUT_TASKS for version in versions if version}) == 2
    waiting: list[tuple[tuple[str, ...], Any, Any]] = [(("tasks",), before, after)]
    while waiting:
        path, one, other = waiting.pop()
        place = ("capabilities", *path)
        if one is ABSENT or other is ABSENT:
            if one is not other:
                said = quoted(".".join(path), 60)[1:-1]
                change = _declared(subject, place, "capability-tasks", one, other, said)
                yield _mild(change) if moved else change
        elif isinstance(one, dict) and isinstance(other, dict) and len(path) < _DEEPEST:
            keys = sorted({*one, *other}, reverse=True)
            waiting += [((*path, key), member(one, key), member(other, key)) for key in keys]
        else:
            rule = _RULES["capability-unknown-changed"]
            yield from other_change(subject, place, one, other, rule)


_DEEPEST = 6


def _mild(change: Change) -> Change:
    return Change(
        change.rule,
        change.subject,
        change.message,
        change.pointer,
        change.before,
        change.after,
        given=Severity.INFO,
        reason="tasks are no part of the core from protocol 2026-07-28 on",
    )
