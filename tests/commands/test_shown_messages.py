from __future__ import annotations

import io
import json

import pytest

from mcpx.commands.shown_messages import shown_on
from mcpx.servers import ServerSpec, Transport
from mcpx.terminal import Terminal
from mcpx.wire import Direction
from tests.conftest import GOOD_SERVER, Run

SPEC = ServerSpec("one", command="x", env={"API_TOKEN": "canary-0123456789"})


@pytest.mark.parametrize(
    ("direction", "raw", "shown"),
    [
        pytest.param(Direction.TO_SERVER, b'{"a":1}\n', 'one → {"a":1}\n', id="sent"),
        pytest.param(Direction.TO_CLIENT, b'{"a":1}', 'one ← {"a":1}\n', id="received"),
        pytest.param(Direction.TO_CLIENT, b" \r", "", id="blank"),
        pytest.param(Direction.TO_CLIENT, b"\xff\x1b[2J", "one ← \\xff\\x1b[2J\n", id="hostile"),
        pytest.param(Direction.TO_CLIENT, b"canary-0123456789", "one ← ***\n", id="secret"),
    ],
)
def test_a_message_is_a_line(direction: Direction, raw: bytes, shown: str) -> None:
    terminal = Terminal(io.StringIO(), err := io.StringIO())
    terminal.adjust(verbose=2)
    shown_on(terminal)(SPEC, Transport.STDIO, 1).message(direction, raw)
    assert err.getvalue() == shown


def test_a_long_message_is_shortened() -> None:
    terminal = Terminal(io.StringIO(), err := io.StringIO())
    terminal.adjust(verbose=2)
    shown_on(terminal)(SPEC, Transport.STDIO, 1).message(Direction.TO_SERVER, b"x" * 10_000)
    assert 4_000 <= len(err.getvalue()) < 4_100


def test_twice_verbose_shows_what_is_sent_and_received(run: Run) -> None:
    lines = run("inspect", "-vv", "--era", "modern", "--", *GOOD_SERVER).err.splitlines()
    sent = [json.loads(line.partition(" → ")[2]) for line in lines if " → " in line]
    assert sent[0]["method"] == "server/discover"
    assert len([line for line in lines if " ← " in line]) == len(sent)
