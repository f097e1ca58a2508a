from __future__ import annotations

import pytest

from mcpx.sessions.events import StreamEvent
from mcpx.sessions.importing.event_streams import stream_events


@pytest.mark.parametrize(
    ("body", "events"),
    [
        pytest.param("data: a\n\n", [(StreamEvent(), "a")], id="one"),
        pytest.param("data:a\r\ndata: b\r\n\r\n", [(StreamEvent(), "a\nb")], id="two lines"),
        pytest.param(
            "id: 7\ndata: \nretry: 100\n\nevent: message\nid: 8\ndata: {}\n\n",
            [
                (StreamEvent(id="7", retry=100, empty=True), ""),
                (StreamEvent(id="8", event="message"), "{}"),
            ],
            id="a priming event",
        ),
        pytest.param(": ping\n\n\n\ndata: a\n\n", [(StreamEvent(), "a")], id="comments"),
        pytest.param("data: a\n\ndata: b", [(StreamEvent(), "a"), (StreamEvent(), "b")], id="cut"),
        pytest.param(
            "retry: soon\n\nretry: " + "9" * 99 + "\n\n",
            [(StreamEvent(empty=True), ""), (StreamEvent(empty=True), "")],
            id="no retry time",
        ),
        pytest.param("\ufeffdata\n\n", [(StreamEvent(empty=True), "")], id="no value"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_events_of_a_body(body: str, events: list[tuple[StreamEvent, str]]) -> None:
    assert list(stream_events(body)) == events
