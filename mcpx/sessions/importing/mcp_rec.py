"""The recordings of mcp-rec: lines with a time since 1970, a direction and a message.

Source: recordings of mcp-rec 0.1.1: ``{"ts": SECONDS, "dir": "client->server", "msg": {...}}``.
"""

from __future__ import annotations

from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.importing.drafts import Recording
from mcpx.sessions.importing.losses import BY_PYTHON
from mcpx.sessions.importing.source import ImportFormat, Source, UnreadableError
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.wire import Direction

FORMAT = ImportFormat("mcp-rec", "mcp-rec (JSON lines of ts, dir and msg)")
_DIRECTIONS = {"client->server": Direction.TO_SERVER, "server->client": Direction.TO_CLIENT}


def recognises(source: Source) -> bool:
    """Whether the first line has the three members, and one of the two directions."""
    first = source.first_object
    return (
        first is not None
        and {"ts", "dir", "msg"} <= first.members.keys()
        and first.word("dir") in _DIRECTIONS
    )


def read(source: Source) -> Recording:
    """What the lines hold. Raises UnreadableError."""
    recording = Recording(
        Fidelity.JSON, target=told_target(Transport.STDIO), notes=[BY_PYTHON], in_order=True
    )
    for line in source.lines():
        direction = _DIRECTIONS.get(line.json.word("dir"))
        if direction is None:
            raise UnreadableError("'dir' is no direction", line.number)
        at = seconds_of(line.json.get("ts"))
        if at is None:
            raise UnreadableError("'ts' is no time", line.number)
        message = line.json.part("msg")
        if not message.is_message:
            raise UnreadableError("'msg' is no message", line.number)
        if recording.created is None:
            recording.started = recording.created = at
        recording.say(at, direction, message.text)
    return recording
