"""Servers that a lock itself says how to start or reach, which nobody has typed: a project's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from mcpx.catalogue.lock import LONGEST_LOCK, read_lock
from mcpx.catalogue.locked import LockedServer
from mcpx.errors import ConfigError, McpxError, RefusedError
from mcpx.files import read_text
from mcpx.servers import Origin, Place, ServerSpec
from mcpx.sources.additions import Additions
from mcpx.sources.definitions import Definition, Discovery
from mcpx.sources.dialects import Needs, Switch
from mcpx.sources.targets import is_of_file, resolve
from mcpx.trust import Gate

# Targets that say themselves what is started or reached; a registry has to be asked for it.
_SAYING = ("stdio", "npm", "pypi", "registry", "http", "https")


def typed_of(server: LockedServer, path: Path, trusted: bool) -> str:
    """The target by which a lock names a server.

    Raises ConfigError where it names none that can be used, and RefusedError for one that a
    registry would have to be asked for, unless the lock is ``trusted``.
    """
    typed, name = server.typed, server.server
    if not typed or is_of_file(typed):
        raise ConfigError(
            f"{name}: {path} does not say how to start or reach it",
            hint="name it: mcpx lock --check TARGET",
        )
    if typed.startswith("registry:") and not trusted:
        raise RefusedError(
            f"{name}: {path} names it as {typed}, and nobody has allowed that; not asked for",
            hint="name the target yourself: mcpx lock --check TARGET; --trust-project or"
            " MCPX_TRUST=project allows all for this run",
        )
    return typed


def as_projects(spec: ServerSpec, typed: str, name: str, path: Path) -> ServerSpec:
    """A definition by its name in the lock, of a project's origin where the lock made it."""
    spec = replace(spec, name=name)
    scheme, colon, _ = typed.partition(":")
    if not colon or scheme.lower() not in _SAYING:
        return spec
    place = Place("mcpx", "lock", str(path.resolve()), name)
    return replace(spec, origin=Origin.PROJECT, place=place)


def lock_definitions(path: Path) -> list[Definition]:
    """The servers of a lock that need approval, as far as they can be told without asking anybody.

    None for a lock that is not there or that is none: it starts nothing.
    """
    found: list[Definition] = []
    with contextlib.suppress(ConfigError):
        if path.exists():
            lock = read_lock(read_text(str(path), LONGEST_LOCK), str(path))
            for _, server in sorted(lock.entries.items()):
                found += _definition(server, path)
    return found


def _definition(server: LockedServer, path: Path) -> Iterator[Definition]:
    with contextlib.suppress(McpxError):
        typed = typed_of(server, path, trusted=False)
        (target,) = resolve([typed], (), Additions(), Gate(False), _nothing)
        if isinstance(target, ServerSpec):
            spec = as_projects(target, typed, server.server, path)
            if spec.origin is Origin.PROJECT:
                yield Definition(
                    spec=spec,
                    host="mcpx",
                    scope="lock",
                    path=path.absolute(),
                    resolved=path.resolve(),
                    line=None,
                    read_by=(),
                    enabled=Switch.YES,
                    needs=Needs(),
                    unset=(),
                    issues=(),
                    partial=False,
                    identity="",
                )


def _nothing() -> Discovery:
    """What is configured is found, and approved, elsewhere."""
    return Discovery((), (), (), ())
