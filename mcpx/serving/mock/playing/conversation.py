"""What a request that is played asks of the conversation around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mcpx.serving.mock.playing.choosing import Choosing
from mcpx.serving.mock.playing.outs import Out
from mcpx.serving.mock.playing.questions import Questions
from mcpx.serving.mock.playing.schedule import NEVER, Schedule
from mcpx.serving.mock.playing.wording import Wording
from mcpx.serving.mock.tape.takes import Take

if TYPE_CHECKING:
    from mcpx.serving.mock.playing.playback import Playback


class Conversation(Protocol):
    """Where a request is played: what all requests of one client have in common."""

    schedule: Schedule
    choosing: Choosing
    questions: Questions
    wording: Wording
    one_stream: bool

    def loose(self, before: int = NEVER) -> Out | None:
        """What is to be said on the one stream before an event; None for nothing."""

    def suspend(self, playback: Playback) -> str:
        """The state that a client goes on with later."""

    def lost(self, take: Take) -> str:
        """The JSON of the error for an answer that is not in the recording."""
