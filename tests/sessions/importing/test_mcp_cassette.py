from __future__ import annotations

from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Fidelity, Message, Raw
from tests.sessions.importing.samples import (
    INITIALIZE,
    INITIALIZED,
    LIST,
    LISTED,
    READY,
    SAMPLE,
    SAMPLED,
    heads,
    lines,
    of,
    said,
)

HEADER: dict[str, Any] = {
    "type": "header",
    "cassetteVersion": 2,
    "recorder": "mcp-cassette@9",
    "startedAt": "2026-11-22T14:09:44.949Z",
    "transport": "stdio",
    "command": ["srv", "--token", "sEcReT123"],
}
HTTP = HEADER | {"transport": "http", "url": "http://h/mcp", "sessioned": True}


def frame(t: float, way: str, message: Any, **more: Any) -> dict[str, Any]:
    return {"type": "frame", "t": t, "dir": way, "frame": message, **more}


def chunks(t: float, *said: tuple[float, Any], **more: Any) -> dict[str, Any]:
    parts = [{"t": at, "frame": message} for at, message in said]
    return {"type": "chunks", "t": t, "dir": "s2c", "chunks": parts, **more}


def test_a_process_is_recorded_line_by_line() -> None:
    found = of(
        lines(
            HEADER,
            frame(51, "c2s", INITIALIZE),
            {"type": "raw", "t": 60, "dir": "s2c", "data": "Starting"},
            '{"type":"frame","t":494,"dir":"s2c","frame":{"id":1, "result":{"n":1e2,"n":5.0}}}',
            {"type": "marker", "t": 500},
            frame(501, "c2s", LIST, origin="live"),
        )
    )
    assert found.header.source == "mcp-cassette"
    assert found.header.fidelity is Fidelity.JSON
    assert found.header.created == "2026-11-22T14:09:44.949Z"
    assert found.header.target == {"transport": "stdio", "command": ["srv", "--token", "sEcReT123"]}
    messages = [event for event in found.events if isinstance(event, Message)]
    assert [(event.time, event.exchange) for event in messages] == [
        (0.051, 0),
        (0.494, 0),
        (0.501, 0),
    ]
    assert messages[1].text == '{"id":1, "result":{"n":1e2,"n":5.0}}'
    assert [event.data for event in found.events if isinstance(event, Raw)] == [b"Starting"]
    assert found.notes == (
        "recorded by mcp-cassette@9",
        "JavaScript wrote the numbers anew: 5.0 stands as 5, and large ones are rounded",
        "messages that were added while it was replayed: 1",
        "entries of an unknown type that were left out: 1",
    )


def test_over_http_answers_and_streams_belong_to_their_exchanges() -> None:
    found = of(
        lines(
            HTTP,
            frame(10, "c2s", INITIALIZE),
            frame(20, "s2c", READY),
            frame(21, "c2s", INITIALIZED),
            frame(30, "c2s", LIST),
            frame(40, "c2s", SAMPLED),
            chunks(31, (40, SAMPLE), (50, LISTED), id=2),
            frame(60, "c2s", LIST | {"id": 3}),
            frame(70, "s2c", {"id": 3, "error": {}}, http={"status": 400}),
            chunks(25, (45, {"method": "notifications/message"}), via="get"),
        )
    )
    assert heads(found) == [
        (1, "POST"),
        (1, 200),
        (2, "POST"),
        (3, "GET"),
        (3, 200),
        (4, "POST"),
        (4, 200),
        (5, "POST"),
        (6, "POST"),
        (6, 400),
    ]
    messages = [event for event in found.events if isinstance(event, Message)]
    assert [(event.exchange, event.time, event.value().get("method")) for event in messages] == [
        (1, 0.01, "initialize"),
        (1, 0.02, None),
        (2, 0.021, "notifications/initialized"),
        (4, 0.03, "tools/list"),
        (4, 0.04, "sampling/createMessage"),
        (5, 0.04, None),
        (3, 0.045, "notifications/message"),
        (4, 0.05, None),
        (6, 0.06, "tools/list"),
        (6, 0.07, None),
    ]
    assert "the server gave out a session id, which was not kept" in found.notes


def test_the_first_version_is_read() -> None:
    found = of(
        lines(HEADER | {"cassetteVersion": 1}, frame(1, "c2s", LIST), frame(2, "s2c", LISTED))
    )
    assert said(found) == [("c2s", LIST), ("s2c", LISTED)]


def test_a_torn_last_line_is_left_out_and_noted() -> None:
    found = of(lines(HEADER, frame(1, "c2s", LIST)) + b'{"type":"fra')
    assert said(found) == [("c2s", LIST)]
    assert found.notes[-1] == "line 3, the last, is not whole and was left out"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(
            lines(HEADER | {"cassetteVersion": 3}), "line 1: it is of version 3", id="version"
        ),
        pytest.param(lines(HEADER, frame(1, "up", LIST)), "line 2: 'dir' is", id="direction"),
        pytest.param(lines(HEADER, frame(-1, "c2s", LIST)), "line 2: 't' is no time", id="time"),
        pytest.param(lines(HEADER, frame(1, "c2s", 5)), "line 2: 'frame' is no", id="message"),
        pytest.param(lines(HEADER, "{", LIST), "line 2: not JSON", id="broken"),
        pytest.param(lines(HEADER), "there are no messages in it", id="empty"),
    ],
)
def test_a_broken_cassette_is_refused_with_its_place(data: bytes, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of(data)
    assert reason in refused.value.message
