"""Markdown for pull requests and step summaries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from mcpx.analyses.diff.changes import severity_word
from mcpx.analyses.finding import Effect, Finding, by_effect
from mcpx.reports.ci import not_told, servers_left_out
from mcpx.reports.document import (
    Cell,
    Changelog,
    Changes,
    Document,
    Findings,
    Listing,
    Prose,
    Text,
    counts,
)
from mcpx.reports.replayed import Replay
from mcpx.terminal import safe, safe_block

_SPECIAL = re.compile(r"([\\`*_{}\[\]#|<>~])")
_BACKTICKS = re.compile(r"`+")


def render_markdown(document: Document) -> str:
    """Headings and tables; foreign text is escaped and never starts a line."""
    if isinstance(document, Findings):
        return "".join(_findings(document))
    if isinstance(document, Changes):
        return "".join(_changes(document))
    if isinstance(document, Changelog):
        from mcpx.reports.changelog import render_notes

        return render_notes(document)
    if isinstance(document, Replay):
        from mcpx.reports.replay_markdown import render

        return render(document)
    return "\n".join(_parts(document))


def escaped(text: str) -> str:
    """Foreign text that says nothing to Markdown: no markup, link, mention or HTML in it."""
    text = _SPECIAL.sub(r"\\\1", safe(text))
    return text.replace("://", ":\\//").replace("www.", "www\\.").replace("@", "&#64;")


def code(text: str) -> str:
    """Foreign text as code within a line, between more backticks than there are in it."""
    shown = safe(text) or " "
    fence = "`" * max(1, *(len(run) + 1 for run in _BACKTICKS.findall(shown)), 0)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _parts(document: Listing) -> Iterator[str]:
    for part in document.parts:
        heading = f"## {escaped(part.heading)}\n\n" if part.heading else ""
        if isinstance(part, Text):
            yield heading + (f"{escaped(part.text)}\n" if part.ours else fenced(part.text))
        elif isinstance(part, Prose) and part.ours:
            yield heading + f"{escaped(part.text)}\n"
        elif isinstance(part, Prose):
            # Four spaces make a code block whatever the text holds.
            yield heading + "".join(f"    {one}\n" for one in safe_block(part.text).splitlines())
        elif part.rows:
            yield heading + "".join(_table([column.title for column in part.columns], part.rows))


def fenced(text: str) -> str:
    """A code block of foreign text, with a fence that is longer than any in the text."""
    shown = safe_block(text).removesuffix("\n")
    fence = "`" * max(3, *(len(run) + 1 for run in _BACKTICKS.findall(shown)), 0)
    return f"{fence}\n{shown}\n{fence}\n"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table whose cells are Markdown already."""
    yield "| " + " | ".join(titles) + " |\n"
    yield "| " + " | ".join("---" for _ in titles) + " |\n"
    for row in rows:
        yield "| " + " | ".join(row) + " |\n"


def _table(titles: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    return table(titles, ([_cell(cell) for cell in row] for row in rows))


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return escaped(str(cell))


def _findings(document: Findings) -> Iterator[str]:
    yield f"**{document.name}**: {counts(document)}\n"
    if left_out := servers_left_out(document):
        yield "\n"
        yield from _table(["not examined", "why"], left_out)
    if ignored := not_told(document):
        yield f"\nnot told: {escaped('; '.join(ignored))}\n"
    if not document.findings:
        return
    yield "\n"
    yield from _table(
        ["severity", "rule", "what", "where", "what hosts make of it", "hint"],
        [
            (
                finding.severity.value,
                finding.rule.id,
                finding.message,
                _where(finding),
                _made_of_it(finding),
                finding.hint or finding.rule.mend,
            )
            for finding in document.findings
        ],
    )


def _where(finding: Finding) -> str:
    servers = ", ".join(finding.servers)
    place = finding.location
    if place is None:
        return servers
    return f"{servers} ({place.path}{f':{place.line}' if place.line else ''})"


def _made_of_it(finding: Finding) -> str:
    """The effects, worst first; hosts that keep things apart are counted beside others."""
    if not finding.outcomes:
        return ", ".join(finding.hosts)
    said = []
    for effect, hosts in by_effect(finding.outcomes):
        many = effect is Effect.APART and len(hosts) > 3 and len(hosts) < len(finding.outcomes)
        said.append(f"{f'{len(hosts)} others' if many else ', '.join(hosts)}: {effect.words}")
    return "; ".join(said)


def _changes(document: Changes) -> Iterator[str]:
    from mcpx.reports.changes import LOCKS, ordered, sides, summary, verdict, why

    for place, one in enumerate(document.compared):
        yield "\n" if place else ""
        said = summary(one.changes) if document.name == LOCKS else verdict(one)
        yield f"**{escaped(one.server)}**, {escaped(sides(one))}: {escaped(said)}\n"
        if not one.changes:
            continue
        yield "\n"
        yield from _table(
            ["severity", "what", "change", "rule", "why"],
            [
                (
                    severity_word(change.severity),
                    f"{change.subject.kind} {change.subject.key}".strip(),
                    change.message,
                    change.rule.id,
                    why(change, one),
                )
                for change in ordered(one)
            ],
        )
    if document.not_examined:
        yield "\n"
        left_out = [(one["server"], one["reason"]) for one in document.not_examined]
        yield from _table(["not compared", "why"], left_out)
