"""A tap on stdio: stands where a host expects a server, starts the server and records it all.

The client sees the server's bytes, its end and its status; the server gets the client's bytes, the
signals that come, and the environment, folder and descriptors that it would have without us.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import time
from collections.abc import Callable, Generator, Sequence

from mcpx.operations.taps.stdio import signals
from mcpx.operations.taps.stdio.passing import Passing
from mcpx.operations.taps.stdio.starting import occupy_standard_streams, start, status_of_failure

# Without "typing", which would take a while to import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from mcpx.operations.taps.stdio.recorded_process import RecordedProcess
    from mcpx.sessions.writing import Recorder

# With which status a tap ends whose server ended with 0, but whose recording is not whole.
NOT_RECORDED = 2
# What recording takes, in the order and in pieces in which it is imported while the server starts.
_NEEDED = (
    *("typing", "dataclasses", "mcpx.servers", "mcpx.settings", "mcpx.masking"),
    *("mcpx.sessions.events", "mcpx.sessions.lines", "mcpx.sessions.secret_shapes"),
    *("mcpx.sessions.redaction", "mcpx.sessions.opening", "mcpx.sources.targets"),
)


def tap(
    command: Sequence[str],
    output: str,
    told: Callable[[str], None],
) -> int:
    """Run a server between the client at our standard streams and a recording of the session.

    ``output`` is the file, or the folder, for the recording. ``told`` gets what a person has to
    know. A recording that fails changes nothing for the session.

    Returns the server's status, but 2 where that is 0 and the recording failed; as a shell, 127 for
    a command that is not found and 126 for one that cannot be run. When a signal ended the server
    it ends this process too.
    """
    with contextlib.ExitStack() as stack:
        try:
            occupy_standard_streams()
            heard = stack.enter_context(signals.readable())
            server = start(command)
        except OSError as error:
            stack.close()  # to say something takes a descriptor
            missing = error.errno == errno.ENOENT
            told(f"{command[0]}: {'command not found' if missing else _reason(error)}")
            return status_of_failure(error)
        recording = _Recording(command, output, told)
        passing = Passing(server, heard, lambda: recording.begin(server.pid))
        code = passing.run()
        whole = recording.complete(passing.failure)
    if code < 0:
        signals.die_of(-code)
        return 128 - code  # what a shell shows for it, where the signal has not ended us
    return code or (0 if whole else NOT_RECORDED)


class _Recording:
    """The recording of one tap, from its beginning to its end; tells once that it has failed."""

    def __init__(self, command: Sequence[str], output: str, told: Callable[[str], None]) -> None:
        self._command = command
        self._output = output
        self._told = told
        self._began = time.monotonic()
        self._recorder: Recorder | None = None
        self._failed_at_once = False

    def begin(self, pid: int) -> Generator[None, None, RecordedProcess]:
        """Open it, in small steps: what takes long is importing what it takes."""
        for name in _NEEDED:
            importlib.import_module(name)
            yield
        from mcpx.operations.taps.stdio.recorded_process import RecordedProcess
        from mcpx.servers import ServerSpec
        from mcpx.sessions.events import Mode
        from mcpx.sessions.opening import open_recording
        from mcpx.settings import environment
        from mcpx.sources.targets import name_of

        program, *arguments = self._command
        spec = ServerSpec(name_of(self._command), command=program, args=tuple(arguments))
        self._recorder = open_recording(
            self._output, Mode.TAP, spec, environment(), began=self._began
        )
        if self._recorder.failure:
            self._failed_at_once = True
            self._told(f"the session is not recorded: {self._recorder.failure}")
        elif self._recorder.path != self._recorder.wanted:
            wanted, path = self._recorder.wanted, self._recorder.path
            self._told(f"{wanted} is there already: recording to {path}")
        return RecordedProcess(self._recorder, pid, self._began)

    def complete(self, error: Exception | None) -> bool:
        """Close it; whether it is whole. ``error`` is what went wrong beside what it knows."""
        failure = "" if error is None else f"{type(error).__name__}: {error}"
        if self._recorder is not None:
            path = self._recorder.close()
            failure = failure or self._recorder.failure
            if not failure and path is None:
                failure = f"it is left in {self._recorder.path}.part"
        if failure and not self._failed_at_once:
            self._told(f"the recording is not whole: {failure}")
        return not failure


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
