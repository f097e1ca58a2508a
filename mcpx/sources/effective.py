"""The effective view of one host: which definition it would use, and why the others lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mcpx.servers import Origin, Place
from mcpx.sources.definitions import EffectiveServer, Reading
from mcpx.sources.dialects import Entry, Switch, read_entry
from mcpx.sources.hosts import Dialect, Host, HostFile, Merge
from mcpx.sources.identities import identity
from mcpx.sources.switches import Settings, Subject, approved, enabled_elsewhere

_DEEPEST_MERGE = 8  # entries are three levels deep; a hostile file may be any
_ADDED = ("plugin", "extension")  # fill names that are free, and are never merged


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One host's reading of one entry before the host's other files are taken into account.

    ``distance`` is that of a walk: the nearer file wins. ``barred`` says why the host does not
    use the file or the entry, whatever else there is. ``base`` is the folder that a project's file
    belongs to.
    """

    host: Host
    file: HostFile
    path: str
    distance: int
    dialect: Dialect
    raw: Any
    entry: Entry
    barred: str = ""
    base: Path | None = None

    @property
    def place(self) -> Place:
        """The definition's place; every entry has one from the scan on."""
        place = self.entry.spec.place
        if place is None:
            raise AssertionError
        return place

    @property
    def where(self) -> str:
        """How reasons name the layer."""
        return f"{self.file.scope} scope {self.path}"

    @property
    def order(self) -> tuple[int, int]:
        """The higher, the stronger."""
        return self.file.rank, -self.distance


@dataclass(slots=True)
class _Standing:
    """What becomes of a layer; filled in step by step."""

    entry: Entry
    enabled_at: str = ""
    effective: bool = True
    reason: str = ""
    parts: tuple[Layer, ...] = ()

    def lose(self, reason: str) -> None:
        self.effective, self.reason = False, reason


@dataclass(frozen=True, slots=True)
class View:
    """The readings of a host, one for each of its layers in their order, and what it would use."""

    readings: tuple[Reading, ...]
    servers: tuple[EffectiveServer, ...]


def view(
    host: Host,
    layers: Sequence[Layer],
    settings: Sequence[Settings],
    exclusive: Sequence[str],
    names: frozenset[str],
    system: str,
) -> View:
    """The effective view of a host.

    ``settings`` are its parsed files; ``exclusive`` the paths of those present that switch all
    others off; ``names`` and ``system`` as in ``switches``.
    """
    standings = [
        _Standing(one.entry, _entry_switch(one.entry, one.path), parts=(one,)) for one in layers
    ]
    pairs = list(zip(layers, standings, strict=True))
    for layer, standing in pairs:
        _bar(layer, standing, layers, exclusive)
    by_name: dict[str, list[tuple[Layer, _Standing]]] = {}
    for pair in pairs:
        if pair[1].effective:
            by_name.setdefault(pair[0].entry.spec.name, []).append(pair)
    for group in by_name.values():
        _settle(host, sorted(group, key=lambda pair: pair[0].order))
    if host.id == "claude-code":
        _drop_same_plugins(pairs)
    readings, servers = [], []
    for layer, standing in pairs:
        subject = Subject(standing.entry.spec, layer.file, layer.path)
        reading = _reading(layer, standing, settings, subject, names, system)
        readings.append(reading)
        if standing.effective:
            servers.append(
                EffectiveServer(
                    host.id,
                    reading.spec,
                    reading.enabled,
                    reading.enabled_at,
                    reading.approved,
                    tuple(part.place for part in standing.parts),
                )
            )
    return View(tuple(readings), tuple(servers))


def _entry_switch(entry: Entry, path: str) -> str:
    return f"{entry.switch} in {path}" if entry.switch else ""


def _bar(
    layer: Layer, standing: _Standing, layers: Sequence[Layer], exclusive: Sequence[str]
) -> None:
    if exclusive and layer.path not in exclusive:
        standing.lose(f"{exclusive[0]} takes the place of every other file")
    elif layer.barred:
        standing.lose(layer.barred)
    elif layer.entry.ignored:
        standing.lose(layer.entry.ignored)
    elif (other := layer.file.unless_servers_in) and any(one.file.id == other for one in layers):
        standing.lose("not consulted while the host's own file lists a server")


def _settle(host: Host, group: list[tuple[Layer, _Standing]]) -> None:
    """Decide between layers of one name, weakest first."""
    if host.merge is Merge.NONE:
        return
    if host.merge is Merge.FIELDS:
        _merge(group)
        return
    top = group[-1][0]
    for layer, standing in group[:-1]:
        if layer.order == top.order and layer.path != top.path:
            standing.reason = f"also defined in {top.path}; which one wins is not established"
        else:
            doubt = " (the order is not documented)" if host.merge is Merge.UNKNOWN else ""
            standing.lose(f"overridden by {top.where}{doubt}")


