"""Answers of a session file replaced by others: what a replay accepts; all else keeps its bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from mcpx import json_rpc
from mcpx.errors import ConfigError
from mcpx.files import folder_locked, whole_file
from mcpx.json_spans import members
from mcpx.json_text import JsonTextError
from mcpx.sessions.blob_files import blob_folder, keep_blob
from mcpx.sessions.events import Masked, Message
from mcpx.sessions.items import Outcome, Piece
from mcpx.sessions.json_strings import pointer, spliced, string_tokens, unquoted
from mcpx.sessions.lines import event_line
from mcpx.sessions.marked_texts import fits
from mcpx.sessions.masked_events import masked_message
from mcpx.sessions.read_lines import LineError, read_event
from mcpx.sessions.reading import LONGEST_LINE, Reading, read_session
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.round_trips import round_trips
from mcpx.wire import Direction


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer is to say: its result or its error, as JSON on one line."""

    member: Literal["result", "error"]
    text: str


class NotUpdatedError(Exception):
    """An answer cannot stand in the file; the text says why, as what follows on "the answer"."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which file it is, and that nobody has written to it since."""

    device: int
    inode: int
    size: int
    written: int
    first: str  # digest of its first line


def identity(reading: Reading) -> Identity:
    """What the file of a session is now. Raises ConfigError for what is no file of lines.

    Also for one that another took the place of since it was opened.
    """
    path = Path(reading.name)
    if not (reading.has_lines and path.is_file()):
        raise ConfigError(
            f"{reading.name}: only a session file can be updated",
            hint="of a pack: unzip it, and update its session.jsonl",
        )
    with reading.open() as file:
        status, first = os.fstat(file.fileno()), file.readline(LONGEST_LINE + 1)
    if read_session(reading.name).header != reading.header:
        raise _changed(reading)
    digest = hashlib.sha256(first).hexdigest()
    return Identity(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, digest)


def update(
    reading: Reading, answers: Mapping[int, Answer], redaction: Redaction, was: Identity
) -> int:
    """Write a session file with other answers, whole or not at all; returns how many there are.

    ``answers`` stand by the number of the event that began what they answer; of several requests
    that go on with each other it is the last answer that is replaced. It keeps its id. A string of
    it in which something was masked stays as it was when only that differs. ``was`` is the file
    that the answers are for. Raises ConfigError: for what is no file of lines, or another than it
    was; for an answer that is too large, or that holds where something was masked a text that
    cannot be masked in the same way; and when it has no such answer.
    """
    # A link stays one: what it leads to is written.
    target = Path(reading.name).resolve()
    with folder_locked(target):
        _check_same(reading, was)
        pieces = _final_answers(reading, answers)
        if missing := sorted(answers.keys() - pieces.keys()):
            raise ConfigError(f"{reading.name}: event {missing[0]} has no answer to be replaced")
        lines: dict[int, list[tuple[Piece, Answer]]] = {}
        for number, piece in pieces.items():
            lines.setdefault(piece.event.line, []).append((piece, answers[number]))
        with reading.open() as before, whole_file(target) as after:
            for number, line in enumerate(before, 1):
                if number in lines:
                    try:
                        line = _line(lines[number], redaction, blob_folder(Path(reading.name)))
                    except NotUpdatedError as error:
                        raise ConfigError(
                            f"{reading.name}, line {number}: the new answer {error};"
                            " the file stays as it is",
                            hint="record it anew: mcpx record",
                        ) from error
                after.write(line)
            _check_same(reading, was)
    return len(pieces)


def _check_same(reading: Reading, was: Identity) -> None:
    if identity(reading) != was:
        raise _changed(reading)


def _changed(reading: Reading) -> ConfigError:
    return ConfigError(
        f"{reading.name}: it was written to meanwhile, so it stays as it is",
        hint="the same again replays what is in it now",
    )


