"""Recording what mcpx itself says to servers and hears from them, in session files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mcpx.client import frames
from mcpx.client.events import Event
from mcpx.client.taps import End, Ended, Headers, Tap
from mcpx.errors import ConfigError, UsageError
from mcpx.files import check_writable
from mcpx.servers import ServerSpec, Transport
from mcpx.sessions.destinations import Destination, is_free
from mcpx.sessions.events import Direction, Ending, Finish, Mode, StreamEvent, Unread
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.writing import Recorder, new_header

_DIRECTIONS = {
    frames.Direction.SENT: Direction.TO_SERVER,
    frames.Direction.RECEIVED: Direction.TO_CLIENT,
}

_FINISHES = {
    End.WHOLE: Finish.END,
    End.LEFT: Finish.CLIENT,
    End.BROKEN: Finish.SERVER,
    End.UNREACHABLE: Finish.UNREACHABLE,
}
_ENDINGS = {
    Ended.ITSELF: Ending.ITSELF,
    Ended.END_OF_INPUT: Ending.END_OF_INPUT,
    Ended.US: Ending.CLIENT,
}


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
            redaction = Redaction.of(self._environment, spec, self._given)
            header = new_header(Mode.CLIENT, target_of(spec), redaction)
            destination = Destination(self._path, spec.name)
            self._recorders[spec.name] = Recorder(destination, header, redaction)
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


def target_of(spec: ServerSpec) -> dict[str, Any]:
    """What a session file says of a recorded server: as it is written, variables by name.

    ``new_header`` masks what is secret in it.
    """
    target: dict[str, Any] = {"transport": spec.transport.value}
    if spec.url:
        return {**target, "url": spec.url}
    target["command"] = [spec.command, *spec.args]
    target["cwd"] = str(Path(spec.cwd or ".").expanduser().absolute())
    if spec.env:
        target["env"] = sorted(spec.env)
    return target


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
        direction: frames.Direction,
        raw: bytes,
        exchange: int = 0,
        event: Event | None = None,
    ) -> None:
        stream = None if event is None else _stream(event)
        self._recorder.message(
            self._connection, _DIRECTIONS[direction], raw, exchange=exchange, stream=stream
        )

    def unread(self, direction: frames.Direction, data: bytes, exchange: int = 0) -> None:
        why = Unread.BODY if exchange else Unread.NOT_JSON
        self._recorder.raw(self._connection, _DIRECTIONS[direction], data, why, exchange)

    def requested(self, exchange: int, method: str, path: str, headers: Headers) -> None:
        self._recorder.http_request(self._connection, exchange, method, path, headers)

    def answered(self, exchange: int, status: int, headers: Headers) -> None:
        self._recorder.http_answer(self._connection, exchange, status, headers)

    def event(self, exchange: int, event: Event) -> None:
        # What an endpoint event names is told to nobody: it is as good as a session id.
        self._recorder.streamed(self._connection, exchange, _stream(event))

    def finished(self, exchange: int, end: End, text: str = "") -> None:
        self._recorder.finished(self._connection, exchange, _FINISHES[end], text)

    def stderr(self, line: bytes) -> None:
        self._recorder.stderr(self._connection, line)

    def exited(self, code: int, why: Ended) -> None:
        self._recorder.exited(self._connection, code, _ENDINGS[why])


def _stream(event: Event) -> StreamEvent:
    retry = None if event.retry is None else round(event.retry * 1000)
    return StreamEvent(event.id, event.kind or None, retry, empty=not event.data)
