"""Configured servers as a document: every definition, who reads it, what is wrong."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mcpx.catalogue.model import describe_target
from mcpx.masking import mask_arguments, mask_text, mask_url
from mcpx.reports.document import Column, Listing, Prose, Table
from mcpx.servers import ServerSpec
from mcpx.sources.definitions import Definition, Discovery, FileReport, Kind, Problem, Reading
from mcpx.sources.dialects import Switch


def configured(discovery: Discovery, home: Path) -> Listing:
    """Every definition with who reads it, then what is worth knowing, then the problems.

    For people paths under ``home`` are shortened; the data has them whole.
    """
    parts: list[Table | Prose] = [
        _definitions(discovery.definitions, home),
        _without_effect(discovery.definitions, home),
        _notes(discovery.definitions, home),
        _unknown(discovery.definitions),
        _problems(discovery.problems, home),
    ]
    data = {
        "format": "mcpx.discover",
        "version": 1,
        "definitions": [definition_data(one) for one in discovery.definitions],
        "effective": [
            {
                "host": one.host,
                "name": one.spec.name,
                "enabled": one.enabled.value,
                "enabled_at": one.enabled_at,
                "approved": one.approved.value,
                "from": [place_data(place) for place in one.parts],
            }
            for one in discovery.effective
        ],
        "problems": [problem_data(one) for one in discovery.problems],
    }
    return Listing(data, parts, list(_records(discovery)))


def looked_for(files: Sequence[FileReport], home: Path) -> Listing:
    """Every place that is looked at, found or not; for people ``home`` is shown as ``~``."""
    columns = [
        Column("HOST"),
        Column("SCOPE"),
        Column("FOUND"),
        Column("SERVERS", right=True),
        Column("FORMAT", minor=True),
        Column("STATUS", minor=True),
        Column("KNOWN FROM", minor=True),
        Column("PATH", wraps=True),
    ]
    rows = [
        (
            one.host,
            one.scope,
            one.found,
            one.entries,
            one.format,
            one.status,
            one.confidence,
            _place(one.path, None, home) + "".join(f" ({note})" for note in one.notes),
        )
        for one in files
    ]
    places = [
        {
            "host": one.host,
            "scope": one.scope,
            "template": one.template,
            "path": str(one.path),
            "found": one.found,
            "format": one.format,
            "status": one.status,
            "confidence": one.confidence,
            "sources": list(one.sources),
            "entries": one.entries,
            "notes": list(one.notes),
        }
        for one in files
    ]
    data = {"format": "mcpx.hosts", "version": 1, "files": places}
    return Listing(data, [Table("file", columns, rows)], places)


def shown_command(spec: ServerSpec) -> str:
    """How a server is started or reached, whole, secrets masked."""
    if spec.command:
        return shlex.join([mask_text(spec.command), *mask_arguments(spec.args)])
    return mask_url(spec.url)


def definition_data(one: Definition) -> dict[str, Any]:
    """A definition as programs read it; no value of its environment or headers is in it."""
    return {
        "name": one.name,
        **describe_target(one.spec),
        "origin": one.spec.origin.value,
        "path": str(one.path),
        "resolved": str(one.resolved),
        "line": one.line,
        "enabled": one.enabled.value,
        "read_by": [_reading_data(reading) for reading in one.read_by],
        "unset": list(one.unset),
        "issues": list(one.issues),
        "duplicates": [place_data(place) for place in one.duplicates],
    }


def place_data(place: Any) -> dict[str, Any]:
    """A place as programs read it."""
    return {
        "host": place.host,
        "scope": place.scope,
        "path": place.path,
        "name": place.name,
    }


def problem_data(one: Problem) -> dict[str, Any]:
    """A problem of a file or entry as programs read it."""
    return {
        "path": str(one.path),
        "line": one.line,
        "hosts": list(one.hosts),
        "entry": one.entry,
        "kind": one.kind.value,
        "message": one.message,
    }


def _reading_data(one: Reading) -> dict[str, Any]:
    return {
        "host": one.host,
        "scope": one.scope,
        "enabled": one.enabled.value,
        "enabled_at": one.enabled_at,
        "approved": one.approved.value,
        "approval": one.approval,
        "effective": one.effective,
        "reason": one.reason,
        "issues": list(one.issues),
    }


def _records(discovery: Discovery) -> Iterator[dict[str, Any]]:
    for one in discovery.definitions:
        yield {"format": "mcpx.discover.definition", "version": 1, **definition_data(one)}
    for problem in discovery.problems:
        yield {"format": "mcpx.discover.problem", "version": 1, **problem_data(problem)}


def _definitions(definitions: Sequence[Definition], home: Path) -> Table:
    columns = [
        Column("SERVER"),
        Column("READ BY", wraps=True),
        Column("ON"),
        Column("VIA"),
        Column("STARTS OR REACHES", wraps=True),
        Column("FILE", wraps=True),
    ]
    rows = [
        (
            one.name,
            ", ".join(dict.fromkeys(reading.host for reading in one.read_by)),
            _on(one),
            one.spec.transport.value,
            shown_command(one.spec),
            _place(one.path, one.line, home),
        )
        for one in definitions
    ]
    return Table("server", columns, rows)


def _place(path: Path, line: int | None, home: Path) -> str:
    """A path with the home folder as ``~``, and the line."""
    shown = f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
    return f"{shown}:{line}" if line else shown


def _on(one: Definition) -> str:
    """Yes, no or unknown where all readers agree, and what can be known where they do not."""
    states = {reading.enabled for reading in one.read_by if reading.effective}
    if not states:
        return "no"
    known = states - {Switch.UNKNOWN}
    return "differs" if len(known) > 1 else next(iter(known or states)).value


def _without_effect(definitions: Sequence[Definition], home: Path) -> Table:
    """Which host does not use a definition, and why; hosts with the same reason together."""
    columns = [
        Column("SERVER"),
        Column("NOT USED BY", wraps=True),
        Column("BECAUSE", wraps=True),
        Column("FILE", wraps=True),
    ]
    rows = []
    for one in definitions:
        reasons: dict[str, list[str]] = {}
        for reading in one.read_by:
            if not reading.effective:
                reasons.setdefault(reading.reason, []).append(reading.host)
            elif reading.enabled is Switch.NO:
                where = f"switched off: {reading.enabled_at}".rstrip(": ")
                reasons.setdefault(where, []).append(reading.host)
        place = _place(one.path, one.line, home)
        rows += [(one.name, ", ".join(hosts), reason, place) for reason, hosts in reasons.items()]
    return Table("unused", columns, rows, heading="without effect")


def _notes(definitions: Sequence[Definition], home: Path) -> Table:
    columns = [Column("SERVER"), Column("NOTE", wraps=True), Column("FILE", wraps=True)]
    rows = []
    for one in definitions:
        told = {reading.reason for reading in one.read_by if not reading.effective}
        notes = [issue for issue in one.issues if not any(issue.startswith(why) for why in told)]
        if one.unset:
            notes.append("variables that are not set: " + ", ".join(one.unset))
        if one.duplicates:
            others = ", ".join(f"{place.host}/{place.name}" for place in one.duplicates)
            notes.append(f"the same server as {others}")
        place = _place(one.path, one.line, home)
        rows += [(one.name, note, place) for note in dict.fromkeys(notes)]
    return Table("note", columns, rows, heading="worth knowing")


def _unknown(definitions: Sequence[Definition]) -> Table:
    """Hosts whose switches mcpx cannot read, each once."""
    reasons = {
        reading.host: reading.enabled_at
        for one in definitions
        for reading in one.read_by
        if reading.enabled is Switch.UNKNOWN
    }
    columns = [Column("HOST"), Column("WHY IT IS NOT KNOWN WHAT IS ON", wraps=True)]
    return Table("unknown", columns, sorted(reasons.items()), heading="not known")


def _problems(problems: Sequence[Problem], home: Path) -> Table:
    columns = [
        Column("KIND"),
        Column("FILE", wraps=True),
        Column("ENTRY"),
        Column("PROBLEM", wraps=True),
        Column("HOSTS", wraps=True),
    ]
    rows = [
        (
            one.kind.value,
            _place(one.path, one.line, home),
            one.entry,
            one.message,
            ", ".join(one.hosts),
        )
        for one in problems
        # What a host makes of a single entry is said with the entry.
        if not (one.kind is Kind.HOST_IGNORES and one.entry)
    ]
    return Table("problem", columns, rows, heading="problems")
