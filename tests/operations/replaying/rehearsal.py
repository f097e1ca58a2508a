"""Recordings from events written in a test, and live servers that do what a test says."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mcpx.analyses.divergence.bindings import Bound, parsed
from mcpx.analyses.divergence.comparison import Comparison
from mcpx.analyses.divergence.renaming import Renaming
from mcpx.client.terms import Terms
from mcpx.operations.replaying.options import Options, Replayed, Summary
from mcpx.operations.replaying.recorded_session import recorded_session
from mcpx.operations.replaying.restored import Restoring
from mcpx.operations.replaying.walk import Walk
from mcpx.servers import ServerSpec
from mcpx.sessions.events import Event, Header
from mcpx.sessions.reading import Reading, read_session
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.writing import write_session
from tests.sessions.tapes import HEADER, came, done, sent, tape

# A server on stdio: ``on`` gets every message that is no answer to what it asks.
SERVER = """
import json, sys, time
def send(**members):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **members}) + "\\n")
    sys.stdout.flush()
def read():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)
def result(request, **value):
    send(id=request["id"], result=value)
def error(request, code, message="no"):
    send(id=request["id"], error={"code": code, "message": message})
def said(request, text):
    result(request, content=[{"type": "text", "text": text}])
def ask(method, id="q", **params):
    send(id=id, method=method, params=params)
    return read()
OFFER = {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "s"}}
def handshake(message):
    if message["method"] == "initialize":
        result(message, **OFFER)
    return message["method"] in ("initialize", "notifications/initialized")
def arguments(message):
    return message["params"].get("arguments", {})
{body}
while True:
    message = read()
    if not handshake(message):
        on(message)
"""
INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {"sampling": {}},
    "clientInfo": {"name": "rehearsal", "version": "1"},
}
OFFER = {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "s"}}
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "rehearsal", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}, "sampling": {}},
}

CALLS = "tools/call add"
HANDSHAKE = ("initialize", "result", "result", [])


def opened() -> list[Event]:
    """The handshake of a legacy connection."""
    return [
        sent("initialize", 0, params=INITIALIZE),
        done(0, OFFER),
        sent("notifications/initialized"),
    ]


def text(said: str, **members: Any) -> dict[str, Any]:
    """A tool's result."""
    return {"content": [{"type": "text", "text": said}], **members}


def modern(method: str, id: Any, params: Mapping[str, Any], **members: Any) -> Event:
    """A request of the modern era."""
    return sent(method, id, params={**params, "_meta": META}, **members)


def asks(id: Any, state: str, **questions: Any) -> Event:
    """An answer that asks for input."""
    value = {"resultType": "input_required", "inputRequests": questions, "requestState": state}
    return came(id=id, result=value)


def server(body: str) -> ServerSpec:
    """The live server with this body, which defines ``on``."""
    source = SERVER.replace("{body}", body)
    return ServerSpec("live", command=sys.executable, args=("-S", "-c", source))


def written(folder: Path, *events: Event, header: Header = HEADER, **more: Any) -> Reading:
    """A session file with these events."""
    path = folder / "session.jsonl"
    write_session(path, header, tape(*events, **more), Redaction())
    return read_session(str(path))


def replayed(
    folder: Path,
    events: Sequence[Event],
    spec: ServerSpec,
    *,
    binds: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    skipped: Sequence[str] = (),
    complete: bool = True,
    **options: Any,
) -> tuple[list[Replayed], Summary]:
    """What a walk over these events tells, and its summary."""
    reading = written(folder, *events, complete=complete)
    recorded = recorded_session(reading)
    told: list[Replayed] = []
    how = Options(**{"seconds": 5.0, **options})

    async def go() -> Summary:
        comparison = Comparison(None, Renaming(recorded.handles), Bound(parsed(binds)))
        restoring = Restoring(environment or {}, reading.blob)
        walk = Walk(
            reading,
            recorded,
            spec,
            Terms(),
            comparison,
            how,
            told.append,
            restoring,
            frozenset(skipped),
        )
        return await walk.go()

    return told, asyncio.run(go())


def kinds(told: Sequence[Replayed]) -> list[tuple[str, str, str, list[str]]]:
    """Of each interaction: what it is of, how it ended on both sides, and what differs."""
    return [
        (
            f"{one.interaction.method} {one.interaction.name}".strip(),
            one.recorded.end.value,
            one.live.end.value,
            [found.kind.value for found in one.divergences],
        )
        for one in told
        if one.interaction.method or one.divergences
    ]


def equal(*names: str) -> list[tuple[str, str, str, list[str]]]:
    return [HANDSHAKE, *((name, "result", "result", []) for name in names)]
