"""What a server says outside of all requests, as one client gets it; no I/O."""

from __future__ import annotations

from mcpx.json_rpc import id_key
from mcpx.servers import Era
from mcpx.serving.mock.playing.eras import legacy_notification
from mcpx.serving.mock.playing.outs import Out
from mcpx.serving.mock.playing.questions import Questions
from mcpx.serving.mock.playing.restamping import with_value, written
from mcpx.serving.mock.playing.schedule import Schedule
from mcpx.serving.mock.playing.wording import Wording, bare
from mcpx.serving.mock.tape.takes import BARE, Loose, Part
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.items import CANCELLED
from mcpx.sse_events import EVENT_STREAM

_UPDATED = "notifications/resources/updated"


class Unasked:
    """That of one client; ``subscribed`` are the resources that a legacy one is told of."""

    def __init__(
        self,
        tape: Tape,
        schedule: Schedule,
        wording: Wording,
        questions: Questions,
        one_stream: bool,
    ) -> None:
        self.subscribed: set[str] = set()
        self._schedule = schedule
        self._wording = wording
        self._questions = questions
        self._one_stream = one_stream
        # A recording of the modern era for a client of the legacy one.
        self._crosses = tape.lacks(Era.LEGACY)
        # The live ids of questions, with the numbers of the recorded.
        self._asked: dict[str, int] = {}

    def next(self, before: int) -> Out | None:
        """What is due now and before an event; None for nothing."""
        while (found := self._schedule.loose(before)) is not None:
            if (out := self._out(found)) is not None:
                return out
        return None

    def answered(self, live: object) -> None:
        """The client has answered a question with this id."""
        self._schedule.answered(self._asked.pop(id_key(live), 0))

    def _out(self, loose: Loose) -> Out | None:
        step = loose.step
        if step.part in BARE:
            return None if self._one_stream or self._crosses else bare(step)
        text = self._wording.text(step)
        if step.part is Part.ASKED:
            asked = self._questions.new(step.piece.members().get("id"))
            self._asked[id_key(asked)] = step.number
            self._schedule.asked(step.number, step.of)
            text = with_value(text, ("id",), written(asked))
        elif step.method == CANCELLED:
            text = self._wording.withdrawn(text, step)
        if self._crosses:
            uri = step.piece.params().get("uri")
            if step.method == _UPDATED and uri not in self.subscribed:
                return None
            text = legacy_notification(text)
        return Out(
            text=text,
            question=step.part is Part.ASKED,
            stream=step.piece.event.stream,
            after=step.after,
            kind=EVENT_STREAM,
        )
