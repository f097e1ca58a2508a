"""The cassettes of mcp-recorder (devhelm): one JSON document of requests with their answers.

Source: github.com/devhelmhq/mcp-recorder, src/mcp_recorder/_types.py and proxy.py (0.5.0): of a
stream the first event is kept, and there are latencies, but no times.
"""

from __future__ import annotations

from mcpx.servers import Transport
from mcpx.sessions.events import Fidelity
from mcpx.sessions.importing.drafts import Recording
from mcpx.sessions.importing.http_exchanges import (
    JSON,
    Brought,
    HttpExchange,
    drafts_of,
    status_of,
)
from mcpx.sessions.importing.losses import BY_PYTHON
from mcpx.sessions.importing.source import ImportFormat, Source, UnreadableError
from mcpx.sessions.importing.written import Written
from mcpx.sessions.targets import told_target
from mcpx.sessions.times import seconds_of
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import Direction

FORMAT = ImportFormat("mcp-recorder", "mcp-recorder, by devhelm (JSON)")
_LONGEST = 86_400.0


def recognises(source: Source) -> bool:
    """Whether the file is a document with interactions, which have a type."""
    first = source.first_object
    return first is not None and {"version", "metadata", "interactions"} <= first.members.keys()


def read(source: Source) -> Recording:
    """What a cassette holds. Raises UnreadableError."""
    document = source.document
    if document.word("version").partition(".")[0] != "1":
        raise UnreadableError(f"its version is {document.part('version').text[:20]}; 1 is known")
    metadata = document.part("metadata")
    url = metadata.word("server_url")
    # Of its own: a scenario that was run with a server's process.
    over_http = metadata.word("transport_type") != "stdio"
    recording = Recording(
        Fidelity.JSON,
        started=0.0,
        created=seconds_of(metadata.get("recorded_at")),
        target=told_target(Transport.HTTP if over_http else Transport.STDIO, url=url),
        notes=[
            BY_PYTHON,
            "progress, other notifications and requests of the server were not kept",
            "times were not kept, only latencies: each request stands where the one before ended",
        ],
    )
    exchanges: list[HttpExchange] = []
    clock = 0.0
    for place, interaction in enumerate(document.part("interactions").items):
        one = _exchange(interaction, place, clock, url)
        clock = one.finished or clock
        if over_http:
            exchanges.append(one)
            continue
        if one.body is not None:
            recording.say(one.at, Direction.TO_SERVER, one.body)
        for brought in one.brought:
            recording.say(brought.at, Direction.TO_CLIENT, brought.text)
    recording.drafts += drafts_of(exchanges)
    return recording


def _exchange(interaction: Written, place: int, at: float, url: str) -> HttpExchange:
    if not interaction.members:
        raise UnreadableError(f"interactions/{place} is no object")
    request = _message(interaction, "request", place)
    answer = _message(interaction, "response", place)
    latency = interaction.number("latency_ms") or 0.0
    end = at + min(max(latency / 1000, 0.0), _LONGEST)
    is_stream = interaction.get("response_is_sse") is True
    path = interaction.word("http_path")
    one = HttpExchange(
        key=place,
        at=at,
        method=interaction.word("http_method") or "POST",
        url=path if path.startswith("/") else url,
        body=request,
        status=status_of(interaction.number("response_status")),
        answered=end,
        finished=end,
    )
    if answer is not None:
        one.answer_headers = {"content-type": EVENT_STREAM if is_stream else JSON}
        one.brought.append(Brought(end, answer))
    return one


def _message(interaction: Written, name: str, place: int) -> str | None:
    found = interaction.part(name)
    if found.text == "null":
        return None
    if not found.members:
        raise UnreadableError(f"interactions/{place}: '{name}' is no message")
    return found.text