def _merge(group: list[tuple[Layer, _Standing]]) -> None:
    """Merge key by key, weakest first; the strongest layer that is a server stands for all."""
    merged: list[tuple[Layer, _Standing]] = []
    raw: Any = None
    dialect = group[0][0].dialect
    for layer, standing in group:
        replaces = bool(merged) and (
            merged[-1][0].file.scope in _ADDED
            or (layer.dialect is not dialect and not layer.entry.partial)
        )
        if not merged or replaces:
            for _, weaker in merged:
                weaker.lose(f"overridden by {layer.where}")
            merged, raw, dialect = [(layer, standing)], layer.raw, layer.dialect
            continue
        merged.append((layer, standing))
        raw = _deep(raw, _in_dialect(layer, dialect))
    whole = [pair for pair in merged if not pair[0].entry.partial]
    if not whole:
        for _, standing in merged:
            standing.lose("changes an entry that no other file of the host defines")
        return
    chief, standing = whole[-1]
    if len(merged) > 1:
        entry = read_entry(chief.host, chief.file, dialect, chief.entry.spec.name, raw)
        # A part of project origin makes the whole one: it may have brought the command.
        project = any(part.entry.spec.origin is Origin.PROJECT for part, _ in merged)
        origin = Origin.PROJECT if project else Origin.USER
        # Approved or denied is the project's part, not the user's entry that it changes.
        theirs = [part for part, _ in merged if part.entry.spec.origin is Origin.PROJECT]
        place = theirs[-1].place if theirs else chief.place
        spec = replace(entry.spec, origin=origin, place=place)
        standing.entry = replace(entry, spec=spec)
        standing.parts = tuple(part for part, _ in reversed(merged))
        for part, _ in merged:
            if part.entry.switch:
                standing.enabled_at = f"{part.entry.switch} in {part.path}"
    for part, other in merged:
        if part is not chief:
            verb = "changes" if part.entry.partial else "merged key by key into"
            other.lose(f"{verb} the definition in {chief.where}")


def _in_dialect(layer: Layer, dialect: Dialect) -> Any:
    """The entry's keys; a bare switch is written the way the others are."""
    if layer.dialect is dialect or dialect.switch is None:
        return layer.raw
    key, off = dialect.switch
    return {key: off if layer.entry.enabled is Switch.NO else not off}


def _deep(low: Any, high: Any, levels: int = _DEEPEST_MERGE) -> Any:
    if not levels or not isinstance(low, Mapping) or not isinstance(high, Mapping):
        return high
    merged = dict(low)
    for key, value in high.items():
        merged[key] = _deep(merged[key], value, levels - 1) if key in merged else value
    return merged


def _drop_same_plugins(pairs: list[tuple[Layer, _Standing]]) -> None:
    """Claude Code drops a plugin's server that is configured elsewhere as well."""
    configured = {
        identity(layer.entry.spec): layer
        for layer, standing in pairs
        if standing.effective and layer.file.scope != "plugin"
    }
    configured.pop("", None)
    for layer, standing in pairs:
        if standing.effective and layer.file.scope == "plugin":
            same = configured.get(identity(layer.entry.spec))
            if same is not None:
                standing.lose(f"the same server is configured in {same.where}")


def _reading(
    layer: Layer,
    standing: _Standing,
    settings: Sequence[Settings],
    subject: Subject,
    names: frozenset[str],
    system: str,
) -> Reading:
    enabled, at = standing.entry.enabled, standing.enabled_at
    if enabled is not Switch.NO:
        verdict = enabled_elsewhere(layer.host, settings, subject, names, system)
        if verdict is not None:
            enabled, at = verdict.switch, verdict.at
    approval = approved(layer.host, settings, subject, names, system)
    return Reading(
        host=layer.host.id,
        scope=layer.file.scope,
        path=Path(layer.path),
        spec=standing.entry.spec,
        needs=standing.entry.needs,
        enabled=enabled,
        enabled_at=at,
        approved=approval.switch,
        approval=approval.at,
        effective=standing.effective,
        reason=standing.reason,
        issues=tuple(_issues(layer)),
        base=next((part.base for part in standing.parts if part.base is not None), None),
    )


def _issues(layer: Layer) -> Iterator[str]:
    if layer.entry.ignored:
        yield layer.entry.ignored
    yield from layer.entry.issues
