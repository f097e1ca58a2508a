from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mcpx.reports import session_words as words
from mcpx.sessions.events import (
    Event,
    Exited,
    Note,
    Opened,
    Raw,
    Streamed,
    Unread,
)
from mcpx.sessions.items import HttpExchange, RoundTrip
from mcpx.sessions.round_trips import round_trips
from mcpx.wire import Direction, Ending, Finish, StreamEvent
from tests.sessions.tapes import call, came, done, fin, http, sent, status, tape


def trip(*events: Event) -> RoundTrip:
    return list(round_trips(tape(*events)))[-1]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(
            call(1, arguments={"a": 1, "b": "x", "c": "two words"}),
            'a=1 b=x c="two words"',
            id="arguments",
        ),
        pytest.param(call(1, arguments={"t": "x" * 99}), f"t={'x' * 31}…", id="long"),
        pytest.param(
            call(1, arguments={"n": "5", "t": "true", "e": ""}),
            'n="5" t="true" e=""',
            id="texts-that-look-otherwise",
        ),
        pytest.param(call(1, arguments={"l": list(range(99))}), "l=[…", id="list"),
        pytest.param(
            call(1, arguments={f"name{n}": "value" for n in range(9)}),
            "name0=value name1=value name2=value name3=value name4=v…",
            id="many",
        ),
        pytest.param(call(1, params={"arguments": [1]}), "", id="arguments-that-are-none"),
        pytest.param(
            sent(
                "initialize",
                1,
                params={
                    "clientInfo": {"name": "desk", "version": "2"},
                    "protocolVersion": "2025-11-25",
                },
            ),
            "desk 2, 2025-11-25",
            id="initialize",
        ),
        pytest.param(sent("initialize", 1), "", id="initialize-without-anything"),
        pytest.param(sent("resources/read", 1, params={"uri": "a://b", "_meta": {}}), "", id="uri"),
        pytest.param(
            sent("tools/list", 1, params={"cursor": "c2"}), "cursor=c2", id="anything-else"
        ),
        pytest.param(
            sent("elicitation/create", 1, params={"message": "Really?", "mode": "form"}),
            "Really?",
            id="question",
        ),
        pytest.param(
            sent(
                "sampling/createMessage",
                1,
                params={"messages": [{"content": {"text": "Sum up."}}]},
            ),
            '"Sum up."',
            id="sampling",
        ),
        pytest.param(
            sent("sampling/createMessage", 1, params={"maxTokens": 5}),
            "maxTokens=5",
            id="sampling-without-text",
        ),
    ],
)
def test_what_a_request_is_asked_with(event: Event, expected: str) -> None:
    assert words.given(trip(event)) == expected


