"""A replay as JUnit XML: a case for each interaction, for the dashboards of CIs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from mcpx.analyses.divergence.divergences import Kind
from mcpx.analyses.finding import Severity
from mcpx.reports.ci import not_told
from mcpx.reports.junit import Suite, place_of
from mcpx.reports.replay_data import NAME, as_findings
from mcpx.reports.replay_lines import about
from mcpx.reports.replay_values import values_of
from mcpx.reports.replayed import Diverged, Played, Replay
from mcpx.terminal import safe


def render(replay: Replay, root: Path | None = None) -> str:
    """One suite: an interaction passes, fails, or is skipped because it was not sent.

    What only looks different fails nothing; times are there where they were asked for. A case is
    named by what is asked with what, so that its history goes on when the recording is made anew.
    Paths as in ``render_junit``.
    """
    suite = Suite(f"mcpx {NAME} {replay.session}")
    for line in not_told(as_findings(replay)):
        suite.add(f"mcpx.{NAME}.ignored", line.partition(":")[0], "skipped", "ignored", [line])
    names: Counter[str] = Counter()
    for played in replay.played:
        if not played.counts:
            continue
        name = f"{about(played)} {safe(played.given)}".rstrip()
        names[name] += 1
        again = f" #{names[name]}" if names[name] > 1 else ""
        tag, kind, lines = _verdict(played, root)
        suite.add(f"mcpx.{NAME}.{_area(played)}", name + again, tag, kind, lines, played.took or 0)
    return suite.text()


def _area(played: Played) -> str:
    """The method as a name of a class, whose parts dots tell apart."""
    return safe(played.method).replace("/", ".") or "connection"


def _verdict(played: Played, root: Path | None) -> tuple[str, str, list[str]]:
    """The element of a case that is not simply passed, its type and its lines."""
    told = [one for one in played.diverged if one.severity is not Severity.INFO]
    if played.differs and played.severity is not None:
        lines = [_line(one) for one in told]
        at = place_of(told[0].finding, root)
        return "failure", played.severity.value, [*lines, *([at] if at else [])]
    if played.why_not:
        return "skipped", "not sent", [f"not sent: {safe(played.why_not)}"]
    return "", "", []


def _line(one: Diverged) -> str:
    said = values_of(one)
    # A change of what is offered names what it is of.
    place = "" if one.kind is Kind.CONTRACT else one.pointer
    words = f"{one.kind.value} {safe(f'{place} {one.message}').strip()}"
    return f"{words}: {said}" if said else words
