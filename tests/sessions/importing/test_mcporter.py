from __future__ import annotations

from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Fidelity, Message
from tests.sessions.importing.samples import INITIALIZE, LIST, LISTED, READY, lines, of, said


def line(at: int, way: str, message: dict[str, Any], server: str = "notes") -> dict[str, Any]:
    return {**message, "_meta": {"dir": way, "server": server, "ts": f"2026-08-21T10:00:0{at}Z"}}


def start(at: int, server: str = "notes") -> dict[str, Any]:
    return line(at, "lifecycle", {"jsonrpc": "2.0", "method": "$transport/start"}, server)


def test_messages_are_without_the_recorders_member() -> None:
    found = of(lines(start(0), line(1, "send", LIST), line(2, "recv", LISTED)))
    assert (found.header.source, found.header.fidelity) == ("mcporter", Fidelity.SEMANTIC)
    assert said(found) == [("c2s", LIST), ("s2c", LISTED)]
    assert [event.time for event in found.events if isinstance(event, Message)] == [1.0, 2.0]
    assert found.notes[-1] == "servers by their names in mcporter: notes"


def test_each_start_and_each_server_is_a_connection() -> None:
    found = of(
        lines(
            start(0),
            line(1, "send", INITIALIZE),
            start(1, "git"),
            line(2, "send", INITIALIZE, "git"),
            line(3, "recv", READY),
            start(4),
            line(5, "send", LIST),
        )
    )
    assert [event.connection for event in found.events if isinstance(event, Message)] == [
        1,
        2,
        1,
        3,
    ]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        pytest.param(line(1, "up", LIST), "line 2: '_meta/dir' is no direction", id="direction"),
        pytest.param(LIST, "line 2: '_meta/ts' is no time", id="no member of the recorder"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(broken: Any, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of(lines(start(0), broken))
    assert reason in refused.value.message
