"""The rules of what a lock refuses beside the changes that a diff tells."""

from __future__ import annotations

from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.member_rules import change_rule
from mcpx.analyses.finding import Severity

_B = Severity.ERROR
_ACCEPT = "Find out who changed it and why; accept what is right with mcpx lock --update NAME."

LOCK_RULES: tuple[ChangeRule, ...] = (
    change_rule(
        ("lock-launch-changed", "A server is started or reached in another way than was pinned"),
        _B,
        (
            "The command, its arguments, its folder, the names of its variables and headers, or"
            " the URL is another: what runs is not what was approved, whatever it lists.",
            _ACCEPT,
        ),
        (
            '{"target": {"command": "npx", "args": ["-y", "notes@1.2.0"]}}',
            '{"target": {"command": "npx", "args": ["-y", "notes@1.2.1"]}}',
        ),
        trust=True,
    ),
    change_rule(
        ("lock-era-changed", "A server speaks another era than the pinned one"),
        _B,
        (
            "Servers list other things in the modern era (protocol 2026-07-28) than after a"
            " handshake, and clients see what their own era shows.",
            f"{_ACCEPT} Where both eras are spoken, --era chooses.",
        ),
        ('{"era": "legacy"}', '{"era": "modern"}'),
    ),
    change_rule(
        ("lock-context-changed", "A server was asked by a client of other capabilities"),
        _B,
        (
            "Servers may list other tools to clients that offer more or less, so that what was"
            " looked at is not what was pinned. Source: specification 2026-07-28, server/tools,"
            " listing tools.",
            "Ask as before, with --capabilities, or accept it with mcpx lock --update NAME.",
        ),
        ('{"offered": ["roots"]}', '{"offered": []}'),
    ),
    change_rule(
        ("lock-digest-differs", "Something differs that no rule of changes tells"),
        _B,
        (
            "The content is not what its digest was made of, and the comparison found nothing, or"
            " not all of it. What is not understood is not let through.",
            _ACCEPT,
        ),
        ('{"digest": "sha256:00"}', '{"digest": "sha256:ff"}'),
    ),
    change_rule(
        ("lock-respelt", "Something is written in another way than was pinned, and means the same"),
        Severity.INFO,
        (
            "A value is written out that holds without it too, a list that has no order stands in"
            " another one, or a schema's definition has another name. A lock lets it pass.",
            "Nothing needs to be done; mcpx lock --update NAME takes it as it is written now.",
        ),
        (
            '{"name": "find", "annotations": {}}',
            '{"name": "find", "annotations": {"openWorldHint": true}}',
        ),
        cosmetic=True,
    ),
    change_rule(
        ("lock-missing-server", "A server that is checked is not in the lock"),
        _B,
        ("Nobody has approved anything of it.", "Look at it with mcpx lint, then mcpx lock it."),
        ('{"servers": {}}', '{"servers": {"notes": {}}}'),
        alone="a pinned server that is not there cannot be reached, which is an error",
    ),
)
