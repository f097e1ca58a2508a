from __future__ import annotations

from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Finished, Http, Message, Raw, Stderr
from tests.sessions.importing.samples import (
    INITIALIZED,
    LIST,
    LISTED,
    SAMPLE,
    heads,
    lines,
    of,
    said,
)


def envelope(seq: int, direction: str, raw: Any = None, **more: Any) -> dict[str, Any]:
    found = {
        "session_id": "s",
        "server_label": "notes",
        "seq": seq,
        "ts": f"2026-08-08T10:00:{seq:02d}.123456789Z",
        "direction": direction,
        "transport": "stdio",
        **more,
    }
    return found if raw is None else found | {"raw": raw}


def http(seq: int, direction: str, raw: Any = None, conn: str = "a", **more: Any) -> dict[str, Any]:
    return envelope(seq, direction, raw, transport="http", conn_id=conn, **more)


def test_a_process() -> None:
    found = of(
        lines(
            envelope(1, "meta", {"command": ["srv", "--token=sEcReT123"], "cwd": "/w"}),
            envelope(2, "c2s", LIST),
            envelope(3, "stderr", text="INFO up"),
            envelope(4, "s2c", text="Starting"),
            envelope(7, "s2c", text='{"jsonrpc":"2.0","res', truncated=True),
            envelope(8, "s2c", LISTED, redacted=True),
        )
    )
    assert found.header.created == "2026-08-08T10:00:01.123Z"
    assert found.header.target == {
        "transport": "stdio",
        "command": ["srv", "--token=sEcReT123"],
        "cwd": "/w",
    }
    messages = [event for event in found.events if isinstance(event, Message)]
    assert [(event.time, event.cut) for event in messages] == [(1.0, 0), (6.0, 21), (7.0, 0)]
    assert [event.text for event in found.events if isinstance(event, Stderr)] == ["INFO up"]
    assert [event.data for event in found.events if isinstance(event, Raw)] == [b"Starting"]
    assert found.notes == (
        "messages in which the recorder replaced something: 1",
        "messages that were cut, and are larger than is told here: 1",
        "messages that are missing, by the numbers of the others: 2",
    )


def test_exchanges_are_told_by_the_clients_address() -> None:
    found = of(
        lines(
            http(1, "c2s", LIST, mcp_method="tools/list", mcp_protocol_version="2026-07-28"),
            http(2, "c2s", INITIALIZED, conn="b"),
            http(3, "s2c", conn="b", status=202),
            http(4, "s2c", SAMPLE, status=200),
            http(5, "s2c", LISTED, status=200),
            http(6, "s2c", {"jsonrpc": "2.0", "method": "notifications/message"}, status=200),
            http(7, "s2c", conn="c", status=401, auth_challenge="Bearer x=1"),
            http(8, "s2c", conn="d", status=502, text="Bad Gateway"),
        )
    )
    assert found.header.target == {"transport": "http"}
    assert heads(found) == [
        (1, "POST"), (2, "POST"), (2, 202), (1, 200),
        (3, "GET"), (3, 200), (4, 401), (5, "GET"), (5, 502),
    ]  # fmt: skip
    asked = next(event for event in found.events if isinstance(event, Http))
    assert asked.headers == {"mcp-method": "tools/list", "mcp-protocol-version": "2026-07-28"}
    refused = next(
        event for event in found.events if isinstance(event, Http) and event.status == 401
    )
    assert refused.headers == {"www-authenticate": "Bearer x=1"}
    assert [event.exchange for event in found.events if isinstance(event, Finished)] == [2, 4]
    assert [event.exchange for event in found.events if isinstance(event, Message)] == [
        1,
        2,
        1,
        1,
        3,
    ]


def test_batches_are_put_together_again() -> None:
    second = LIST | {"id": 3}
    found = of(
        lines(
            http(1, "c2s", LIST, batch=True),
            http(2, "c2s", second, batch=True),
            http(3, "s2c", LISTED, batch=True, status=200),
            http(4, "s2c", LISTED | {"id": 3}, batch=True, status=200),
        )
    )
    assert said(found) == [("c2s", [LIST, second]), ("s2c", [LISTED, LISTED | {"id": 3}])]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        pytest.param(envelope(2, "up"), "line 2: 'direction' is none of", id="direction"),
        pytest.param(envelope(2, "c2s", ts="now"), "line 2: 'ts' is no time", id="time"),
    ],
)
def test_a_broken_envelope_is_refused_with_its_line(broken: Any, reason: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of(lines(envelope(1, "c2s", LIST), broken))
    assert reason in refused.value.message
