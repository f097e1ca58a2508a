"""What is exported and imported again is the same session, but for what the format cannot hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from mcpx.sessions.events import (
    Event,
    Finished,
    Header,
    Http,
    Message,
    Raw,
    Stderr,
    Streamed,
)
from mcpx.sessions.exporting import har, mcpsnoop
from mcpx.sessions.importing import imported
from mcpx.wire import StreamEvent
from tests.sessions.exporting.conversations import over, pipe, web
from tests.sessions.tapes import HEADER, call, came, done, fin, http, sent, status, tape

Export = Callable[[Header, Iterable[Event]], Iterator[str]]
OVER_HTTP = (Message, Raw, Http, Streamed, Finished)


def back(export: Export, header: Header, events: Iterable[Event]) -> tuple[Header, list[Event]]:
    data = "".join(export(header, events)).encode()
    found = imported(data, "x")
    return found.header, list(found.events)


def crossed() -> tuple[Header, list[Event]]:
    """Two exchanges that go on at the same time, and a server's request in one of them."""
    events = tape(
        http(1),
        over(1, call(1)),
        http(2),
        over(2, call(2)),
        status(1),
        status(2),
        over(2, came("roots/list", 1), stream=StreamEvent("a")),
        over(1, done(1)),
        fin(1),
        http(3),
        over(3, sent(id=1, result={"roots": []})),
        status(3, 202),
        fin(3),
        over(2, done(2), stream=StreamEvent("b")),
        fin(2),
    )
    return web()[0], events


def batches() -> tuple[Header, list[Event]]:
    """Batches, and messages that were too large."""
    asked = [{"id": 1, "method": "a"}, {"id": 2, "method": "b"}]
    return HEADER, tape(
        sent(batch=asked), came(batch=[{"id": 2, "result": {}}, {"id": 1, "result": 5.0}])
    )


def told(events: Iterable[Event], kinds: tuple[type[Event], ...], *names: str) -> list[Any]:
    return [
        (type(event).__name__, *(getattr(event, name, None) for name in names))
        for event in events
        if isinstance(event, kinds)
    ]


@pytest.mark.parametrize("session", [pipe, web, crossed, batches], ids=lambda one: one.__name__)
def test_har(session: Callable[[], tuple[Header, list[Event]]]) -> None:
    header, events = session()
    after, found = back(har.document, header, events)
    names = ("direction", "text", "exchange", "time", "cut", "stream", "status", "method", "why")
    assert told(found, OVER_HTTP, *names) == told(events, OVER_HTTP, *names)
    assert (after.created, after.fidelity) == (header.created, header.fidelity)
    assert after.target["transport"] == header.target["transport"]


@pytest.mark.parametrize("session", [pipe, web, crossed], ids=lambda one: one.__name__)
def test_mcpsnoop(session: Callable[[], tuple[Header, list[Event]]]) -> None:
    header, events = session()
    after, found = back(mcpsnoop.lines, header, events)
    kinds = (Message, Raw, Stderr)
    assert told(found, kinds, "direction", "text") == told(events, kinds, "direction", "text")
    statuses = [
        sorted(filter(None, (one[1] for one in told(some, (Http,), "status"))))
        for some in (found, events)
    ]
    assert statuses[0] == statuses[1]
    assert after.target["transport"] == header.target["transport"]
