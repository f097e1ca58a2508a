"""The lock file ``mcpx.lock``: what was approved, as TOML: names of tools, pinned servers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from mcpx.catalogue.lock_servers import Broken, read_servers, server_text
from mcpx.catalogue.locked import LockedServer
from mcpx.errors import ConfigError
from mcpx.toml_text import parse_toml

NAME = "mcpx.lock"
FORMAT = "mcpx.lock"
VERSION = 1
LONGEST_LOCK = 64 * 1024 * 1024
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
    """A lock file: ``names`` by server and tool, ``servers`` what is pinned of each, by name.

    ``rest`` are the tables that are not known here, ``broken`` servers whose tables are not as they
    were written.
    """

    names: Mapping[str, Mapping[str, LockedName]] = field(default_factory=dict)
    servers: Mapping[str, LockedServer] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)
    broken: Mapping[str, Broken] = field(default_factory=dict)

    @property
    def entries(self) -> Mapping[str, LockedServer]:
        """All servers by name; of a broken one no more than how it can be named."""
        return {**{name: one.server for name, one in self.broken.items()}, **self.servers}


EMPTY = Lock()


def read_whole(text: str, source: str) -> Lock:
    """The lock in a file's text, nothing in it broken. Raises as ``read_lock``, and for that."""
    lock = read_lock(text, source)
    for one in lock.broken.values():
        raise one.error
    return lock


def read_lock(text: str, source: str) -> Lock:
    """The lock in a file's text. Raises ConfigError that names ``source`` and the place.

    A server whose definitions are not those that their digests were made of is a broken one.
    """
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
    servers: dict[str, LockedServer] = {}
    broken: dict[str, Broken] = {}
    for one in read_servers(document.get("servers", {}), source):
        if isinstance(one, Broken):
            broken[one.server.server] = one
        else:
            servers[one.server] = one
    known = ("format", "version", "names", "servers")
    rest = {name: value for name, value in document.items() if name not in known}
    return Lock(names, servers, rest, broken)


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
    """The lock as TOML, sorted: the same names and servers give the same text.

    Raises ConfigError for a server that no TOML file can hold.
    """
    import tomli_w

    names = {
        server: {tool: _value(one) for tool, one in sorted(tools.items())}
        for server, tools in sorted(lock.names.items())
        if tools
    }
    document = {"format": FORMAT, "version": VERSION, "names": names, **lock.rest}
    servers = {name: server_text(one) for name, one in lock.servers.items()}
    servers |= {name: one.text for name, one in lock.broken.items() if name not in servers}
    texts = [text for _, text in sorted(servers.items())]
    return "\n".join([_HEAD + tomli_w.dumps(document), *texts])


def _value(one: LockedName) -> Any:
    if one.name:
        return one.name
    return {"clone_of": one.clone_of} if one.clone_of else False
