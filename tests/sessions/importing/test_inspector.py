from __future__ import annotations

from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Fidelity, Message
from tests.sessions.importing.samples import (
    INITIALIZED,
    LIST,
    LISTED,
    SAMPLE,
    SAMPLED,
    document,
    of,
    said,
)

LOGGED = {"jsonrpc": "2.0", "method": "notifications/message"}


def entry(at: int, direction: str, message: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": f"m{at}",
        "timestamp": f"2026-08-19T10:00:0{at}.000Z",
        "direction": direction,
        "message": message,
        **more,
    }


def test_answers_stand_with_their_requests() -> None:
    found = of(
        document(
            [
                entry(1, "request", LIST, origin="client", response=LISTED, duration=2500),
                entry(2, "request", SAMPLE, origin="server", response=SAMPLED, duration=500),
                entry(3, "notification", LOGGED, origin="server"),
                entry(4, "request", LIST | {"id": 3}, origin="client", clientError="no"),
            ]
        )
    )
    assert (found.header.source, found.header.fidelity) == ("inspector", Fidelity.SEMANTIC)
    assert said(found) == [
        ("c2s", LIST),
        ("s2c", SAMPLE),
        ("c2s", SAMPLED),
        ("s2c", LOGGED),
        ("s2c", LISTED),
        ("c2s", LIST | {"id": 3}),
    ]
    times = [event.time for event in found.events if isinstance(event, Message)]
    assert times == [0.0, 1.0, 1.5, 2.0, 2.5, 3.0]
    assert "answers that the Inspector itself refused: 1" in found.notes


@pytest.mark.parametrize(
    ("direction", "message", "way"),
    [
        pytest.param("request", SAMPLE, "s2c", id="what a server asks"),
        pytest.param("request", {"jsonrpc": "2.0", "id": 1, "method": "ping"}, "c2s", id="ping"),
        pytest.param("notification", INITIALIZED, "c2s", id="what a client tells"),
        pytest.param(
            "notification", {"jsonrpc": "2.0", "method": "notifications/progress"}, "s2c",
            id="progress",
        ),
        pytest.param("response", LISTED, "s2c", id="an answer"),
    ],
)  # fmt: skip
def test_without_an_origin_the_message_tells(direction: str, message: Any, way: str) -> None:
    assert said(of(document([entry(1, direction, message)]))) == [(way, message)]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"timestamp": "now"}, id="time"),
        pytest.param({"message": "hello"}, id="message"),
    ],
)
def test_a_broken_entry_is_refused_with_its_place(broken: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="file: entry 1 has no message, or its timestamp"):
        of(document([entry(1, "request", LIST), entry(2, "request", LIST) | broken]))
