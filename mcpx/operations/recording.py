"""Recording what mcpx itself says to servers and hears from them, in session files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mcpx.client.taps import Headers, Tap
from mcpx.errors import ConfigError, UsageError
from mcpx.files import check_writable
from mcpx.servers import ServerSpec, Transport
from mcpx.sessions.destinations import Destination, is_free
from mcpx.sessions.events import Mode, Unread
from mcpx.sessions.opening import open_recording
from mcpx.sessions.writing import Recorder
from mcpx.sse_events import SseEvent
from mcpx.wire import Direction, Ending, Finish


class Recordings:
    """The session files of one run, one for each server that a connection is opened to.

    A session file tells of one server, so several need a folder. ``environment`` is where values
    came from that are secret, ``given`` has further ones by their sources (``option:NAME``,
    ``env:NAME``). ``told`` hears where a recording is when that is not what was asked for.
    """

    def __init__(
        self,
        path: str,
        specs: Sequence[ServerSpec],
        environment: Mapping[str, str],
        given: Mapping[str, str],
        told: Callable[[str], None],
    ) -> None:
        """Raises UsageError, and ConfigError when nothing could be written: nothing was done."""
        if not path:
            raise UsageError("--record: needs the name of a file", hint="--record session.jsonl")
        if not specs:
            raise UsageError("--record: no server is asked, so there is nothing to record")
        self._path = path
        self._environment = environment
        self._given = given
        self._told = told
        self._recorders: dict[str, Recorder] = {}
        destination = Destination(path, specs[0].name)
        if len(specs) > 1 and not destination.is_folder():
            raise UsageError(
                f"--record {path}: a session file tells of one server, and these are {len(specs)}",
                hint=f"--record {Path(path).with_suffix('')}/ writes a file for each",
            )
        _check(destination)

    def tapping(self, spec: ServerSpec, _transport: Transport, pid: int | None) -> Tap:
        """A tap for a connection that opens."""
        if spec.name not in self._recorders:
            self._recorders[spec.name] = open_recording(
                self._path, Mode.CLIENT, spec, self._environment, self._given
            )
        return _Recorded(self._recorders[spec.name], pid)

    def close(self) -> list[str]:
        """Complete every file; what was not recorded, in a sentence each."""
        failures = []
        for server, recorder in self._recorders.items():
            path = recorder.close()
            if recorder.failure or path is None:
                why = recorder.failure or f"it is left in {recorder.path}.part"
                failures.append(f"{server}: the recording is not whole: {why}")
            elif str(path) != self._path:
                self._told(f"{server}: recorded in {path}")
        return failures


def _check(destination: Destination) -> None:
    """Raises ConfigError when it can be told before that nothing can be written there."""
    if destination.is_folder():
        folder = Path(destination.path)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            reason = f"cannot write in {folder}: {error.strerror}"
            raise ConfigError(reason, hint="nothing was done") from error
    check_writable(next(path for path in destination.candidates() if is_free(path)))


class _Recorded(Tap):
    """Writes what it is told of one connection into a session file."""

    def __init__(self, recorder: Recorder, pid: int | None) -> None:
        self._recorder = recorder
        self._connection = recorder.opened(pid)

    def message(
        self,
        direction: Direction,
        raw: bytes,
        exchange: int = 0,
        event: SseEvent | None = None,
    ) -> None:
        stream = None if event is None else event.fields
        self._recorder.message(self._connection, direction, raw, exchange=exchange, stream=stream)

    def unread(self, direction: Direction, data: bytes, exchange: int = 0) -> None:
        why = Unread.BODY if exchange else Unread.NOT_JSON
        self._recorder.raw(self._connection, direction, data, why, exchange)

    def requested(self, exchange: int, method: str, path: str, headers: Headers) -> None:
        self._recorder.http_request(self._connection, exchange, method, path, headers)

    def answered(self, exchange: int, status: int, headers: Headers) -> None:
        self._recorder.http_answer(self._connection, exchange, status, headers)

    def event(self, exchange: int, event: SseEvent) -> None:
        # What an endpoint event names is told to nobody: it is as good as a session id.
        self._recorder.streamed(self._connection, exchange, event.fields)

    def finished(self, exchange: int, end: Finish, text: str = "") -> None:
        self._recorder.finished(self._connection, exchange, end, text)

    def stderr(self, line: bytes) -> None:
        self._recorder.stderr(self._connection, line)

    def exited(self, code: int, why: Ending) -> None:
        self._recorder.exited(self._connection, code, why)
