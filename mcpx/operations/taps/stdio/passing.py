"""The loop of a tap on stdio: everything is passed on first, and recorded when there is time."""

from __future__ import annotations

import select
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping

from mcpx.operations.taps.stdio import signals
from mcpx.operations.taps.stdio.flows import Flow
from mcpx.operations.taps.stdio.starting import Started

# Without "typing", and without what takes longer: the server is waiting for its first message.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from mcpx.operations.taps.stdio.recorded_process import RecordedProcess
    from mcpx.wire import Ending

# Of what was passed on and not yet recorded, in bytes: beyond it recording comes first.
_MOST_UNRECORDED = 16 * 1024 * 1024
# Seconds of silence after which recording begins, since an answer often comes at once; for how long
# it waits for that; and for how long it goes on before the next look at what is to be passed on.
_QUIET = 0.001
_LATE = 1.0
_SLICE = 0.001
# Seconds for a server to leave whose client has gone without ending it, and after SIGTERM.
# A client that is still there decides itself how long it waits (specification 2026-07-28,
# basic/transports/stdio, "Shutdown").
_LEAVE_AFTER_CLIENT = 5.0
_LEAVE_AFTER_TERM = 2.0
_GONE = select.POLLERR | select.POLLHUP | select.POLLNVAL


class Passing:
    """What a client and its server write to each other, on its way and into a recording.

    The client is at our standard streams. ``heard`` is where signals are read from. ``begin``
    gives the recording, in small steps: whatever takes long keeps somebody waiting. ``failure`` is
    what went wrong with it in a way that nobody has thought of.
    """

    def __init__(
        self,
        server: Started,
        heard: int,
        begin: Callable[[], Generator[None, None, RecordedProcess]],
    ) -> None:
        self._server = server
        self._heard = heard
        self._input = Flow(0, server.stdin)
        self._output = Flow(server.stdout, 1)
        self._errors = Flow(server.stderr, 2, lasting=True)
        self._flows = (self._input, self._output, self._errors)
        self._open = list(self._flows)
        self._poll = select.poll()
        self._watched: dict[int, int] = {}
        # What was passed on and is to be recorded: the number of its flow, when it came, and what
        # it was, which is nothing at the end of the flow.
        self._unrecorded: deque[tuple[int, float, bytes]] = deque()
        self._unrecorded_size = 0
        self._process: RecordedProcess | None = None
        self._recording = self._recorded(begin)
        self._is_quiet = False
        self.failure: Exception | None = None
        self._signalled: set[int] = set()
        self._ended_by_us = False
        self._deadline: float | None = None

    def run(self) -> int:
        """Pass everything on until the server has ended, and record it; returns its status.

        Negative: the signal that ended it.
        """
        while not self._is_over():
            self._watch()
            ready = dict(self._poll.poll(self._patience()))
            self._pass_on(ready)
            self._hear(ready)
            self._end_what_stays()
            self._is_quiet = not ready
            if self._is_quiet or self._is_late():
                self._record()
            while self._unrecorded_size > _MOST_UNRECORDED:
                self._record()
        while self._is_behind():
            self._record()
        code = self._server.code or 0
        if self._process is not None and self.failure is None:
            self._process.over(code, self._ending(code))
        return code

    def _is_over(self) -> bool:
        return self._server.code is not None and self._output.is_over and self._errors.is_over

    def _ending(self, code: int) -> Ending:
        from mcpx.wire import Ending

        if self._ended_by_us:
            return Ending.TAP
        if any(one in signals.ENDING or one == -code for one in self._signalled):
            return Ending.CLIENT
        # A server that leaves closes its input too, and is then no longer asked to.
        asked = self._input.source < 0 and not self._input.reader_left
        return Ending.END_OF_INPUT if asked else Ending.ITSELF

    # --- waiting -------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Tell the system what to wait for, where that has changed."""
        wanted = {self._heard: select.POLLIN}
        for flow in self._flows:
            if flow.source >= 0 and not flow.waiting:
                wanted[flow.source] = select.POLLIN
            if flow.target >= 0:
                # Without anything to write, to learn that the reader has left.
                wanted[flow.target] = select.POLLOUT if flow.waiting else 0
        if wanted != self._watched:
            for descriptor in self._watched.keys() - wanted.keys():
                self._poll.unregister(descriptor)
            for descriptor, events in wanted.items():
                self._poll.register(descriptor, events)
            self._watched = wanted

    def _patience(self) -> float | None:
        """Milliseconds to wait for something to pass on; None: for ever."""
        if self._server.code is not None and self._sources():
            return 0
        if self._is_behind():
            return 0 if self._is_quiet else _QUIET * 1000
        if self._deadline is None:
            return None
        return max(0.0, self._deadline - time.monotonic()) * 1000

    def _sources(self) -> list[Flow]:
        """From where something of the server can be read just now."""
        return [one for one in (self._output, self._errors) if one.source in self._watched]

    # --- passing on ----------------------------------------------------------------------------

    def _pass_on(self, ready: Mapping[int, int]) -> None:
        silent = [one for one in self._sources() if one.source not in ready]
        for number, flow in enumerate(self._flows):
            if flow.target in ready:
                if flow.waiting:
                    flow.write()
                elif ready[flow.target] & _GONE:
                    flow.lose_reader()
            if flow.source in ready and not flow.waiting:
                piece = flow.read()
                if piece:
                    self._unrecorded.append((number, time.monotonic(), piece))
                    self._unrecorded_size += len(piece)
        if self._server.code is not None:
            # What it left in its pipes has been read; something else may hold them open.
            for flow in silent:
                flow.end()
        if self._output.reader_left:
            self._input.end()  # of a client that cannot be answered any more
        for flow in [one for one in self._open if one.source < 0]:
            self._open.remove(flow)
            self._unrecorded.append((self._flows.index(flow), time.monotonic(), b""))

    def _hear(self, ready: Mapping[int, int]) -> None:
        if self._heard not in ready:
            return
        for number in signals.read(self._heard):
            if number == signal.SIGCHLD:
                self._server.ended()
            elif self._server.code is None:
                self._server.signal_group(number)
                self._signalled.add(number)

    def _end_what_stays(self) -> None:
        """End a server that does not leave although nobody takes what it writes any more."""
        if not self._output.reader_left or self._server.code is not None:
            return
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = now + _LEAVE_AFTER_CLIENT
        elif now >= self._deadline:
            self._server.signal_group(signal.SIGKILL if self._ended_by_us else signal.SIGTERM)
            self._ended_by_us = True
            self._deadline = now + _LEAVE_AFTER_TERM

    # --- recording -----------------------------------------------------------------------------

    def _is_behind(self) -> bool:
        """Whether there is something to record, or to make ready for it."""
        return bool(self._unrecorded) or (self._process is None and self.failure is None)

    def _is_late(self) -> bool:
        """Whether what has come waits for too long, so that much of it would be lost with us."""
        return bool(self._unrecorded) and time.monotonic() - self._unrecorded[0][1] > _LATE

    def _record(self) -> None:
        """Record for a little while, as long as there is something to record."""
        until = time.monotonic() + _SLICE
        while self._is_behind():
            try:
                next(self._recording)
            except Exception as error:  # whatever it is, a bug too, must not end the session
                self.failure = error
                self._recording = self._dropped()
            if time.monotonic() >= until:
                break

    def _recorded(
        self, begin: Callable[[], Generator[None, None, RecordedProcess]]
    ) -> Generator[None, None, None]:
        """Records a little of what was passed on with each step."""
        process = self._process = yield from begin()
        while True:
            yield
            number, at, piece = self._unrecorded[0]
            yield from process.take(number, at, piece)
            self._unrecorded.popleft()
            self._unrecorded_size -= len(piece)

    def _dropped(self) -> Generator[None, None, None]:
        """Forgets what was passed on: nothing can be recorded any more."""
        while True:
            self._unrecorded.clear()
            self._unrecorded_size = 0
            yield
