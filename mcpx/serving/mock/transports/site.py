"""How the recorded server was to be had over HTTP: where, and what it did with GET and DELETE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from mcpx.serving.mock.tape.framing import ENDPOINT
from mcpx.sessions.events import Event, Http, Streamed
from mcpx.wire import Direction

PATH = "/mcp"
# Of one connection: what is kept of exchanges that nobody has answered yet.
_MOST_OPEN = 10_000


@dataclass(frozen=True, slots=True)
class Site:
    """``path`` is that of its MCP endpoint. ``listens``: GET gave a stream, or was never asked.

    ``ended`` is the status of DELETE. ``old``: it spoke HTTP+SSE.
    """

    path: str = PATH
    listens: bool = True
    ended: int = HTTPStatus.OK
    old: bool = False


def site_of(events: Iterable[Event]) -> Site:
    """The site in a recording; the usual one where it was not over HTTP."""
    asked: dict[tuple[int, int], Http] = {}
    posted, gotten, old = "", "", False
    got: set[int] = set()
    ended = 0
    for event in events:
        if isinstance(event, Streamed) and event.stream.event == ENDPOINT:
            old = True
        if not isinstance(event, Http):
            continue
        key = (event.connection, event.exchange)
        if event.direction is Direction.TO_SERVER:
            if len(asked) < _MOST_OPEN:
                asked[key] = event
            continue
        request = asked.pop(key, None)
        if request is None:
            continue
        path = request.path.partition("?")[0]
        if request.method == "POST":
            posted = posted or path
        elif request.method == "GET" and "last-event-id" not in request.headers:
            gotten = gotten or path
            got.add(event.status)
        elif request.method == "DELETE":
            ended = ended or event.status
    listens = not got or any(200 <= status < 300 for status in got)
    path = gotten if old else posted
    is_path = path.startswith("/") and path.isascii() and path.isprintable() and " " not in path
    return Site(path if is_path else PATH, listens, ended or HTTPStatus.OK, old)
