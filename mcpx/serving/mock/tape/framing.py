"""What went around the messages of a recording: bare events, ends of streams and of processes.

A client whose stream ended goes on with it on another one, which it asks for with the id of the
last event that it got. What comes there belongs to what was asked first.
Source: specification 2025-11-25, basic/transports, "Resumability and Redelivery".

No I/O.
"""

from __future__ import annotations

from mcpx.serving.mock.tape.takes import Part, Step
from mcpx.sessions.events import Event, Exited, Finished, Http, Message, Streamed
from mcpx.sessions.items import Piece
from mcpx.wire import Direction, Ending, Finish

# A connection and an exchange of it.
Place = tuple[int, int]
# The first event of a stream of HTTP+SSE (specification 2024-11-05, basic/transports).
ENDPOINT = "endpoint"
_LAST = "last-event-id"


class Framing:
    """That of one session, event after event."""

    def __init__(self) -> None:
        self._first: dict[Place, Place] = {}
        # Where each event of a stream came, by its id.
        self._ids: dict[tuple[int, str], Place] = {}
        self._ended: dict[Place, Finished] = {}
        self._steps: dict[Place, list[Step]] = {}
        self._exits: dict[int, Exited] = {}

    def see(self, event: Event) -> None:
        """The next event."""
        place = event.connection, event.exchange
        if isinstance(event, Streamed) and event.stream.event != ENDPOINT:
            self._add(place, _step(Part.EVENT, event))
        if isinstance(event, Streamed | Message) and event.stream and event.stream.id:
            self._ids[event.connection, event.stream.id] = place
        elif isinstance(event, Http) and event.direction is Direction.TO_SERVER:
            before = self._ids.get((event.connection, event.headers.get(_LAST, "")))
            if event.method == "GET" and before is not None:
                self._go_on(before, place)
        elif isinstance(event, Finished):
            self._ended[place] = event
        elif isinstance(event, Exited) and event.by is Ending.ITSELF:
            self._exits[event.connection] = event

    def first(self, place: Place) -> Place:
        """The exchange that one goes on with; itself for most."""
        return self._first.get(place, place)

    def steps(self, place: Place) -> list[Step]:
        """What belongs to an exchange, and to all that go on with it, in its order."""
        return sorted(self._steps.get(place, ()), key=lambda step: step.number)

    def places(self) -> list[Place]:
        """The exchanges that have any."""
        return list(self._steps)

    def exit(self, connection: int) -> Step | None:
        """The end of a server's process that came of itself; None where it did not."""
        event = self._exits.get(connection)
        if event is None:
            return None
        # As a shell tells of a signal.
        return _step(Part.EXITED, event, of=event.code if event.code >= 0 else 128 - event.code)

    def _go_on(self, before: Place, place: Place) -> None:
        self._first[place] = self.first(before)
        ended = self._ended.get(before)
        if ended is not None and ended.why in (Finish.END, Finish.SERVER):
            self._add(place, _step(Part.CLOSED, ended, about=ended.why))

    def _add(self, place: Place, step: Step) -> None:
        self._steps.setdefault(self.first(place), []).append(step)


def _step(part: Part, event: Event, about: str = "", of: int = 0) -> Step:
    """A step without a message."""
    stream = event.stream if isinstance(event, Streamed) else None
    blank = Message(
        number=event.number,
        time=event.time,
        connection=event.connection,
        exchange=event.exchange,
        line=event.line,
        direction=Direction.TO_CLIENT,
        text="",
        stream=stream,
    )
    return Step(part, event.number, Piece(blank), event.time, about=about, of=of)
