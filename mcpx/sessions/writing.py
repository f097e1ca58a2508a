"""Session files as they are written: a recording as it comes, or a whole session at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mcpx.errors import ConfigError
from mcpx.json_spans import checked
from mcpx.json_text import JsonTextError
from mcpx.sessions.blob_files import blob_folder
from mcpx.sessions.destinations import Destination, part_of
from mcpx.sessions.events import (
    Ended,
    Event,
    Exited,
    Finished,
    Header,
    Http,
    Message,
    Note,
    Opened,
    Raw,
    Stderr,
    Streamed,
    Unread,
)
from mcpx.sessions.headers import lower_names
from mcpx.sessions.ledger import Caps, Ledger
from mcpx.sessions.lines import event_line, header_line, on_one_line
from mcpx.sessions.masked_events import masked_event, masked_message
from mcpx.sessions.part_file import PartFile
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.targets import masked_target
from mcpx.wire import Direction, Ending, Finish, StreamEvent

_SPACE = b" \t\r\n"


class Recorder:
    """A recording that is written as it comes, by any number of threads.

    No method raises: ``failure`` says what went wrong first, and from then on events are only
    counted (``dropped``); the session that is recorded goes on. ``path`` is the name that the file
    is to have; until it is complete ``.part`` follows it. Times (``at``) are those of
    ``time.monotonic``, and of now where there is none.
    """

    def __init__(
        self,
        destination: Destination,
        header: Header,
        redaction: Redaction,
        caps: Caps | None = None,
        began: float | None = None,
    ) -> None:
        """Makes the file; ``began`` is when the recording began, where that was before now."""
        self._lock = threading.Lock()
        self._connections = 0
        self._caps = caps or Caps()
        self._ledger = Ledger(destination, header, redaction, self._caps, began)

    @property
    def failure(self) -> str:
        """What went wrong first, as a clause; empty as long as nothing did."""
        return self._ledger.failure

    @property
    def dropped(self) -> int:
        """How many events are not in the file."""
        return self._ledger.dropped

    @property
    def path(self) -> Path:
        """What the file is called, or will be."""
        return self._ledger.path

    @property
    def wanted(self) -> Path:
        """What it would be called, had that name been free."""
        return self._ledger.wanted

    # --- what is recorded ----------------------------------------------------------------------

    def opened(self, pid: int | None = None, at: float | None = None) -> int:
        """A connection began; returns its number."""
        with self._lock:
            self._connections += 1
            number = self._connections
        self._add(at, Opened, connection=number, pid=pid)
        return number

    def message(
        self,
        connection: int,
        direction: Direction,
        raw: bytes,
        *,
        exchange: int = 0,
        stream: StreamEvent | None = None,
        at: float | None = None,
        size: int = 0,
    ) -> None:
        """One message as it was on the wire; what is none becomes a raw event.

        ``size`` is how many bytes there were when ``raw`` is only the first of them. White space
        around a message is left out.
        """
        at = time.monotonic() if at is None else at
        with self._lock:
            try:
                self._message(at, connection, exchange, direction, raw, size, stream)
            except Exception as error:  # a fault of ours must not end the session
                self._ledger.broken(error)

    def messages(
        self,
        connection: int,
        direction: Direction,
        lines: Sequence[tuple[bytes, int]],
        at: float | None = None,
    ) -> None:
        """Messages that came together over a pipe, each with its size as for ``message``.

        It takes less time than one by one. They are in the file when it returns.
        """
        at = time.monotonic() if at is None else at
        with self._lock:
            try:
                with self._ledger.together([raw for raw, _ in lines]):
                    for raw, size in lines:
                        self._message(at, connection, 0, direction, raw, size, None)
            except Exception as error:  # a fault of ours must not end the session
                self._ledger.broken(error)

    def _message(
        self,
        at: float,
        connection: int,
        exchange: int,
        direction: Direction,
        raw: bytes,
        size: int,
        stream: StreamEvent | None,
    ) -> None:
        size = max(size, len(raw))
        if size > len(raw) or size > self._caps.message:
            place = {"connection": connection, "exchange": exchange, "direction": direction}
            self._put(at, Message, text="", cut=size, stream=stream, **place)
            return
        why = Unread.NOT_JSON
        try:
            text = raw.strip(_SPACE).decode()
            value = checked(text)
        except UnicodeDecodeError:
            value, why = None, Unread.NOT_UTF8
        except JsonTextError:
            value = None
        if isinstance(value, dict | list):
            seen = self._ledger.see(connection, direction, value)
            del value  # which may take much memory
            self._ledger.message(at, connection, exchange, direction, text, stream, seen)
        else:
            place = {"connection": connection, "exchange": exchange, "direction": direction}
            self._put(at, Raw, data=raw.rstrip(b"\r\n"), why=why, **place)

    def raw(
        self,
        connection: int,
        direction: Direction,
        data: bytes,
        why: Unread,
        exchange: int = 0,
        at: float | None = None,
        *,
        size: int = 0,
    ) -> None:
        """Bytes that came in the place of a message; ``size``: how many, if these are the first."""
        place = {"connection": connection, "exchange": exchange, "direction": direction}
        self._add(at, Raw, data=data, why=why, cut=size if size > len(data) else 0, **place)

    def http_request(
        self,
        connection: int,
        exchange: int,
        method: str,
        path: str,
        headers: Iterable[tuple[str, str]],
        at: float | None = None,
    ) -> None:
        """The head of an HTTP request; of its headers the allowed ones are kept."""
        place = {"connection": connection, "exchange": exchange, "direction": Direction.TO_SERVER}
        self._add(at, Http, method=method, path=path, headers=lower_names(headers), **place)

    def http_answer(
        self,
        connection: int,
        exchange: int,
        status: int,
        headers: Iterable[tuple[str, str]],
        at: float | None = None,
    ) -> None:
        """The head of an HTTP answer; of its headers the allowed ones are kept."""
        place = {"connection": connection, "exchange": exchange, "direction": Direction.TO_CLIENT}
        self._add(at, Http, status=status, headers=lower_names(headers), **place)

    def streamed(
        self, connection: int, exchange: int, stream: StreamEvent, at: float | None = None
    ) -> None:
        """A server-sent event without a message."""
        self._add(at, Streamed, connection=connection, exchange=exchange, stream=stream)

    def finished(
        self,
        connection: int,
        exchange: int,
        why: Finish,
        text: str = "",
        at: float | None = None,
    ) -> None:
        """An HTTP exchange is over."""
        self._add(at, Finished, connection=connection, exchange=exchange, why=why, text=text)

    def stderr(self, connection: int, line: bytes, at: float | None = None) -> None:
        """A line that the server wrote on stderr."""
        text = line.rstrip(b"\r\n").decode("utf-8", "replace")
        self._add(at, Stderr, connection=connection, text=text)

    def exited(self, connection: int, code: int, by: Ending, at: float | None = None) -> None:
        """A server's process has ended."""
        self._add(at, Exited, connection=connection, code=code, by=by)

    def note(self, text: str) -> None:
        """Something to know of the recording itself."""
        self._add(None, Note, text=text)

    def _add(self, at: float | None, kind: type[Event], **fields: Any) -> None:
        at = time.monotonic() if at is None else at
        with self._lock:
            try:
                self._put(at, kind, **fields)
            except Exception as error:  # a fault of ours must not end the session
                self._ledger.broken(error)

    def _put(self, at: float, kind: type[Event], **fields: Any) -> None:
        self._ledger.add(kind(number=0, time=0.0, **fields), at)

    # --- the file ------------------------------------------------------------------------------

    def close(self) -> Path | None:
        """The recording is complete; its path, or None when it could not be completed.

        What was written is left in ``NAME.part`` then, as far as that is there.
        """
        with self._lock:
            return self._ledger.close()


