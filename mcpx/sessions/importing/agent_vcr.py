"""The recordings of agent-vcr (Jarvis2021): one JSON document, the handshake apart from the rest.

Source: github.com/Jarvis2021/agent-vcr, python/src/agent_vcr/core/format.py and session.py: the
timestamp is that of the answer, in local time without a zone; ``direction`` says whether there
was one, not who asked; notifications are those since the answer before.
"""

from __future__ import annotations

from typing import Any

from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.importing.drafts import SERVER_METHODS, Recording
from mcpx.sessions.importing.source import ImportFormat, Source, UnreadableError
from mcpx.sessions.importing.written import Written
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.wire import Direction

FORMAT = ImportFormat("agent-vcr", "agent-vcr, by Jarvis2021 (.vcr)")
_OTHER = {
    Direction.TO_SERVER: Direction.TO_CLIENT,
    Direction.TO_CLIENT: Direction.TO_SERVER,
}


def recognises(source: Source) -> bool:
    """Whether the file is a document with a session in it."""
    first = source.first_object
    return first is not None and {"format_version", "session"} <= first.members.keys()


def read(source: Source) -> Recording:
    """What a recording holds. Raises UnreadableError."""
    document = source.document
    version = document.word("format_version")
    if version.partition(".")[0] != "1":
        raise UnreadableError(f"its format_version is {version or 'no text'}; 1 is known")
    metadata, session = document.part("metadata"), document.part("session")
    started = seconds_of(metadata.get("recorded_at"))
    recording = Recording(
        Fidelity.SEMANTIC,
        started=started or 0.0,
        created=started,
        target=_target(metadata),
        notes=[
            "a library's objects were kept, not the messages: members unknown to it may be lost",
            "notifications of the client were not kept, and its times have no zone: taken for UTC",
        ],
    )
    at = started or 0.0
    for name, direction in (
        ("initialize_request", Direction.TO_SERVER),
        ("initialize_response", Direction.TO_CLIENT),
    ):
        if (message := session.part(name)).members:
            recording.say(at, direction, _spoken(message, f"session/{name}"))
    for place, interaction in enumerate(session.part("interactions").items):
        at = _interaction(recording, interaction, f"session/interactions/{place}", at)
    return recording


def _target(metadata: Written) -> dict[str, Any]:
    command = metadata.word("server_command")
    transport = Transport.SSE if metadata.word("transport") == "sse" else Transport.STDIO
    if not command:
        return told_target(transport)
    # The command is one text, which may hold arguments of its own.
    more = [one.string for one in metadata.part("server_args").items]
    return told_target(transport, command.split() + more)


def _interaction(recording: Recording, interaction: Written, place: str, before: float) -> float:
    answered = seconds_of(interaction.get("timestamp"))
    answered = before if answered is None else answered
    latency = max(interaction.number("latency_ms") or 0.0, 0.0) / 1000
    asked = max(answered - latency, 0.0)
    request = interaction.part("request")
    if not request.members:
        raise UnreadableError(f"{place} has no request")
    is_servers = request.word("method") in SERVER_METHODS
    direction = Direction.TO_CLIENT if is_servers else Direction.TO_SERVER
    recording.say(asked, direction, _spoken(request, f"{place}/request"))
    for number, notification in enumerate(interaction.part("notifications").items):
        text = _spoken(notification, f"{place}/notifications/{number}")
        recording.say(answered, Direction.TO_CLIENT, text)
    response = interaction.part("response")
    if response.text != "null":
        recording.say(answered, _OTHER[direction], _spoken(response, f"{place}/response"))
    return answered


def _spoken(message: Written, place: str) -> str:
    """A message without the members that the library adds as null."""
    if not message.members:
        raise UnreadableError(f"{place} is no message")
    absent = [
        name
        for name in ("params", "result", "error")
        if name in message.members and message.members[name].text == "null"
    ]
    # A result may be null, when there is no error.
    if len({"result", "error"} & set(absent)) == 2:
        absent.remove("result")
    return message.without(*absent).text if absent else message.text
