"""What a tap on stdio has seen, piece by piece, as the events of a recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mcpx.operations.taps.stdio.lines import Line, Lines
from mcpx.sessions.ledger import Caps
from mcpx.sessions.writing import Recorder
from mcpx.wire import Direction, Ending

# So many lines are recorded with each step, since together they are quicker.
_TOGETHER = 64
# The three streams, each by the number that it has as a standard stream of the server.
INPUT, OUTPUT, ERRORS = range(3)


class RecordedProcess:
    """One server's process in a recording: its messages, its lines of stderr and its end.

    ``began`` and ``at`` are in seconds of ``time.monotonic``.
    """

    def __init__(
        self, recorder: Recorder, pid: int, began: float, caps: Caps | None = None
    ) -> None:
        caps = caps or Caps()
        self._recorder = recorder
        self._connection = recorder.opened(pid, began)
        self._lines = {
            INPUT: Lines(caps.message),
            OUTPUT: Lines(caps.message),
            ERRORS: Lines(caps.line, kept=caps.line),
        }

    def take(self, stream: int, at: float, piece: bytes) -> Iterator[None]:
        """Record the lines that end in a piece of a stream, some with each step.

        An empty piece is the end of the stream.
        """
        lines = self._lines[stream]
        found = lines.of(piece) if piece else lines.rest()
        for first in range(0, len(found), _TOGETHER):
            self._record(stream, at, found[first : first + _TOGETHER])
            yield

    def over(self, code: int, by: Ending) -> None:
        """The server's process has ended."""
        self._recorder.exited(self._connection, code, by)

    def _record(self, stream: int, at: float, lines: Sequence[Line]) -> None:
        if stream == ERRORS:
            for line in lines:
                self._recorder.stderr(self._connection, line.data, at)
            return
        direction = Direction.TO_SERVER if stream == INPUT else Direction.TO_CLIENT
        self._recorder.messages(self._connection, direction, lines, at)
