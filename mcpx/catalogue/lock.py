"""The lock file ``mcpx.lock``: what was approved, as TOML; so far the public names of tools."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from mcpx.errors import ConfigError
from mcpx.toml_text import parse_toml

NAME = "mcpx.lock"
FORMAT = "mcpx.lock"
VERSION = 1
# What people may choose: every host model takes it behind a gateway with the key "mcpx".
LONGEST_NAME = 50
CHOSEN_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_-]{{0,{LONGEST_NAME - 1}}}")
SAYING_NAMES = f"must be a letter and up to {LONGEST_NAME - 1} letters, digits, '_' and '-'"
_HEAD = "# Written by mcpx. Names may be changed by hand: what stands here is kept.\n"


@dataclass(frozen=True, slots=True)
class LockedName:
    """The public name of a tool; an empty one means that the tool is hidden.

    ``clone_of`` is the server that stands for the hidden one.
    """

    name: str
    clone_of: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file: ``names`` by server and tool, ``rest`` the tables that belong to others."""

    names: Mapping[str, Mapping[str, LockedName]]
    rest: Mapping[str, Any]


EMPTY = Lock({}, {})


def read_lock(text: str, source: str) -> Lock:
    """The lock in a file's text. Raises ConfigError that names ``source`` and the place."""
    try:
        document = parse_toml(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{source}: not valid TOML: {error}") from error
    if document.get("format", FORMAT) != FORMAT:
        _refuse(source, "format", f"is {str(document['format'])[:40]!r}, not '{FORMAT}'")
    version = document.get("version", VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        _refuse(source, "version", "is not a version number")
    if version > VERSION:
        newer = f"{source}: written by a newer mcpx (version {version}, this one reads {VERSION})"
        raise ConfigError(newer, hint="update mcpx")
    table = document.get("names", {})
    if not isinstance(table, dict):
        _refuse(source, "names", "is not a table")
    names = {server: dict(_of_server(server, tools, source)) for server, tools in table.items()}
    known = ("format", "version", "names")
    return Lock(names, {name: value for name, value in document.items() if name not in known})


def _of_server(server: str, tools: Any, source: str) -> Iterable[tuple[str, LockedName]]:
    if not isinstance(tools, dict):
        _refuse(source, f"names.{server}", "is not a table of tools")
    for tool, value in tools.items():
        if isinstance(value, str) and CHOSEN_NAME.fullmatch(value):
            yield tool, LockedName(value)
        elif isinstance(value, str):
            _refuse(source, f"names.{server}.{tool}", SAYING_NAMES)
        elif isinstance(value, dict) and isinstance(value.get("clone_of"), str):
            yield tool, LockedName("", value["clone_of"])
        elif value is False:
            yield tool, LockedName("")
        else:
            what = "is neither a name, nor false, nor {clone_of = SERVER}"
            _refuse(source, f"names.{server}.{tool}", what)


def _refuse(source: str, place: str, what: str) -> NoReturn:
    raise ConfigError(f"{source}: {place} {what}")


def lock_text(lock: Lock) -> str:
    """The lock as TOML, sorted: the same names give the same text."""
    import tomli_w

    names = {
        server: {tool: _value(one) for tool, one in sorted(tools.items())}
        for server, tools in sorted(lock.names.items())
        if tools
    }
    document = {"format": FORMAT, "version": VERSION, "names": names, **lock.rest}
    return _HEAD + tomli_w.dumps(document)


def _value(one: LockedName) -> Any:
    if one.name:
        return one.name
    return {"clone_of": one.clone_of} if one.clone_of else False
