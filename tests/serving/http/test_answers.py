from __future__ import annotations

from typing import Any

import h11
import pytest

from mcpx.serving.http.answers import Answer, event_text
from mcpx.serving.http.wire import LeftError
from mcpx.sse_events import EventReader
from mcpx.wire import StreamEvent
from tests.client.loops import in_no_time


class FakeWire:
    """Keeps what is put to it."""

    def __init__(self) -> None:
        self.http = h11.Connection(h11.SERVER)
        self.http.receive_data(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        self.http.next_event()
        self.said = b""
        self.left = False

    def put(self, *events: Any) -> None:
        if self.left:
            raise LeftError
        self.said += b"".join(self.http.send(one) or b"" for one in events)

    async def taken(self) -> None:
        pass


def answered() -> tuple[FakeWire, Answer]:
    wire = FakeWire()
    return wire, Answer(wire, "GET")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("say", "said"),
    [
        pytest.param(
            lambda one: one.status(202),
            b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
            id="status",
        ),
        pytest.param(lambda one: one.status(204), b"HTTP/1.1 204 No Content\r\n\r\n", id="nothing"),
        pytest.param(
            lambda one: one.status(405, "no", {"Allow": "POST"}),
            b"HTTP/1.1 405 Method Not Allowed\r\nAllow: POST\r\nContent-Type: text/plain\r\n"
            b"Content-Length: 3\r\n\r\nno\n",
            id="words",
        ),
        pytest.param(
            lambda one: one.whole(200, b"{}"),
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
            id="json",
        ),
        pytest.param(
            lambda one: one.whole(599, b"{}", "text/x"),
            b"HTTP/1.1 599 \r\nContent-Type: text/x\r\nContent-Length: 2\r\n\r\n{}",
            id="a-status-without-a-name",
        ),
    ],
)
def test_a_whole_answer(say: Any, said: bytes) -> None:
    wire, answer = answered()
    assert not answer.is_begun
    say(answer)
    assert wire.said == said
    assert answer.is_begun
    assert answer.is_over


def test_what_is_asked_for_its_head_alone_has_no_body() -> None:
    wire = FakeWire()
    wire.http = h11.Connection(h11.SERVER)
    wire.http.receive_data(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
    wire.http.next_event()
    Answer(wire, "HEAD").whole(405, b"{}")  # type: ignore[arg-type]
    assert wire.said.endswith(b"Content-Length: 2\r\n\r\n")


@in_no_time
async def test_a_stream_of_events() -> None:
    wire, answer = answered()
    answer.stream(headers={"mcp-session-id": "s1"})
    head = wire.said
    await answer.event(StreamEvent(event="message"), "{}")
    assert not answer.is_over
    answer.end()
    assert answer.is_over
    assert head == (
        b"HTTP/1.1 200 OK\r\nmcp-session-id: s1\r\nContent-Type: text/event-stream\r\n"
        b"Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    assert wire.said[len(head) :] == b"19\r\nevent: message\ndata: {}\n\n\r\n0\r\n\r\n"


def test_nobody_is_there_any_more() -> None:
    wire, answer = answered()
    wire.left = True
    with pytest.raises(LeftError):
        answer.status(200)


@pytest.mark.parametrize(
    ("fields", "data", "text"),
    [
        pytest.param(StreamEvent(), "{}", "data: {}\n\n", id="data"),
        pytest.param(
            StreamEvent("7", "message", 500),
            "{}",
            "event: message\nid: 7\nretry: 500\ndata: {}\n\n",
            id="all",
        ),
        pytest.param(StreamEvent("7", empty=True), "", "id: 7\ndata: \n\n", id="priming"),
        pytest.param(StreamEvent(retry=5, empty=True), "", "retry: 5\n\n", id="retry-alone"),
        pytest.param(StreamEvent(empty=True), "", ":\n\n", id="comment"),
        pytest.param(StreamEvent(), "a\r\nb\nc", "data: a\ndata: b\ndata: c\n\n", id="lines"),
        pytest.param(StreamEvent("1\ndata: x\r\0"), "y", "id: 1data: x\ndata: y\n\n", id="hostile"),
    ],
)
def test_an_event_as_it_goes_over_the_wire(fields: StreamEvent, data: str, text: str) -> None:
    assert event_text(fields, data) == text


@pytest.mark.parametrize("data", ["{}", "a\nb", '{"é":"ü"}', "x\u2028y"])
def test_an_event_is_read_as_it_was_written(data: str) -> None:
    fields = StreamEvent("7", "message", 500)
    (read,) = EventReader(1 << 20).of(event_text(fields, data).encode())
    assert (read.data.decode(), read.fields) == (data, fields)
