"""The answers of a recording, so that they are found again; no I/O but for its blobs."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mcpx.json_rpc import INITIALIZE
from mcpx.json_spans import members as spans
from mcpx.servers import Era
from mcpx.serving.mock.tape.matching import fits
from mcpx.serving.mock.tape.spooling import Spooled, spooled
from mcpx.serving.mock.tape.takes import Take, key_of
from mcpx.sessions.blobs import inlined
from mcpx.sessions.events import Event
from mcpx.sessions.items import Piece
from mcpx.sessions.reading import Pass


class Tape:
    """All that a server said in a recording, of all its connections.

    ``takes`` are the recorded requests in their order, ``loose`` what was said outside of them.
    ``eras`` are those that the server was seen to speak, with their versions; none where nothing
    tells. ``server`` is what it said of itself. ``has_sessions``: it handed out session ids.
    ``is_whole``: nothing of the recording is missing.
    """

    def __init__(
        self, spooled: Spooled, blob: Callable[[str], bytes] | None, is_whole: bool = True
    ) -> None:
        self.takes = spooled.takes
        self.is_whole = is_whole
        self.loose = spooled.loose
        self.eras = spooled.eras
        self.server = spooled.server
        self.has_sessions = spooled.has_sessions
        self._blob = blob
        # By connection, and for all of them by 0.
        self._heard: dict[int, list[int]] = {}
        self._notified: dict[tuple[int, str], list[int]] = {}
        for one in spooled.heard:
            for connection in (0, one.connection):
                self._heard.setdefault(connection, []).append(one.number)
                if one.method:
                    self._notified.setdefault((connection, one.method), []).append(one.number)
        self._equal: dict[tuple[str, str, str], list[Take]] = {}
        self._blank: dict[tuple[str, str], list[Take]] = {}
        self._of: dict[tuple[str, str], list[Take]] = {}
        self._following: dict[int, list[Take]] = {}
        for take in self.takes:
            self._of.setdefault((take.method, take.name), []).append(take)
            self._equal.setdefault((take.method, take.name, take.key), []).append(take)
            if take.has_blanks:
                self._blank.setdefault((take.method, take.name), []).append(take)
            if take.follows:
                self._following.setdefault(take.follows, []).append(take)

    @classmethod
    def of(cls, events: Iterable[Event], blob: Callable[[str], bytes] | None = None) -> Tape:
        """The tape of a session: its events (a Reading has them), and who gives its blobs."""
        passing = iter(events)
        found = spooled(passing)
        return cls(found, blob, passing.complete if isinstance(passing, Pass) else True)

    def lacks(self, era: Era) -> bool:
        """Whether it is known that no client of this era was recorded."""
        return bool(self.eras) and era not in self.eras

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to be played."""
        return not self.loose and not any(take.is_known for take in self.takes)

    def of_name(self, method: str, name: str) -> Sequence[Take]:
        """The takes of a method and a name, in their order."""
        return self._of.get((method, name), ())

    def equal(self, method: str, name: str, params: Mapping[str, Any]) -> list[Take]:
        """The takes that ask the same; what was masked in one may have been anything."""
        key = key_of(params)
        found = list(self._equal.get((method, name, key), ()))
        blank = self._blank.get((method, name), ())
        return found + [one for one in blank if one.key != key and fits(one, params)]

    def of_method(self, method: str) -> Iterator[Take]:
        """The takes of a method, in their order."""
        return (take for take in self.takes if take.method == method)

    def following(self, number: int) -> Sequence[Take]:
        """The takes that go on with one."""
        return self._following.get(number, ())

    @property
    def connections(self) -> list[int]:
        """The connections that began with a handshake, in their order."""
        return list(dict.fromkeys(one.connection for one in self.of_method(INITIALIZE)))

    def heard_after(self, number: int, connection: int) -> int:
        """The number of the first message of the client after an event; of all connections for 0.

        Beyond all events where there is none.
        """
        heard = self._heard.get(connection, ())
        at = bisect.bisect(heard, number)
        return heard[at] if at < len(heard) else 1 << 62

    def notified(self, method: str, place: int, connection: int) -> int | None:
        """The number of a client's notification: the one at a place of those of its method."""
        found = self._notified.get((connection, method), ())
        return found[place] if place < len(found) else None

    def text(self, piece: Piece) -> str:
        """What a message says, as it was on the wire: with its blobs, out of its batch."""
        event = piece.event
        if event.blobs and self._blob is not None:
            event = inlined(event, self._blob)
        if piece.place is None:
            return event.text
        one = spans(event.text)[0][piece.place]
        return event.text[one.start : one.end]
