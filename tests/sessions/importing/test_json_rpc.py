from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.errors import ConfigError
from mcpx.sessions.events import Message, Raw
from tests.sessions.importing.samples import (
    INITIALIZE,
    LIST,
    LISTED,
    READY,
    SAMPLE,
    SAMPLED,
    lines,
    of,
    said,
)

TALK = [("c2s", INITIALIZE), ("s2c", SAMPLE), ("c2s", SAMPLED), ("s2c", READY), ("c2s", [LIST])]


def test_bare_messages_are_told_by_what_they_say() -> None:
    found = of(lines(*(message for _, message in TALK)))
    assert found.header.source == "json-rpc"
    assert found.header.created == "1970-01-01T00:00:00.000Z"
    assert said(found) == TALK
    assert found.notes == (
        "there are no times in it: all stands at the start",
        "messages without a direction, which was told by what they say: 5",
        "it does not tell when it was recorded",
    )


@pytest.mark.parametrize(
    ("names", "words"),
    [
        pytest.param(("dir", "msg"), ("c2s", "s2c"), id="dir and msg"),
        pytest.param(("direction", "message"), ("client->server", "server->client"), id="arrows"),
        pytest.param(("sender", "payload"), ("Client", "SERVER"), id="sender"),
        pytest.param(("dir", "msg"), ("in", "out"), id="in and out of the server"),
        pytest.param(("dir", "msg"), ("out", "in"), id="out of and into the client"),
    ],
)
def test_objects_with_a_direction_and_a_message(
    names: tuple[str, str], words: tuple[str, str]
) -> None:
    direction, message = names
    found = of(
        lines(
            *(
                {direction: words[way == "s2c"], message: one, "ts": 1795356610 + at}
                for at, (way, one) in enumerate(TALK)
            )
        )
    )
    assert said(found) == TALK
    assert found.header.created == "2026-11-22T14:10:10.000Z"
    assert [event.time for event in found.events if isinstance(event, Message)] == [0, 1, 2, 3, 4]


def test_messages_as_texts_are_verbatim() -> None:
    text = '{"jsonrpc":"2.0", "id":1.0,"method":"a"}'
    found = of(
        lines(
            {"dir": "c2s", "elapsed_ms": 0, "body": text},
            {"dir": "s2c", "elapsed_ms": 1500, "body": "Starting"},
            {"note": "no message"},
        )
    )
    (message,) = [event for event in found.events if isinstance(event, Message)]
    (raw,) = [event for event in found.events if isinstance(event, Raw)]
    assert (message.text, raw.data, raw.time) == (text, b"Starting", 1.5)
    assert "lines without a message that were left out: 1" in found.notes


@pytest.mark.parametrize(
    ("times", "seconds", "note"),
    [
        pytest.param([51, 494], [0.051, 0.494], "milliseconds", id="whole numbers"),
        pytest.param([0.5, 2.0], [0.5, 2.0], "seconds", id="fractions"),
        pytest.param([3.5, None], [3.5, 3.5], "seconds", id="none at the last"),
    ],
)
def test_times_from_the_start(times: list[Any], seconds: list[float], note: str) -> None:
    found = of(
        lines(*({"t": at, "dir": "c2s", "msg": LIST | {"id": n}} for n, at in enumerate(times)))
    )
    assert [event.time for event in found.events if isinstance(event, Message)] == seconds
    assert f"its times count from the start, and were taken for {note}" in found.notes


def test_a_torn_last_line_is_left_out() -> None:
    found = of(lines(LIST, LISTED) + json.dumps(LIST)[:-1].encode())
    assert said(found) == [("c2s", LIST), ("s2c", LISTED)]
    assert found.notes[-2] == "line 3, the last, is not whole and was left out"


def test_lines_without_messages_are_refused() -> None:
    with pytest.raises(ConfigError, match="file: there is no JSON-RPC message in it"):
        of(lines({"id": 1, "method": "GET"}), "json-rpc")
