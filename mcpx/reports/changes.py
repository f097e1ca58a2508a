"""Changes for people, for pipes and as data: by server, then by what they are about."""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from mcpx.analyses.diff.changes import Basis, Bump, Change, severity_word
from mcpx.analyses.diff.versions import next_version
from mcpx.analyses.finding import Location, Severity
from mcpx.reports.document import Changes, Compared, Findings
from mcpx.terminal import Ink, Terminal, safe

# The comparison with a lock, which says nothing of the version to publish under.
LOCKS = "lock.check"
_INKS = {Severity.ERROR: Ink.ERROR, Severity.WARNING: Ink.WARNING, Severity.INFO: Ink.INFO}
# Of the mildest changes of one thing, of a value that is shown, and of a line to try.
_MOST_INFO = 6
_LONGEST = 160
_LONGEST_LINE = 2_000
# Things that a change has in common are told together from so many on, so many by name.
_MANY = 3
_MOST_LISTED = 4


def summary(changes: Sequence[Change]) -> str:
    """How many changes of each severity there are, in words."""
    words = [
        (Severity.ERROR, "{} breaking"),
        (Severity.WARNING, "{} warning"),
        (Severity.INFO, "{} info"),
    ]
    numbers = [(sum(one.severity is level for one in changes), text) for level, text in words]
    said = [
        text.format(number) + ("s" if text == "{} warning" and number != 1 else "")
        for number, text in numbers
        if number
    ]
    return ", ".join(said) or "no changes"


def bump(changes: Sequence[Change]) -> Bump:
    """What the changes together ask of the next version number."""
    return max((one.bump for one in changes), key=lambda one: one.rank, default=Bump.NONE)


def verdict(one: Compared) -> str:
    """The changes of one server in a line: how many, and the version that they ask for."""
    asked = bump(one.changes)
    if asked is Bump.NONE or not (one.old.target and one.new.target):
        return summary(one.changes)
    # A number of another kind, such as a date, cannot be held against it.
    comparable = not one.new.version or next_version(one.new.version, Bump.MAJOR)
    then = next_version(one.old.version, asked) if comparable else ""
    return f"{summary(one.changes)}; asks for a {asked.value} version" + (
        f": {one.old.version} -> {then}" if then else ""
    )


def shows(change: Change, one: Compared) -> str:
    """What shows that a change breaks callers, as a line to try; empty when nothing does.

    A long value is cut short, and then nothing to try.
    """
    if change.witness is None:
        return ""
    value = json.dumps(change.witness.value, ensure_ascii=False)
    said = "may come now" if change.pointer.startswith("/outputSchema") else "worked before"
    if len(value) > _LONGEST_LINE:
        return f"{said}: {value[:_LONGEST]}…"
    # A tool may be called like an option of ours.
    callable_here = one.call and said == "worked before" and not change.subject.key.startswith("-")
    if not callable_here or len(change.subject.key) > _LONGEST:
        return f"{said}: {value}"
    words = (*shlex.split(one.call), change.subject.key, "--args", value)
    return f"{said}: mcpx call {shlex.join(words)}"


def why(change: Change, one: Compared) -> str:
    """What its severity rests on, where that is more than its rule."""
    return "; ".join(filter(None, (shows(change, one), change.reason)))


def render_for_people(document: Changes, terminal: Terminal) -> str:
    """Server by server, thing by thing, worst first."""
    texts = []
    for one in document.compared:
        several = len(document.compared) > 1
        head = f"{one.server}: {sides(one)}" if several else sides(one)
        lines = [terminal.paint(safe(head), Ink.STRONG)]
        alike, single = _alike(one.changes)
        for changes in _by_subject(single):
            lines += _group(changes, one, terminal)
        for changes in alike:
            lines += _several(changes, terminal)
        if not one.changes:
            lines.append("  no changes")
        texts.append("".join(f"{line}\n" for line in lines))
    return "\n".join(texts)


