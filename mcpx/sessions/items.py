"""What the timeline of a session is made of: round trips, and all that is told by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mcpx.servers import NOTHING
from mcpx.sessions.events import Event, Message
from mcpx.wire import Direction, Finish

PROGRESS = "notifications/progress"
CANCELLED = "notifications/cancelled"


class Outcome(StrEnum):
    """What became of a request."""

    OK = "ok"
    TOOL_ERROR = "tool-error"  # a result with isError
    ERROR = "error"  # a JSON-RPC error
    INPUT_REQUIRED = "input-required"
    CANCELLED = "cancelled"
    HTTP_ERROR = "http-error"  # refused by its HTTP status, without a JSON-RPC answer
    LISTENING = "listening"  # a subscription that was still open at the end
    UNANSWERED = "unanswered"
    NOT_RECORDED = "not-recorded"  # no answer is in a recording that is not complete
    UNASKED = "unasked"  # an answer without a request
    AGAIN = "answered-again"  # an answer to what had been answered

    @property
    def is_error(self) -> bool:
        """Whether somebody who looks for what went wrong wants to see it."""
        return self in _WRONG


_WRONG = (
    Outcome.TOOL_ERROR,
    Outcome.ERROR,
    Outcome.HTTP_ERROR,
    Outcome.UNANSWERED,
    Outcome.UNASKED,
    Outcome.AGAIN,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One JSON-RPC message: the whole of an event's, or the one at a ``place`` of its batch."""

    event: Message
    place: int | None = None

    @property
    def number(self) -> int:
        """That of its event."""
        return self.event.number

    @property
    def size(self) -> int:
        """Bytes of the event's message, as it is recorded; those on the wire where it was cut."""
        return self.event.cut or len(self.event.text.encode("utf-8", "surrogatepass"))

    def value(self) -> Any:
        """What it says, read anew; None when it was cut. Raises JsonTextError."""
        value = self.event.value()
        return value if self.place is None or value is None else value[self.place]

    def members(self) -> Mapping[str, Any]:
        """Its members, none when it is no object."""
        value = self.value()
        return value if isinstance(value, dict) else {}

    def params(self) -> Mapping[str, Any]:
        """The parameters of a request or notification, none when they are no object."""
        found = self.members().get("params")
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification; ``about`` is the number of the request that it belongs to (0: none)."""

    piece: Piece
    method: str
    about: int = 0

    @property
    def connection(self) -> int:
        """The connection that it came on."""
        return self.piece.event.connection

    @property
    def number(self) -> int:
        """The number of its event."""
        return self.piece.number

    @property
    def time(self) -> float:
        """When it came, in seconds since the header."""
        return self.piece.event.time


@dataclass(frozen=True, slots=True)
class HttpExchange:
    """An HTTP exchange, as far as it went.

    ``status`` is 0 without an answer, ``why`` None while it was open, ``messages`` how many its
    answer brought. ``headers`` are those of the request, ``answered`` those of the answer.
    """

    number: int
    time: float
    connection: int
    exchange: int
    method: str
    path: str
    status: int = 0
    why: Finish | None = None
    text: str = ""
    messages: int = 0
    ended: float | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    answered: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTrip:
    """A request with what came of it; ``request`` or ``answer`` may be missing, never both.

    ``direction`` is that of the request, ``name`` the tool or prompt, or the URI, that it is about.
    ``code`` is that of a JSON-RPC error. ``http`` is the exchange that carried a client's request,
    or an answer alone; None on stdio.

    ``said`` are the notifications that belong to it, progress among them, in their order: the
    first of many, of which ``notifications`` (without progress) and ``progress`` are the counts.
    ``inside`` are the other side's requests meanwhile, the first of many too; what is more comes
    by itself. ``within`` is the number of the request that it came within (0: none).

    ``follows`` is the number of the request that this one goes on with after ``input_required``
    (0: none), ``leg`` which it is of them, from 1. ``reused``: its id was that of an open request.
    ``cancelled`` is its cancellation; an answer may have come all the same.
    """

    connection: int
    direction: Direction
    outcome: Outcome
    method: str = ""
    name: str = ""
    id: Any = None
    request: Piece | None = None
    answer: Piece | None = None
    code: int | None = None
    http: HttpExchange | None = None
    progress: int = 0
    last_progress: Piece | None = None
    notifications: int = 0
    said: tuple[Notification, ...] = ()
    within: int = 0
    inside: tuple[RoundTrip, ...] = ()
    follows: int = 0
    leg: int = 1
    reused: bool = False
    cancelled: Piece | None = None

    @property
    def _first(self) -> Piece:
        piece = self.request or self.answer
        if piece is None:
            raise AssertionError("a round trip without a message")
        return piece

    @property
    def number(self) -> int:
        """The number of its first event."""
        return self._first.number

    @property
    def line(self) -> int:
        """The line of the file that its first event stands in (0: none)."""
        return self._first.event.line

    @property
    def exchange(self) -> int:
        """The HTTP exchange that its first event came on, 0 on stdio."""
        return self._first.event.exchange

    @property
    def status(self) -> int:
        """The status of its HTTP exchange, 0 without one."""
        return self.http.status if self.http else 0

    @property
    def why(self) -> str:
        """How its HTTP exchange ended without an answer, else empty."""
        if self.answer is not None or self.http is None or self.http.why is None:
            return ""
        return self.http.text or self.http.why.value

    @property
    def time(self) -> float:
        """When it began, in seconds since the header."""
        return self._first.event.time

    @property
    def seconds(self) -> float | None:
        """How long the answer took; None without a request or an answer."""
        if self.request is None or self.answer is None:
            return None
        return max(self.answer.event.time - self.request.event.time, 0.0)


Item = RoundTrip | Notification | HttpExchange | Event
