"""Recordings for mocks: sessions that others recorded, and those that a test makes up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mcpx.servers import Era
from mcpx.sessions.events import EraKnown, Event, Message
from mcpx.sessions.importing import Imported, imported
from tests.sessions.tapes import came, done, sent, tape

FOLDER = Path(__file__).resolve().parents[3] / "../shared/data/sessions"
NAMES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*"))

PREFIX = "io.modelcontextprotocol/"
META = {
    f"{PREFIX}protocolVersion": "2026-07-28",
    f"{PREFIX}clientInfo": {"name": "tests", "version": "1"},
    f"{PREFIX}clientCapabilities": {},
}
SERVER = {"name": "notes", "version": "2"}
CAPABILITIES = {"tools": {"listChanged": True}, "logging": {}}
OPENED = {
    "protocolVersion": "2025-11-25",
    "capabilities": CAPABILITIES,
    "serverInfo": SERVER,
    "instructions": "Ask.",
}
DISCOVERED = {
    "resultType": "complete",
    "supportedVersions": ["2026-07-28"],
    "capabilities": CAPABILITIES,
    "instructions": "Ask.",
    "_meta": {f"{PREFIX}serverInfo": SERVER},
    "ttlMs": 5,
    "cacheScope": "public",
}


def session(name: str) -> Imported:
    """One that somebody recorded; the test is skipped where it is missing, or is none."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip("the recordings are not here")
    return imported(path.read_bytes(), path.name)


def known(era: Era = Era.LEGACY, version: str = "2025-11-25", connection: int = 1) -> EraKnown:
    return EraKnown(
        number=0,
        time=-1.0,
        connection=connection,
        era=era,
        version=version,
        how="initialize" if era is Era.LEGACY else "tools/list",
        server=SERVER,
    )


def handshake(connection: int = 1, result: Any = None) -> list[Event]:
    """That of the legacy era."""
    at = {"connection": connection}
    return [
        initialize("2025-11-25", **at),
        done("i", OPENED if result is None else result, **at),
        known(connection=connection),
        sent("notifications/initialized", **at),
    ]


def initialize(version: str = "2025-11-25", id: Any = "i", **more: Any) -> Message:
    params = {
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": {"name": "tests", "version": "1"},
    }
    return sent("initialize", id, params=params, **more)


def legacy(*events: Event) -> list[Event]:
    """A session that begins with a handshake."""
    return tape(*handshake(), *events)


def modern(*events: Event) -> list[Event]:
    """A session without a handshake."""
    return tape(known(Era.MODERN, "2026-07-28"), *events)


def stamped(method: str, id: Any, **params: Any) -> Message:
    """A request as the modern era has it."""
    meta = {**META, **params.pop("_meta", {})}
    return sent(method, id, params={**params, "_meta": meta})


def stamped_call(id: Any, name: str = "add", arguments: Any = None, **params: Any) -> Message:
    return stamped("tools/call", id, name=name, arguments=arguments or {}, **params)


def asks(id: Any, message: str, **more: Any) -> Message:
    """A server's question in the legacy era."""
    params = {"message": message, "requestedSchema": {"type": "object", "properties": {}}}
    return came("elicitation/create", id, params=params, **more)


def accepts(id: Any, **content: Any) -> Message:
    """A client's answer to it."""
    return sent(id=id, result={"action": "accept", "content": content})


def round_of(state: Any = "s", **messages: str) -> dict[str, Any]:
    """A modern result that asks."""
    requests = {
        key: {"method": "elicitation/create", "params": {"message": message}}
        for key, message in messages.items()
    }
    state = {} if state is None else {"requestState": state}
    return {"resultType": "input_required", "inputRequests": requests, **state}


def text(value: str) -> dict[str, Any]:
    """The result of a call."""
    return {"content": [{"type": "text", "text": value}]}


def value(message: Message) -> Any:
    """What a message says."""
    return message.value()
