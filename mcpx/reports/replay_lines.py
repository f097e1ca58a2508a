"""A replay for people and for pipes: what differs, interaction by interaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mcpx.analyses.divergence.divergences import Kind
from mcpx.analyses.finding import Severity
from mcpx.reports.grouped import INKS
from mcpx.reports.replay_repeats import Run
from mcpx.reports.replay_values import LONGEST, cut, pair, seen, values_of
from mcpx.reports.replayed import Diverged, Played, Tally
from mcpx.reports.units import seconds_shown
from mcpx.terminal import Ink, Terminal, counted, safe

# Of the divergences of one interaction that people see, and of a line at least.
_MOST = 12
_NARROWEST = 24
# What is told only to those who ask for more.
_QUIET = Severity.INFO


def of_interaction(played: Played, terminal: Terminal) -> str:
    """The lines of an interaction for people; empty where nothing differs.

    With -v also what is equal, and what only looks different.
    """
    told = [one for one in played.diverged if terminal.verbose or one.severity is not _QUIET]
    if not told and not (terminal.verbose and played.counts):
        return ""
    lines = [_head(played, terminal)]
    shown = told if terminal.verbose else told[:_MOST]
    for one in shown:
        lines += _divergence(one, terminal)
    if left := len(told) - len(shown) + played.more:
        more = f"  and {left} more; --format json has {'them' if not played.more else 'more'}"
        lines.append(terminal.paint(more, Ink.FAINT))
    return "".join(f"{line}\n" for line in lines)


def _head(played: Played, terminal: Terminal) -> str:
    what = cut(f"#{played.number} {about(played)}", LONGEST)
    more = [safe(played.given)] if played.given else []
    if played.why_not:
        more.append(safe(f"not sent: {played.why_not}"))
    elif not played.diverged:
        took = "" if played.took is None else f" {seconds_shown(played.took)}"
        more.append(f"equal{took}")
    room = max(terminal.width - len(what) - 2, _NARROWEST)
    text = terminal.paint(cut("  ".join(more), room), Ink.FAINT) if more else ""
    return f"{terminal.paint(what, Ink.STRONG)}  {text}".rstrip()


def about(played: Played) -> str:
    """What an interaction is: its method and name, made safe."""
    if not played.method:
        return f"connection {played.connection}"
    return safe(f"{played.method} {played.name}").rstrip()


def _divergence(one: Diverged, terminal: Terminal) -> Iterator[str]:
    head = f"  {terminal.paint(one.kind.value, INKS[one.severity])} "
    place, message = safe(one.pointer), safe(one.message)
    room = max(terminal.width - len(one.kind.value) - len(place) - 8, 2 * _NARROWEST)
    if one.kind is Kind.CONTRACT:
        yield head + message  # which names the place
    elif one.kind in _OF_VALUES and one.recorded is not None and one.live is not None:
        said = values_of(one, room // 2)
        yield head + (f"{place}: {said}" if place else said)
        if one.kind not in _PLAIN:
            yield terminal.paint(f"    {message}", Ink.FAINT)
    elif one.kind in _OF_VALUES and (only := values_of(one, room)):
        yield f"{head}{place} {message}: {only}"
    else:
        yield from _at_length(one, head, f"{place} {message}".strip(), terminal)


def _at_length(one: Diverged, head: str, what: str, terminal: Terminal) -> Iterator[str]:
    """What is said in words, with both values behind it where they fit, else below it."""
    room = max(terminal.width - 6, 2 * _NARROWEST)
    recorded, live = pair(*seen(one.kind, one.recorded, one.live), room)
    both = f"{recorded} → {live}"
    if recorded and live and len(one.kind.value) + len(what) + len(both) + 5 <= terminal.width:
        yield f"{head}{what}: {both}"
        return
    yield head + what
    if recorded and live:
        below = [both] if len(both) <= room else [recorded, f"→ {live}"]
    else:
        below = [f"recorded: {recorded}"] * bool(recorded) + [f"live: {live}"] * bool(live)
    for line in below:
        yield terminal.paint(f"    {line}", Ink.FAINT)


# Of these the values are what there is to see; of the plain ones they say it all.
_PLAIN = (Kind.CHANGED, Kind.VOLATILE, Kind.ORDER, Kind.ERROR_TEXT, Kind.ERROR_CLASS)
_OF_VALUES = (*_PLAIN, Kind.ADDED, Kind.SCHEMA)


def in_a_pipe(played: Played, verbose: bool = False) -> str:
    """A row for each divergence; with -v also for those of information, and for what is equal.

    Severity, rule, event, method, name, pointer, recorded and live value, message.
    """
    of = f"#{played.number}", safe(played.method), safe(played.name)
    found = [
        [
            one.severity.value,
            one.finding.rule.id,
            *of,
            safe(one.pointer),
            *pair(*seen(one.kind, one.recorded, one.live)),
            safe(one.message),
        ]
        for one in played.diverged
        if verbose or one.severity is not _QUIET
    ]
    if verbose and played.counts and not played.diverged:
        outcome = "not-sent" if played.why_not else "equal"
        found = [[outcome, "", *of, "", "", "", safe(played.why_not)]]
    return "".join("\t".join(row) + "\n" for row in found)


def again(run: Run, terminal: Terminal) -> str:
    """The line, or the row, that says how often something repeated itself; empty if it did not."""
    if run.count == 1:
        return ""
    if terminal.is_terminal:
        return terminal.paint(f"  {run.words}", Ink.FAINT) + "\n"
    worst = min(run.first.diverged, key=lambda one: one.severity.rank)
    of = f"#{run.last.number}", safe(run.last.method), safe(run.last.name)
    row = [worst.severity.value, worst.finding.rule.id, *of, "", "", "", run.words]
    return "\t".join(row) + "\n"


def summed_up(tally: Tally, hidden: str = "") -> str:
    """How many interactions were replayed and are equal, and what differs, in words.

    ``hidden`` says where to find what is only of information, where that is not told.
    """
    sent = tally.interactions - tally.not_sent
    if sent:
        said = f"{counted(sent, 'interaction')} replayed"
    elif tally.not_sent:
        said = f"none of {counted(tally.not_sent, 'interaction')} sent"
    else:
        said = "the handshake alone replayed, equal"
    if tally.differ:
        differ = "differs" if tally.differ == 1 else "differ"
        said += f": {tally.equal} equal, {tally.differ} {differ}"
        said += f" ({_kinds(tally.kinds - tally.quiet)})"
    elif sent:
        said += ", all equal" if sent > 1 else ", equal"
    if tally.not_sent and sent:
        said += f"; {tally.not_sent} not sent"
    if tally.quiet:
        said += f"; for information{hidden}: {_kinds(tally.quiet)}"
    return said


def _kinds(numbers: Mapping[Kind, int]) -> str:
    return ", ".join(f"{numbers[kind]} {kind}" for kind in Kind if numbers.get(kind))
