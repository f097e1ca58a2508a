from __future__ import annotations

import base64
import json
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from mcpx.sessions.events import Event, Header, Message
from mcpx.sessions.exporting.har import document
from mcpx.wire import Finish, StreamEvent
from tests.sessions.exporting.conversations import SSE, garbage, over, pipe, web
from tests.sessions.exporting.har_schema import HAR
from tests.sessions.tapes import HEADER, call, came, fin, http, status, tape


def log(header: Header, events: Iterable[Event]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads("".join(document(header, events)))["log"]
    return found


def entries(header: Header, events: Iterable[Event]) -> list[dict[str, Any]]:
    return sorted(log(header, events)["entries"], key=lambda one: one["startedDateTime"])


@pytest.mark.parametrize("tell", [pipe, web, lambda: (HEADER, [])], ids=["pipe", "web", "empty"])
def test_it_is_har(tell: Any) -> None:
    import jsonschema_rs

    found = json.loads("".join(document(*tell())))
    validator = jsonschema_rs.Draft202012Validator(HAR, validate_formats=True)
    assert [
        f"{error.instance_path}: {error.message}" for error in validator.iter_errors(found)
    ] == []
    for entry in found["log"]["entries"]:
        timings = entry["timings"]
        assert entry["time"] == sum(timings.values())


def test_a_pipe_as_http_would_have_carried_it() -> None:
    found = entries(*pipe())
    assert [
        (
            one["request"]["method"],
            one["request"]["url"].removeprefix("stdio://notes"),
            one["response"]["status"],
            one["response"]["content"]["mimeType"],
            [event[0] for event in one["_events"]],
        )
        for one in found
    ] == [
        ("POST", "/initialize", 200, "application/json", [2, 3]),
        ("POST", "/notifications/initialized", 202, "", [4]),
        ("POST", "/tools/call/add", 200, "text/event-stream", [5, 6, 8, 13]),
        ("POST", "/tools/call/mul%2Fti", 200, "application/json", [7, 10]),
        ("POST", "/response", 202, "", [9]),
        ("GET", "/", 200, "text/event-stream", [11, 14]),
        ("POST", "/tools/call/add", 0, "", [15]),
    ]
    assert {one["request"]["httpVersion"] for one in found} == {"stdio"}
    assert {one["connection"] for one in found} == {"1"}


def test_messages_stand_verbatim_in_bodies() -> None:
    header, events = pipe()
    found = entries(header, events)
    texts = {event.number: event.text for event in events if isinstance(event, Message)}
    assert found[0]["request"]["postData"]["text"] == texts[2]
    assert found[0]["response"]["content"]["text"] == texts[3]
    assert found[2]["response"]["content"]["text"] == "".join(
        f"data: {texts[number]}\n\n" for number in (6, 8, 13)
    )
    assert found[5]["response"]["content"]["text"].startswith("data: Starting \ufffd\n\n")


def test_exchanges_over_http() -> None:
    found = entries(*web())
    assert [
        (one["request"]["method"], one["response"]["status"], one["response"]["statusText"])
        for one in found
    ] == [
        ("POST", 200, "OK"),
        ("POST", 202, "Accepted"),
        ("GET", 200, "OK"),
        ("POST", 401, "Unauthorized"),
        ("POST", 0, ""),
    ]
    first, _, listener, refused, _ = found
    assert first["request"]["url"] == "http://127.0.0.1:8001/mcp"
    assert {"name": "mcp-name", "value": "add"} in first["request"]["headers"]
    assert first["response"]["headers"] == [{"name": "content-type", "value": "text/event-stream"}]
    body = first["response"]["content"]["text"]
    assert body.startswith('event: message\nid: a\ndata: {"jsonrpc"')
    assert "\n\nid: b\nretry: 1500\ndata:\n\nid: c\ndata: {" in body
    assert first["response"]["content"]["size"] == len(body.encode())
    assert first["_exchange"] == 1
    assert first["_events"] == [
        [1, 0.1, "c2s", "http"],
        [2, 0.2, "c2s", "msg"],
        [3, 0.3, "s2c", "http"],
        [4, 0.4, "s2c", "msg"],
        [5, 0.5, "s2c", "sse"],
        [8, 0.8, "s2c", "msg"],
        [9, 0.9, "s2c", "fin"],
    ]
    assert (first["time"], first["timings"]["wait"]) == (800.0, 200.0)
    assert listener["request"]["queryString"] == [{"name": "a", "value": "b c"}]
    assert listener["response"]["_error"] == f"{Finish.CLIENT}: gone"
    assert refused["response"]["content"]["text"] == "<h1>no</h1>"


@pytest.mark.parametrize(
    ("kind", "event", "expected"),
    [
        pytest.param(
            "image/png",
            garbage(b"\x89PNG"),
            {"encoding": "base64", "text": base64.b64encode(b"\x89PNG").decode(), "size": 4},
            id="octets",
        ),
        pytest.param(
            "application/json",
            came(text="", cut=70),
            {"text": "", "size": 0, "comment": "of 70 bytes, not all kept"},
            id="cut",
        ),
        pytest.param(
            "text/event-stream",
            came(text="", cut=70),
            {"text": ": 70 bytes, not kept\n\n", "size": 22},
            id="cut-in-a-stream",
        ),
        pytest.param(
            "text/event-stream",
            came(text='{"id":1,\r"result":3}'),
            {"text": 'data: {"id":1, "result":3}\n\n', "size": 28},
            id="carriage-return",
        ),
        pytest.param(
            "text/event-stream",
            garbage(b"one\r\ntwo\rthree"),
            {"text": "data: one\ndata: two\ndata: three\n\n", "size": 33},
            id="lines-in-a-stream",
        ),
        pytest.param(
            "text/event-stream",
            replace(came(text='{"id":1}'), stream=StreamEvent("a\nid: b")),
            {"text": 'id: a id: b\ndata: {"id":1}\n\n', "size": 28},
            id="hostile-id",
        ),
    ],
)
def test_bodies(kind: str, event: Any, expected: dict[str, Any]) -> None:
    head = replace(status(1), headers={"content-type": kind})
    events = tape(http(1), over(1, call(1)), head, over(1, event), fin(1))
    (entry,) = entries(web()[0], events)
    assert entry["response"]["content"] == {"mimeType": kind, **expected}


@pytest.mark.parametrize(
    ("url", "path", "expected"),
    [
        pytest.param("https://a.example/mcp?k=‹option:k›", "", "k=%E2%80%B9option:k%E2%80%BA"),
        pytest.param("https://a.example/mcp", "/mcp?x=1", "https://a.example/mcp?x=1"),
        pytest.param("https://[broken/mcp", "/x", "https://[broken/mcp"),
    ],
    ids=["marker", "path", "broken"],
)
def test_addresses(url: str, path: str, expected: str) -> None:
    header = replace(HEADER, target={"transport": "http", "url": url})
    (entry,) = entries(header, tape(http(1, path=path), over(1, call(1)), fin(1)))
    assert entry["request"]["url"].endswith(expected)
    assert entry["request"]["url"].isascii()


def test_it_says_what_was_recorded_and_that_secrets_are_masked() -> None:
    found = log(replace(HEADER, redaction="default/1"), [])
    assert found["_session"] == {
        "id": "one",
        "created": "2026-11-23T10:00:00.000Z",
        "fidelity": "wire",
        "target": HEADER.target,
    }
    assert "in the place of a secret" in found["comment"]
    assert "secret" not in log(HEADER, [])["comment"]


def test_a_stream_that_is_large_takes_little_memory() -> None:
    def events() -> Iterator[Event]:
        yield http(1, "GET")
        yield replace(status(1), headers=SSE)
        text = came("notifications/message", params={"data": "x" * 1000}).text
        for number in range(5_000):
            yield over(1, came(text=text), number=number + 3, time=number / 1000)

    tracemalloc.start()
    size = sum(len(piece) for piece in document(web()[0], events()))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 5_000_000
    assert most < 1_000_000
