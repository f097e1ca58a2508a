"""Whose catalogues meet: the servers of each host together, or those named on the command line."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mcpx.analyses.conflicts import Group
from mcpx.analyses.finding import Finding, Location, Subject, listed
from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.rules import RULES
from mcpx.catalogue.model import Catalogue
from mcpx.errors import ConfigError
from mcpx.servers import ServerSpec, Transport, definition_digest, numbered
from mcpx.sources.definitions import Definition, Discovery, EffectiveServer
from mcpx.sources.dialects import Switch
from mcpx.sources.variables import expand, submitted
from mcpx.trust import Gate, Standing

NOT_APPROVED = "not approved; mcpx trust allow NAME shows and approves one"
DENIED = "denied"
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Plan:
    """Which servers to ask, once each, and which of them every host has under which key.

    ``members`` maps a host to (server key, name of the spec in ``specs``), ``places`` to where the
    definition of each key is written; ``skipped`` says which servers are left out and why.
    """

    specs: tuple[ServerSpec, ...]
    members: Mapping[str, tuple[tuple[str, str], ...]]
    places: Mapping[str, Mapping[str, Location]]
    skipped: tuple[tuple[str, str], ...]


def plan(
    discovery: Discovery, gate: Gate, environ: Mapping[str, str], project: Path | None
) -> Plan:
    """The enabled servers of every host; a server that several hosts have is asked once.

    Variables are replaced as each host would, once a server may be started.
    """
    specs: dict[str, ServerSpec] = {}
    members: dict[str, list[tuple[str, str]]] = {}
    places: dict[str, dict[str, Location]] = {}
    skipped: dict[str, str] = {}
    for one in discovery.effective:
        definition = _merged(one, discovery)
        written = submitted(definition, environ, project, one.host)
        if reason := _left_out(one, written, gate):
            skipped.setdefault(f"{one.host}/{one.spec.name}", reason)
            continue
        try:
            spec = expand(definition, environ, project, one.host)
        except ConfigError as error:
            skipped.setdefault(f"{one.host}/{one.spec.name}", error.message)
            continue
        digest = definition_digest(replace(spec, written=""))
        if digest not in specs:
            taken = {known.name for known in specs.values()}
            specs[digest] = replace(spec, name=numbered(spec.name, taken))
        members.setdefault(one.host, []).append((one.spec.name, specs[digest].name))
        place = Location(str(definition.path), definition.line)
        places.setdefault(one.host, {})[one.spec.name] = place
    return Plan(
        tuple(specs.values()),
        {host: tuple(found) for host, found in members.items()},
        places,
        tuple(sorted(skipped.items())),
    )


def _merged(one: EffectiveServer, discovery: Discovery) -> Definition:
    """The strongest of a server's definitions, read as its host does with all of them."""
    place = one.parts[0]
    for definition in discovery.definitions:
        for reading in definition.read_by:
            if (reading.host, reading.scope, str(reading.path), definition.name) == (
                one.host,
                place.scope,
                place.path,
                place.name,
            ):
                return replace(definition, read_by=(replace(reading, spec=one.spec),))
    raise AssertionError(f"{one.spec.name} of {one.host} has no definition")


def _left_out(one: EffectiveServer, spec: ServerSpec, gate: Gate) -> str:
    if one.enabled is Switch.NO:
        return f"switched off ({one.enabled_at})" if one.enabled_at else "switched off"
    if one.spec.transport not in (Transport.STDIO, Transport.HTTP, Transport.SSE):
        return f"not asked: its transport is {one.spec.transport.value}"
    if gate.standing(spec) is Standing.DENIED:
        return DENIED
    if not gate.allows(spec):
        return NOT_APPROVED
    return ""


def together(planned: Plan) -> list[tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
    """Hosts that have the very same servers, in one order, are judged once: (hosts, members)."""
    hosts: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for host, members in planned.members.items():
        hosts.setdefault(members, []).append(host)
    return [(tuple(names), members) for members, names in hosts.items()]


def left_out(planned: Plan) -> Iterator[str]:
    """Which servers are left out and why, one line for each reason and set of hosts."""
    hosts: dict[tuple[str, str], list[str]] = {}
    for where, reason in planned.skipped:
        host, _, name = where.partition("/")
        hosts.setdefault((name, reason), []).append(host)
    names: dict[tuple[str, str], list[str]] = {}
    for (name, reason), owners in hosts.items():
        names.setdefault((", ".join(owners), reason), []).append(name)
    for (everywhere, reason), found in names.items():
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        yield f"left out: {', '.join(found[:_MOST_NAMED])}{more} of {everywhere}: {reason}"


def groups(catalogues: Mapping[str, Catalogue], planned: Plan) -> list[Group]:
    """Which catalogues meet: those of each host, which is judged by what is known of it."""
    return [
        Group(
            hosts,
            tuple((key, catalogues[name]) for key, name in members if name in catalogues),
            hosts,
            planned.places[hosts[0]],
        )
        for hosts, members in together(planned)
    ]


def group_of(
    catalogues: Mapping[str, Catalogue], paths: Mapping[str, str], hosts: Sequence[str]
) -> Group:
    """The catalogues that were named, together, judged by these hosts (none: all that are known).

    ``paths`` are the files of those that were read from one, by server.
    """
    return Group((), tuple(catalogues.items()), tuple(hosts or HOST_MODELS), places_in(paths))


def places_in(paths: Mapping[str, str]) -> dict[str, Location]:
    """Where servers stand in the catalogue files that they were read from, by server."""
    lines = {path: dict(_lines(path)) for path in set(paths.values())}
    return {server: Location(path, lines[path].get(server, 1)) for server, path in paths.items()}


# As mcpx writes it; deeper in, it may stand in a schema.
_SERVER_LINE = re.compile(r'^ {6}"server": ("(?:[^"\\]|\\.)*"),?$')


def _lines(path: str) -> Iterator[tuple[str, int]]:
    """Where a catalogue file, as mcpx writes it, names its servers."""
    with (
        contextlib.suppress(OSError, UnicodeDecodeError),
        Path(path).open(encoding="utf-8") as file,
    ):
        for number, line in enumerate(file, 1):
            if found := _SERVER_LINE.match(line):
                yield json.loads(found[1]), number


def shadowed(discovery: Discovery) -> Iterator[Finding]:
    """Keys that are defined more than once for a host, in different ways: ``server-scope``."""
    for one in discovery.effective:
        used = _merged(one, discovery)
        parts = {(place.scope, place.path) for place in one.parts}
        others = [
            definition
            for definition in discovery.definitions
            if definition.name == one.spec.name
            and definition.identity != used.identity
            and any(
                reading.host == one.host and (reading.scope, str(reading.path)) not in parts
                for reading in definition.read_by
            )
        ]
        if others:
            said = listed(sorted(f"{other.scope} ({other.path})" for other in others))
            place = one.parts[0]
            yield Finding(
                RULES["server-scope"],
                f"{one.host} uses {one.spec.name} of {place.scope} ({place.path}), not of {said}",
                (Subject("server", "", one.spec.name),),
                (one.host,),
                Location(str(used.path), used.line),
                identity=(Subject("host", one.host, one.spec.name),),
            )