def _alike(changes: Sequence[Change]) -> tuple[list[list[Change]], list[Change]]:
    """Changes that nothing rests on and that many things have in common; and all the others."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        if change.severity is Severity.INFO:
            groups.setdefault((change.rule.id, change.subject.kind), []).append(change)
    many = [some for some in groups.values() if len({one.subject for one in some}) >= _MANY]
    told = {id(change) for some in many for change in some}
    many.sort(key=lambda some: (-len(some), some[0].rule.id))
    return many, [change for change in changes if id(change) not in told]


def _several(changes: Sequence[Change], terminal: Terminal) -> Iterator[str]:
    first = changes[0]
    names = sorted({change.subject.key for change in changes})
    said = first.message if len({one.message for one in changes}) == 1 else first.rule.title
    word = terminal.paint("info", Ink.INFO)
    head = f"{len(names)} {first.subject.kind}s: {said} [{first.rule.id}]"
    first_line, *others = _wrapped("    ", head, terminal)
    yield f"  {word} {first_line.strip()}"
    yield from others
    shown = ", ".join(names[:_MOST_LISTED])
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    yield from _wrapped("    ", f"{shown}{more}", terminal)


def sides(one: Compared) -> str:
    """What was compared with what, each with its version."""

    def side(target: str, version: str) -> str:
        return f"{target} ({version})" if version and version not in target else target

    old, new = side(one.old.target, one.old.version), side(one.new.target, one.new.version)
    return f"{old or 'nothing'} -> {new or 'nothing'}"


def ordered(one: Compared) -> list[Change]:
    """The changes of a server, thing by thing, what is worst first."""
    return [change for some in _by_subject(one.changes) for change in some]


def _by_subject(changes: Sequence[Change]) -> list[list[Change]]:
    """The changes of each thing together, what is worst first."""
    named = sorted(changes, key=lambda one: one.subject)
    groups = [
        sorted(some, key=lambda one: (one.severity.rank, one.pointer, one.rule.id))
        for _, some in groupby(named, lambda one: one.subject)
    ]
    return sorted(groups, key=lambda some: (some[0].severity.rank, some[0].subject))


def _group(changes: Sequence[Change], one: Compared, terminal: Terminal) -> Iterator[str]:
    subject, worst = changes[0].subject, changes[0].severity
    word = terminal.paint(severity_word(worst), _INKS[worst])
    yield f"  {word} {subject.kind} {_around(subject.key, 0, _room(terminal))}".rstrip()
    mild = 0
    for change in changes:
        mild += change.severity is Severity.INFO
        if mild > _MOST_INFO:
            continue
        milder = "" if change.severity is worst else f"{severity_word(change.severity)}: "
        yield from _wrapped("    ", f"{milder}{change.message} [{change.rule.id}]", terminal)
        yield from _values(change, terminal)
        if line := shows(change, one):
            # To be copied: the terminal wraps it, and nothing of ours stands within.
            yield f"      {safe(line)}"
            if change.witness is not None and change.witness.told:
                yield from _wrapped("        ", f"now {change.witness.told}", terminal)
        if change.reason:
            yield from _wrapped("      ", change.reason, terminal)
    if mild > _MOST_INFO:
        more = f"    and {mild - _MOST_INFO} more of information; --format json has all"
        yield terminal.paint(more, Ink.FAINT)


def _values(change: Change, terminal: Terminal) -> Iterator[str]:
    """The old and the new value, where the message does not say them already."""
    before, after = change.before, change.after
    if not (change.rule.trust and isinstance(before, str) and isinstance(after, str)):
        return
    if before not in change.message or after not in change.message:
        most = _room(terminal)
        first = _first_difference(before, after)
        for sign, value in (("-", before), ("+", after)):
            yield f"      {terminal.paint(sign, Ink.FAINT)} {_around(value, first, most)}"


def _first_difference(before: str, after: str) -> int:
    alike = (place for place, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
    return next(alike, min(len(before), len(after)))


def _room(terminal: Terminal) -> int:
    return max(min(_LONGEST, terminal.width - 10), 20)


def _around(text: str, place: int, most: int) -> str:
    """So much of a text as a line holds, with a place in it."""
    start = 0 if place < most * 2 // 3 else place - most // 3
    piece = text[start : start + most]
    while len(safe(piece)) > most - 2:
        piece = piece[:-1]
    cut = "…" if start + len(piece) < len(text) else ""
    return f"{'…' if start else ''}{safe(piece)}{cut}"


def _wrapped(indent: str, text: str, terminal: Terminal) -> list[str]:
    lines = textwrap.wrap(
        safe(text),
        max(terminal.width - len(indent), 20),
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [f"{indent}{safe(line)}" for line in lines]


def rows(document: Changes) -> Iterator[list[str]]:
    """The changes as rows for a pipe: severity, rule, kind, key, pointer, server, message."""
    for one in document.compared:
        for change in ordered(one):
            more = why(change, one)
            yield [
                severity_word(change.severity),
                change.rule.id,
                change.subject.kind,
                safe(change.subject.key),
                safe(change.pointer),
                safe(one.server),
                safe(f"{change.message}; {more}" if more else change.message),
            ]


def data(document: Changes) -> Mapping[str, Any]:
    """The object that stands for the changes."""

    def asked(changes: Sequence[Change]) -> str:
        return (Bump.NONE if document.name == LOCKS else bump(changes)).value

    return {
        "format": f"mcpx.{document.name}",
        "version": 1,
        "summary": counted_by_severity(document.all),
        "bump": asked(document.all),
        "ignored": document.ignored,
        "not_examined": list(document.not_examined),
        "servers": [
            {
                "server": one.server,
                "old": _side(one.old.target, one.old.version, one.old.era),
                "new": _side(one.new.target, one.new.version, one.new.era),
                "summary": counted_by_severity(one.changes),
                "bump": asked(one.changes),
                "changes": [record(change, one) for change in ordered(one)],
            }
            for one in document.compared
        ],
    }


def record(change: Change, one: Compared) -> dict[str, Any]:
    """One change as JSON, with a line that shows it."""
    return {**change.to_dict(), "shown_by": shows(change, one)}


def records(document: Changes) -> Iterator[Mapping[str, Any]]:
    """One record for each change, for ndjson."""
    for one in document.compared:
        for change in ordered(one):
            head = {"format": f"mcpx.{document.name}.change", "version": 1}
            yield {**head, **record(change, one)}


def _side(target: str, version: str, era: str) -> dict[str, str]:
    return {"target": target, "version": version, "era": era}


def counted_by_severity(changes: Sequence[Change]) -> dict[str, int]:
    """How many changes there are of each severity, without a proof, and of what is relied on."""
    found = {
        severity_word(level): sum(one.severity is level for one in changes) for level in Severity
    }
    found["unknown"] = sum(one.basis is Basis.UNKNOWN for one in changes)
    found["trust"] = sum(one.rule.trust for one in changes)
    return found


def _named(change: Change, one: Compared, document: Changes) -> str:
    """What a change is about, with its server where there are several."""
    about = f"{change.subject.kind} {change.subject.key}".strip()
    return f"{one.server}, {about}" if len(document.compared) > 1 else about


def as_findings(document: Changes) -> Findings:
    """The changes as findings, for the formats of CIs."""
    found = []
    for one in document.compared:
        place = Location(one.path) if one.path else None
        for change in ordered(one):
            message = f"{_named(change, one, document)}: {change.message}"
            finding = replace(change.as_finding(), message=message)
            found.append(replace(finding, hint=why(change, one), location=place))
    examined = {
        "servers": [one.server for one in document.compared],
        "not_examined": list(document.not_examined),
    }
    return Findings(document.name, found, examined)
