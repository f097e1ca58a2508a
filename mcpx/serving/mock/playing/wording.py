"""A recorded message as it goes to a client now: with its ids, and in its era; no I/O."""

from __future__ import annotations

from typing import Any

from mcpx.client.eras.modern import LOG_LEVEL
from mcpx.codes import METHOD_NOT_FOUND
from mcpx.json_rpc import INITIALIZE, LISTEN, SUBSCRIPTION, id_key, members
from mcpx.servers import Era
from mcpx.serving.mock.playing.asked import Asked
from mcpx.serving.mock.playing.eras import (
    ACKNOWLEDGED,
    LISTENED,
    honoured,
    is_listened,
    legacy_answer,
    modern_answer,
)
from mcpx.serving.mock.playing.outs import JSON, Out
from mcpx.serving.mock.playing.questions import Questions
from mcpx.serving.mock.playing.restamping import part, with_value, written
from mcpx.serving.mock.tape.takes import Part, Step, Take
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.items import CANCELLED, PROGRESS, Outcome
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import SESSION_HEADER, Finish

# Of errors in the modern era, by their codes (2026-07-28, basic/transports/streamable-http).
_REFUSED = (-32700, -32600, -32602, -32020, -32021, -32022)
LOG = "notifications/message"


class Wording:
    """How messages of a tape are put to one client.

    ``server`` is the JSON of what the server says that it is; ``session`` the id of the session
    that the handshake hands out.
    """

    def __init__(self, tape: Tape, questions: Questions, server: str, session: str) -> None:
        self._tape = tape
        self._questions = questions
        self._server = server
        self._session = session

    def text(self, step: Step) -> str:
        """A message as it was recorded."""
        return self._tape.text(step.piece)

    def answer(self, take: Take, step: Step, asked: Asked) -> str:
        """A recorded answer to a request."""
        text = self._tape.text(step.piece)
        if part(text, ("id",)) != "null":
            text = with_value(text, ("id",), asked.id)
        text = with_value(text, ("result", "_meta", SUBSCRIPTION), asked.id)
        if take.era is asked.era:
            return text
        if asked.era is Era.LEGACY:
            return legacy_answer(text, take.method)
        return modern_answer(text, take.method, self._server)

    def said(self, take: Take, step: Step, asked: Asked) -> str | None:
        """A recorded notification of a take; None where this client gets none."""
        if not _is_wanted(take, step, asked):
            return None
        text = self._tape.text(step.piece)
        if step.method == PROGRESS:
            return with_value(text, ("params", "progressToken"), asked.token or "null")
        if step.method == CANCELLED:
            return self.withdrawn(text, step, take.id, asked.id)
        if step.method == ACKNOWLEDGED:
            agreed = members(step.piece.params().get("notifications"))
            own = honoured(agreed, members(asked.params.get("notifications")))
            if own != agreed:
                text = with_value(text, ("params", "notifications"), written(own))
        return with_value(text, ("params", "_meta", SUBSCRIPTION), asked.id)

    def withdrawn(self, text: str, step: Step, of: Any = None, own: str = "") -> str:
        """A server's cancellation, of its question or of the subscription ``of``."""
        cancelled = step.piece.params().get("requestId")
        if own and id_key(cancelled) == id_key(of):
            return with_value(text, ("params", "requestId"), own)
        renamed = self._questions.renamed(cancelled)
        return with_value(text, ("params", "requestId"), renamed) if renamed else text

    def head(self, take: Take, asked: Asked) -> dict[str, Any]:
        """The ``status``, ``kind`` and ``headers`` of all Outs of an answer, as far as known."""
        native = take.era is asked.era
        headers = dict(take.headers) if native else {}
        if take.method == INITIALIZE and self._session:
            headers[SESSION_HEADER] = self._session
        return {"status": _status(take, asked), "kind": _kind(take, native), "headers": headers}


def bare(step: Step, **head: Any) -> Out:
    """What is no message: an event without one, or the end of a stream that goes on elsewhere."""
    breaks = Finish(step.about) if step.part is Part.CLOSED else None
    return Out(
        text="",
        stream=step.piece.event.stream,
        after=step.after,
        breaks=breaks,
        **{"kind": EVENT_STREAM, **head},
    )


def _is_wanted(take: Take, step: Step, asked: Asked) -> bool:
    """Whether a client gets a notification."""
    if step.method == PROGRESS:
        return asked.token is not None
    if take.method == LISTEN:
        wanted = members(asked.params.get("notifications"))
        return is_listened(step.method, step.piece.params().get("uri"), wanted)
    if take.era is asked.era:
        return True
    if step.method == LOG and asked.era is Era.MODERN:
        # A modern server logs for those alone who ask for it.
        return LOG_LEVEL in members(asked.params.get("_meta"))
    return step.method not in LISTENED


def _status(take: Take, asked: Asked) -> int:
    if take.status and take.era is asked.era:
        return take.status
    # A stream has begun before its error is known.
    if asked.era is Era.LEGACY or len(take.messages) != 1:
        return 200
    answer = take.messages[0].piece.members()
    return status_of(members(answer.get("error")).get("code"))


def _kind(take: Take, native: bool) -> str:
    if native and take.outcome is Outcome.HTTP_ERROR:
        return take.kind
    said = any(step.part in (Part.SAID, Part.ASKED) for step in take.messages)
    if native and take.kind and not (said and take.kind == JSON):
        return take.kind
    if native and take.status and not take.messages:
        return take.kind
    asks = not native and take.outcome is Outcome.INPUT_REQUIRED
    return EVENT_STREAM if said or asks or len(take.messages) != 1 else JSON


def status_of(code: Any) -> int:
    """The HTTP status of a modern error, 200 for a result."""
    if code == METHOD_NOT_FOUND:
        return 404
    return 400 if code in _REFUSED else 200
