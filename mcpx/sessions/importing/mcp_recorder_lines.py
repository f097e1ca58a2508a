"""The sessions of mcp-recorder for Bun (toddegray): numbered lines, and a summary at the end.

Source: github.com/toddegray/mcp-recorder, src/session.ts (v0.3): ``t`` is seconds since 1970;
``malformed`` marks a line that was no JSON, kept as a text.
"""

from __future__ import annotations

from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.importing.drafts import Recording
from mcpx.sessions.importing.losses import BY_JAVASCRIPT
from mcpx.sessions.importing.source import ImportFormat, Source, UnreadableError
from mcpx.sessions.importing.written import Written
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.wire import Direction

FORMAT = ImportFormat("mcp-recorder-lines", "mcp-recorder for Bun, by toddegray (JSON lines)")


def recognises(source: Source) -> bool:
    """Whether the first line is numbered and has time, direction and message."""
    first = source.first_object
    return first is not None and {"seq", "t", "dir", "msg"} <= first.members.keys()


def read(source: Source) -> Recording:
    """What the lines hold. Raises UnreadableError."""
    recording = Recording(
        Fidelity.JSON,
        target=told_target(Transport.STDIO),
        notes=[BY_JAVASCRIPT, "what the server wrote on stderr was not kept"],
        in_order=True,
    )
    recording.is_cut = True
    for line in source.lines():
        if line.json.word("type") == "summary":
            recording.is_cut = False
            _summarise(recording, line.json)
            continue
        try:
            direction = Direction(line.json.word("dir"))
        except ValueError as error:
            raise UnreadableError("'dir' is neither c2s nor s2c", line.number) from error
        at, message = seconds_of(line.json.get("t")), line.json.members.get("msg")
        if at is None or message is None:
            raise UnreadableError("'t' is no time, or there is no 'msg'", line.number)
        if recording.created is None:
            recording.started = recording.created = at
        if message.text.startswith('"'):
            recording.say_raw(at, direction, message.string)
        else:
            recording.say(at, direction, message.text)
    if recording.is_cut:
        recording.notes.append("its summary is missing: the recorder was ended")
    return recording


def _summarise(recording: Recording, summary: Written) -> None:
    started = seconds_of(summary.get("startedAt"))
    if started is not None and (recording.started is None or started <= recording.started):
        recording.started = recording.created = started
    server = summary.part("server")
    command = [server.word("command"), *(one.string for one in server.part("args").items)]
    recording.target = told_target(Transport.STDIO, command)
