from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Finished, Http
from tests.sessions.importing.samples import (
    LIST,
    LISTED,
    SAMPLE,
    SESSION,
    document,
    heads,
    of,
    said,
)


def entry(at: int, body: Any, answer: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": f"n{at}",
        "timestamp": f"2026-08-19T10:00:0{at}.000Z",
        "method": "POST",
        "url": "https://h/mcp?token=%5BREDACTED%5D",
        "requestHeaders": {"Authorization": "[REDACTED]", "mcp-session-id": SESSION},
        "requestBody": json.dumps(body),
        "responseStatus": 200,
        "responseHeaders": {"content-type": "application/json"},
        "responseBody": json.dumps(answer),
        "duration": 250,
        "category": "transport",
        **more,
    }


def test_what_was_fetched() -> None:
    stream = f"data: {json.dumps(SAMPLE)}\n\ndata: {json.dumps(LISTED)}\n\n"
    found = of(
        document(
            [
                entry(0, {}, {}, category="auth"),
                entry(1, LIST, LISTED),
                entry(
                    2,
                    LIST | {"id": 3},
                    "",
                    responseBody=stream,
                    responseHeaders={"Content-Type": "text/event-stream"},
                ),
            ]
        )
    )
    assert found.header.source == "inspector-network"
    assert found.header.target == {"transport": "http", "url": "https://h/mcp?token=%5BREDACTED%5D"}
    assert heads(found) == [(1, "POST"), (1, 200), (2, "POST"), (2, 200)]
    assert [way for way, _ in said(found)] == ["c2s", "s2c", "c2s", "s2c", "s2c"]
    head = next(event for event in found.events if isinstance(event, Http))
    assert head.headers == {"mcp-session-id": "<s1>"}
    assert "requests of a sign-in that were left out: 1" in found.notes


def test_a_fetch_that_failed_says_why() -> None:
    failed = entry(1, LIST, None, error="fetch failed")
    del failed["responseStatus"], failed["responseBody"]
    found = of(document([failed]))
    (end,) = [event for event in found.events if isinstance(event, Finished)]
    assert (end.why, end.text, end.time) == ("unreachable", "fetch failed", 0.25)


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        pytest.param([entry(1, {}, {}, category="auth")], "none of its 1 entries", id="sign-in"),
        pytest.param([entry(1, LIST, LISTED, timestamp=None)], "entry 0: 'timestamp'", id="time"),
    ],
)
def test_a_broken_export_is_refused_with_its_place(entries: list[Any], reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of(document(entries))
    assert reason in refused.value.message
