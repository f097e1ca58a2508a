"""Answers of a session file replaced by others: what a replay accepts; all else keeps its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from mcpx.errors import ConfigError
from mcpx.files import whole_file
from mcpx.json_spans import members
from mcpx.sessions.blob_files import blob_folder, keep_blob
from mcpx.sessions.events import Masked, Message
from mcpx.sessions.items import Outcome, Piece
from mcpx.sessions.json_strings import pointer, spliced, string_tokens
from mcpx.sessions.lines import event_line
from mcpx.sessions.masked_events import masked_message
from mcpx.sessions.reading import Reading
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.round_trips import round_trips
from mcpx.wire import Direction


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer is to say: its result or its error, as JSON on one line."""

    member: Literal["result", "error"]
    text: str


def update(reading: Reading, answers: Mapping[int, Answer], redaction: Redaction) -> int:
    """Write a session file with other answers, whole or not at all; returns how many there are.

    ``answers`` stand by the number of the event that began what they answer; of several requests
    that go on with each other it is the last answer that is replaced. It keeps its id, and what
    was masked in it and is a string again stays masked as it was. Raises ConfigError, also for
    what is no file of lines, or has no such answer.
    """
    path = Path(reading.name)
    if not (reading.has_lines and path.is_file()):
        raise ConfigError(
            f"{reading.name}: only a session file can be updated",
            hint="of a pack: unzip it, and update its session.jsonl",
        )
    pieces = _final_answers(reading, answers)
    if missing := sorted(answers.keys() - pieces.keys()):
        raise ConfigError(f"{reading.name}: event {missing[0]} has no answer to be replaced")
    lines: dict[int, list[tuple[Piece, Answer]]] = {}
    for number, piece in pieces.items():
        lines.setdefault(piece.event.line, []).append((piece, answers[number]))
    # A link stays one: what it leads to is written.
    target = path.resolve()
    with reading.open() as before, whole_file(target) as after:
        for number, line in enumerate(before, 1):
            if number in lines:
                line = _line(lines[number], redaction, blob_folder(path))
            after.write(line)
    return len(pieces)


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
        if first in wanted and trip.outcome is not Outcome.INPUT_REQUIRED and trip.request:
            found[first] = trip.answer
    return found


def _line(answers: list[tuple[Piece, Answer]], redaction: Redaction, folder: Path) -> bytes:
    """The line of a message in which these answers are replaced; its blobs are written."""
    event = answers[0][0].event
    text = event.text
    for piece, answer in answers:
        text = _replaced(text, piece.place, answer)
    new = replace(event, text=text, masked=(), blobs=(), respaced=False)
    new, blobs = masked_message(new, redaction)
    for blob in blobs:
        try:
            keep_blob(folder, blob)
        except OSError as error:
            raise ConfigError(f"cannot write in {folder}: {error.strerror}") from error
    return event_line(_with_markers(new, event))


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
    """The message with the strings that were masked in the old one as they stood there."""
    were = {one.pointer: one for one in old.masked}
    if not were:
        return new
    strings = {
        place: old.text[token.start : token.end]
        for token in string_tokens(old.text)
        if not token.is_name and (place := pointer(token.path)) in were
    }
    pieces: list[tuple[int, int, str]] = []
    kept: list[Masked] = []
    for token in string_tokens(new.text):
        place = pointer(token.path)
        if not token.is_name and place in strings:
            pieces.append((token.start, token.end, strings[place]))
            kept += [one for one in old.masked if one.pointer == place]
    again = {one.pointer for one in kept}
    masked = [one for one in new.masked if one.pointer not in again]
    return replace(new, text=spliced(new.text, pieces), masked=(*masked, *kept))
