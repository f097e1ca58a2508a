"""The rules of mcpx: a list of them, or the page of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mcpx.analyses.finding import Rule
from mcpx.reports.document import Column, Listing, Part, Prose, Table


def listed(rules: Sequence[Rule]) -> Listing:
    """One line for each rule; the data has them whole."""
    columns = [Column("RULE"), Column("SEVERITY"), Column("TITLE", wraps=True)]
    rows = [(rule.id, rule.severity.value, rule.title) for rule in rules]
    return _listing(rules, [Table("rule", columns, rows)])


def explained(rules: Sequence[Rule]) -> Listing:
    """The page of each rule: why it matters, what fires it, how to mend it and how to silence it.

    The data is the same as that of ``listed``.
    """
    return _listing(rules, [part for rule in rules for part in _page(rule)])


def silence(name: str) -> str:
    """What to write into ``mcpx.toml`` so that a rule, or one finding by it, is not told.

    Nothing for what only a lock tells, which no setting keeps from it.
    """
    if name.startswith("lock-"):
        return ""
    return (
        "# mcpx.toml, for the rule: off, or the severity to give it\n"
        "[severities]\n"
        f'{name} = "off"\n'
        "# for one finding: its fingerprint, as --json shows it\n"
        "[[ignore]]\n"
        'fingerprint = "0123456789abcdef"\n'
        'reason = "why"'
    )


def _page(rule: Rule) -> Iterator[Part]:
    columns = [Column("RULE"), Column("SEVERITY"), Column("TITLE"), Column("TAGS")]
    row = (rule.id, rule.severity.value, rule.title, ", ".join(rule.tags))
    yield Table("rule", columns, [row], upright=True)
    yield Prose("why", rule.explanation, "why it matters", rule.id, ours=True)
    yield Prose("example", rule.example, "an example", rule.id)
    yield Prose("mend", rule.mend, "how to mend it", rule.id, ours=True)
    if text := silence(rule.id):
        yield Prose("silence", text, "how to silence it", rule.id)


def _listing(rules: Sequence[Rule], parts: Sequence[Part]) -> Listing:
    described = [_data(rule) for rule in rules]
    data = {"format": "mcpx.rules", "version": 1, "rules": described}
    records = [{"format": "mcpx.rules.rule", "version": 1, **one} for one in described]
    return Listing(data, parts, records)


def _data(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.value,
        "explanation": rule.explanation,
        "example": rule.example,
        "mend": rule.mend,
        "silence": silence(rule.id),
        "tags": list(rule.tags),
    }
