from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from mcpx.sessions.events import Event, Header, Masked, Message, Opened
from mcpx.sessions.exporting.mcpsnoop import lines
from tests.sessions.exporting.conversations import ROUTES, over, pipe, web
from tests.sessions.tapes import HEADER, call, came, done, fin, http, sent, status, tape


def envelopes(header: Header, events: Iterable[Event]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(header, events)]


def told(events: Iterable[Event], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(map(one.get, names)) for one in envelopes(HEADER, events)[1:]]


def test_a_pipe_in_the_order_of_its_events() -> None:
    found = envelopes(*pipe())
    assert [one["direction"] for one in found] == [
        *("meta", "c2s", "s2c", "c2s", "c2s", "s2c", "c2s", "s2c", "c2s", "s2c"),
        *("s2c", "stderr", "s2c", "s2c", "c2s"),
    ]
    assert [one["seq"] for one in found] == list(range(1, 16))
    assert found[0]["raw"] == {"command": ["notes"]}
    assert {one["session_id"] for one in found} == {"one"}
    assert {(one["server_label"], one["transport"]) for one in found} == {("notes", "stdio")}
    assert found[1]["ts"] == "2026-11-23T10:00:00.200000Z"
    assert found[11]["text"] == "INFO ##[error]no"
    assert (found[10].get("raw"), found[10]["text"]) == (None, "Starting \ufffd")
    assert [one["seq"] for one in found if one.get("redacted")] == [9]
    assert not [one for one in found if "conn_id" in one]


def test_a_message_is_verbatim() -> None:
    header, events = pipe()
    texts = [event.text for event in events if isinstance(event, Message)]
    written = list(lines(header, events))
    assert all(any(f'"raw":{text}}}' in line for line in written) for text in texts)


def test_exchanges_tell_routes_statuses_and_challenges() -> None:
    header, events = web()
    found = envelopes(header, events)
    assert {one["transport"] for one in found} == {"http"}
    assert {one["server_label"] for one in found} == {"127.0.0.1:8001"}
    assert {one["conn_id"] for one in found} == {"1"}
    first = found[0]
    assert first["mcp_method"] == "tools/call"
    assert first["mcp_name"] == "add"
    assert first["mcp_protocol_version"] == "2026-07-28"
    assert first["mcp_param_headers"] == [{"name": "Mcp-Param-Region", "value": "eu"}]
    assert [(one["direction"], one.get("status"), "raw" in one) for one in found[1:]] == [
        ("s2c", 200, True),
        ("c2s", None, True),
        ("s2c", 200, True),
        ("s2c", 202, False),
        ("c2s", None, True),
        ("s2c", 401, False),
        ("s2c", 200, False),
        ("c2s", None, True),
    ]
    assert found[6]["text"] == "<h1>no</h1>"
    assert found[6]["auth_challenge"] == 'Bearer realm="x"'


def test_a_status_without_a_message_is_told_even_if_the_recording_ends() -> None:
    events = tape(http(1), over(1, call(1)), status(1, 503), complete=False)
    assert told(events, "direction", "status", "ts")[-1] == (
        ("s2c", 503, "2026-11-23T10:00:00.300000Z")
    )


def test_routes_stand_on_the_first_of_a_batch_only() -> None:
    events = tape(
        replace(http(1), headers=ROUTES),
        over(1, sent(batch=[{"id": 1, "method": "a"}, {"id": 2, "method": "b"}])),
        status(1),
        over(1, came(batch=[{"id": 1}, {"id": 2}])),
        fin(1),
    )
    names = ("raw", "batch", "mcp_method", "mcp_protocol_version", "status")
    assert told(events, *names) == [
        ({"id": 1, "method": "a"}, True, "tools/call", "2026-07-28", None),
        ({"id": 2, "method": "b"}, True, None, "2026-07-28", None),
        ({"id": 1}, True, None, None, 200),
        ({"id": 2}, True, None, None, 200),
    ]


@pytest.mark.parametrize(
    ("event", "names", "expected"),
    [
        pytest.param(came(text="", cut=99), ("truncated", "raw"), (True, None), id="cut"),
        pytest.param(done(1), ("truncated", "redacted"), (None, None), id="plain"),
        pytest.param(sent(batch=[]), ("raw", "batch"), ([], None), id="empty-batch"),
        pytest.param(done(1, connection=2), ("conn_id",), ("2",), id="second-process"),
        pytest.param(
            done(1, masked=(Masked("/result", "rule:bearer#1"),)), ("redacted",), (True,), id="mask"
        ),
    ],
)
def test_what_is_said_of_a_message(
    event: Message, names: tuple[str, ...], expected: tuple[Any, ...]
) -> None:
    assert told(tape(event), *names) == [expected]


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        pytest.param("../../x", "__.._x", id="traversal"),
        pytest.param("-rf", "_rf", id="option"),
        pytest.param("a/b\x1b[2J\n", "a_b_2J_", id="control"),
        pytest.param("", "session", id="none"),
        pytest.param("x" * 500, "x" * 100, id="long"),
    ],
)
def test_a_hostile_id_names_no_other_file(id: str, expected: str) -> None:
    found = envelopes(replace(HEADER, id=id), [])
    assert [one["session_id"] for one in found] == [expected]


@pytest.mark.parametrize(
    "target",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"command": []}, id="no-words"),
        pytest.param({"command": "x", "cwd": 3}, id="other-types"),
    ],
)
def test_a_target_without_a_command_has_no_meta(target: dict[str, Any]) -> None:
    opened = Opened(number=1, time=0.0, connection=1)
    assert envelopes(replace(HEADER, target=target), [opened]) == []


def test_the_folder_of_the_command_is_told() -> None:
    header = replace(HEADER, target={"command": ["npx", "-y", "@a/b"], "cwd": "/w"})
    (meta,) = envelopes(header, [])
    assert meta["raw"] == {"command": ["npx", "-y", "@a/b"], "cwd": "/w"}
    assert meta["server_label"] == "@a/b"


def test_nothing_is_read_ahead() -> None:
    def endless() -> Iterable[Event]:
        yield from tape(call(1), complete=False)
        pytest.fail("read ahead")

    written = lines(HEADER, endless())
    assert json.loads(next(written))["direction"] == "meta"
    assert json.loads(next(written))["direction"] == "c2s"
