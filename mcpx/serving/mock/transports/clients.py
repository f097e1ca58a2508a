"""One client of a mock over HTTP: its player, and what has been said to it."""

from __future__ import annotations

from collections import deque
from typing import Any

from mcpx.serving.mock.delivery import Delivery
from mcpx.serving.mock.playing.player import Player
from mcpx.serving.mock.transports.streams import Stream

# Streams of one client that it may come back for.
_MOST = 100


class Client:
    """Who belongs to one session, or all who have none."""

    def __init__(self, delivery: Delivery, player: Player) -> None:
        self.player = player
        self.is_listening = False
        self._delivery = delivery
        # The newest last.
        self._open: list[Stream] = []
        self._kept: deque[Stream] = deque(maxlen=_MOST)
        self._unasked: Stream | None = None

    def hear(self, value: Any) -> Stream:
        """What the player makes of what the client has sent."""
        self._open = [stream for stream in self._open if not stream.is_over]
        stream = Stream(self._delivery.delivered(self.player, value))
        self._open.append(stream)
        return stream

    async def left(self, stream: Stream, cancels: bool) -> None:
        """Nobody reads a stream any more; ``cancels``: that is the end of it."""
        if cancels:
            await stream.stop()
        if stream.resumes and stream is not self._unasked and stream not in self._kept:
            self._kept.append(stream)

    def unasked(self) -> Stream:
        """What is said outside of requests."""
        if self._unasked is None:
            self._unasked = Stream(self._delivery.timed(self.player.unasked()))
            self._open.append(self._unasked)
        return self._unasked

    def place(self, event_id: str) -> tuple[Stream, int] | None:
        """The stream with an event of this id, and the place behind it."""
        unasked = () if self._unasked is None else (self._unasked,)
        for stream in (*unasked, *reversed(self._open), *reversed(self._kept)):
            if at := stream.after(event_id):
                return stream, at
        return None

    async def close(self) -> None:
        """Say nothing more."""
        for stream in tuple(self._open):
            await stream.stop()
        self._open.clear()
