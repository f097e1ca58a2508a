"""The table of host programs: which files each reads, how an entry is written, who wins."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from mcpx.errors import UsageError
from mcpx.servers import NOTHING


class Merge(StrEnum):
    """What a host does when several of its files define a server of the same name."""

    ENTRY = "entry"  # the higher definition replaces the lower one
    FIELDS = "fields"  # the definitions are merged key by key, the higher keys win
    NONE = "none"  # each definition is a server of its own
    UNKNOWN = "unknown"  # not established


class Status(StrEnum):
    """What is known of a file: whether it is still written, and whether it can be read at all."""

    CURRENT = "current"
    LEGACY = "legacy"
    OBSERVED = "observed"  # seen to be read, undocumented
    CONFLICT = "conflict"  # sources disagree
    DYNAMIC = "dynamic"  # cannot be read without running code
    NETWORK = "network"
    PACKAGE = "package"  # describes a server that is developed here
    SWITCHES = "switches"  # switches servers on and off, defines none


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """How one entry of a host's file is written; the defaults are the commonest form.

    ``arrays``: the command may be a list that holds its arguments. ``urls`` maps each key that may
    hold a URL to the transport it implies; ``types`` maps the values of the type key to transports
    (``not-mcp``: no MCP server). ``switch`` is the key that switches an entry off and the value
    that does. ``untyped`` says what the host does with a URL without a type (``skipped``,
    ``ignored``, ``refused``), or that every entry needs one (``required``). ``variables`` to
    ``header_variables`` are keys that hold names of environment variables or a token; ``splits``:
    one text may hold a command with its arguments; ``toggles``: an entry may consist of its
    switch; ``extensions``: of neither command nor URL.
    """

    container: str = "map"
    name: str = "name"
    command: str = "command"
    arrays: bool = False
    env: str = "env"
    cwd: str = "cwd"
    urls: Mapping[str, str] = field(default_factory=dict)
    url_first: bool = False
    type_keys: tuple[str, ...] = ("type",)
    types: Mapping[str, str] = field(default_factory=dict)
    untyped: str = ""
    scheme: bool = False
    headers: tuple[str, ...] = ("headers",)
    switch: tuple[str, bool] | None = None
    wrappers: tuple[str, ...] = ()
    variables: str = ""
    keyring: str = ""
    env_file: str = ""
    bearer: str = ""
    bearer_variable: str = ""
    header_variables: str = ""
    refused: tuple[str, ...] = ()
    splits: bool = False
    toggles: bool = False
    extensions: bool = False


_TYPES = {
    "stdio": "stdio",
    "local": "stdio",
    **dict.fromkeys(
        ("http", "streamable-http", "streamable_http", "streamableHttp", "streamableHTTP"), "http"
    ),
    **dict.fromkeys(("streamable", "remote"), "http"),
    "sse": "sse",
    "ws": "ws",
    "websocket": "ws",
}
_URLS = {"url": "http"}


@dataclass(frozen=True, slots=True, eq=False)
class Servers:
    """Where in a document the servers stand: a path of keys (empty: the document itself).

    ``single``: the document is one server. ``also``: read besides the places before it.
    ``ignored``: the host ignores what stands there.
    """

    key: tuple[str, ...]
    dialect: Dialect
    single: bool = False
    also: bool = False
    ignored: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class HostFile:
    """One file of a host.

    ``rank`` orders the files of a host: a higher one wins. ``walk``: ancestors of the project are
    read too, up to the repository's (``git``) or the file system's root (``root``). ``strict``:
    the host accepts plain JSON only (None: not established). ``approval`` is what the host asks
    for before it uses the file. ``unless``: not read when that file exists; ``unless_servers_in``:
    when that file of the host defines a server.
    """

    id: str
    scope: str
    systems: frozenset[str]
    paths: tuple[str, ...]
    format: str
    servers: tuple[Servers, ...]
    status: Status
    confidence: str
    sources: tuple[str, ...]
    rank: int
    env: Mapping[str, str]
    walk: str = ""
    strict: bool | None = False
    approval: str = ""
    exclusive: bool = False
    largest: int = 0
    unless: str = ""
    unless_servers_in: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class VariableRules:
    """Which references a host replaces, in which fields, and what a missing variable becomes.

    ``where`` and ``scopes`` are empty when all fields and scopes take part.
    """

    forms: frozenset[str] = frozenset()
    where: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    empty_when_missing: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Host:
    """A program that starts MCP servers. ``state``: where it keeps switches we cannot read.

    ``folders`` are the variables that move one of its folders; ``fallback``: not a program, but
    file names that are read when no host claims them.
    """

    id: str
    name: str
    files: tuple[HostFile, ...]
    merge: Merge
    variables: VariableRules
    folders: Mapping[str, str]
    state: str = ""
    fallback: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class HostTable:
    """Every host, the date of the facts, what the short names of their sources mean."""

    hosts: tuple[Host, ...]
    as_of: str
    sources: Mapping[str, str]
    vscode_user: tuple[str, ...]


@functools.cache
def host_table() -> HostTable:
    """The table that is shipped with mcpx; its order is the order of every listing."""
    text = Path(__file__).with_name("hosts.json").read_text(encoding="utf-8")
    data = json.loads(text)
    dialects = {name: _dialect(fields) for name, fields in data["dialects"].items()}
    return HostTable(
        hosts=tuple(_host(entry, dialects) for entry in data["hosts"]),
        as_of=data["as_of"],
        sources=data["sources"],
        vscode_user=tuple(data["vscode_user"]),
    )


def _dialect(fields: dict[str, Any]) -> Dialect:
    values: dict[str, Any] = {"urls": _URLS, "types": _TYPES}
    for key, value in fields.items():
        values[key] = tuple(value) if isinstance(value, list) else value
    return Dialect(**values)


_SYSTEMS = {
    letters: frozenset(name for name in ("linux", "macos", "windows") if name[0] in letters)
    for letters in ("lmw", "lm", "l", "m", "w")
}


def _host(entry: dict[str, Any], dialects: Mapping[str, Dialect]) -> Host:
    rules = entry.get("variables", {})
    return Host(
        id=entry["id"],
        name=entry["name"],
        files=tuple(_file(item, dialects) for item in entry["files"]),
        merge=Merge(entry["merge"]),
        variables=VariableRules(
            forms=frozenset(rules.get("forms", ())),
            where=frozenset(rules.get("where", ())),
            scopes=frozenset(rules.get("scopes", ())),
            empty_when_missing=rules.get("missing") == "empty",
        ),
        folders=entry.get("folders", NOTHING),
        state=entry.get("state", ""),
        fallback=entry.get("fallback", False),
    )


def _file(item: dict[str, Any], dialects: Mapping[str, Dialect]) -> HostFile:
    form = item.get("format", "json")
    return HostFile(
        id=item["id"],
        scope=item["scope"],
        systems=_SYSTEMS[item.get("os", "lmw")],
        paths=tuple(item["paths"]),
        format=form.rstrip("?"),
        servers=tuple(_servers(*place, dialects=dialects) for place in item.get("servers", ())),
        status=Status(item.get("status", "current")),
        confidence=item["confidence"],
        sources=tuple(item["source"]),
        rank=item["rank"],
        env=item.get("env", NOTHING),
        walk=item.get("walk", ""),
        strict=None if form == "jsonc?" else form == "json",
        approval=item.get("approval", ""),
        exclusive=item.get("exclusive", False),
        largest=item.get("largest", 0),
        unless=item.get("unless", ""),
        unless_servers_in=item.get("unless_servers_in", ""),
    )


def _servers(
    key: list[str] | str, dialect: str, *marks: str, dialects: Mapping[str, Dialect]
) -> Servers:
    return Servers(
        key=() if isinstance(key, str) else tuple(key),
        dialect=dialects[dialect],
        single=key == "single" or dialects[dialect].container == "single",
        also="also" in marks,
        ignored="ignored" in marks,
    )


def chosen_hosts(ids: Collection[str] | None) -> tuple[Host, ...]:
    """The hosts of these ids, or all. Raises UsageError for an unknown id."""
    table = host_table().hosts
    if ids is None:
        return table
    known = [host.id for host in table]
    for given in ids:
        # Products are renamed; what a host was called stands in its name.
        named = [host.id for host in table if given.lower() in host.name.lower()]
        if given not in known and len(named) == 1:
            raise UsageError(f"unknown host '{given}'", hint=f"did you mean '{named[0]}'?")
    check_known("host", ids, known)
    return tuple(host for host in table if host.id in ids)


def check_scopes(scopes: Collection[str] | None) -> None:
    """Raise UsageError when a scope is not one that a host has."""
    known = dict.fromkeys(file.scope for host in host_table().hosts for file in host.files)
    check_known("scope", scopes or (), list(known))


def check_known(what: str, given: Collection[str], known: list[str]) -> None:
    """Raise UsageError, with a suggestion, for the first of ``given`` that is not known."""
    for name in given:
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
            raise UsageError(f"unknown {what} '{name}'", hint=hint)
