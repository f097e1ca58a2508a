"""Where in a document the servers stand, and the entries of each such place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mcpx.sources.hosts import HostFile, Servers
from mcpx.sources.paths import Surroundings, fold


def places(
    file: HostFile, document: Any, where: Surroundings
) -> Iterator[tuple[tuple[str, ...], Servers, Any]]:
    """The maps and lists of servers in a document, with the keys that lead to them.

    Alternatives are tried in their order until one is there; what stands at a place that the host
    ignores is given as well, when none was there before it.
    """
    found = False
    for place in file.servers:
        if found and not place.also:
            continue
        for key, value in _at(document, place.key, where):
            if place.ignored:
                yield key, place, value
            elif _fits(file, place, value):
                found = True
                yield key, place, value


def _at(
    value: Any, key: tuple[str, ...], where: Surroundings
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """What stands at a path of keys: ``*`` is every key, ``{project_abs}`` the project's folder."""
    if not key:
        yield (), value
        return
    if not isinstance(value, Mapping):
        return
    step, rest = key[0], key[1:]
    if step == "*":
        names = list(value)
    elif step == "{project_abs}":
        names = [name for name in value if fold(str(name), where.system) in where.project_names]
    else:
        names = [step] if value.get(step) is not None else []
    for name in names:
        for found, inner in _at(value[name], rest, where):
            yield (str(name), *found), inner


def _fits(file: HostFile, place: Servers, value: Any) -> bool:
    """Whether what stands at a place is meant as servers where the form alone does not tell."""
    dialect = place.dialect
    if place.single:
        return isinstance(value, Mapping) and any(
            name in value for name in (dialect.command, *dialect.urls)
        )
    shorter = any(other.key == place.key[:-1] for other in file.servers if place.key)
    if place.key and not shorter:
        return True
    if not isinstance(value, Mapping) or not all(
        isinstance(one, Mapping) for one in value.values()
    ):
        return False
    if place.key:
        return bool(value)
    return any(name in one for one in value.values() for name in (dialect.command, *dialect.urls))


_PLATFORMS = {"linux": "linux", "macos": "darwin", "windows": "win32"}


def named(
    place: Servers, value: Any, document: Any, path: str, system: str
) -> Iterator[tuple[str, str, Any]]:
    """The entries of a map or list: position, name, content."""
    if place.single:
        has_name = place.dialect.container == "single" and isinstance(document.get("name"), str)
        # Extension manifests may differ by platform (MCPB manifest 0.3).
        overrides = value.get("platform_overrides")
        other = overrides.get(_PLATFORMS[system]) if isinstance(overrides, Mapping) else None
        raw = {**value, **other} if isinstance(other, Mapping) else value
        yield "", document["name"] if has_name else Path(path).stem, raw
    elif isinstance(value, Mapping):
        yield from ((str(name), str(name), raw) for name, raw in value.items())
    elif isinstance(value, list):
        for index, raw in enumerate(value):
            name = raw.get(place.dialect.name) if isinstance(raw, Mapping) else None
            yield str(index), name if isinstance(name, str) else f"#{index + 1}", raw


def dotted(key: tuple[str, ...]) -> str:
    """A path of keys as messages name it."""
    return ".".join(key) or "(the document)"
