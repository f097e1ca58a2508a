"""Lines of JSON-RPC: bare messages, or objects that hold one beside its direction and time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.importing.drafts import Recording, shapes_of
from mcpx.sessions.importing.guessing import Guess, direction_by_method
from mcpx.sessions.importing.source import ImportFormat, Source, UnreadableError
from mcpx.sessions.importing.written import Written
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.wire import Direction

FORMAT = ImportFormat("json-rpc", "lines of JSON-RPC: messages, or {dir, msg}, {direction, ...}")
_DIRECTIONS = ("dir", "direction", "d", "sender", "from")
_MESSAGES = ("msg", "message", "m", "frame", "payload", "body", "raw", "data", "rpc")
_TIMES = ("t", "ts", "time", "timestamp", "at", "t_ms", "elapsed_ms", "t_offset_ms")
# Words that mean the same whoever says them; "in" and "sent" do not.
_TO_SERVER = (
    "c2s",
    "client->server",
    "client_to_server",
    "client-to-server",
    "to_server",
    "client",
)
_TO_CLIENT = (
    "s2c",
    "server->client",
    "server_to_client",
    "server-to-client",
    "to_client",
    "server",
)
_CERTAIN = {
    **dict.fromkeys(_TO_SERVER, Direction.TO_SERVER),
    **dict.fromkeys(_TO_CLIENT, Direction.TO_CLIENT),
}
_MESSAGE_MEMBERS = {"method", "result", "error"}
# From the year 2001 on: a smaller number counts from the start of the recording.
_FIRST_CLOCK = 1e9


@dataclass(frozen=True, slots=True)
class Enveloped:
    """A line with a message: what it says of its direction, and its time as it is written."""

    number: int
    message: str
    word: str
    time: Written | None
    time_name: str


def recognises(source: Source) -> bool:
    """Whether there are messages in the first lines."""
    return any(_enveloped(0, line) is not None for line in source.sample())


def read(source: Source) -> Recording:
    """What the lines hold. Raises UnreadableError."""
    recording = Recording(Fidelity.JSON, target=told_target(Transport.UNKNOWN), in_order=True)
    found: list[Enveloped] = []
    others = 0
    for line in source.lines():
        if (one := _enveloped(line.number, line.json)) is None:
            others += 1
        else:
            found.append(one)
    if not found:
        raise UnreadableError("there is no JSON-RPC message in it")
    if others:
        recording.notes.append(f"lines without a message that were left out: {others}")
    _add(recording, found, _seconds(found, recording))
    return recording


def _add(recording: Recording, found: Sequence[Enveloped], times: Sequence[float]) -> None:
    """Add messages in their order, their directions as they say or as is guessed."""
    words = _directions(found, recording)
    guess = Guess()
    guessed = 0
    for one, at in zip(found, times, strict=True):
        direction = words.get(one.word)
        told = guess(one.message)
        guessed += direction is None
        recording.say(at, direction or told, one.message)
    if guessed:
        recording.notes.append(
            f"messages without a direction, which was told by what they say: {guessed}"
        )


def is_message(json: Written) -> bool:
    """Whether a JSON value is a JSON-RPC message, or an array of them."""
    if json.text.startswith("["):
        return bool(json.items) and all(is_message(item) for item in json.items)
    names = json.members.keys()
    return "jsonrpc" in names and not _MESSAGE_MEMBERS.isdisjoint(names)


def _enveloped(number: int, line: Written) -> Enveloped | None:
    """The message of a line, None without one."""
    if is_message(line):
        return Enveloped(number, line.text, "", None, "")
    word = next((word for name in _DIRECTIONS if (word := line.word(name))), "").lower()
    time = next((name for name in _TIMES if name in line.members), "")
    for name in _MESSAGES:
        found = line.members.get(name)
        if found is None:
            continue
        # As a text it may be no JSON, which was seen on the wire then.
        message = found.text if is_message(found) else line.word(name) if word else ""
        if message:
            return Enveloped(number, message, word, line.members.get(time), time)
    return None


def _directions(found: Sequence[Enveloped], recording: Recording) -> dict[str, Direction]:
    """What each word means: certain ones by themselves, others by most of their messages."""
    votes: dict[str, Counter[Direction]] = {}
    for one in found:
        if one.word and one.word not in _CERTAIN:
            votes.setdefault(one.word, Counter()).update(
                told
                for shape in shapes_of(one.message)
                if shape.method and (told := direction_by_method(shape.method)) is not None
            )
    meant = dict(_CERTAIN)
    for word, counts in votes.items():
        if counts:
            meant[word] = counts.most_common(1)[0][0]
            recording.notes.append(
                f"'{word[:40]}' was taken for {meant[word].value}, as its messages go that way"
            )
    # Of two words, one of which only answers stand at.
    silent = [word for word, counts in votes.items() if not counts]
    spoken = {meant[word] for word in votes if word in meant}
    if len(silent) == 1 and len(spoken) == 1:
        meant[silent[0]] = next(way for way in Direction if way not in spoken)
    return meant


def _seconds(found: Sequence[Enveloped], recording: Recording) -> list[float]:
    """The times of lines in seconds; a line without one has that of the line before.

    Sets when the recording started: at its first time, or at 0 if they count from the start.
    """
    numbers = [one.time.value for one in found if one.time is not None]
    clocks = [seconds_of(value) for value in numbers]
    on_clock = all(clock is not None and clock >= _FIRST_CLOCK for clock in clocks)
    if not numbers:
        recording.notes.append("there are no times in it: all stands at the start")
        recording.started = 0.0
        return [0.0] * len(found)
    scale = 1.0
    if on_clock:
        recording.started = recording.created = clocks[0]
    else:
        whole = all(isinstance(value, int) for value in numbers)
        scale = 0.001 if whole or found[0].time_name.endswith("ms") else 1.0
        recording.started = 0.0
        recording.notes.append(
            "its times count from the start, and were taken for "
            + ("milliseconds" if scale < 1 else "seconds")
        )
    times: list[float] = []
    latest = recording.started or 0.0
    for one in found:
        read = None if one.time is None else seconds_of(one.time.value)
        latest = latest if read is None else read * scale
        times.append(latest)
    return times
