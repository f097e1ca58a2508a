from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Fidelity, Finished, Message, Raw, Streamed
from mcpx.wire import Finish
from tests.sessions.importing.samples import (
    INITIALIZE,
    INITIALIZED,
    LIST,
    LISTED,
    READY,
    SAMPLE,
    SESSION,
    document,
    heads,
    of,
    said,
)

URL = "http://h:1/mcp"
STREAM = "text/event-stream"


def archive(*entries: dict[str, Any], creator: str = "browser") -> bytes:
    return document({"log": {"creator": {"name": creator}, "entries": list(entries)}})


def entry(
    at: str, sent: Any = None, came: Any = "", method: str = "POST", status: int = 200, **more: Any
) -> dict[str, Any]:
    """An exchange of 1 s: the answer begins after 0.5 s."""
    text = came if isinstance(came, str) else json.dumps(came)
    content = {"mimeType": more.get("mime", "application/json"), "text": text}
    request: dict[str, Any] = {"method": method, "url": more.get("url", URL), "headers": []}
    if sent is not None:
        request["postData"] = {"text": sent if isinstance(sent, str) else json.dumps(sent)}
    if "session" in more:
        request["headers"] = [{"name": "Mcp-Session-Id", "value": more["session"]}]
    return {
        "startedDateTime": f"2026-11-22T14:12:{at}Z",
        "time": 1000,
        "timings": {"blocked": -1, "connect": 100, "send": 100, "wait": 300, "receive": 500},
        "request": request,
        "response": {"status": status, "headers": [], "content": content},
    }


def test_bodies_are_verbatim() -> None:
    asked = '{"jsonrpc":"2.0", "id":2.0,"method":"tools/list"}'
    found = of(archive(entry("52", asked, LISTED), entry("54", INITIALIZED, status=202)))
    assert found.header.fidelity is Fidelity.WIRE
    assert found.header.created == "2026-11-22T14:12:52.000Z"
    assert found.header.target == {"transport": "http", "url": URL}
    first = next(event for event in found.events if isinstance(event, Message))
    assert first.text == asked
    assert heads(found) == [(1, "POST"), (1, 200), (2, "POST"), (2, 202)]
    times = [event.time for event in found.events if event.exchange == 1]
    assert times == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_events_of_a_stream_are_taken_apart() -> None:
    two, three = json.dumps(SAMPLE), json.dumps(LISTED)
    body = f"id: 1\ndata:\n\nid: 2\ndata: {two}\n\nid: 3\ndata: {three}\n\n"
    found = of(archive(entry("52", LIST, body, mime=STREAM)))
    streamed = [
        (event.time, event.stream.id)
        for event in found.events
        if isinstance(event, Message | Streamed) and event.stream
    ]
    assert streamed == [(0.5, "1"), (0.5, "2"), (1.0, "3")]
    assert said(found) == [("c2s", LIST), ("s2c", SAMPLE), ("s2c", LISTED)]


def test_what_is_not_of_mcp_is_left_out() -> None:
    found = of(
        archive(
            entry("51", None, "<html>", "GET", url="http://h:1/"),
            entry("52", LIST, LISTED),
            entry("53", "a=b", "", url="http://h:1/login"),
            entry("54", None, "", "DELETE"),
        )
    )
    assert heads(found) == [(1, "POST"), (1, 200), (2, "DELETE"), (2, 200)]
    assert "entries that are no requests of MCP and were left out: 2" in found.notes


def test_clients_are_told_by_their_sessions() -> None:
    begun = entry("52", INITIALIZE, READY)
    begun["response"]["headers"] = [{"name": "mcp-session-id", "value": SESSION}]
    found = of(
        archive(
            begun,
            entry("53", INITIALIZE, READY),
            entry("54", LIST, LISTED, session=SESSION),
        )
    )
    places = [
        (event.connection, event.exchange) for event in found.events if isinstance(event, Message)
    ]
    assert places == [(1, 1), (1, 1), (2, 1), (2, 1), (1, 2), (1, 2)]
    assert SESSION not in repr(found.events)


def test_of_mitmproxy_connecting_is_part_of_waiting() -> None:
    found = of(archive(entry("52", LIST, LISTED), creator="mitmproxy"))
    times = [event.time for event in found.events if event.exchange == 1]
    assert times == [0.0, 0.0, 0.4, 0.9, 0.9]


def test_a_stream_of_which_nothing_came_has_no_end() -> None:
    hung = entry("52", LIST, "", mime=STREAM)
    hung["timings"]["receive"] = 0
    found = of(archive(hung))
    assert not any(isinstance(event, Finished) for event in found.events)
    assert "exchanges whose answer was still to come, or was not kept: 1" in found.notes


def test_a_request_without_an_answer_says_why() -> None:
    failed = entry("52", LIST, status=0)
    failed["response"]["_error"] = "net::ERR_CONNECTION_REFUSED"
    (end,) = [event for event in of(archive(failed)).events if isinstance(event, Finished)]
    assert (end.why, end.text, end.time) == (
        Finish.UNREACHABLE,
        "net::ERR_CONNECTION_REFUSED",
        1.0,
    )


def test_bodies_in_base64_and_bodies_that_are_no_message() -> None:
    packed = entry("52", LIST, base64.b64encode(json.dumps(LISTED).encode()).decode())
    packed["response"]["content"]["encoding"] = "base64"
    found = of(archive(packed, entry("54", LIST | {"id": 3}, "Bad Gateway", status=502)))
    assert said(found)[1] == ("s2c", LISTED)
    assert [event.data for event in found.events if isinstance(event, Raw)] == [b"Bad Gateway"]


BROKEN = entry("52", LIST, "%%")
BROKEN["response"]["content"]["encoding"] = "base64"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(archive(), "none of its 0 entries is a request of MCP", id="empty"),
        pytest.param(archive(entry("52", "a=b")), "none of its 1 entries", id="nothing of MCP"),
        pytest.param(archive({}), "log/entries/0 has no request", id="no request"),
        pytest.param(archive(entry("99", LIST)), "log/entries/0: 'startedDateTime'", id="time"),
        pytest.param(archive(BROKEN), "log/entries/0/response/content: its text", id="base64"),
    ],
)
def test_a_broken_archive_is_refused_with_its_place(data: bytes, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of(data)
    assert reason in refused.value.message
