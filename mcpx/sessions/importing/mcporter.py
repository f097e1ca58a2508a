"""The recordings of mcporter: messages as lines, each with a ``_meta`` of the recorder's.

Source: github.com/openclaw/mcporter, src/runtime/record-transport.ts (2026-08): ``dir`` is send,
recv, or lifecycle for the start and the end of a transport.
"""

from __future__ import annotations

from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.importing.drafts import Recording
from mcpx.sessions.importing.losses import BY_JAVASCRIPT
from mcpx.sessions.importing.source import ImportFormat, Source, UnreadableError
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.wire import Direction

FORMAT = ImportFormat("mcporter", "mcporter record (.ndjson)")
_DIRECTIONS = {"send": Direction.TO_SERVER, "recv": Direction.TO_CLIENT}


def recognises(source: Source) -> bool:
    """Whether the first line has the recorder's ``_meta``."""
    first = source.first_object
    return first is not None and {"dir", "server", "ts"} <= first.part("_meta").members.keys()


def read(source: Source) -> Recording:
    """What the lines hold. Raises UnreadableError."""
    recording = Recording(
        Fidelity.SEMANTIC,
        target=told_target(Transport.UNKNOWN),
        in_order=True,
        notes=[BY_JAVASCRIPT, "a library's objects were kept, not the messages"],
    )
    starts: dict[str, int] = {}
    for line in source.lines():
        meta = line.json.part("_meta")
        at, server, way = seconds_of(meta.get("ts")), meta.word("server"), meta.word("dir")
        if at is None:
            raise UnreadableError("'_meta/ts' is no time", line.number)
        if recording.created is None:
            recording.started = recording.created = at
        if way == "lifecycle":
            if line.json.word("method") == "$transport/start":
                starts[server] = starts.get(server, 0) + 1
            continue
        if way not in _DIRECTIONS:
            raise UnreadableError("'_meta/dir' is no direction", line.number)
        scope = (server, starts.get(server, 0))
        recording.say(at, _DIRECTIONS[way], line.json.without("_meta").text, scope=scope)
    names = sorted(starts)
    if names:
        recording.notes.append(f"servers by their names in mcporter: {', '.join(names)[:200]}")
    return recording
