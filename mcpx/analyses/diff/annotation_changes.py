"""What changed in the claims of a tool's annotations, with the specification's defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mcpx.analyses.claims import contradictions
from mcpx.analyses.diff.annotation_rules import ANNOTATION_CHANGES
from mcpx.analyses.diff.changes import ABSENT, Change
from mcpx.analyses.diff.members import other_change
from mcpx.analyses.diff.values import member, pointer, same
from mcpx.analyses.finding import Subject, listed
from mcpx.catalogue.model import Item, Kind

_RULES = {rule.id: rule for rule in ANNOTATION_CHANGES}
_READ_ONLY = "readOnlyHint"
# Source: specification 2025-03-26 to 2026-07-28, schema, ToolAnnotations.
DEFAULTS = {
    _READ_ONLY: False,
    "destructiveHint": True,
    "idempotentHint": False,
    "openWorldHint": True,
}
# What a tool that only reads is, whatever it says: "meaningful only when readOnlyHint == false".
_WHEN_READING = {"destructiveHint": False, "idempotentHint": True}
# Hint -> rule when it becomes true, what that means; rule when it becomes false, what that means.
_WAYS = {
    _READ_ONLY: (
        ("annotation-read-only-tightened", "says now that it only reads"),
        ("annotation-read-only-withdrawn", "no longer says that it only reads"),
    ),
    "destructiveHint": (
        ("annotation-destructive-gained", "may destroy now"),
        ("annotation-destructive-tightened", "says now that it destroys nothing"),
    ),
    "idempotentHint": (
        ("annotation-idempotent-tightened", "says now that it may be called twice"),
        ("annotation-idempotent-withdrawn", "no longer says that it may be called twice"),
    ),
    "openWorldHint": (
        ("annotation-open-world-gained", "may reach the world outside now"),
        ("annotation-open-world-tightened", "says now that it reaches nothing outside"),
    ),
}


def annotation_changes(server: str, old: Item, new: Item) -> Iterator[Change]:
    """Changes of what a tool claims; ``annotations.title`` is told with its title.

    A hint that is missing or no truth value counts as its default. One that differs and means the
    same is told as such, all of a tool together.
    """
    subject = Subject(Kind.TOOL, new.key, server)
    before, after = member(old.raw, "annotations"), member(new.raw, "annotations")
    odd = _RULES["annotation-unknown-key-changed"]
    was, now = old.annotations, new.annotations
    if not isinstance(before, dict) and not isinstance(after, dict):
        yield from other_change(subject, ("annotations",), before, after, odd)
    restated = []
    if not was and not now and isinstance(before, dict) is not isinstance(after, dict):
        restated.append("an empty object")
    for hint in DEFAULTS:
        one, other = member(was, hint), member(now, hint)
        if one is other or (ABSENT not in (one, other) and same(one, other)):
            continue
        meant, means = effective(old, hint), effective(new, hint)
        if meant is not means:
            # What only reads destroys nothing, and so on: that goes without saying.
            if hint in _WHEN_READING and _stated(new, _READ_ONLY):
                continue
            rule, what = _WAYS[hint][0 if means else 1]
            message = f"{what} ({hint} is {_said(now, hint)}, was {_said(was, hint)})"
            place = pointer("annotations", hint)
            yield Change(_RULES[rule], subject, message, place, one, other)
        elif all(isinstance(value, bool) or value is ABSENT for value in (one, other)):
            restated.append(hint)
        else:
            yield from other_change(subject, ("annotations", hint), one, other, odd)
    if restated:
        yield Change(
            _RULES["annotation-restated-default"],
            subject,
            f"annotations mean the same: {listed(restated)} restated",
            "/annotations",
            before,
            after,
        )
    for key in sorted({*was, *now} - {*DEFAULTS, "title"}):
        one, other = member(was, key), member(now, key)
        yield from other_change(subject, ("annotations", key), one, other, odd)
    yield from _contradictions(subject, old, new)


def effective(tool: Item, hint: str) -> bool:
    """What a hint of a tool means, stated or not."""
    if hint in _WHEN_READING and _stated(tool, _READ_ONLY):
        return _WHEN_READING[hint]
    return _stated(tool, hint)


def _stated(tool: Item, hint: str) -> bool:
    value = tool.annotations.get(hint)
    return value if isinstance(value, bool) else DEFAULTS[hint]


def _said(annotations: Any, hint: str) -> str:
    value = member(annotations, hint)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{str(DEFAULTS[hint]).lower()} by default"


def _contradictions(subject: Subject, old: Item, new: Item) -> Iterator[Change]:
    was, now = list(contradictions(old)), list(contradictions(new))
    pairs = (
        ("annotation-contradiction-gained", [one for one in now if one not in was], ""),
        ("annotation-contradiction-mended", [one for one in was if one not in now], "no longer "),
    )
    for rule, found, before in pairs:
        for what in found:
            yield Change(
                _RULES[rule],
                subject,
                before + what,
                "/annotations",
                member(old.raw, "annotations"),
                member(new.raw, "annotations"),
            )