def _final_answers(reading: Reading, wanted: Mapping[int, Answer]) -> dict[int, Piece]:
    """The last answer to what began with each of these events."""
    began: dict[int, int] = {}  # by the number of a request that goes on with another
    found: dict[int, Piece] = {}
    for trip in round_trips(reading):
        if trip.direction is not Direction.TO_SERVER or trip.answer is None:
            continue
        if trip.follows:
            began[trip.number] = began.get(trip.follows, trip.follows)
        first = began.get(trip.number, trip.number)
        if first in wanted and _is_task(trip.answer):
            raise ConfigError(
                f"{reading.name}: event {first} was carried out as a task, whose result cannot"
                " be replaced; the file stays as it is",
                hint="record it anew: mcpx record",
            )
        if first in wanted and trip.outcome is not Outcome.INPUT_REQUIRED and trip.request:
            found[first] = trip.answer
    return found


def _is_task(answer: Piece) -> bool:
    """Whether an answer says that a task goes on with the request, in either era."""
    value = answer.event.value()
    whole = value if answer.place is None else value[answer.place]
    result = json_rpc.members(json_rpc.members(whole).get("result"))
    task = json_rpc.members(result.get("task"))
    return result.get("resultType") == "task" or ("taskId" in task and "status" in task)


def _line(answers: list[tuple[Piece, Answer]], redaction: Redaction, folder: Path) -> bytes:
    """The line of a message in which these answers are replaced; its blobs are written.

    Raises NotUpdatedError.
    """
    event = answers[0][0].event
    text = event.text
    for piece, answer in answers:
        text = _replaced(text, piece.place, answer)
    new = replace(event, text=text, masked=(), blobs=(), respaced=False)
    new, blobs = masked_message(new, redaction)
    line = event_line(_with_markers(new, event))
    if len(line) > LONGEST_LINE:
        raise NotUpdatedError(f"makes a line of more than {LONGEST_LINE} bytes, which is not read")
    _check_readable(line)
    for blob in blobs:
        try:
            keep_blob(folder, blob)
        except OSError as error:
            raise ConfigError(f"cannot write in {folder}: {error.strerror}") from error
    return line


def _check_readable(line: bytes) -> None:
    """Raises NotUpdatedError for a line that nobody could read again."""
    try:
        event, _ = read_event(line, 0)
        if isinstance(event, Message):
            event.value()
    except (LineError, JsonTextError) as error:
        raise NotUpdatedError(f"cannot be read again: {error}") from error


def _replaced(text: str, place: int | None, answer: Answer) -> str:
    """A message, or one of a batch, with the answer in the place of the one that it has."""
    start = 0
    if place is not None:
        items, _ = members(text)
        start = items[place].start
    parts, _ = members(text, start)
    had = next(one for one in parts if one.name in ("result", "error"))
    return spliced(text, [(had.at, had.end, f'"{answer.member}":{answer.text}')])


def _with_markers(new: Message, old: Message) -> Message:
    """The message with the strings in which something was masked as they stood in the old one.

    Where more differs than that it is the new string, with what is masked in it now: that has to
    be of the same sources. Raises NotUpdatedError.
    """
    sources = _by_place(old.masked)
    if not sources:
        return new
    found = _by_place(new.masked)
    strings = {
        place: old.text[token.start : token.end]
        for token in string_tokens(old.text)
        if not token.is_name and (place := pointer(token.path)) in sources
    }
    pieces: list[tuple[int, int, str]] = []
    again: dict[str, None] = {}
    for token in string_tokens(new.text):
        place = pointer(token.path)
        if token.is_name or place not in strings:
            continue
        was, now = unquoted(strings[place]), unquoted(new.text[token.start : token.end])
        if fits(was, now, least=1):
            pieces.append((token.start, token.end, strings[place]))
            again[place] = None
        elif not _kinds(sources[place]) <= _kinds(found.get(place, ())):
            raise NotUpdatedError(
                f"has another text at {place}, in which the secret cannot be told"
                f" ({', '.join(sources[place])})"
            )
    kept = [one for one in old.masked if one.pointer in again]
    masked = [one for one in new.masked if one.pointer not in again]
    return replace(new, text=spliced(new.text, pieces), masked=(*masked, *kept))


def _by_place(masked: Iterable[Masked]) -> dict[str, list[str]]:
    """The sources of what is masked, by the pointers of the strings it is in."""
    found: dict[str, list[str]] = {}
    for one in masked:
        found.setdefault(one.pointer, []).append(one.source)
    return found


def _kinds(sources: Iterable[str]) -> set[str]:
    """Sources without the numbers by which secrets of one rule are told apart."""
    return {source.partition("#")[0] for source in sources}
