"""Choosing public names for tools and keeping them in ``mcpx.lock``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mcpx.analyses.conflicts import Group
from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.naming import Offer
from mcpx.analyses.public_names import PublicName, public_name, public_names
from mcpx.catalogue.lock import (
    EMPTY,
    LONGEST_LOCK,
    Lock,
    LockedName,
    lock_text,
    read_whole,
)
from mcpx.catalogue.model import Catalogue
from mcpx.errors import ConfigError
from mcpx.files import folder_locked, read_text, write_whole


def choose(
    groups: Iterable[Group], own: Mapping[str, Mapping[str, str]], lock: Lock
) -> list[PublicName]:
    """The names of all tools of the groups, by server and tool.

    ``own`` are the names of the user's file; they win, then what somebody wrote into the lock.
    """
    taken = {name for names in own.values() for name in names.values()}
    wanted: dict[str, dict[str, str]] = {}
    first: set[str] = set()
    for server, tools in lock.names.items():
        for tool, one in tools.items():
            if one.name:
                first.add(server)
            by_hand = not one.clone_of and one.name != public_name(server, tool)
            if by_hand and one.name not in taken:
                wanted.setdefault(server, {})[tool] = one.name
    for server, names in own.items():
        wanted[server] = {**wanted.get(server, {}), **names}
    members = list(_members(groups))
    found = {(one.server, one.tool): one for one in public_names(members, wanted, first)}
    chosen = [found[place] for place in sorted(found)]
    _check_apart(chosen)
    return chosen


def unused(
    own: Mapping[str, Mapping[str, str]], names: Sequence[PublicName]
) -> Iterator[tuple[str, str]]:
    """Names that the user chose for tools which their server does not have: (server, tool)."""
    there = {(one.server, one.tool) for one in names}
    servers = {one.server for one in names}
    for server, tools in own.items():
        if server in servers:
            yield from ((server, tool) for tool in tools if (server, tool) not in there)


def _check_apart(names: Sequence[PublicName]) -> None:
    """Raises ConfigError where a host would make one of two names, one of which a person chose."""
    if not any(one.own and one.name for one in names):
        return
    shown = [one for one in names if one.name]
    offer = Offer("mcpx", "mcpx", [one.name for one in shown])
    for model in HOST_MODELS.values():
        seen: dict[str, PublicName] = {}
        for name, one in zip(model.names([offer]), shown, strict=True):
            other = seen.setdefault(model.alike(name) if model.alike else name, one)
            if other is not one:
                raise ConfigError(
                    f"the names '{other.name}' and '{one.name}' are one name to {model.title}",
                    hint="choose another for the one of them that is yours",
                )


def _members(groups: Iterable[Group]) -> Iterable[tuple[str, Catalogue]]:
    """Every server once; what hosts have under one key is taken together."""
    together: dict[str, Catalogue] = {}
    for group in groups:
        for key, catalogue in group.members:
            known = together.get(key)
            if known is None:
                together[key] = catalogue
            elif known is not catalogue:
                together[key] = replace(known, tools=known.tools + catalogue.tools)
    return together.items()


def read(path: Path) -> Lock:
    """The lock in a file; an empty one when there is none. Raises ConfigError."""
    if not path.exists():
        return EMPTY
    return read_whole(read_text(str(path), LONGEST_LOCK), str(path))


def keep(
    path: Path, groups: Sequence[Group], own: Mapping[str, Mapping[str, str]]
) -> tuple[list[PublicName], bool]:
    """Choose names and write them into a lock, beside those of other servers.

    Returns the names, and whether that changed the file. Raises ConfigError when it cannot be done;
    the old file then still stands.
    """
    if path.is_dir():
        raise ConfigError(f"cannot write {path}: is a folder")
    with folder_locked(path):
        before = read(path)
        names = choose(groups, own, before)
        table = {server: dict(tools) for server, tools in before.names.items()}
        for one in names:
            tools = table.setdefault(one.server, {})
            if one.name or one.clone_of or one.own:
                tools[one.tool] = LockedName(one.name, one.clone_of)
            else:
                tools.pop(one.tool, None)  # not hidden for good: the other tool may go away
        after = replace(before, names={server: tools for server, tools in table.items() if tools})
        if after == before:
            return names, False
        write_whole(path, lock_text(after))
        return names, True
