from __future__ import annotations

from typing import Any

import pytest

from mcpx.json_text import WrittenNumber
from mcpx.servers import Era
from mcpx.sessions.era_watch import EraWatch, Seen
from mcpx.wire import Direction

VERSION = "io.modelcontextprotocol/protocolVersion"
SERVER = "io.modelcontextprotocol/serverInfo"


def watched(*messages: Any) -> list[Seen]:
    """What is seen of messages; those with a method are the client's."""
    watch = EraWatch()
    found = []
    for message in messages:
        to_server = isinstance(message, dict) and "method" in message and "s2c" not in message
        direction = Direction.TO_SERVER if to_server else Direction.TO_CLIENT
        if seen := watch.see(direction, message):
            found.append(seen)
    return found


def asks(method: str, id: str = "1", version: str | None = None, **params: Any) -> dict[str, Any]:
    meta = {"_meta": {VERSION: version}} if version else {}
    return {"id": id, "method": method, "params": {**params, **meta}}


def answers(id: str = "1", **result: Any) -> dict[str, Any]:
    return {"id": id, "result": result}


REFUSAL = {"id": "1", "error": {"code": "-32601", "message": "no"}}
INITIALIZE = asks("initialize", protocolVersion="2025-11-25")
AGREED = answers(protocolVersion="2025-06-18", serverInfo={"name": "s", "version": "1", "x": []})
LEGACY = Seen(Era.LEGACY, "2025-06-18", "initialize", {"name": "s", "version": "1"})
DISCOVER = asks("server/discover", version="2026-07-28")


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        pytest.param([INITIALIZE, AGREED], [LEGACY], id="handshake"),
        pytest.param([INITIALIZE, AGREED, INITIALIZE, AGREED], [LEGACY], id="told-once"),
        pytest.param([DISCOVER, REFUSAL, INITIALIZE, AGREED], [LEGACY], id="probe-refused"),
        pytest.param(
            [
                DISCOVER,
                answers(
                    supportedVersions=["2027-01-01", "2026-07-28"], _meta={SERVER: {"name": "m"}}
                ),
                asks("tools/list", "2", "2026-07-28"),
                answers("2"),
            ],
            [Seen(Era.MODERN, "2026-07-28", "server/discover", {"name": "m"})],
            id="probe",
        ),
        pytest.param(
            [asks("server/discover"), answers(supportedVersions=["2027-01-01"])],
            [Seen(Era.MODERN, "2027-01-01", "server/discover")],
            id="probe-without-a-version",
        ),
        pytest.param(
            [asks("tools/list", version="2026-07-28"), answers(tools=[])],
            [Seen(Era.MODERN, "2026-07-28", "tools/list")],
            id="pinned",
        ),
        pytest.param(
            [asks("tools/list", version="2026-07-28"), REFUSAL], [], id="pinned-and-refused"
        ),
        pytest.param(
            [INITIALIZE, AGREED, asks("tools/list", "2", "2026-07-28"), answers("2")],
            [LEGACY, Seen(Era.MODERN, "2026-07-28", "tools/list")],
            id="both",
        ),
        pytest.param([asks("tools/list"), answers(tools=[])], [], id="nothing-said"),
        pytest.param([INITIALIZE, answers("2", protocolVersion="x")], [], id="another-answer"),
        pytest.param([INITIALIZE, answers(protocolVersion=5)], [], id="no-version"),
        pytest.param(
            [INITIALIZE, answers(protocolVersion=WrittenNumber("5"))], [], id="a-number-as-written"
        ),
        pytest.param(
            [asks("initialize", id=WrittenNumber("1")), AGREED], [], id="another-id-with-quotes"
        ),
        pytest.param(
            [
                asks("initialize", id=WrittenNumber("1")),
                answers(WrittenNumber("1.0"), protocolVersion="2025-06-18"),
            ],
            [Seen(Era.LEGACY, "2025-06-18", "initialize")],
            id="the-same-number",
        ),
        pytest.param(
            [INITIALIZE, {"s2c": 1, "id": "1", "method": "ping"}, AGREED], [LEGACY], id="same-id"
        ),
    ],
)
def test_the_era_is_seen(messages: list[Any], expected: list[Seen]) -> None:
    assert watched(*messages) == expected


@pytest.mark.parametrize(
    "message",
    [[], None, "x", {}, {"method": 1}, {"method": "initialize", "id": []}, {"id": {}, "result": 1},
     {"method": "a", "id": "1", "params": {"_meta": []}}, {"method": "a", "params": [1]}],
)  # fmt: skip
def test_odd_messages_show_nothing(message: Any) -> None:
    watch = EraWatch()
    watch.see(Direction.TO_SERVER, INITIALIZE)
    assert watch.see(Direction.TO_SERVER, message) is None
    assert watch.see(Direction.TO_CLIENT, message) is None


def test_open_requests_are_bounded() -> None:
    watch = EraWatch()
    for number in range(1000):
        watch.see(Direction.TO_SERVER, asks("initialize", str(number)))
    assert len(watch._open) == 64
