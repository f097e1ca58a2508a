from __future__ import annotations

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Message
from tests.sessions.importing.samples import LIST, LISTED, lines, of, said

ASKED = {"ts": 1795356610.5, "dir": "client->server", "msg": LIST}
ANSWERED = {"ts": 1795356611.125, "dir": "server->client", "msg": LISTED}


def test_lines_with_a_clock() -> None:
    found = of(lines(ASKED, ANSWERED))
    assert found.header.source == "mcp-rec"
    assert found.header.created == "2026-11-22T14:10:10.500Z"
    assert said(found) == [("c2s", LIST), ("s2c", LISTED)]
    assert [event.time for event in found.events if isinstance(event, Message)] == [0.0, 0.625]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(ANSWERED | {"dir": "in"}, "line 2: 'dir' is no direction", id="direction"),
        pytest.param(ANSWERED | {"ts": "now"}, "line 2: 'ts' is no time", id="time"),
        pytest.param(ANSWERED | {"msg": 5}, "line 2: 'msg' is no message", id="message"),
    ],
)
def test_a_broken_line_is_refused_with_its_number(line: object, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of(lines(ASKED, line))
    assert reason in refused.value.message
