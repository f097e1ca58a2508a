from __future__ import annotations

from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Message
from tests.sessions.importing.samples import INITIALIZED, LIST, LISTED, document, heads, of, said


def cassette(*interactions: Any, version: str = "1.0", transport: str | None = None) -> bytes:
    metadata = {
        "recorded_at": "2026-02-17T20:25:23.855390+00:00",
        "server_url": "http://127.0.0.1:8000",
        "transport_type": transport,
    }
    return document({"version": version, "metadata": metadata, "interactions": list(interactions)})


def interaction(request: Any, response: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "jsonrpc_request",
        "request": request,
        "response": response,
        "response_is_sse": False,
        "response_status": 200,
        "latency_ms": 10,
        **more,
    }


TALK = (
    interaction(INITIALIZED, None, response_status=202),
    interaction(LIST, LISTED, response_is_sse=True, latency_ms=22),
    interaction(None, None, http_method="DELETE", http_path="/mcp"),
    interaction(LIST | {"id": 3}, None, response_status=421),
)


def test_pairs_over_http() -> None:
    found = of(cassette(*TALK))
    assert found.header.target == {"transport": "http", "url": "http://127.0.0.1:8000"}
    assert found.header.created == "2026-02-17T20:25:23.855Z"
    assert heads(found) == [
        (1, "POST"), (1, 202), (2, "POST"), (2, 200),
        (3, "DELETE"), (3, 200), (4, "POST"), (4, 421),
    ]  # fmt: skip
    assert said(found) == [
        ("c2s", INITIALIZED),
        ("c2s", LIST),
        ("s2c", LISTED),
        ("c2s", LIST | {"id": 3}),
    ]
    times = [event.time for event in found.events if isinstance(event, Message)]
    assert times == [0.0, 0.01, 0.032, 0.042]


def test_pairs_of_a_process() -> None:
    found = of(cassette(*TALK[:2], transport="stdio"))
    assert heads(found) == []
    assert len(said(found)) == 3
    assert found.header.target["transport"] == "stdio"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(cassette(version="2.0"), 'its version is "2.0"', id="version"),
        pytest.param(cassette(5), "interactions/0 is no object", id="interaction"),
        pytest.param(
            cassette(interaction(5, None)), "interactions/0: 'request' is no", id="request"
        ),
        pytest.param(cassette(), "there are no messages in it", id="empty"),
    ],
)
def test_a_broken_cassette_is_refused_with_its_place(data: bytes, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of(data)
    assert reason in refused.value.message
