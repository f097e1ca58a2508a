from __future__ import annotations

import pytest

from mcpx.sessions.events import Message, Raw, Unread
from mcpx.sessions.importing import drafts
from mcpx.sessions.importing.drafts import Shape, message_of, shapes_of
from mcpx.wire import Direction, StreamEvent


def test_a_message_is_verbatim() -> None:
    text = '{"jsonrpc":"2.0", "id":1.0,"method":"x","id":2}'
    event, shapes = message_of(Direction.TO_SERVER, f" {text}\r\n", StreamEvent(id="7"))
    assert isinstance(event, Message)
    assert (event.text, event.respaced, event.stream) == (text, False, StreamEvent(id="7"))
    assert shapes == (Shape(method="x", id="2"),)


def test_a_message_on_several_lines_is_put_on_one() -> None:
    event, _ = message_of(Direction.TO_CLIENT, '{\n  "id": 5.0,\n  "result": "a  b"\n}')
    assert isinstance(event, Message)
    assert (event.text, event.respaced) == ('{"id": 5.0,"result": "a  b"}', True)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Starting server", id="text"),
        pytest.param('{"id":NaN}', id="no JSON value"),
        pytest.param("5", id="no message"),
        pytest.param("[" * 500 + "]" * 500, id="too deep"),
    ],
)
def test_what_is_no_message_is_kept_raw(text: str) -> None:
    event, shapes = message_of(Direction.TO_CLIENT, text, why=Unread.BODY)
    assert isinstance(event, Raw)
    assert (event.data, event.why, shapes) == (text.encode(), Unread.BODY, ())


def test_of_a_message_that_is_too_large_the_size_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "LARGEST_MESSAGE", 10)
    event, _ = message_of(Direction.TO_CLIENT, '{"id":"é"}')
    assert isinstance(event, Message)
    assert (event.text, event.cut) == ("", 11)


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        pytest.param('{"id":1,"method":"ping"}', [Shape("ping", "1")], id="request"),
        pytest.param('{"id":1.0,"result":{}}', [Shape(id="1")], id="the same number"),
        pytest.param('{"id":"1","result":{}}', [Shape(id='"1"')], id="an id that is a text"),
        pytest.param('{"id":null,"error":{}}', [Shape()], id="without an id"),
        pytest.param('{"id":[1],"method":2}', [Shape()], id="neither id nor method"),
        pytest.param(
            '[{"method":"a","id":1,"params":{"_meta":{"progressToken":"t"}}},5]',
            [Shape("a", "1", token='"t"')],
            id="batch",
        ),
        pytest.param(
            '{"method":"notifications/progress","params":{"progressToken":3}}',
            [Shape("notifications/progress", about="3")],
            id="progress",
        ),
        pytest.param(
            '{"method":"notifications/cancelled","params":{"requestId":3}}',
            [Shape("notifications/cancelled", about="3")],
            id="cancelled",
        ),
        pytest.param('{"id":1e999,"method":"a"}', [Shape("a", "1e999")], id="a large number"),
        pytest.param('{"id":', [], id="no JSON"),
    ],
)
def test_shapes(text: str, shapes: list[Shape]) -> None:
    assert list(shapes_of(text)) == shapes