def test_what_a_request_goes_on_with() -> None:
    asked = {"resultType": "input_required", "inputRequests": {"sure": {}}, "requestState": "s"}
    more = {"inputResponses": {"sure": {"action": "accept"}, "n": 3}, "requestState": "s"}
    found = trip(call(1), done(1, asked), call(2, params=more))
    assert words.given(found) == "goes on with #1: sure=accept n=3"
    bare = trip(call(1), done(1, asked), call(2, params={"requestState": "s"}))
    assert words.given(bare) == "goes on with #1"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([call(1), done(1)], "ok", id="ok"),
        pytest.param([sent("tools/list", 1), done(1, {"tools": [1]})], "ok, 1 tool", id="one"),
        pytest.param(
            [
                sent("resources/templates/list", 1),
                done(1, {"resourceTemplates": [1, 2], "nextCursor": "x"}),
            ],
            "ok, 2 templates, more to come",
            id="page",
        ),
        pytest.param(
            [call(1), done(1, {"isError": True, "content": [3, {"text": "no such note"}]})],
            "isError: no such note",
            id="is-error",
        ),
        pytest.param([call(1), done(1, {"isError": True})], "isError", id="is-error-and-no-more"),
        pytest.param(
            [call(1), came(id=1, error={"code": -32602, "message": "x" * 60})],
            f"error -32602: {'x' * 47}…",
            id="error",
        ),
        pytest.param([call(1), came(id=1, error="x")], "error", id="odd-error"),
        pytest.param(
            [call(1), done(1, {"resultType": "input_required", "inputRequests": {"a": 1, "b": 2}})],
            "asks: a, b",
            id="input-required",
        ),
        pytest.param([call(1)], "unanswered", id="unanswered"),
        pytest.param([sent("subscriptions/listen", 1)], "still open", id="listening"),
        pytest.param([done(1)], "to no request", id="unasked"),
        pytest.param([call(1), done(1), done(1)], "a second answer", id="again"),
        pytest.param([http(1), call(1, exchange=1), status(1, 401), fin(1)], "HTTP 401", id="http"),
        pytest.param(
            [http(1), call(1, exchange=1), fin(1, Finish.REFUSED)], "refused", id="not-sent"
        ),
        pytest.param(
            [
                http(1),
                call(1, exchange=1),
                status(1, 400),
                came(id=1, error={"code": 1}, exchange=1),
            ],
            "error 1 (HTTP 400)",
            id="error-with-status",
        ),
        pytest.param(
            [call(1), sent("notifications/cancelled", params={"requestId": 1})],
            "cancelled",
            id="cancelled",
        ),
        pytest.param(
            [
                call(1),
                sent("notifications/cancelled", params={"requestId": 1}),
                came(id=1, error={"code": 0}),
            ],
            "cancelled, answered all the same",
            id="cancelled-and-answered",
        ),
        pytest.param(
            [came("elicitation/create", 1), sent(id=1, result={"action": "decline"})],
            "decline",
            id="question",
        ),
    ],
)
def test_what_came_of_a_request(events: list[Event], expected: str) -> None:
    assert words.result(trip(*events)) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"progress": 1, "total": 4}, "1 of 4"),
        ({"progress": 0.5, "message": "half"}, "0.5 half"),
        ({}, "null"),
    ],
)
def test_progress_in_words(params: dict[str, Any], expected: str) -> None:
    meta = {"_meta": {"progressToken": 1}}
    found = trip(
        call(1, params=meta),
        came("notifications/progress", params={"progressToken": 1, **params}),
    )
    assert found.last_progress is not None
    assert words.progressed(found.last_progress) == expected


EXCHANGE = HttpExchange(1, 0.0, 1, 1, "GET", "/mcp")


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        pytest.param({"status": 405, "why": Finish.END}, "HTTP 405", id="status"),
        pytest.param({"status": 200, "messages": 1}, "HTTP 200, 1 message, still open", id="open"),
        pytest.param(
            {"status": 200, "messages": 2, "why": Finish.CLIENT},
            f"HTTP 200, 2 messages, {Finish.CLIENT.value}",
            id="aborted",
        ),
        pytest.param({"why": Finish.UNREACHABLE, "text": "no route"}, "no route", id="never-there"),
    ],
)
def test_what_an_exchange_brought(exchange: dict[str, Any], expected: str) -> None:
    assert words.answered_with(replace(EXCHANGE, **exchange)) == expected


PLACE = {"number": 1, "time": 0.0, "connection": 1}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Note(**PLACE, text="x"), ("note", "x")),
        (
            Exited(**PLACE, code=-9, by=Ending.TAP),
            ("server ended", "signal 9, it did not leave and was ended"),
        ),
        (Opened(**PLACE, pid=7), ("connection opened", "process 7")),
        (Opened(**PLACE), ("connection opened", "")),
        (
            Raw(**PLACE, direction=Direction.TO_CLIENT, data=b"\xff", why=Unread.NOT_UTF8),
            ("← no UTF-8", "\\xff"),
        ),
        (sent(cut=5, text=""), ("→ a message too large to be kept", "")),
        (came(batch=3), ("← no message of JSON-RPC", "3")),
        (Streamed(**PLACE, stream=StreamEvent(empty=True)), None),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_else_happened(event: Event, expected: Any) -> None:
    assert words.happened(event) == expected


def test_how_long_it_took() -> None:
    assert words.took(trip(call(1, time=1.0), done(1, time=1.5))) == "500 ms"
    assert words.took(trip(call(1))) == ""
