"""Events on their way into a file: masked, numbered, within the caps, until something fails."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mcpx.sessions.blobs import SMALLEST
from mcpx.sessions.destinations import Destination, numbered_paths, part_of
from mcpx.sessions.era_watch import EraWatch, Seen
from mcpx.sessions.events import (
    Ended,
    EraKnown,
    Event,
    Header,
    Message,
    Note,
)
from mcpx.sessions.lines import event_line, header_line, message_line, on_one_line
from mcpx.sessions.masked_events import masked_event, masked_message
from mcpx.sessions.part_file import PartFile
from mcpx.sessions.redaction import Redaction
from mcpx.wire import Direction, StreamEvent

_MEBIBYTE = 1024 * 1024
# A message of more is not kept, only its size.
LARGEST_MESSAGE = 8 * _MEBIBYTE
# What is left of a file for the events that say that it is full, and how many were lost.
_RESERVE = 1024
# Bytes of events that are looked at for secrets together, and written together.
_TOGETHER = 256 * 1024
# Seconds between two looks at whether the file is still there.
_PAUSE = 1.0
# Connections whose era is watched; when there are more, the oldest is taken to be over.
_MOST_WATCHED = 1000


@dataclass(frozen=True, slots=True)
class Caps:
    """How much is kept, in bytes: of a file with its blobs, of a message, of a line of text."""

    file: int = 256 * _MEBIBYTE
    message: int = LARGEST_MESSAGE
    line: int = 64 * 1024


class Ledger:
    """What a recorder has written. Not for several threads; only ``OSError`` is dealt with.

    ``failure`` says what went wrong first; from then on events are only counted (``dropped``).
    """

    def __init__(
        self,
        destination: Destination,
        header: Header,
        redaction: Redaction,
        caps: Caps,
        began: float | None = None,
    ) -> None:
        self.failure = ""
        self.dropped = 0
        self.path = self.wanted = destination.first()
        self.redaction = redaction
        self.caps = caps
        self._began = time.monotonic() if began is None else began
        self._number = 0
        self._blobs = 0  # in bytes
        self._watches: dict[int, EraWatch] = {}
        # Lines that are not written yet, their bytes, whether more may wait with them, and whether
        # no message of those that come has a secret in it.
        self._held: list[bytes] = []
        self._held_size = 0
        self._holds = self._harmless = False
        self._looks_at = 0.0  # when it is looked again whether the file is there
        self._file: PartFile | None = None
        try:
            self._file = PartFile(numbered_paths(self.wanted))
            self.path = self._file.path
            self._file.put(header_line(header))
        except OSError as error:
            self._fail(error)

    def add(self, event: Event, at: float) -> None:
        """Write an event; ``at`` is a time of ``time.monotonic``."""
        if not self._is_over(at):
            self._add(event, at)

    def message(
        self,
        at: float,
        connection: int,
        exchange: int,
        direction: Direction,
        text: str,
        stream: StreamEvent | None,
        seen: Seen | None,
    ) -> None:
        """Write a message, and what was ``seen`` of the era in it.

        Most have nothing in them that needs more than to be copied.
        """
        if self._is_over(at):
            return
        is_plain = not (stream or len(text) >= SMALLEST or "\n" in text or "\r" in text)
        if is_plain and (self._harmless or not self.redaction.message(text).masked):
            number, since = self._number + 1, self._since(at)
            self._put(message_line(number, since, connection, exchange, direction, text))
        else:
            text, respaced = on_one_line(text)
            event = Message(
                number=0,
                time=0.0,
                connection=connection,
                exchange=exchange,
                direction=direction,
                text=text,
                respaced=respaced,
                stream=stream,
            )
            self._add(event, at)
        if seen is not None and not self.failure:
            self._add(
                EraKnown(
                    number=0,
                    time=0.0,
                    connection=connection,
                    exchange=exchange,
                    era=seen.era,
                    version=seen.version,
                    how=seen.how,
                    server=seen.server,
                ),
                at,
            )

    def see(self, connection: int, direction: Direction, value: Any) -> Seen | None:
        """What a message shows of the era; ``value`` is what ``checked`` made of it."""
        watch = self._watches.get(connection) or self._new_watch(connection)
        return watch.see(direction, value)

    @contextlib.contextmanager
    def together(self, raws: Sequence[bytes]) -> Iterator[None]:
        """Write the events of the block at its end; ``raws`` are all messages among them."""
        if len(raws) > 1 and sum(map(len, raws)) <= _TOGETHER:
            text = b"\n".join(raws).decode("utf-8", "replace")
            self._harmless = self.redaction.is_harmless(text)
        self._holds = True
        try:
            yield
        finally:
            self._holds = self._harmless = False
            self._write()

    def _look(self) -> None:
        """Look whether the file is still there."""
        if self._file is not None and not self.failure and self._file.is_gone():
            self._stop(f"{part_of(self.path)} was removed while it was written")

    def close(self) -> Path | None:
        """Complete the file; its path, or None when it stays what it is."""
        self._look()
        file, self._file = self._file, None
        if file is None:
            return None
        ended = Ended(
            number=self._number + 1,
            time=self._since(time.monotonic()),
            events=self._number,
            dropped=self.dropped,
        )
        try:
            file.put(event_line(ended))
            file.complete()
        except OSError as error:
            self._fail(error)
            file.close()
            return None
        self.path = file.path
        return file.path

    def _add(self, event: Event, at: float) -> None:
        event = replace(event, number=self._number + 1, time=self._since(at))
        if isinstance(event, Message):
            self._add_message(event)
        else:
            self._put(event_line(masked_event(event, self.redaction, self.caps.line)))

    def _add_message(self, event: Message) -> None:
        event, blobs = masked_message(event, self.redaction)
        try:
            for blob in blobs:
                if self._file is None or not self._has_room(len(blob.data)):
                    return
                self._blobs += self._file.keep(blob)
        except OSError as error:
            self._fail(error)
            self.dropped += 1
        else:
            self._put(event_line(event))

    def _put(self, line: bytes) -> None:
        if self._file is None or not self._has_room(len(line)):
            return
        self._append(line)

    def _append(self, line: bytes) -> None:
        self._number += 1
        self._held.append(line)
        self._held_size += len(line)
        if not self._holds or self._held_size > _TOGETHER:
            self._write()

    def _write(self) -> None:
        """Write what is held; when that fails nothing of it is in the file."""
        lines, self._held, self._held_size = self._held, [], 0
        if self._file is None or not lines:
            return
        try:
            self._file.put(b"".join(lines))
        except OSError as error:
            self._fail(error)
            self.dropped += len(lines)
            self._number -= len(lines)

    def _has_room(self, size: int) -> bool:
        """Whether so many bytes may be written; if not, the file says that it ends here."""
        if self._file is None:
            return False
        if self._file.size + self._held_size + self._blobs + size + _RESERVE <= self.caps.file:
            return True
        limit = _readable(self.caps.file)
        self.dropped += 1
        self._stop(f"{self.path} has reached its limit of {limit}; what followed is not in it")
        note = Note(
            number=self._number + 1,
            time=self._since(time.monotonic()),
            text=f"the limit of {limit} was reached: what followed was not recorded",
        )
        self._append(event_line(note))
        return False

    def _is_over(self, at: float) -> bool:
        """Whether nothing more is written; counts what is not.

        Now and then that the file was removed is noticed, so that no disk fills up unseen.
        """
        if at >= self._looks_at:
            self._looks_at = at + _PAUSE
            self._look()
        if self._file is None or self.failure:
            self.dropped += 1
            return True
        return False

    def _new_watch(self, connection: int) -> EraWatch:
        if len(self._watches) >= _MOST_WATCHED:
            del self._watches[next(iter(self._watches))]
        watch = self._watches[connection] = EraWatch()
        return watch

    def _since(self, at: float) -> float:
        return max(0.0, at - self._began)

    def _fail(self, error: OSError) -> None:
        self._stop(f"cannot write {part_of(self.path)}: {error.strerror or error}")

    def _stop(self, failure: str) -> None:
        self.failure = self.failure or failure

    def broken(self, error: Exception) -> None:
        """Nothing more is written, for this program has a fault."""
        self.dropped += 1
        self._stop(f"{part_of(self.path)}: a bug of mcpx ({type(error).__name__}) ended it")


def _readable(size: int) -> str:
    if size >= _MEBIBYTE:
        return f"{size / _MEBIBYTE:.0f} MiB"
    return f"{size} bytes"
