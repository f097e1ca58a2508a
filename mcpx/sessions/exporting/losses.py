"""What of a session the format of another tool has no place for, told by its events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mcpx.sessions.events import (
    EraKnown,
    Event,
    Exited,
    Finished,
    Http,
    Message,
    Note,
    Opened,
    Raw,
    Stderr,
    Streamed,
    Unread,
)
from mcpx.wire import StreamEvent

_KEPT_HEADERS = ("mcp-", "www-authenticate")


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that is lost: what it is, for people, and whether an event has it."""

    what: str
    is_in: Callable[[Event], bool]


class Losses:
    """Sees the events of a session, and knows then what is lost of it."""

    def __init__(self, losses: Sequence[Loss]) -> None:
        self._losses = losses
        self._open = list(losses)

    def see(self, event: Event) -> None:
        """Take an event."""
        if self._open:
            self._open = [one for one in self._open if not one.is_in(event)]

    @property
    def found(self) -> list[str]:
        """What is lost of what was seen."""
        return [one.what for one in self._losses if one not in self._open]


def _is_get(event: Event) -> bool:
    return isinstance(event, Http) and event.method in ("GET", "DELETE")


def _has_other_headers(event: Event) -> bool:
    return isinstance(event, Http) and not all(
        name.startswith(_KEPT_HEADERS) for name in event.headers
    )


def _has_stream_fields(event: Event) -> bool:
    if isinstance(event, Message):
        stream = event.stream
        return stream is not None and not (stream.id is None and stream.event is None)
    return isinstance(event, Streamed)


STDERR = Loss("what the server said on stderr", lambda event: isinstance(event, Stderr))
LIVES = Loss(
    "when connections and processes began and ended",
    lambda event: isinstance(event, Opened | Exited),
)
ENDS = Loss("when exchanges ended", lambda event: isinstance(event, Finished))
ERAS = Loss("eras", lambda event: isinstance(event, EraKnown))
NOTES = Loss("notes", lambda event: isinstance(event, Note))
MASKED = Loss(
    "where in a message a secret was masked",
    lambda event: isinstance(event, Message | Raw) and bool(event.masked),
)
REQUESTS = Loss("GET and DELETE requests", _is_get)
HEADERS = Loss("headers other than Mcp-* and WWW-Authenticate", _has_other_headers)
STREAMS = Loss(
    "ids and names of server-sent events, and those without a message", _has_stream_fields
)
BATCHES = Loss(
    "that messages came as a batch",
    lambda event: isinstance(event, Message) and event.text.startswith("["),
)
BYTES = Loss(
    "bytes that are not UTF-8",
    lambda event: isinstance(event, Raw) and event.why is Unread.NOT_UTF8,
)
COMMENTS = Loss(
    "comments in streams",
    lambda event: isinstance(event, Streamed) and event.stream == StreamEvent(),
)
