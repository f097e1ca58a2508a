"""The rules of what a new version does to calls that were really made."""

from __future__ import annotations

from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.member_rules import change_rule
from mcpx.analyses.finding import Severity

_ALONE = "a recording tells what was asked of the old version, not what will be asked of the new"

CALL_RULES: tuple[ChangeRule, ...] = (
    change_rule(
        ("call-gone", "What a recorded call asks for is gone"),
        Severity.ERROR,
        (
            "The tool, the prompt or the resource was used in the recording, and the new version"
            " does not offer it.",
            "Keep it beside what takes its place, or change who makes the call; mcpx diff without"
            " --calls tells what it may be called now.",
        ),
        ('{"name": "search"} was called 12 times', '{"name": "find"}'),
        alone=_ALONE,
    ),
    change_rule(
        ("call-refused", "A recorded call does not fit the new version"),
        Severity.ERROR,
        (
            "Its arguments were accepted, and what the new version says of them refuses them.",
            "Accept what was accepted, or change who makes the call; the call is shown.",
        ),
        (
            '{"limit": 1000} was sent, and {"limit": {"type": "integer"}} takes it',
            '{"limit": {"type": "integer", "maximum": 100}}',
        ),
        alone=_ALONE,
    ),
    change_rule(
        ("call-refused-before", "A recorded call fits neither version"),
        Severity.INFO,
        (
            "What the old version said of its arguments refuses them too, so that the change is not"
            " what breaks it.",
            "Look at what the client sends; the server may accept more than it says.",
        ),
        (
            '{"limit": "ten"} was sent, and {"limit": {"type": "integer"}} does not take it',
            '{"limit": {"type": "integer"}}',
        ),
        alone=_ALONE,
    ),
    change_rule(
        ("call-undecided", "Whether a recorded call fits the new version is not known"),
        Severity.WARNING,
        (
            "A secret that the recording does not hold stands where the new version says something"
            " else, or its schema costs too much to be asked.",
            "Make the call on the new version.",
        ),
        (
            '{"key": "‹env:API_KEY›"} was recorded, and {"key": {"type": "string"}} takes it',
            '{"key": {"type": "string", "pattern": "^v2_"}}',
        ),
        alone=_ALONE,
    ),
)
