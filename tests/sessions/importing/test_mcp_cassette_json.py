from __future__ import annotations

from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Message, Raw
from tests.sessions.importing.samples import LIST, LISTED, document, heads, of, said


def cassette(*messages: dict[str, Any], **more: Any) -> bytes:
    return document(
        {
            "format_version": 2,
            "recorded_at": "2026-07-18T19:22:31.662011Z",
            "transport": "stdio",
            "server_url": None,
            "messages": list(messages),
            **more,
        }
    )


def message(at: int, sender: str, payload: Any, **more: Any) -> dict[str, Any]:
    return {"t_offset_ms": at, "sender": sender, "payload": payload, "redacted": False, **more}


def test_messages_of_a_process() -> None:
    call = LIST | {"params": {"_meta": {"progressToken": "REDACTED"}, "n": 5.0}}
    found = of(
        cassette(
            message(125, "client", call, redacted=True),
            message(130, "server", "Starting"),
            message(186, "server", LISTED),
        )
    )
    assert found.header.source == "mcp-cassette-json"
    assert found.header.created == "2026-07-18T19:22:31.662Z"
    assert found.header.target == {"transport": "stdio"}
    assert said(found) == [("c2s", call), ("s2c", LISTED)]
    first = next(event for event in found.events if isinstance(event, Message))
    assert (first.time, first.respaced) == (0.125, True)
    assert first.text.endswith('"_meta": {"progressToken": "REDACTED"},"n": 5.0}}')
    assert [event.data for event in found.events if isinstance(event, Raw)] == [b"Starting"]
    assert found.notes[1:] == (
        "messages in which the recorder replaced something: 1",
        "the recorder replaced 'progressToken' as if it were a secret, in 1 of the messages",
    )


def test_exchanges_over_http() -> None:
    found = of(
        cassette(
            message(1, "client", LIST, exchange=0),
            message(2, "server", LISTED, exchange=0, channel="post"),
            message(3, "server", {"method": "x", "jsonrpc": "2.0"}, exchange=1, channel="get"),
            transport="http",
            server_url="http://h/mcp",
        )
    )
    assert heads(found) == [(1, "POST"), (2, "GET")]
    places = [event.exchange for event in found.events if isinstance(event, Message)]
    assert places == [1, 1, 2]
    assert found.header.target == {"transport": "http", "url": "http://h/mcp"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(cassette(format_version=3), "format_version is 3", id="version"),
        pytest.param(cassette(message(1, "me", LIST)), "messages/0: 'sender' is", id="sender"),
        pytest.param(cassette(message(-1, "client", LIST)), "messages/0: 't_off", id="time"),
        pytest.param(cassette(message(1, "client", 5)), "messages/0: 'payload'", id="payload"),
        pytest.param(cassette(), "there are no messages in it", id="empty"),
        pytest.param(cassette(message(1, "client", LIST))[:-9], "not JSON", id="cut off"),
    ],
)
def test_a_broken_cassette_is_refused_with_its_place(data: bytes, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of(data, "mcp-cassette-json")
    assert reason in refused.value.message
