"""The changelog of a published server: as Markdown to be pasted, and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from mcpx.analyses.finding import Severity
from mcpx.reports.changes import bump, counted_by_severity, record
from mcpx.reports.document import Changelog, Release
from mcpx.reports.markdown import code, escaped
from mcpx.reports.release_notes import sections
from mcpx.terminal import counted

# So many versions without changes are named one by one.
_FEW = 3


def render_notes(document: Changelog) -> str:
    """A heading for each version, newest first, with its sections; a line for those without."""
    parts = [f"# {code(document.name)}\n"]
    for outcome, run in groupby(document.releases, _outcome):
        some = list(run)
        parts += _untold(some, outcome) if outcome else map(_release, some)
    return "\n".join(parts)


def _outcome(release: Release) -> str:
    """What a run of versions has in common instead of notes; empty for one with changes."""
    if release.reason:
        return f"could not be started: {release.reason}"
    if release.compared is None:
        return "nothing to compare with"
    return "" if sections(release.compared.changes) else "no changes"


def _untold(releases: Sequence[Release], outcome: str) -> list[str]:
    names = [one.version for one in releases]
    if len(names) > _FEW:
        heading = f"{names[-1]} to {names[0]} ({len(names)} versions)"
    else:
        heading = ", ".join(names)
    what, _, why = outcome.partition(": ")
    line = f"## {escaped(heading)}: {what}\n"
    return [line, f"{escaped(why[:1].upper() + why[1:])}.\n"] if why else [line]


def _release(release: Release) -> str:
    date = f" ({release.date})" if release.date else ""
    lines = [f"## {escaped(release.version)}{date}\n"]
    changes = release.compared.changes if release.compared else ()
    for section, notes in sections(changes).items():
        lines += [f"\n### {section}\n\n", *map(_item, notes)]
    return "".join(lines)


def _item(note: str) -> str:
    text = note.lstrip(" ")
    return f"{note[: len(note) - len(text)]}- {text[:1].upper()}{text[1:]}\n"


def summary(document: Changelog) -> str:
    """What came of the versions, in a line."""
    compared = [one for one in document.releases if one.compared is not None]
    breaking = sum(
        any(change.severity is Severity.ERROR for change in one.compared.changes)
        for one in compared
        if one.compared is not None
    )
    unheard = sum(bool(one.reason) for one in document.releases)
    said = [f"{counted(len(compared), 'version')} compared since {document.base}"]
    said += [f"{breaking} of them breaking"] if breaking else []
    said += [f"{unheard} could not be started"] if unheard else []
    said += [f"{document.ignored} changes ignored"] if document.ignored else []
    return ", ".join(said)


def data(document: Changelog) -> Mapping[str, Any]:
    """The object that stands for the releases, newest first."""
    return {
        "format": "mcpx.changelog",
        "version": 1,
        "name": document.name,
        "target": document.target,
        "base": document.base,
        "ignored": document.ignored,
        "left_out": list(document.left_out),
        "releases": [_record(one, document.name) for one in document.releases],
    }


def records(document: Changelog) -> Iterator[Mapping[str, Any]]:
    """One record for each release, for ndjson."""
    for one in document.releases:
        head = {"format": "mcpx.changelog.release", "version": 1}
        yield {**head, **_record(one, document.name)}


def _record(release: Release, name: str) -> dict[str, Any]:
    compared = release.compared
    changes = compared.changes if compared else ()
    return {
        "server": name,
        "release": release.version,
        "date": release.date or None,
        "since": release.since or None,
        "reason": release.reason,
        "summary": counted_by_severity(changes),
        "bump": bump(changes).value,
        "changes": [record(one, compared) for one in changes] if compared else [],
    }
