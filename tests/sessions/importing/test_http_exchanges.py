from __future__ import annotations

import pytest

from mcpx.sessions.events import Finished, Http, Message, Raw, Streamed, Unread
from mcpx.sessions.importing.http_exchanges import (
    Brought,
    HttpExchange,
    drafts_of,
    status_of,
    stream_events,
)
from mcpx.wire import Finish, StreamEvent
from tests.sessions.importing.samples import SESSION

URL = "https://h/mcp?sessionId=abc"


def exchange(**more: object) -> HttpExchange:
    return HttpExchange(**{"key": 1, "at": 1.0, "method": "POST", "url": URL, **more})  # type: ignore[arg-type]


def test_an_exchange_is_heads_messages_and_an_end() -> None:
    one = exchange(
        headers={"mcp-session-id": SESSION, "authorization": "Bearer x", "mcp-method": "ping"},
        body='{"id":1,"method":"ping"}',
        status=200,
        answered=1.5,
        answer_headers={"content-type": "application/json", "set-cookie": "a=b"},
        brought=[Brought(1.75, '{"id":1,"result":{}}')],
        finished=2.0,
    )
    drafts = list(drafts_of([one]))
    assert {(draft.exchange, draft.session) for draft in drafts} == {(1, SESSION)}
    assert [(draft.at, type(draft.event)) for draft in drafts] == [
        (1.0, Http),
        (1.0, Message),
        (1.5, Http),
        (1.75, Message),
        (2.0, Finished),
    ]
    asked, answered = drafts[0].event, drafts[2].event
    assert isinstance(asked, Http) and isinstance(answered, Http)
    assert (asked.method, asked.path) == ("POST", "/mcp?sessionId=<s1>")
    assert asked.headers == {"mcp-session-id": "<s2>", "mcp-method": "ping"}
    assert (answered.status, answered.headers) == (200, {"content-type": "application/json"})


def test_what_is_not_known_is_left_out() -> None:
    drafts = list(drafts_of([exchange(method="", finished=None)]))
    assert drafts == []


def test_the_last_message_of_a_stream_came_at_its_end() -> None:
    one = exchange(status=200, answered=2.0, finished=4.0)
    one.take(
        "id: 1\ndata:\n\ndata: {}\n\nevent: message\nid: 2\ndata: []\n\n", "text/event-stream; x=y"
    )
    drafts = [draft for draft in drafts_of([one]) if not isinstance(draft.event, Http)]
    assert [(draft.at, type(draft.event)) for draft in drafts] == [
        (2.0, Streamed),
        (2.0, Message),
        (4.0, Message),
        (4.0, Finished),
    ]


def test_the_address_of_a_session_is_no_message() -> None:
    one = exchange(answered=1.0)
    one.take("event: endpoint\ndata: /messages?session_id=abc\n\n", "text/event-stream")
    (_, draft) = drafts_of([one])
    assert isinstance(draft.event, Streamed)
    assert draft.event.stream.event == "endpoint"


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        pytest.param('{"id":1}', [Message], id="message"),
        pytest.param("Not Found", [Raw], id="text"),
        pytest.param(" \n", [], id="nothing"),
    ],
)
def test_the_body_of_an_answer(body: str, kinds: list[type]) -> None:
    one = exchange(finished=3.0)
    one.take(body, "application/json")
    found = [draft.event for draft in drafts_of([one])][1:-1]
    assert [type(event) for event in found] == kinds
    assert all(event.why is Unread.BODY for event in found if isinstance(event, Raw))


def test_an_end_says_what_went_wrong() -> None:
    one = exchange(finished=3.0, why=Finish.UNREACHABLE, wrong="refused")
    end = list(drafts_of([one]))[-1].event
    assert isinstance(end, Finished)
    assert (end.why, end.text) == (Finish.UNREACHABLE, "refused")


def test_what_is_a_status() -> None:
    assert [status_of(one) for one in (200.0, 0.0, 1e300, None)] == [200, None, None, None]


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
        pytest.param(
            ": ping\n\n\n\ndata: a\n\n",
            [(StreamEvent(empty=True), ""), (StreamEvent(), "a")],
            id="comments",
        ),
        pytest.param("data: a\n\ndata: b", [(StreamEvent(), "a"), (StreamEvent(), "b")], id="cut"),
        pytest.param("retry: soon\n\nretry: " + "9" * 99 + "\n\n", [], id="no retry time"),
        pytest.param("id: a\0b\ndata: a\n\n", [(StreamEvent(), "a")], id="an id with nul"),
        pytest.param("data: \ud800ä\n\n", [(StreamEvent(), "\ud800ä")], id="half a pair"),
        pytest.param("\ufeffdata\n\n", [(StreamEvent(empty=True), "")], id="no value"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_events_of_a_body(body: str, events: list[tuple[StreamEvent, str]]) -> None:
    assert list(stream_events(body)) == events
