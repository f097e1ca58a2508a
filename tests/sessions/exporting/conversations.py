"""A conversation through a pipe and one over HTTP, with all that exports have to tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from mcpx.sessions.events import (
    Event,
    Exited,
    Header,
    Masked,
    Opened,
    Raw,
    Stderr,
    Streamed,
    Unread,
)
from mcpx.wire import Direction, Ending, Finish, StreamEvent
from tests.sessions.tapes import HEADER, call, came, done, fin, http, sent, status, tape

_Event = TypeVar("_Event", bound=Event)
SSE = {"content-type": "text/event-stream"}
ROUTES = {
    "content-type": "application/json",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": "add",
    "mcp-param-region": "eu",
}
HTTP_HEADER = replace(
    HEADER, id="two", target={"transport": "http", "url": "http://127.0.0.1:8001/mcp"}
)


def garbage(data: bytes, direction: Direction = Direction.TO_CLIENT, **more: Any) -> Raw:
    """Bytes that are no message."""
    given = {"number": 0, "time": -1.0, "connection": 1, "why": Unread.NOT_JSON, **more}
    return Raw(direction=direction, data=data, **given)


def streamed(exchange: int, **fields: Any) -> Streamed:
    """A server-sent event without a message."""
    stream = StreamEvent(**fields)
    return Streamed(number=0, time=-1.0, connection=1, exchange=exchange, stream=stream)


def over(exchange: int, event: _Event, **more: Any) -> _Event:
    """The event as one of an HTTP exchange."""
    return replace(event, exchange=exchange, **more)


def pipe() -> tuple[Header, list[Event]]:
    """Two calls at once, a request of the server, garbage, stderr, and a call without an answer."""
    asked = {"messages": [], "maxTokens": 3}
    progress = {"progressToken": "p", "progress": 1}
    return HEADER, tape(
        Opened(number=0, time=-1.0, connection=1, pid=7),
        sent("initialize", 1, params={"protocolVersion": "2025-11-25"}),
        done(1, {"protocolVersion": "2025-11-25"}),
        sent("notifications/initialized"),
        call(2, params={"_meta": {"progressToken": "p"}}),
        came("sampling/createMessage", 2, params=asked),
        call("2", "mul/ti"),
        came("notifications/progress", params=progress),
        sent(id=2, result={"model": "m"}, masked=(Masked("/result/model", "env:MODEL"),)),
        done("2", {"content": [], "isError": True}),
        garbage(b"Starting \xff"),
        Stderr(number=0, time=-1.0, connection=1, text="INFO ##[error]no"),
        done(2, text='{"jsonrpc":"2.0","id":2,"result":{"n":5.0,"n":1e2,"s":"\\ud800</script>"}}'),
        came("notifications/tools/list_changed"),
        call(3),
        Exited(number=0, time=-1.0, connection=1, code=0, by=Ending.END_OF_INPUT),
    )


def web() -> tuple[Header, list[Event]]:
    """A stream, an accepted notification, a refusal, an aborted listener, and no answer."""
    told = {"level": "info", "data": 1}
    return HTTP_HEADER, tape(
        replace(http(1), headers=ROUTES),
        over(1, call(1)),
        replace(status(1), headers=SSE),
        over(1, came("notifications/message", params=told), stream=StreamEvent("a", "message")),
        streamed(1, id="b", retry=1500, empty=True),
        http(2),
        over(2, sent("notifications/initialized")),
        over(1, done(1), stream=StreamEvent("c")),
        fin(1),
        status(2, 202),
        fin(2),
        http(3, "GET", "/mcp?a=b%20c"),
        replace(status(3), headers=SSE),
        http(4),
        over(4, call(3)),
        replace(status(4, 401), headers={"www-authenticate": 'Bearer realm="x"'}),
        over(4, garbage(b"<h1>no</h1>")),
        fin(4),
        fin(3, Finish.CLIENT, "gone"),
        http(5),
        over(5, call(7)),
    )
