from __future__ import annotations

from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Fidelity, Message
from tests.sessions.importing.samples import (
    INITIALIZE,
    LIST,
    LISTED,
    READY,
    SAMPLE,
    SAMPLED,
    document,
    of,
    said,
)

NOTHING = {"jsonrpc": "2.0", "id": 3, "result": None}
SAID = {"jsonrpc": "2.0", "method": "notifications/message"}


def recording(*interactions: Any, version: str = "1.0.0") -> bytes:
    metadata = {
        "recorded_at": "2026-02-08T16:00:00",
        "transport": "stdio",
        "server_command": "node server.js",
        "server_args": ["--v2"],
    }
    session = {
        "initialize_request": INITIALIZE,
        "initialize_response": READY | {"error": None},
        "interactions": list(interactions),
    }
    return document({"format_version": version, "metadata": metadata, "session": session})


def interaction(at: str, request: Any, response: Any, **more: Any) -> dict[str, Any]:
    return {
        "timestamp": f"2026-02-08T16:00:{at}",
        "direction": "server_to_client",
        "request": request,
        "response": response,
        "notifications": [],
        "latency_ms": 250,
        **more,
    }


def test_a_recording() -> None:
    found = of(
        recording(
            interaction("01", LIST | {"params": None}, LISTED, notifications=[SAID]),
            interaction("02", SAMPLE, SAMPLED),
            interaction("03", LIST | {"id": 3}, NOTHING | {"error": None}),
        )
    )
    assert found.header.fidelity is Fidelity.SEMANTIC
    assert found.header.created == "2026-02-08T16:00:00.000Z"
    assert found.header.target == {"transport": "stdio", "command": ["node", "server.js", "--v2"]}
    assert said(found) == [
        ("c2s", INITIALIZE),
        ("s2c", READY),
        ("c2s", LIST),
        ("s2c", SAID),
        ("s2c", LISTED),
        ("s2c", SAMPLE),
        ("c2s", SAMPLED),
        ("c2s", LIST | {"id": 3}),
        ("s2c", NOTHING),
    ]
    times = [event.time for event in found.events if isinstance(event, Message)]
    assert times == [0.0, 0.0, 0.75, 1.0, 1.0, 1.75, 2.0, 2.75, 3.0]


def test_a_request_without_an_answer_stays_so() -> None:
    assert said(of(recording(interaction("01", LIST, None))))[-1] == ("c2s", LIST)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(recording(version="2.0"), "format_version is 2.0", id="version"),
        pytest.param(recording({}), "session/interactions/0 has no request", id="interaction"),
        pytest.param(
            recording(interaction("01", LIST, 5)), "interactions/0/response is no", id="answer"
        ),
    ],
)
def test_a_broken_recording_is_refused_with_its_place(data: bytes, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of(data)
    assert reason in refused.value.message
