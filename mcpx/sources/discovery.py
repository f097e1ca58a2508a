"""The scan: every server that a host program on this machine is configured with.

Reads files; starts nothing, expands nothing, connects to nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from mcpx.errors import UsageError
from mcpx.servers import Place, tap_words
from mcpx.settings import environment
from mcpx.sources.definitions import (
    Definition,
    Discovery,
    EffectiveServer,
    FileReport,
    Kind,
    Problem,
    Reading,
)
from mcpx.sources.dialects import Entry, Switch
from mcpx.sources.effective import Layer, view
from mcpx.sources.hosts import check_known, check_scopes, chosen_hosts, host_table
from mcpx.sources.identities import identity
from mcpx.sources.paths import SYSTEMS, Surroundings, surroundings
from mcpx.sources.scan import Key, Scan
from mcpx.sources.variables import references

__all__ = [
    "Definition",
    "Discovery",
    "EffectiveServer",
    "FileReport",
    "Kind",
    "Problem",
    "Reading",
    "Switch",
    "discover",
]


def discover(
    *,
    system: str | None = None,
    home: Path | None = None,
    project: Path | None = None,
    hosts: Collection[str] | None = None,
    scopes: Collection[str] | None = None,
    root: Path | None = None,
) -> Discovery:
    """Every configured server, who reads it, what is wrong, and where was looked.

    ``system`` is ``linux``, ``macos`` or ``windows`` (this one); ``home`` and ``project`` the
    folders to examine (the user's, the working folder); ``hosts`` and ``scopes`` choose (all).
    Variables that move a host's folder count only for the user's own home. ``root`` is where
    system-wide files lie; without it they are looked at for the user's own home, and for a home
    of the form ``ROOT/home/NAME`` or ``ROOT/Users/NAME``. Raises UsageError for an unknown
    system, host or scope; never because of a file.
    """
    if system is not None:
        check_known("system", [system], list(SYSTEMS))
    chosen = chosen_hosts(hosts)
    check_scopes(scopes)
    environ = environment()
    try:
        where = surroundings(system, home, project, root, environ, host_table().vscode_user)
    except RuntimeError as error:
        raise UsageError("there is no home folder", hint="name one with --home FOLDER") from error
    scan = Scan(where)
    for host in chosen:
        scan.read(host)
    return _chosen(_result(scan, where, environ), scopes)


def _chosen(found: Discovery, scopes: Collection[str] | None) -> Discovery:
    if scopes is None:
        return found
    files = tuple(one for one in found.files if one.scope in scopes)
    paths = {one.path for one in files}
    return Discovery(
        tuple(one for one in found.definitions if any(r.scope in scopes for r in one.read_by)),
        tuple(one for one in found.problems if one.path in paths),
        files,
        tuple(one for one in found.effective if one.parts[0].scope in scopes),
    )


def _result(scan: Scan, where: Surroundings, environ: Mapping[str, str]) -> Discovery:
    """The definitions with their readers, once every host has been looked at."""
    claimed = {key for one in scan.findings if not one.host.fallback for key, _ in one.layers}
    readers: dict[Key, list[tuple[Layer, Reading]]] = {}
    servers: list[EffectiveServer] = []
    for one in scan.findings:
        layers = [pair for pair in one.layers if not (one.host.fallback and pair[0] in claimed)]
        seen = view(
            one.host,
            [layer for _, layer in layers],
            one.settings,
            one.exclusive,
            where.project_names,
            where.system,
        )
        servers += seen.servers
        for (key, layer), reading in zip(layers, seen.readings, strict=True):
            readers.setdefault(key, []).append((layer, reading))
    definitions = [_definition(scan, key, readings, environ) for key, readings in readers.items()]
    return Discovery(
        tuple(_with_duplicates(definitions)),
        scan.journal.problems,
        tuple(scan.journal.reports),
        tuple(servers),
    )


def _definition(
    scan: Scan, key: Key, readings: list[tuple[Layer, Reading]], environ: Mapping[str, str]
) -> Definition:
    owner, _ = readings[0]
    entry: Entry = owner.entry
    unset, asked = references(
        entry.spec, entry.needs, owner.host.variables, owner.file.scope, environ
    )
    issues = list(_issues([reading for _, reading in readings]))
    if wrong_key := scan.wrong_keys.get(key[:2]):
        issues.append(wrong_key)
    if tap_words((entry.spec.command, *entry.spec.args)):
        issues.append("its traffic is recorded: it is started through mcpx record")
    return Definition(
        spec=entry.spec,
        host=owner.host.id,
        scope=owner.file.scope,
        path=Path(owner.path),
        resolved=Path(key[0]),
        line=scan.line(key),
        read_by=tuple(reading for _, reading in readings),
        enabled=entry.enabled,
        needs=replace(entry.needs, asked=asked),
        unset=unset,
        issues=tuple(issues),
        partial=entry.partial,
        identity=identity(entry.spec),
    )


def _issues(readings: list[Reading]) -> Iterator[str]:
    """Every issue once; with the hosts that have it where the others do not."""
    hosts: dict[str, list[str]] = {}
    for reading in readings:
        for issue in reading.issues:
            hosts.setdefault(issue, []).append(reading.host)
    for issue, having in hosts.items():
        yield issue if len(having) == len(readings) else f"{issue} ({', '.join(having)})"


def _with_duplicates(definitions: list[Definition]) -> Iterator[Definition]:
    same: dict[str, list[Place]] = {}
    for one in definitions:
        if one.identity and one.spec.place:
            same.setdefault(one.identity, []).append(one.spec.place)
    for one in definitions:
        others = [place for place in same.get(one.identity, []) if place is not one.spec.place]
        yield replace(one, duplicates=tuple(others)) if others else one
