"""What a player has to say to its client: one message, or what came in its place; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mcpx.servers import NOTHING
from mcpx.wire import Finish, StreamEvent

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """A message for the client, or a body that is none.

    ``text`` is what goes over the wire: one line of JSON, empty where there is none. ``final``:
    it ends what was asked; over HTTP what may follow it belongs to nothing that is open.
    ``question``: the client is to answer, and what follows waits for that. ``stream`` are the
    fields of the server-sent event that brought it. ``after`` is how many seconds it came, when it
    was recorded, after what was before it in the same answer: the request, a message of the server,
    the client's answer to a question.

    ``status``, ``kind`` (the media type) and ``headers`` (names in small letters, the session's
    among them) are those of the HTTP answer that it belongs to: the same in all of one.
    ``kind`` is ``text/event-stream`` wherever there may be more than one. ``breaks`` is how the
    recorded exchange ended here, without an answer; what follows is for a client that comes again.
    ``exits`` is the status with which the recorded process ended here.
    """

    text: str
    final: bool = False
    question: bool = False
    stream: StreamEvent | None = None
    after: float = 0.0
    status: int = 200
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    breaks: Finish | None = None
    exits: int | None = None
