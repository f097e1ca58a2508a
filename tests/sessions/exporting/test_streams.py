from __future__ import annotations

from dataclasses import replace

import pytest

from mcpx.sessions.events import Message, Raw, Streamed
from mcpx.sessions.exporting.streams import as_stream
from mcpx.wire import StreamEvent
from tests.sessions.exporting.conversations import garbage, streamed
from tests.sessions.tapes import came

ONE = came(text='{"id":1}')


@pytest.mark.parametrize(
    ("event", "text"),
    [
        pytest.param(ONE, 'data: {"id":1}\n\n', id="message"),
        pytest.param(
            replace(ONE, stream=StreamEvent("a", "message", 5)),
            'event: message\nid: a\nretry: 5\ndata: {"id":1}\n\n',
            id="fields",
        ),
        pytest.param(replace(ONE, stream=StreamEvent("")), 'id: \ndata: {"id":1}\n\n', id="no-id"),
        pytest.param(came(text='{"id":\r1}'), 'data: {"id": 1}\n\n', id="carriage-return"),
        pytest.param(came(text='"\u2028"'), 'data: "\u2028"\n\n', id="no-end-of-line"),
        pytest.param(came(text="", cut=8), ": 8 bytes, not kept\n\n", id="cut"),
        pytest.param(streamed(1, id="a", empty=True), "id: a\ndata:\n\n", id="primed"),
        pytest.param(streamed(1, retry=5), "retry: 5\n\n", id="retry"),
        pytest.param(streamed(1), ":\n\n", id="comment"),
        pytest.param(garbage(b"a\r\nb\xff"), "data: a\ndata: b\ufffd\n\n", id="raw"),
        pytest.param(
            streamed(1, id="a\ndata: x\r", empty=False), "id: a data: x \n\n", id="hostile"
        ),
    ],
)
def test_an_event_as_text(event: Message | Raw | Streamed, text: str) -> None:
    assert as_stream(event) == text
