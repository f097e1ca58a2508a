"""What the formats make of a file: drafts of events, in the order and with the times of the file.

A draft's event has no number, time, connection or exchange yet; see ``timeline``.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mcpx.json_rpc import id_key, members
from mcpx.json_spans import checked
from mcpx.json_text import JsonTextError, WrittenNumber
from mcpx.sessions.events import (
    Event,
    Fidelity,
    Message,
    Raw,
    Stderr,
    Unread,
)
from mcpx.sessions.ledger import LARGEST_MESSAGE
from mcpx.sessions.lines import on_one_line
from mcpx.wire import Direction, StreamEvent

# Of the protocol's words, not the user's: what a server asks of a client.
# Source: specification 2025-11-25, schema, "ServerRequest"; ping goes both ways.
SERVER_METHODS = frozenset({"sampling/createMessage", "elicitation/create", "roots/list"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What a JSON-RPC message is, by its members: a request, a notification, or an answer.

    ``id`` is its key (see ``id_key``), empty without one. ``about`` is that of the progress token,
    or of the id of a cancelled request.
    """

    method: str = ""
    id: str = ""
    about: str = ""
    token: str = ""

    @property
    def is_request(self) -> bool:
        """Whether it wants an answer."""
        return bool(self.method and self.id)

    @property
    def is_answer(self) -> bool:
        """Whether it is an answer to a request that is known by its id."""
        return not self.method and bool(self.id)


@dataclass(frozen=True, slots=True)
class Draft:
    """An event to be, at a time in seconds on the file's own clock.

    ``exchange`` tells HTTP exchanges of the file apart (None: none). ``scope`` tells servers or
    clients apart where the file does, ``session`` is an HTTP session's id. ``shapes`` are those
    of a message's parts.
    """

    at: float
    event: Event
    exchange: Hashable = None
    scope: Hashable = None
    session: str = ""
    shapes: tuple[Shape, ...] = ()


@dataclass(slots=True)
class Recording:
    """What a format found in a file.

    ``started`` is on the same clock as the drafts' times, ``created`` the same moment in seconds
    since 1970 (None: the file does not tell). ``target`` is that of a header. ``in_order``: the
    file's order is right, and its times may be wrong. ``is_cut``: its end is missing.
    """

    fidelity: Fidelity
    drafts: list[Draft] = field(default_factory=list)
    started: float | None = None
    created: float | None = None
    target: Mapping[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    in_order: bool = False
    is_cut: bool = False

    def say(
        self,
        at: float,
        direction: Direction,
        text: str,
        *,
        exchange: Hashable = None,
        scope: Hashable = None,
        session: str = "",
        stream: StreamEvent | None = None,
    ) -> None:
        """Add a message, or what came in the place of one."""
        event, shapes = message_of(direction, text, stream)
        self.drafts.append(Draft(at, event, exchange, scope, session, shapes))

    def say_raw(self, at: float, direction: Direction, text: str, scope: Hashable = None) -> None:
        """Add a line that is no message."""
        event = _raw(direction, text, Unread.NOT_JSON)
        self.drafts.append(Draft(at, event, scope=scope))

    def say_cut(self, at: float, direction: Direction, size: int, scope: Hashable = None) -> None:
        """Add a message of which only the size in bytes is known."""
        self.drafts.append(Draft(at, cut_message(direction, size), scope=scope))

    def say_stderr(self, at: float, line: str, scope: Hashable = None) -> None:
        """Add a line of stderr."""
        self.drafts.append(Draft(at, Stderr(number=0, time=0.0, text=line), scope=scope))


def message_of(
    direction: Direction,
    text: str,
    stream: StreamEvent | None = None,
    why: Unread = Unread.NOT_JSON,
) -> tuple[Message | Raw, tuple[Shape, ...]]:
    """The event of a message with its shapes; a Raw one, for the reason given, if it is no JSON."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST_MESSAGE:
        return replace(cut_message(direction, size), stream=stream), ()
    try:
        checked(text)
    except JsonTextError:
        return _raw(direction, text, why), ()
    line, respaced = on_one_line(text.strip(" \t\r\n"))
    if line[:1] not in ("{", "["):
        return _raw(direction, text, why), ()
    return _message(direction, line, respaced=respaced, stream=stream), shapes_of(line)


def shapes_of(text: str) -> tuple[Shape, ...]:
    """The shapes of a message, or of the messages of a batch; none of what cannot be read."""
    try:
        value = checked(text)
    except JsonTextError:
        return ()
    found = value if isinstance(value, list) else [value]
    return tuple(_shape(one) for one in found if isinstance(one, dict))


def cut_message(direction: Direction, size: int) -> Message:
    """A message of which only the size in bytes is known."""
    return _message(direction, "", cut=max(size, 1))


def _message(direction: Direction, text: str, **more: Any) -> Message:
    return Message(number=0, time=0.0, direction=direction, text=text, **more)


def _raw(direction: Direction, text: str, why: Unread) -> Raw:
    data = text.encode("utf-8", "surrogatepass")
    cut = len(data) if len(data) > LARGEST_MESSAGE else 0
    return Raw(
        number=0, time=0.0, direction=direction, data=data[:LARGEST_MESSAGE], why=why, cut=cut
    )


def _shape(message: dict[str, Any]) -> Shape:
    method = message.get("method")
    if not isinstance(method, str) or isinstance(method, WrittenNumber):
        method = ""
    params = members(message.get("params"))
    about = params.get("progressToken") if method == "notifications/progress" else None
    if method == "notifications/cancelled":
        about = params.get("requestId")
    return Shape(
        method=method,
        id=_key(message.get("id")),
        about=_key(about),
        token=_key(members(params.get("_meta")).get("progressToken")),
    )


def _key(value: Any) -> str:
    """The key of an id or a token; empty for what is neither a text nor a number."""
    return id_key(value) if isinstance(value, str) else ""
