"""ServerSpec: what has to be known of a server before it can be started or reached; no I/O."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


class Transport(StrEnum):
    """How messages reach a server; the last two are no transports that can be spoken."""

    STDIO = "stdio"
    HTTP = "http"
    SSE = "sse"
    WS = "ws"
    EXTENSION = "extension"
    UNKNOWN = "unknown"


class Era(StrEnum):
    """The two ways of opening a conversation: a handshake, or metadata in every request.

    Source: specification 2026-07-28, basic/versioning, "Terminology".
    """

    LEGACY = "legacy"
    MODERN = "modern"


class Origin(StrEnum):
    """Who wrote a definition, which decides whether it may be started without being asked."""

    EXPLICIT = "explicit"
    USER = "user"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a definition was found: a host's id and scope, the file, the entry's name in it."""

    host: str
    scope: str
    path: str
    name: str


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """One server: how to start it (stdio) or reach it (the other transports).

    ``env``, ``headers``, ``args`` and ``url`` hold the values as written, secrets included:
    they pass through ``masking`` before anything is shown or stored. ``written`` is the digest of
    the definition before its variables were replaced; that is what a person approves. ``takes``
    says what a project's definition takes from outside its file: variables, and files by digest.
    ``variables`` are those of ours that its text refers to, set or not. ``secrets`` are values in
    it that were declared to be secret, wherever they stand.
    """

    name: str
    transport: Transport = Transport.STDIO
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    cwd: str | None = None
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    origin: Origin = Origin.EXPLICIT
    place: Place | None = None
    takes: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    written: str = ""
    secrets: tuple[str, ...] = ()


def numbered(name: str, taken: Collection[str]) -> str:
    """The name, or the first of NAME-2, NAME-3, ... that is not taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def tap_words(words: Sequence[str]) -> int:
    """How many words of a command line are a tap's: ``mcpx record … --``; 0 where there is none.

    What comes after them is the command line of the server itself.
    """
    if "--" not in words[:-1]:
        return 0
    own = list(words[: words.index("--")])
    before = own[: own.index("record")] if "record" in own else []
    program = before[-1].replace("\\", "/").rpartition("/")[2] if before else ""
    return len(own) + 1 if program in ("mcpx", "mcpx.exe") else 0


def canonical_json(value: object) -> str:
    """The value as JSON text with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def definition_digest(spec: ServerSpec) -> str:
    """What would be started or reached, as ``sha256:`` and 64 hex digits.

    Covers transport, command, arguments, directory, environment and URL with their values, and
    what is taken from elsewhere, so that any change of them is another definition. It does not
    cover the name, and what replaced variables does not change it.
    """
    if spec.written:
        return spec.written
    import hashlib

    definition = {
        "transport": spec.transport,
        "command": spec.command,
        "args": list(spec.args),
        "env": dict(spec.env),
        "cwd": spec.cwd,
        "url": spec.url,
        "headers": dict(spec.headers),
        "takes": list(spec.takes),
    }
    return "sha256:" + hashlib.sha256(canonical_json(definition).encode()).hexdigest()
