"""The rules of what changes in a resource or a resource template."""

from __future__ import annotations

from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.member_rules import MemberRules, change_rule, member_rules
from mcpx.analyses.finding import Severity

_B, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
RESOURCE_MEMBERS = member_rules("resource", "resource", "uri", "notes://all")
TEMPLATE_MEMBERS = member_rules(
    "resource-template", "resource template", "uriTemplate", "notes://{id}"
)
_NOTHING = "Nothing needs to be done."
_READERS = "Readers choose by it how to parse what they get, and hosts how to show it."
_LOOK = "Look at what reads it, above all where it becomes HTML."


def _shared(area: str, thing: str, base: str, members: MemberRules) -> tuple[ChangeRule, ...]:
    """The rules of members that resources and templates have in common."""

    def rule(
        way: str,
        title: str,
        severity: Severity,
        words: tuple[str, str],
        sides: tuple[str, str],
        trust: bool = False,
        cosmetic: bool = False,
    ) -> ChangeRule:
        old, new = (f"{{{', '.join(filter(None, (base, one)))}}}" for one in sides)
        return change_rule(
            (f"{area}-{way}", title), severity, words, (old, new), trust=trust, cosmetic=cosmetic
        )

    def annotated(name: str, old: str, new: str) -> tuple[str, str]:
        return f'"annotations": {{"{name}": {old}}}', f'"annotations": {{"{name}": {new}}}'

    return (
        *members.table(),
        rule(
            "name-changed",
            f"A {thing} has another name",
            _I,
            ("People see it where there is no title; the URI says which one it is.", _NOTHING),
            ('"name": "notes"', '"name": "memos"'),
            trust=True,
        ),
        rule(
            "priority-changed",
            f"A {thing} is of another priority",
            _I,
            ("It may change from hour to hour, and only helps hosts to choose.", _NOTHING),
            annotated("priority", "0.5", "0.9"),
            cosmetic=True,
        ),
        rule(
            "last-modified-changed",
            f"A {thing} says another date",
            _I,
            ("It changes with the content, which no catalogue holds.", _NOTHING),
            annotated("lastModified", '"2026-01-01T00:00:00Z"', '"2026-02-01T00:00:00Z"'),
            cosmetic=True,
        ),
        rule(
            "audience-changed",
            f"A {thing} is meant for others",
            _W,
            (
                "What was for the user alone may reach the model now, or the other way round.",
                "Look whether it holds what the model should not read or obey.",
            ),
            annotated("audience", '["user"]', '["user", "assistant"]'),
            trust=True,
        ),
    )


_MIME = ('"mimeType": "text/plain"', '"mimeType": "text/html"')
_URI, _TEMPLATE = '"uri": "notes://all"', '"uriTemplate": "notes://{id}"'

RESOURCE_CHANGES: tuple[ChangeRule, ...] = (
    *_shared("resource", "resource", _URI, RESOURCE_MEMBERS),
    change_rule(
        ("resource-mime-type-added", "A resource says its MIME type"),
        _I,
        (_READERS, _NOTHING),
        (f"{{{_URI}}}", f"{{{_URI}, {_MIME[0]}}}"),
        back="resource-mime-type-removed",
    ),
    change_rule(
        ("resource-mime-type-changed", "A resource has another MIME type"),
        _W,
        (_READERS, _LOOK),
        (f"{{{_URI}, {_MIME[0]}}}", f"{{{_URI}, {_MIME[1]}}}"),
    ),
    change_rule(
        ("resource-mime-type-removed", "A resource no longer says its MIME type"),
        _W,
        (f"{_READERS} They have to guess now.", _LOOK),
        (f"{{{_URI}, {_MIME[0]}}}", f"{{{_URI}}}"),
        back="resource-mime-type-added",
    ),
    change_rule(
        ("resource-size-changed", "A resource has another size"),
        _I,
        ("It changes with the content, and helps hosts to plan.", _NOTHING),
        (f'{{{_URI}, "size": 10}}', f'{{{_URI}, "size": 20}}'),
        cosmetic=True,
    ),
)


