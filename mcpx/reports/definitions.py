"""Configured servers as a document: every definition, who reads it, what is wrong."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from mcpx.catalogue.model import describe_target
from mcpx.masking import mask_arguments, mask_url
from mcpx.reports.document import Column, Listing, Prose, Table
from mcpx.servers import ServerSpec, Transport
from mcpx.sources.definitions import Definition, Discovery, FileReport, Problem, Reading
from mcpx.sources.dialects import Switch


def configured(discovery: Discovery) -> Listing:
    """Every definition with who reads it, then the problems."""
    parts: list[Table | Prose] = [
        _definitions(discovery.definitions),
        _unused(discovery.definitions),
        _issues(discovery.definitions),
        _problems(discovery.problems),
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


def looked_for(files: Sequence[FileReport]) -> Listing:
    """Every place that is looked at, found or not."""
    columns = [
        Column("HOST"),
        Column("SCOPE"),
        Column("FOUND"),
        Column("SERVERS", right=True),
        Column("FORMAT"),
        Column("STATUS"),
        Column("KNOWN FROM"),
        Column("PATH", wraps=True),
        Column("NOTES", wraps=True, unless_same=True),
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
            str(one.path),
            "; ".join(one.notes),
        )
        for one in files
    ]
    data = {
        "format": "mcpx.hosts",
        "version": 1,
        "files": [
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
        ],
    }
    return Listing(data, [Table("file", columns, rows)], data["files"])  # type: ignore[arg-type]


def shown_command(spec: ServerSpec) -> str:
    """How a server is started or reached, whole, secrets masked."""
    if spec.command:
        return shlex.join([spec.command, *mask_arguments(spec.args)])
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


def _definitions(definitions: Sequence[Definition]) -> Table:
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
            " ".join(dict.fromkeys(f"{r.host}:{r.scope}" for r in one.read_by)),
            _on(one),
            one.spec.transport.value,
            shown_command(one.spec),
            f"{one.path}:{one.line}" if one.line else str(one.path),
        )
        for one in definitions
    ]
    return Table("server", columns, rows)


def _on(one: Definition) -> str:
    """Yes, no or unknown where all readers agree; else each with its own."""
    states = {reading.host: reading.enabled for reading in one.read_by}
    if len(set(states.values())) <= 1:
        return next(iter(states.values()), one.enabled).value
    return " ".join(f"{host}:{state.value}" for host, state in states.items())


def _unused(definitions: Sequence[Definition]) -> Table:
    """Why a definition has no effect, or not as it stands there."""
    columns = [
        Column("SERVER"),
        Column("HOST"),
        Column("EFFECT"),
        Column("BECAUSE", wraps=True),
        Column("FILE", wraps=True),
    ]
    rows = []
    for one in definitions:
        for reading in one.read_by:
            if not reading.effective:
                rows.append((one.name, reading.host, "none", reading.reason, str(one.path)))
            elif reading.enabled is not Switch.YES and reading.enabled_at:
                effect = "off" if reading.enabled is Switch.NO else "unknown"
                rows.append((one.name, reading.host, effect, reading.enabled_at, str(one.path)))
    return Table("unused", columns, rows, heading="without effect")


def _issues(definitions: Sequence[Definition]) -> Table:
    columns = [Column("SERVER"), Column("NOTE", wraps=True), Column("FILE", wraps=True)]
    rows = []
    for one in definitions:
        notes = list(one.issues)
        notes += [f"{reading.host}: {issue}" for reading in one.read_by for issue in reading.issues]
        if one.unset:
            notes.append("variables that are not set: " + ", ".join(one.unset))
        if one.duplicates:
            others = ", ".join(f"{place.host}/{place.name}" for place in one.duplicates)
            notes.append(f"the same server as {others}")
        if one.spec.transport not in (Transport.STDIO, Transport.HTTP, Transport.SSE):
            notes.append(f"mcpx cannot connect over {one.spec.transport.value}")
        rows += [(one.name, note, str(one.path)) for note in dict.fromkeys(notes)]
    return Table("note", columns, rows, heading="worth knowing")


def _problems(problems: Sequence[Problem]) -> Table:
    columns = [
        Column("KIND"),
        Column("FILE", wraps=True),
        Column("ENTRY", unless_same=True),
        Column("PROBLEM", wraps=True),
        Column("HOSTS", wraps=True),
    ]
    rows = [
        (
            one.kind.value,
            f"{one.path}:{one.line}" if one.line else str(one.path),
            one.entry,
            one.message,
            " ".join(one.hosts),
        )
        for one in problems
    ]
    return Table("problem", columns, rows, heading="problems")
