from __future__ import annotations

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Ended, Raw
from tests.sessions.importing.samples import LIST, LISTED, lines, of, said

TALK = (
    {"seq": 0, "t": 1776658414.952, "dir": "c2s", "msg": LIST},
    {"seq": 1, "t": 1776658414.96, "dir": "s2c", "msg": "oh", "malformed": True},
    {"seq": 2, "t": 1776658414.969, "dir": "s2c", "msg": LISTED},
)
SUMMARY = {
    "type": "summary",
    "startedAt": 1776658414.933,
    "server": {"command": "bun", "args": ["server.ts"]},
}


def test_a_session_with_its_summary() -> None:
    found = of(lines(*TALK, SUMMARY))
    assert found.header.source == "mcp-recorder-lines"
    assert found.header.created == "2026-04-20T04:13:34.933Z"
    assert found.header.target == {"transport": "stdio", "command": ["bun", "server.ts"]}
    assert said(found) == [("c2s", LIST), ("s2c", LISTED)]
    assert [(event.data, event.time) for event in found.events if isinstance(event, Raw)] == [
        (b"oh", 0.027)
    ]
    assert isinstance(found.events[-1], Ended)


def test_a_session_whose_recorder_was_ended_is_not_complete() -> None:
    found = of(lines(*TALK))
    assert not isinstance(found.events[-1], Ended)
    assert "its summary is missing: the recorder was ended" in found.notes


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(TALK[0] | {"dir": "up"}, "line 2: 'dir' is neither", id="direction"),
        pytest.param(TALK[0] | {"t": "now"}, "line 2: 't' is no time", id="time"),
        pytest.param({"seq": 1, "t": 1, "dir": "c2s"}, "line 2: 't' is no time, or", id="message"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(line: object, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of(lines(TALK[0], line))
    assert reason in refused.value.message
