"""Choosing public names for tools and keeping them in ``mcpx.lock``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mcpx.analyses.conflicts import Group
from mcpx.analyses.public_names import PublicName, public_name, public_names
from mcpx.catalogue.lock import EMPTY, Lock, LockedName, lock_text, read_lock
from mcpx.catalogue.model import Catalogue
from mcpx.errors import ConfigError
from mcpx.files import locked, read_text, write_whole

LONGEST_LOCK = 64 * 1024 * 1024


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
    return [found[place] for place in sorted(found)]


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
    if not path.exists() and not path.is_symlink():
        return EMPTY
    return read_lock(read_text(str(path), LONGEST_LOCK), str(path))


def keep(
    path: Path, groups: Sequence[Group], own: Mapping[str, Mapping[str, str]]
) -> tuple[list[PublicName], bool]:
    """Choose names and write them into a lock, beside those of other servers.

    Returns the names, and whether that changed the file. Raises ConfigError when it cannot be done;
    the old file then still stands.
    """
    if path.is_dir():
        raise ConfigError(f"cannot write {path}: is a folder")
    with locked(path):
        before = read(path)
        names = choose(groups, own, before)
        table = {server: dict(tools) for server, tools in before.names.items()}
        for one in names:
            tools = table.setdefault(one.server, {})
            if one.name or one.clone_of or one.own:
                tools[one.tool] = LockedName(one.name, one.clone_of)
            else:
                tools.pop(one.tool, None)  # not hidden for good: the other tool may go away
        after = Lock({server: tools for server, tools in table.items() if tools}, before.rest)
        if after == before:
            return names, False
        write_whole(path, lock_text(after))
        return names, True
