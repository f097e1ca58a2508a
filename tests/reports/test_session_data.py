from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.reports.session_data import header_data, item_data
from mcpx.reports.session_records import record
from mcpx.servers import Era
from mcpx.sessions.events import (
    Ended,
    EraKnown,
    Exited,
    Finished,
    Http,
    Note,
    Opened,
    Raw,
    Stderr,
    Streamed,
    Unread,
)
from mcpx.sessions.items import Item
from mcpx.sessions.round_trips import timeline
from mcpx.wire import Direction, Ending, Finish, StreamEvent
from tests.sessions.tapes import HEADER, call, came, done, fin, http, sent, status, tape
from tests.shipped.test_json_schemas import check

PLACE: dict[str, Any] = {"number": 3, "time": 0.5, "connection": 1}


def test_a_header_as_data() -> None:
    assert header_data(HEADER)["mode"] == "tap"
    assert header_data(HEADER)["target"]["command"] == ["notes"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Stderr(**PLACE, text="a"), {"kind": "stderr", "text": "a"}),
        (Note(**PLACE, text="a"), {"kind": "note", "text": "a"}),
        (Exited(**PLACE, code=-9, by=Ending.TAP), {"kind": "exit", "status": -9, "by": "tap"}),
        (Opened(**PLACE, pid=4), {"kind": "open", "pid": 4}),
        (
            EraKnown(**PLACE, era=Era.MODERN, version="2026-07-28", how="x", server={"name": "n"}),
            {"kind": "era", "era": "modern", "revision": "2026-07-28", "server": {"name": "n"}},
        ),
        (
            Raw(**PLACE, direction=Direction.TO_CLIENT, data=b"\xffa", why=Unread.NOT_UTF8),
            {"kind": "raw", "direction": "s2c", "why": "not-utf-8", "text": "\\xffa", "cut": None},
        ),
        (came(**PLACE, cut=9, text=""), {"kind": "message", "text": "", "cut": 9}),
        (Ended(**PLACE, events=2, dropped=1), {"kind": "end", "events": 2, "dropped": 1}),
        (
            Streamed(**PLACE, exchange=2, stream=StreamEvent("7", None, 3000, True)),
            {
                "kind": "sse",
                "exchange": 2,
                "stream": {"id": "7", "event": None, "retry": 3000, "empty": True},
            },
        ),
        (
            Http(**PLACE, direction=Direction.TO_CLIENT, status=404, headers={"a": "b"}),
            {"kind": "http-answer", "exchange": None, "status": 404, "headers": {"a": "b"}},
        ),
        (
            Finished(**PLACE, exchange=3, why=Finish.SERVER, text="reset"),
            {"kind": "http-end", "exchange": 3, "why": "broken-off", "text": "reset"},
        ),
    ],
    ids=lambda one: type(one).__name__,
)
def test_an_event_as_data(item: Any, expected: dict[str, Any]) -> None:
    item = next(timeline([item])) if item.number is None else item
    found = item_data(item)
    assert found.items() >= {**expected, "time": 0.5, "connection": 1}.items()
    assert check(json.loads(json.dumps(record(item)))) == "session.show.item"


def only(*events: Any) -> Item:
    first, *_ = timeline(tape(*events))
    return first


def test_a_round_trip_as_data() -> None:
    data = item_data(
        only(call(1, "add", {"a": 5}), came("ping", 2), sent(id=2, result={}), done(1))
    )
    (inside,) = data["inside"]
    assert (data["kind"], data["name"], data["outcome"], data["seconds"]) == (
        "round-trip",
        "add",
        "ok",
        0.3,
    )
    assert data["request"]["params"]["arguments"] == {"a": 5}
    assert data["answer"]["result"] == {"content": []}
    assert (inside["method"], inside["direction"]) == ("ping", "s2c")


def test_an_answer_alone_as_data() -> None:
    data = item_data(only(done(3)))
    assert (data["request"], data["outcome"], data["id"]) == (None, "unasked", 3)


def test_a_notification_and_an_exchange_as_data() -> None:
    data = item_data(only(sent("notifications/initialized")))
    assert (data["kind"], data["direction"]) == ("notification", "c2s")
    assert data["message"] == {"jsonrpc": "2.0", "method": "notifications/initialized"}
    data = item_data(only(http(1, "GET"), status(1, 405), fin(1, Finish.END)))
    assert (data["kind"], data["status"], data["why"], data["ended"]) == ("http", 405, "eof", 0.3)
    assert check({**record(only(http(1, "GET")))}) == "session.show.item"
