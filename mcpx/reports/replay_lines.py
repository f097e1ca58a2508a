"""A replay for people and for pipes: what differs, interaction by interaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mcpx.analyses.divergence.divergences import Kind
from mcpx.analyses.finding import Severity
from mcpx.reports.grouped import INKS
from mcpx.reports.json_text import dumps
from mcpx.reports.replayed import Diverged, Played, Shown, Tally
from mcpx.reports.session_words import first_text
from mcpx.reports.units import seconds_shown
from mcpx.terminal import Ink, Terminal, counted, safe

# Of a value in a pipe and in Markdown, and of what stands before the first difference of two.
_LONGEST = 160
_BEFORE = 12
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
    if not told and not (terminal.verbose and played.method):
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
    what = _cut(f"#{played.number} {about(played)}", _LONGEST)
    more = [safe(played.given)] if played.given else []
    if played.why_not:
        more.append(safe(f"not sent: {played.why_not}"))
    elif not played.diverged:
        took = "" if played.took is None else f" {seconds_shown(played.took)}"
        more.append(f"equal{took}")
    room = max(terminal.width - len(what) - 2, _NARROWEST)
    text = _cut("  ".join(more), room)
    return f"{terminal.paint(what, Ink.STRONG)}  {terminal.paint(text, Ink.FAINT)}".rstrip()


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
        yield head + f"{place} {message}".strip()
        if said := values_of(one, (terminal.width - 8) // 2):
            yield terminal.paint(f"    {said}", Ink.FAINT)


# Of these the values are what there is to see; of the plain ones they say it all.
_PLAIN = (Kind.CHANGED, Kind.VOLATILE, Kind.ERROR_TEXT)
_OF_VALUES = (*_PLAIN, Kind.ADDED, Kind.ORDER, Kind.SCHEMA, Kind.ERROR_CLASS)


def values_of(one: Diverged, most: int = _LONGEST) -> str:
    """The values of a divergence that are worth seeing, as ``values`` has them."""
    return values(*seen(one.kind, one.recorded, one.live), most)


def seen(
    kind: Kind, recorded: Shown | None, live: Shown | None
) -> tuple[Shown | None, Shown | None]:
    """What is worth seeing of two values.

    Of whole results what they say; nothing of definitions, whose changes are told in words.
    """
    if kind is Kind.CONTRACT:
        return None, None
    return (_gist(recorded), _gist(live)) if kind is Kind.OUTCOME else (recorded, live)


def _gist(shown: Shown | None) -> Shown | None:
    """What a whole result or error says: its first text, or its message."""
    value = shown.value if shown is not None and not shown.cut else None
    if not isinstance(value, dict):
        return shown
    if isinstance(value.get("message"), str):
        return Shown(f"{value.get('code')} {value['message']}")
    return Shown(text) if (text := first_text(value)) else shown


def values(before: Shown | None, after: Shown | None, most: int = _LONGEST) -> str:
    """Recorded and live value, each so long at most, with where they part.

    Where only one is there, that one; empty for neither.
    """
    return " → ".join(filter(None, _pair(before, after, most)))


def _pair(before: Shown | None, after: Shown | None, most: int) -> tuple[str, str]:
    if before is None or after is None:
        recorded, live = (_cut(_written(one), most) if one else "" for one in (before, after))
        return recorded, live
    recorded, live = _written(before), _written(after)
    start = _parting(recorded, live) if max(len(recorded), len(live)) > most else 0
    return _part(recorded, start, most), _part(live, start, most)


def _written(shown: Shown) -> str:
    if shown.cut:
        return f"{safe(str(shown.value))}…"
    return safe(dumps(shown.value, ensure_ascii=False))


def _parting(recorded: str, live: str) -> int:
    """Where two texts begin to differ, with a little of what is before it."""
    alike = (place for place, (a, b) in enumerate(zip(recorded, live, strict=False)) if a != b)
    at = next(alike, min(len(recorded), len(live)))
    return at - _BEFORE if at > 2 * _BEFORE else 0


def _part(text: str, start: int, most: int) -> str:
    return ("…" if start else "") + _cut(text[start:], most)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def rows(played: Played) -> Iterator[list[str]]:
    """The divergences as rows for a pipe.

    Severity, rule, event, method, name, pointer, recorded and live value, message.
    """
    for one in played.diverged:
        yield [
            one.severity.value,
            one.finding.rule.id,
            f"#{played.number}",
            safe(played.method),
            safe(played.name),
            safe(one.pointer),
            *_pair(*seen(one.kind, one.recorded, one.live), _LONGEST),
            safe(one.message),
        ]


def in_a_pipe(played: Played, verbose: bool = False) -> str:
    """The rows as text; what is only of information with -v alone."""
    return "".join(
        "\t".join(row) + "\n" for row in rows(played) if verbose or row[0] != _QUIET.value
    )


def summed_up(tally: Tally, hidden: str = "") -> str:
    """How many interactions were replayed and are equal, and what differs, in words.

    ``hidden`` says where to find what is only of information, where that is not told.
    """
    sent = tally.interactions - tally.not_sent
    if not sent:
        return (
            f"none of {counted(tally.not_sent, 'interaction')} sent"
            if tally.not_sent
            else "nothing to replay"
        )
    said = f"{counted(sent, 'interaction')} replayed"
    if not tally.differ:
        said += ", all equal" if sent > 1 else ", equal"
    else:
        differ = "differs" if tally.differ == 1 else "differ"
        said += f": {tally.equal} equal, {tally.differ} {differ}"
    if tally.not_sent:
        said += f"; {tally.not_sent} not sent"
    if tally.differ:
        said += f"; differences: {_kinds(tally.kinds - tally.quiet)}"
    if tally.quiet:
        said += f"; for information{hidden}: {_kinds(tally.quiet)}"
    return said


def _kinds(numbers: Mapping[Kind, int]) -> str:
    return ", ".join(f"{numbers[kind]} {kind}" for kind in Kind if numbers.get(kind))
