"""The protocol export of the MCP Inspector 2: a JSON array of messages, answers with requests.

Source: github.com/modelcontextprotocol/inspector, core/mcp/types.ts, "MessageEntry" (2026-08):
``origin`` says who sent it, ``duration`` is the milliseconds to the answer.
"""

from __future__ import annotations

from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.importing.drafts import Recording, shapes_of
from mcpx.sessions.importing.guessing import direction_by_method
from mcpx.sessions.importing.losses import BY_JAVASCRIPT
from mcpx.sessions.importing.source import ImportFormat, Source, UnreadableError
from mcpx.sessions.importing.written import Written
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.wire import Direction

FORMAT = ImportFormat("inspector", "protocol export of the MCP Inspector 2 (JSON)")
_ORIGINS = {"client": Direction.TO_SERVER, "server": Direction.TO_CLIENT}
_LONGEST = 86_400.0


def recognises(source: Source) -> bool:
    """Whether the file is an array of entries with a message each."""
    array = source.document_array
    return (
        array is not None
        and bool(array.items)
        and {"timestamp", "direction", "message"} <= array.items[0].members.keys()
    )


def read(source: Source) -> Recording:
    """What an export holds. Raises UnreadableError."""
    recording = Recording(
        Fidelity.SEMANTIC,
        target=told_target(Transport.UNKNOWN),
        notes=[
            BY_JAVASCRIPT,
            "the Inspector keeps the last 1,000 messages; earlier ones may be missing",
        ],
    )
    refused = 0
    for place, entry in enumerate(source.document.items):
        _add(recording, entry, place)
        refused += "clientError" in entry.members
    if not recording.drafts:
        raise UnreadableError("there are no messages in it")
    recording.started = recording.created = min(draft.at for draft in recording.drafts)
    if refused:
        recording.notes.append(f"answers that the Inspector itself refused: {refused}")
    return recording


def _add(recording: Recording, entry: Written, place: int) -> None:
    at = seconds_of(entry.get("timestamp"))
    message = entry.part("message")
    if at is None or not message.members:
        raise UnreadableError(f"entry {place} has no message, or its timestamp is no time")
    direction = _ORIGINS.get(entry.word("origin")) or _guess(message, entry)
    recording.say(at, direction, message.text)
    response = entry.part("response")
    if response.members:
        duration = min(max((entry.number("duration") or 0.0) / 1000, 0.0), _LONGEST)
        recording.say(at + duration, direction.other, response.text)


def _guess(message: Written, entry: Written) -> Direction:
    """Of early exports, which do not say who sent a message."""
    if entry.word("direction") == "response":
        return Direction.TO_CLIENT
    shapes = shapes_of(message.text)
    told = direction_by_method(shapes[0].method) if shapes else None
    return told or (
        Direction.TO_CLIENT if entry.word("direction") == "notification" else Direction.TO_SERVER
    )
