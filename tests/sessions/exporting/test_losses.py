from __future__ import annotations

from dataclasses import replace

import pytest

from mcpx.sessions.events import Event, Exited, Message, Note, Raw, Stderr, Streamed, Unread
from mcpx.sessions.exporting import FORMATS
from mcpx.sessions.exporting.losses import Losses
from mcpx.wire import Direction, Ending, StreamEvent
from tests.sessions.tapes import call, came, done, fin, http, sent

PLACE = {"number": 0, "time": -1.0, "connection": 1}
STREAMS = "ids and names of server-sent events, and those without a message"


def of(stream: StreamEvent) -> Message:
    return replace(came("ping"), stream=stream)


def raw(why: Unread) -> Raw:
    return Raw(**PLACE, direction=Direction.TO_CLIENT, data=b"x", why=why)


@pytest.mark.parametrize(
    ("events", "har", "mcpsnoop"),
    [
        pytest.param([call(1), done(1)], [], [], id="nothing"),
        pytest.param(
            [Stderr(**PLACE, text="x")], ["what the server said on stderr"], [], id="stderr"
        ),
        pytest.param(
            [Note(**PLACE, text="x"), Exited(**PLACE, code=0, by=Ending.ITSELF)],
            ["when connections and processes began and ended", "notes"],
            ["when connections and processes began and ended", "notes"],
            id="as-the-format-names-them",
        ),
        pytest.param([http(1), http(2, "PUT")], [], [], id="post"),
        pytest.param([http(1, "GET")], [], ["GET and DELETE requests"], id="get"),
        pytest.param(
            [replace(http(1), headers={"mcp-name": "x", "www-authenticate": "y"})],
            [],
            [],
            id="headers-it-has",
        ),
        pytest.param(
            [replace(http(1), headers={"accept": "x"})],
            [],
            ["headers other than Mcp-* and WWW-Authenticate"],
            id="headers",
        ),
        pytest.param([fin(1)], [], ["when exchanges ended"], id="ends"),
        pytest.param([of(StreamEvent())], [], [], id="stream"),
        pytest.param([of(StreamEvent(id="7"))], [], [STREAMS], id="stream-id"),
        pytest.param(
            [Streamed(**PLACE, stream=StreamEvent())],
            ["comments in streams"],
            [STREAMS],
            id="comment",
        ),
        pytest.param([sent(batch=[])], [], ["that messages came as a batch"], id="batch"),
        pytest.param([raw(Unread.NOT_JSON)], [], [], id="no-json"),
        pytest.param([raw(Unread.NOT_UTF8)], [], ["bytes that are not UTF-8"], id="bytes"),
    ],
)
def test_only_what_is_there_is_lost(
    events: list[Event], har: list[str], mcpsnoop: list[str]
) -> None:
    found = {}
    for format in FORMATS:
        losses = Losses(format.loses)
        for event in events:
            losses.see(event)
        found[format.id] = losses.found
    assert found == {"har": har, "mcpsnoop": mcpsnoop}
