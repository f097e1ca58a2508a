"""What texts gained that is not for the person who uses them: lint's text rules on what is new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mcpx.analyses.diff.changes import Change, ChangeRule
from mcpx.analyses.finding import Severity, Subject
from mcpx.analyses.passages import Passage, item_passages, server_passages
from mcpx.analyses.text_lint import text_signs
from mcpx.analyses.text_rules import TEXT_RULES
from mcpx.catalogue.model import Catalogue, Item

_ALONE = "a text that no longer says it harms nobody; the change of the text is told"
# Needs the other servers, whom a comparison of one server does not know.
_OF_MANY = ("text-shadowing",)


def _rule(id: str, title: str, severity: Severity, explanation: str, mend: str) -> ChangeRule:
    return ChangeRule(
        f"{id}-gained",
        f"New in a text: {title[:1].lower()}{title[1:]}",
        # Whatever it says, no call fails for it.
        Severity.WARNING if severity is Severity.ERROR else severity,
        f"The old version did not say it. {explanation}",
        mend,
        "old: Adds two numbers.\nnew: what mcpx rules " + id + " shows",
        trust=True,
        alone=_ALONE,
    )


GAINED = tuple(
    _rule(rule.id, rule.title, rule.severity, rule.explanation, rule.mend)
    for rule in TEXT_RULES
    if rule.id not in _OF_MANY
)
_RULES = {rule.id: rule for rule in GAINED}


def gained_by_item(server: str, old: Item | None, new: Item) -> Iterator[Change]:
    """What the texts of an item say by the text rules, and the old item's did not (None: new)."""
    before = [] if old is None else list(item_passages(old))
    subject = Subject(new.kind.value, new.key, server)
    yield from _gained(subject, before, list(item_passages(new)))


def gained_by_server(server: str, old: Catalogue, new: Catalogue) -> Iterator[Change]:
    """The same of a server's names and instructions."""
    before, after = (list(server_passages(one)) for one in (old, new))
    yield from _gained(Subject("server", "", server), before, after)


def _gained(subject: Subject, old: Sequence[Passage], new: Sequence[Passage]) -> Iterator[Change]:
    said = {(one.path, one.text) for one in old}
    if all((one.path, one.text) in said for one in new):
        return
    known = {(sign.rule, sign.words) for sign in text_signs(old)}
    told: set[str] = set()
    for sign in text_signs(new):
        rule = _RULES.get(f"{sign.rule}-gained")
        if rule is None or (sign.rule, sign.words) in known or sign.rule in told:
            continue
        told.add(sign.rule)
        severity = sign.severity or rule.severity
        given = Severity.WARNING if severity is Severity.ERROR else severity
        where = f"{sign.path}: " if sign.path else ""
        yield Change(rule, subject, f"{where}{sign.words}", sign.path, given=given)
