"""The rules of members that tools, prompts, resources and templates all have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.finding import Severity

_READ = "Read both texts, as you read code: a model does what a description tells it."


def change_rule(
    id_and_title: tuple[str, str],
    severity: Severity,
    words: tuple[str, str],
    sides: tuple[str, str],
    *,
    back: str = "",
    alone: str = "",
    trust: bool = False,
    cosmetic: bool = False,
    adds: bool = False,
) -> ChangeRule:
    """A rule: ``words`` are explanation and mend, ``sides`` the JSON of an example, old and new.

    ``back`` is the id of its mirror, by default its own; ``alone`` says why it has none.
    """
    id, title = id_and_title
    explanation, mend = words
    return ChangeRule(
        id,
        title,
        severity,
        explanation,
        mend,
        f"old: {sides[0]}\nnew: {sides[1]}",
        trust=trust,
        cosmetic=cosmetic,
        adds=adds,
        mirror="" if alone else back or id,
        alone=alone,
    )


@dataclass(frozen=True, slots=True)
class MemberRules:
    """The rules of one kind's members, each way; some have one rule for several ways."""

    title: Sequence[ChangeRule]
    description: Sequence[ChangeRule]
    spacing: ChangeRule
    icons: Sequence[ChangeRule]
    icon_origin: ChangeRule
    meta: Sequence[ChangeRule]
    other: ChangeRule

    def table(self) -> tuple[ChangeRule, ...]:
        """Every rule, once."""
        ways = (*self.title, *self.description, *self.icons, *self.meta)
        return tuple(dict.fromkeys((*ways, self.spacing, self.icon_origin, self.other)))


_ICON = '{"src": "https://%s/i.png"}'
_TITLE = "People choose by it, and hosts show it where they ask for consent."
_DESCRIPTION = "A model chooses and acts by it; it may also tell the model what it should not do."
_META = "Extensions and single hosts act on it."
_EDITS = {"added": "is added", "changed": "changes", "removed": "is removed"}
_ASK = "Ask the server's author what it is for."


def member_rules(area: str, thing: str, key: str, example: str) -> MemberRules:
    """The rules whose ids begin with ``area``, about a ``thing`` whose ``key`` is ``example``."""
    base = f'"{key}": "{example}"'

    def sides(old: str, new: str) -> tuple[str, str]:
        first, second = (f"{{{', '.join(filter(None, (base, one)))}}}" for one in (old, new))
        return first, second

    def ways(
        member: str,
        values: tuple[str, str],
        severity: Severity,
        words: tuple[str, str],
        trust: bool,
    ) -> tuple[ChangeRule, ...]:
        name = member.removeprefix("_")
        old, new = (f'"{member}": {value}' for value in values)
        if area != "tool":
            both = sides(old, new)
            title = f"The {member} of a {thing} {'change' if name == 'icons' else 'changes'}"
            one = change_rule((f"{area}-{name}-changed", title), severity, words, both, trust=trust)
            return one, one, one
        backs = {"added": "removed", "changed": "changed", "removed": "added"}
        shown = {"added": ("", new), "changed": (old, new), "removed": (old, "")}
        plural = {"is added": "are added", "changes": "change", "is removed": "are removed"}
        return tuple(
            change_rule(
                (
                    f"{area}-{name}-{way}",
                    f"The {member} of a {thing} {plural[said] if name == 'icons' else said}",
                ),
                severity,
                words,
                sides(*shown[way]),
                back=f"{area}-{name}-{backs[way]}",
                trust=trust,
            )
            for way, said in _EDITS.items()
        )

    return MemberRules(
        ways("title", ('"Read"', '"Show"'), Severity.INFO, (_TITLE, _ASK), True),
        ways(
            "description",
            ('"Reads it."', '"Shows it."'),
            Severity.WARNING,
            (_DESCRIPTION, _READ),
            True,
        ),
        change_rule(
            (
                f"{area}-description-whitespace-changed",
                f"The description of a {thing} has other blanks and line ends",
            ),
            Severity.INFO,
            (
                "The words are the same; far below an empty page a person may not look for them.",
                "Nothing needs to be done.",
            ),
            sides('"description": "Reads  it."', '"description": "Reads it."'),
        ),
        ways(
            "icons",
            (f"[{_ICON % 'a.example'}]", f"[{_ICON % 'a.example'}, {_ICON % 'a.example'}]"),
            Severity.INFO,
            (
                "They are for display, and tell servers apart at a glance.",
                "Look whether they still are of the server.",
            ),
            False,
        ),
        change_rule(
            (f"{area}-icon-origin-changed", f"Icons of a {thing} come from elsewhere"),
            Severity.WARNING,
            (
                "A host that shows an icon asks another site for it, or draws what stands in the"
                " listing; SVG may hold scripts. Source: specification 2026-07-28, basic, icons.",
                "Look where they come from, and whose signs they are.",
            ),
            sides(f'"icons": [{_ICON % "a.example"}]', f'"icons": [{_ICON % "b.example"}]'),
            trust=True,
        ),
        ways("_meta", ('{"a/b": 1}', '{"a/b": 2}'), Severity.INFO, (_META, _ASK), False),
        change_rule(
            (f"{area}-member-changed", f"A member of a {thing} changes that no other rule knows"),
            Severity.INFO,
            ("It has no meaning in the specification, or a type that it should not have.", _ASK),
            sides('"x-note": 1', '"x-note": 2'),
        ),
    )
