"""Findings for people: one rule after the other, what becomes of its findings said once."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from mcpx.analyses.finding import Effect, Finding, Severity, by_effect
from mcpx.reports.document import Findings
from mcpx.terminal import Ink, Terminal, safe

INKS = {Severity.ERROR: Ink.ERROR, Severity.WARNING: Ink.WARNING, Severity.INFO: Ink.INFO}
# Of findings to which the same happens, and of hosts that do nothing bad.
_MOST = 10
_MOST_APART = 3


def render_grouped(document: Findings, terminal: Terminal) -> str:
    """The findings, worst first; of many of a kind the first, and how many more there are."""
    texts = []
    ordered = sorted(document.findings, key=lambda one: (one.severity.rank, one.rule.id))
    for (severity, rule), found in groupby(ordered, lambda one: (one.severity, one.rule)):
        head = terminal.paint(severity.value, INKS[severity])
        lines = [f"{head} [{rule.id}] {rule.title}"]
        for alike in _alike(list(found)):
            lines += _group(alike, terminal)
        lines += _wrapped("  ", f"mend: {rule.mend}", terminal) if rule.mend else ()
        texts.append("".join(f"{line}\n" for line in lines))
    return "\n".join(texts)


def _alike(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Those together to which the same happens in the same hosts."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        effects = tuple((one.host, one.effect) for one in finding.outcomes)
        groups.setdefault(effects or finding.hosts, []).append(finding)
    yield from groups.values()


def _group(findings: Sequence[Finding], terminal: Terminal) -> Iterator[str]:
    # What is the same of all is said once, below them.
    together = findings[0].hint if len({one.hint for one in findings}) == 1 else ""
    for finding in findings[:_MOST]:
        yield from _wrapped("  ", finding.message + _place(finding), terminal)
        if finding.hint and not together:
            yield from _wrapped("      ", finding.hint, terminal)
    if len(findings) > _MOST:
        more = f"and {len(findings) - _MOST} more like these; --format json has all"
        yield terminal.paint(f"  {more}", Ink.FAINT)
    if together:
        yield from _wrapped("      ", together, terminal)
    first = findings[0]
    for effect, hosts in by_effect(first.outcomes):
        if effect is Effect.APART and len(hosts) > _MOST_APART and len(hosts) < len(first.outcomes):
            hosts = [f"{len(hosts)} others"]
        line = f"{', '.join(hosts)}: {effect.words}"
        if winner := _winner(findings, effect):
            line += f" ({winner})"
        yield from _wrapped("    ", line, terminal)
    if first.hosts and not first.outcomes:
        yield from _wrapped("    ", f"in: {', '.join(first.hosts)}", terminal)


def _winner(findings: Sequence[Finding], effect: Effect) -> str:
    """Whose tool the hosts use that choose one without a word, where it is the same one's."""
    winners = {
        one.winner for finding in findings for one in finding.outcomes if one.effect is effect
    }
    return winners.pop() if len(winners) == 1 else ""


def _place(finding: Finding) -> str:
    place = finding.location
    if place is None:
        return ""
    return f" ({place.path}:{place.line})" if place.line else f" ({place.path})"


def _wrapped(indent: str, text: str, terminal: Terminal) -> list[str]:
    """The text over lines broken between words: names are to be copied whole."""
    lines = textwrap.wrap(
        safe(text),
        max(terminal.width - len(indent), 20),
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    # What stands at the start of a line now may not have stood there before.
    return [f"{indent}{safe(line)}" for line in lines]
