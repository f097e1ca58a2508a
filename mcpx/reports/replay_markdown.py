"""A replay as Markdown: what came of it in a line, then a table of what differs."""

from __future__ import annotations

from collections.abc import Iterator

from mcpx.analyses.finding import Severity
from mcpx.reports.ci import not_told
from mcpx.reports.markdown import code, escaped, table
from mcpx.reports.replay_data import as_findings
from mcpx.reports.replay_lines import about, summed_up
from mcpx.reports.replay_repeats import Run, runs
from mcpx.reports.replay_values import values_of
from mcpx.reports.replayed import Replay


def render(replay: Replay) -> str:
    """The replay; what only looks different is counted, not listed."""
    return "".join(_lines(replay))


def _lines(replay: Replay) -> Iterator[str]:
    of = f"{escaped(replay.session)} on {escaped(replay.server)}"
    yield f"**{of}**: {escaped(summed_up(replay.tally, ' (not listed)'))}\n"
    if ignored := not_told(as_findings(replay)):
        yield f"\nnot told: {escaped('; '.join(ignored))}\n"
    rows = [row for run in runs(replay.played) for row in _rows(run)]
    if rows:
        yield "\n"
        titles = ["event", "interaction", "severity", "kind", "where", "what", "recorded → live"]
        yield from table(titles, rows)


def _rows(run: Run) -> Iterator[list[str]]:
    played = run.first
    event = f"#{played.number}" + (f"; {run.words}" if run.words else "")
    for one in played.diverged:
        if one.severity is not Severity.INFO:
            said = values_of(one)
            yield [
                escaped(event),
                escaped(about(played)),
                one.severity.value,
                one.kind.value,
                _code(one.pointer),
                escaped(one.message),
                _code(said),
            ]


def _code(text: str) -> str:
    # A bar ends a cell also within code.
    return code(text).replace("|", "\\|") if text else ""