def _template(
    way: str,
    title: str,
    severity: Severity,
    words: tuple[str, str],
    sides: tuple[str, str],
    back: str = "",
    adds: bool = False,
) -> ChangeRule:
    old, new = (f'{{"uriTemplate": "{one}", "name": "n"}}' for one in sides)
    return change_rule(
        (f"resource-template-{way}", title),
        severity,
        words,
        (old, new),
        back=f"resource-template-{back}" if back else "",
        adds=adds,
    )


_OLD_URIS = "URIs that clients have made or kept by the old template are not found any more."
_MAKE = "Make the URIs anew by the new template."
_NAMES = "Callers and completion/complete give values by the variable's name"

TEMPLATE_CHANGES: tuple[ChangeRule, ...] = (
    *_shared("resource-template", "resource template", _TEMPLATE, TEMPLATE_MEMBERS),
    change_rule(
        ("resource-template-mime-type-changed", "A resource template has another MIME type"),
        _W,
        (f"It holds for every resource that the template makes. {_READERS}", _LOOK),
        (f"{{{_TEMPLATE}, {_MIME[0]}}}", f"{{{_TEMPLATE}, {_MIME[1]}}}"),
    ),
    _template(
        "literal-changed",
        "The fixed part of a URI template changes",
        _B,
        (_OLD_URIS, _MAKE),
        ("notes://{id}", "memos://{id}"),
    ),
    _template(
        "variable-added-required",
        "A URI template has one more variable in its path",
        _B,
        (f"{_OLD_URIS} A value in the path cannot be left out.", _MAKE),
        ("notes://{user}", "notes://{user}/{id}"),
        "variable-removed",
    ),
    _template(
        "variable-added-query",
        "A URI template has one more variable in its query",
        _I,
        ("It may be left out; URIs made before stay good.", _NOTHING),
        ("notes://{id}", "notes://{id}{?page}"),
        "variable-removed",
        adds=True,
    ),
    _template(
        "variable-removed",
        "A URI template loses a variable",
        _B,
        (f"{_OLD_URIS} One of the query is left out without a word instead.", _MAKE),
        ("notes://{user}/{id}", "notes://{user}"),
        "variable-added-required",
    ),
    _template(
        "variable-renamed",
        "A variable of a URI template has another name",
        _B,
        (f"{_NAMES}. In a query the name stands in the URI too.", "Use the new name."),
        ("notes://{id}", "notes://{note}"),
    ),
    _template(
        "operator-widened",
        "A variable of a URI template takes more than before",
        _I,
        ("It may hold '/' now, or several values: what a client puts there reaches further.",
         "Look whether the server checks it, above all in file paths."),
        ("notes://{id}", "notes://{+id}"),
        "operator-narrowed",
        adds=True,
    ),
    _template(
        "operator-narrowed",
        "A variable of a URI template takes less than before",
        _B,
        (f"Values with '/' are encoded now, and no longer mean a path. {_OLD_URIS}", _MAKE),
        ("notes://{+id}", "notes://{id}"),
        "operator-widened",
    ),
    _template(
        "operator-changed",
        "A variable of a URI template stands in another part of the URI",
        _B,
        (f"As from the path to the query. {_OLD_URIS}", _MAKE),
        ("notes://{id}", "notes://{?id}"),
    ),
    _template(
        "modifier-changed",
        "A variable of a URI template is cut or repeated in another way",
        _W,
        ("The first letters of a value, or a list of values, make other URIs now.", _MAKE),
        ("notes://{id}", "notes://{id:3}"),
    ),
    _template(
        "respelled",
        "A URI template is written in another way and makes the same URIs",
        _W,
        ("completion/complete names a template by its text, and the old text is unknown now.",
         "Ask for completions by the new text."),
        ("notes://{id}{?a,b}", "notes://{id}{?b,a}"),
    ),
    _template(
        "became-invalid",
        "A URI template no longer is one",
        _B,
        ("Clients cannot make URIs by it. Source: RFC 6570.", "Tell the server's author."),
        ("notes://{id}", "notes://{id"),
        "mended",
    ),
    _template(
        "mended",
        "A URI template that was none is one now",
        _I,
        ("Clients can make URIs by it from now on.", _NOTHING),
        ("notes://{id", "notes://{id}"),
        "became-invalid",
        adds=True,
    ),
)  # fmt: skip
