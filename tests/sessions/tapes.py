"""Events of a session, written shortly."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from mcpx.sessions.events import (
    Ended,
    Event,
    Fidelity,
    Finished,
    Header,
    Http,
    Message,
    Mode,
)
from mcpx.wire import Direction, Finish

HEADER = Header(
    "one",
    "2026-11-23T10:00:00.000Z",
    "mcpx 0.1.0",
    Mode.TAP,
    Fidelity.WIRE,
    {"transport": "stdio", "command": ["notes"], "env": []},
)
_MORE = ("connection", "exchange", "text", "cut", "masked", "blobs", "time")


def _message(direction: Direction, members: dict[str, Any], batch: Any = None) -> Message:
    given = {name: members.pop(name) for name in _MORE if name in members}
    value = {"jsonrpc": "2.0", **members} if batch is None else batch
    base: dict[str, Any] = {"number": 0, "time": -1.0, "connection": 1, "text": json.dumps(value)}
    return Message(direction=direction, **{**base, **given})


def sent(method: str = "", id: Any = ..., batch: Any = None, **members: Any) -> Message:
    """From the client: a request, a notification without an id, a batch, or other members."""
    return _message(Direction.TO_SERVER, _named(method, id, members), batch)


def came(method: str = "", id: Any = ..., batch: Any = None, **members: Any) -> Message:
    """The same from the server."""
    return _message(Direction.TO_CLIENT, _named(method, id, members), batch)


def _named(method: str, id: Any, members: dict[str, Any]) -> dict[str, Any]:
    named = {"method": method} if method else {}
    return named | ({} if id is ... else {"id": id}) | members


def call(id: Any, name: str = "add", arguments: Any = None, **members: Any) -> Message:
    """A call of a tool; members of its parameters may follow in ``params``."""
    params = {"name": name, "arguments": arguments or {}, **members.pop("params", {})}
    return sent("tools/call", id, params=params, **members)


def done(id: Any, result: Any = None, **members: Any) -> Message:
    """The server's result."""
    return came(id=id, result={"content": []} if result is None else result, **members)


def http(exchange: int, method: str = "POST", path: str = "/mcp", connection: int = 1) -> Http:
    return Http(
        number=0,
        time=-1.0,
        connection=connection,
        exchange=exchange,
        direction=Direction.TO_SERVER,
        method=method,
        path=path,
    )


def status(exchange: int, number: int = 200, connection: int = 1) -> Http:
    return Http(
        number=0,
        time=-1.0,
        connection=connection,
        exchange=exchange,
        direction=Direction.TO_CLIENT,
        status=number,
    )


def fin(exchange: int, why: Finish = Finish.END, text: str = "", connection: int = 1) -> Finished:
    return Finished(
        number=0, time=-1.0, connection=connection, exchange=exchange, why=why, text=text
    )


def tape(*events: Event, complete: bool = True, dropped: int = 0) -> list[Event]:
    """The events, numbered, one a tenth of a second after the other, with their end."""
    ended = (Ended(number=0, time=-1.0, events=len(events), dropped=dropped),) if complete else ()
    return [
        replace(one, number=number, time=number / 10 if one.time < 0 else one.time)
        for number, one in enumerate((*events, *ended), 1)
    ]
