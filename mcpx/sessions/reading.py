"""Session files as they are read: one event after another, however large the file is."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import IO

from mcpx.errors import ConfigError
from mcpx.sessions.events import Ended, Event
from mcpx.sessions.read_lines import LineError, line_text, read_event, read_header
from mcpx.sessions.session_sources import SessionSource, source_of

# Of a line, in bytes: more than any message that is kept by default.
LONGEST_LINE = 64 * 1024 * 1024
# Of different things to be warned of.
_MOST_WARNINGS = 100


class Oddity(StrEnum):
    """What a warning is of."""

    UNKNOWN = "unknown"  # something of a newer version
    GAP = "gap"  # the numbers of the events do not follow on each other
    TORN = "torn"  # a last line that is not whole
    AFTER_END = "after-end"


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning: the line that it is of first, and how many lines there are like it."""

    line: int
    oddity: Oddity
    text: str
    times: int = 1

    def __str__(self) -> str:
        """The warning with its place."""
        more = f" ({self.times} times)" if self.times > 1 else ""
        return f"line {self.line}: {self.text}{more}"


def read_session(source: str) -> Reading:
    """A session: a file, one that is not complete (``.part``), a pack, or ``-``.

    Raises ConfigError when it cannot be read, is none, or is of a newer major version.
    """
    return Reading(source_of(source))


class Reading:
    """A session that is read: iterate it for its events, as often as needed, also at once."""

    def __init__(self, source: SessionSource) -> None:
        self.name = source.name
        self._source = source
        with source.open() as file:
            _, first = next(self._lines(file), (0, b""))
        try:
            if not first:
                raise ConfigError("not a session file: it is empty")
            self.header, self._of_header = read_header(line_text(first))
        except LineError as error:
            raise ConfigError(f"{self.name}: not a session file: {error}") from error
        except ConfigError as error:
            raise ConfigError(f"{self.name}: {error.message}", hint=error.hint) from error

    def __iter__(self) -> Pass:
        """One way through the session, from its beginning."""
        return Pass(self._read, self._of_header)

    def _read(self, seen: _Seen) -> Iterator[Event]:
        with self._source.open() as file:
            lines = self._lines(file)
            next(lines, None)
            bad: tuple[int, LineError] | None = None
            for number, line in lines:
                if not line.strip():
                    continue
                if bad is not None:
                    raise ConfigError(f"{self.name}, line {bad[0]}: {bad[1]}") from bad[1]
                shown = number if self.has_lines else 0
                try:
                    event, warnings = read_event(line, shown)
                except LineError as error:
                    bad = (number, error)
                    continue
                seen.line(number, event, warnings)
                if event is not None:
                    yield event
                del line, event  # large ones are not kept while the next is read
            if bad is not None:
                seen.torn(bad[0])

    @property
    def has_lines(self) -> bool:
        """Whether people can look at a line of it by its number; events have theirs then."""
        return self._source.has_lines

    def blob(self, digest: str) -> bytes:
        """The bytes of a blob by its digest, ``sha256:HEX``.

        Raises ConfigError when it is missing, or is not what it was.
        """
        return self._source.blob(digest)

    def open(self) -> IO[bytes]:
        """The file as it is, from its beginning, to be closed by the caller. Raises ConfigError."""
        return self._source.open()

    def _lines(self, file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
        """The lines with their numbers. Raises ConfigError."""
        number = 0
        try:
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise ConfigError(
                        f"{self.name}, line {number}: longer than {LONGEST_LINE} bytes, not read"
                    )
                yield number, line
        except OSError as error:
            raise ConfigError(f"cannot read {self.name}: {error.strerror or error}") from error
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise ConfigError(f"{self.name}: cannot be unpacked: {error}") from error


class Pass(Iterator[Event]):
    """One way through a session: its events, and what was found out about it until now.

    Raises ConfigError with the number of a line that is no event, unless it is the last: that was
    being written when the recording was interrupted.
    """

    def __init__(self, read: Callable[[_Seen], Iterator[Event]], of_header: list[str]) -> None:
        self._seen = _Seen(of_header)
        self._events = read(self._seen)

    def __next__(self) -> Event:
        return next(self._events)

    @property
    def complete(self) -> bool:
        """Whether the session has its end, in which none is said to be lost, and all before it."""
        return self._seen.is_complete

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What there is to be warned of."""
        return self._seen.remarks()

    @property
    def warnings(self) -> tuple[str, ...]:
        """The remarks as text."""
        return tuple(map(str, self.remarks))


class _Seen:
    """What is found out about a session while it is read."""

    def __init__(self, warnings: list[str]) -> None:
        self._remarks: dict[str, Remark] = {}
        self._last: int | None = 0
        self._whole = True
        self._ended: Ended | None = None
        for warning in warnings:
            self._warn(1, warning)

    def line(self, number: int, event: Event | None, warnings: list[str]) -> None:
        for warning in warnings:
            self._warn(number, warning)
        if event is None:
            self._last = None
            return
        if self._ended is not None:
            self._warn(number, "more follows after the end of the recording", Oddity.AFTER_END)
            self._whole = False
        if self._last is not None and event.number != self._last + 1:
            text = f"event {event.number} follows on event {self._last}"
            self._warn(number, text, Oddity.GAP)
            self._whole = False
        self._last = event.number
        if isinstance(event, Ended):
            self._ended = event

    def torn(self, number: int) -> None:
        text = "the last line is not whole: the recording was interrupted"
        self._warn(number, text, Oddity.TORN)
        self._whole = False

    @property
    def is_complete(self) -> bool:
        return self._whole and self._ended is not None and not self._ended.dropped

    def remarks(self) -> tuple[Remark, ...]:
        return tuple(self._remarks.values())

    def _warn(self, number: int, text: str, oddity: Oddity = Oddity.UNKNOWN) -> None:
        known = self._remarks.get(text)
        if known is not None:
            self._remarks[text] = replace(known, times=known.times + 1)
        elif len(self._remarks) < _MOST_WARNINGS:
            self._remarks[text] = Remark(number, oddity, text)
