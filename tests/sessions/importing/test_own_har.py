from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Fidelity, Finished, Http, Message
from mcpx.sessions.importing import imported
from mcpx.wire import Finish


def archive(*entries: dict[str, Any], **session: Any) -> bytes:
    return json.dumps({"log": {"version": "1.2", "_session": session, "entries": entries}}).encode()


def entry(*events: list[Any], error: str = "", **more: Any) -> dict[str, Any]:
    return {
        "connection": "1",
        "_exchange": 1,
        "_events": events,
        "request": {"method": "POST", "url": "http://x/mcp", "postData": {"text": '{"id":1}'}},
        "response": {"status": 202, "_error": error, "content": {"mimeType": "", "text": "[]"}},
        **more,
    }


SENT = [2, 0.5, "c2s", "msg"]


def test_events_stand_in_the_order_of_their_numbers() -> None:
    first = entry([4, 0.7, "s2c", "fin"], SENT, [1, 0.4, "c2s", "http"])
    other = entry([3, 0.6, "c2s", "msg"], _exchange=0)
    found = imported(archive(first, other, created="2026-11-23T10:00:00Z"), "x.har")
    kept = [one for one in found.events if isinstance(one, Http | Message | Finished)]
    assert [(type(one).__name__, one.time, one.exchange) for one in kept] == [
        ("Http", 0.4, 1),
        ("Message", 0.5, 1),
        ("Message", 0.6, 0),
        ("Finished", 0.7, 1),
    ]
    assert found.header.created == "2026-11-23T10:00:00.000Z"


@pytest.mark.parametrize(
    ("error", "why", "text"),
    [
        pytest.param("", Finish.END, "", id="end"),
        pytest.param(f"{Finish.UNREACHABLE}: no route: x", Finish.UNREACHABLE, "no route: x"),
        pytest.param("net::ERR_FAILED", Finish.END, "net::ERR_FAILED", id="of-another"),
    ],
)
def test_how_an_exchange_ended(error: str, why: Finish, text: str) -> None:
    found = imported(archive(entry(SENT, [3, 1, "s2c", "fin"], error=error)), "x.har")
    (end,) = (one for one in found.events if isinstance(one, Finished))
    assert (end.why, end.text) == (why, text)


@pytest.mark.parametrize(
    ("given", "fidelity"),
    [("wire", Fidelity.WIRE), ("perfect", Fidelity.SEMANTIC), (3, Fidelity.SEMANTIC)],
    ids=str,
)
def test_no_more_is_claimed_than_is_known(given: Any, fidelity: Fidelity) -> None:
    assert imported(archive(entry(SENT), fidelity=given), "x.har").header.fidelity is fidelity


@pytest.mark.parametrize(
    "event",
    [
        pytest.param([2, 0.5, "c2s"], id="short"),
        pytest.param([2, 0.5, "up", "msg"], id="direction"),
        pytest.param(["x", 0.5, "c2s", "msg"], id="number"),
        pytest.param([2, None, "c2s", "msg"], id="time"),
        pytest.param({"number": 2}, id="object"),
        pytest.param(7, id="no-array"),
    ],
)
def test_what_was_changed_by_hand_is_refused_with_its_place(event: Any) -> None:
    with pytest.raises(ConfigError, match=r"x\.har: log/entries/0/_events: "):
        imported(archive(entry(event)), "x.har")


def test_a_body_that_is_missing_is_no_message() -> None:
    found = imported(archive(entry(SENT, request={}, response={})), "x.har")
    assert [one for one in found.events if isinstance(one, Message)] == []


def test_a_body_that_is_not_base64_is_refused() -> None:
    content = {"content": {"text": "!", "encoding": "base64"}}
    with pytest.raises(ConfigError, match="its text is not base64"):
        imported(archive(entry([2, 1, "s2c", "raw"], response=content)), "x.har")


def test_a_message_that_was_cut_is_a_comment_in_its_stream() -> None:
    stream = {"mimeType": "text/event-stream", "text": ": 99 bytes, not kept\n\ndata: [5]\n\n"}
    events = [SENT, [3, 1, "s2c", "cut", 99], [4, 2, "s2c", "msg"]]
    found = imported(archive(entry(*events, response={"content": stream})), "x.har")
    kept = [(one.text, one.cut) for one in found.events if isinstance(one, Message)]
    assert kept == [('{"id":1}', 0), ("", 99), ("[5]", 0)]