def write_session(path: Path, header: Header, events: Iterable[Event], redaction: Redaction) -> int:
    """Write a whole session, or nothing; returns how many events.

    The target of the header and the events are masked; events are numbered anew, and blobs are
    taken out of messages. Raises ConfigError when there is a file of that name, when it cannot be
    written, and for a message that is no JSON.
    """
    from mcpx.files import check_writable

    if os.path.lexists(path):
        raise ConfigError(f"{path} is there already", hint="give another name; nothing was done")
    check_writable(path)
    had_blobs = blob_folder(path).exists()
    try:
        file = PartFile([path])
    except FileExistsError as error:
        raise ConfigError(
            f"{part_of(path)} is there already",
            hint="somebody else may be writing it; give another name",
        ) from error
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error
    target = masked_target(header.target, redaction)
    header = replace(header, target=target, redaction=redaction.policy)
    try:
        file.put(header_line(header))
        number = 0
        for number, event in enumerate(events, 1):
            file.put(_whole_line(file, replace(event, number=number), redaction))
        file.complete([path])
    except OSError as error:
        _remove(file, had_blobs)
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error
    except BaseException:
        _remove(file, had_blobs)
        raise
    return number


def _whole_line(file: PartFile, event: Event, redaction: Redaction) -> bytes:
    """The line of an event of a whole session, its blobs written."""
    if isinstance(event, Ended):
        return event_line(replace(event, events=event.number - 1))
    if isinstance(event, Message) and event.text:
        try:
            checked(event.text)
        except JsonTextError as error:
            raise ConfigError(f"event {event.number}: {error}") from error
        text, respaced = on_one_line(event.text)
        event = replace(event, text=text, respaced=event.respaced or respaced)
    if not isinstance(event, Message):
        return event_line(masked_event(event, redaction, sys.maxsize))
    event, blobs = masked_message(event, redaction)
    for blob in blobs:
        file.keep(blob)
    return event_line(event)


def _remove(file: PartFile, had_blobs: bool) -> None:
    with contextlib.suppress(OSError):
        file.close()
    part_of(file.path).unlink(missing_ok=True)
    if not had_blobs:
        shutil.rmtree(blob_folder(file.path), ignore_errors=True)
