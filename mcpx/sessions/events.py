"""What a session file holds: a header, and one event after another; no I/O.

Format ``mcpx-session/1``: JSON Lines, UTF-8, the header first. A message stands in its line as it
was on the wire, byte for byte; numbers, repeated keys and their order survive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mcpx.json_text import parse_json
from mcpx.servers import NOTHING, Era
from mcpx.wire import Direction, Ending, Finish, StreamEvent

FORMAT = "mcpx-session"
VERSION = 1

# What stands in the place of a secret, with where the secret came from between the signs.
MARKER = "‹{}›"


class Mode(StrEnum):
    """How a recording came to be."""

    TAP = "tap"  # between a client and its server
    CLIENT = "client"  # mcpx was the client
    IMPORT = "import"  # from somebody else's format


class Fidelity(StrEnum):
    """How near a recording is to the wire: what may be claimed of it."""

    WIRE = "wire"  # the bytes of every message
    JSON = "json"  # the same JSON values, written anew: 5.0 may have become 5
    SEMANTIC = "semantic"  # what a library made of the messages


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a session file.

    ``created`` is the wall clock, ISO 8601 in UTC with milliseconds; ``tool`` the program that
    wrote the file, with its version. ``target`` tells what was recorded, masked: ``transport``,
    and ``command``, ``cwd`` and ``env`` (names only), or ``url``. ``redaction`` is the policy by
    which secrets were masked, empty when none was. ``source`` is the format of an import.
    """

    id: str
    created: str
    tool: str
    mode: Mode
    fidelity: Fidelity
    target: Mapping[str, Any]
    redaction: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events have.

    ``number`` counts from 1 without gaps; ``time`` is in seconds since the header, monotonic;
    ``connection`` counts connections from 1 (0: none); ``exchange`` counts the requests of a
    connection over HTTP from 1 (0: none, as on stdio). ``line`` is that of the file it was read
    from (0: none), no part of what happened.
    """

    number: int
    time: float
    connection: int = 0
    exchange: int = 0
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Event):
    """A connection began (``open``): a process was started, or a client connected."""

    pid: int | None = None


@dataclass(frozen=True, slots=True)
class Masked:
    """Where a message holds a marker: a JSON Pointer into it, and where the secret came from.

    ``source`` is ``env:NAME``, ``option:NAME`` or ``rule:NAME#COUNT``; equal secrets of a file
    have equal sources.
    """

    pointer: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Event):
    """A JSON-RPC message, or an array of them (``msg``).

    ``text`` is its JSON, verbatim but for what ``masked`` and ``blobs`` (JSON Pointers) name;
    ``respaced``: white space between its values was removed, for it stood on several lines.
    ``cut`` is the size in bytes of a message too large to be kept, whose ``text`` is then empty.
    ``stream`` is the server-sent event that brought it.
    """

    direction: Direction
    text: str
    masked: tuple[Masked, ...] = ()
    blobs: tuple[str, ...] = ()
    respaced: bool = False
    cut: int = 0
    stream: StreamEvent | None = None

    def value(self) -> Any:
        """What the text says, None for a message that was cut. Raises JsonTextError."""
        return parse_json(self.text) if self.text else None


class Unread(StrEnum):
    """Why something that came was no message; ``why`` of a raw event."""

    NOT_JSON = "not-json"
    NOT_UTF8 = "not-utf-8"
    BODY = "body"  # of an HTTP answer that is neither JSON nor a stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw(Event):
    """Bytes that came in the place of a message (``raw``); ``cut``: how many there were in all."""

    direction: Direction
    data: bytes
    why: Unread
    masked: tuple[Masked, ...] = ()
    cut: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Http(Event):
    """The head of an HTTP request, with method and path, or of its answer, with a status.

    ``headers`` are those of an allowed list, their names in lower case; of a session id only
    which one it is (``<s1>``).
    """

    direction: Direction
    method: str = ""
    path: str = ""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed(Event):
    """A server-sent event without a message (``sse``): a priming event, or a comment."""

    stream: StreamEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """An HTTP exchange is over (``fin``); ``text`` says what went wrong."""

    why: Finish
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stderr(Event):
    """A line that the server wrote on stderr (``err``), without its end."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exited(Event):
    """A server's process has ended (``exit``): its status, negative for a signal."""

    code: int
    by: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class EraKnown(Event):
    """What a connection speaks (``era``), and the method that showed it."""

    era: Era
    version: str
    how: str
    server: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Event):
    """Something to know of the recording itself (``note``)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Event):
    """The recording is complete (``end``): events before this one, and how many were lost."""

    events: int
    dropped: int = 0
