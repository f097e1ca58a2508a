from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcpx.json_spans import members
from mcpx.servers import Era
from mcpx.sessions.events import (
    Ended,
    EraKnown,
    Event,
    Exited,
    Fidelity,
    Finished,
    Header,
    Http,
    Masked,
    Message,
    Mode,
    Note,
    Opened,
    Raw,
    Stderr,
    Streamed,
    Unread,
)
from mcpx.sessions.lines import event_line, header_line, message_line, on_one_line
from mcpx.sessions.read_lines import read_event, read_header
from mcpx.shipped import json_schemas
from mcpx.wire import Direction, Ending, Finish, StreamEvent
from tests.sessions.json_texts import MESSAGES

SCHEMA = jsonschema_rs.validator_for(json.loads(json_schemas.text("session")))
HEADER = Header(
    "01KB", "2026-11-22T14:00:00.120Z", "mcpx 0.1.0", Mode.TAP, Fidelity.WIRE, {"a": "é"}
)

TEXTS = st.text(max_size=20)
COUNTS = st.integers(0, 10**9)
DIRECTIONS = st.sampled_from(Direction)
PLACE: dict[str, Any] = {
    "number": st.integers(1, 10**9),
    "time": st.integers(0, 10**12).map(lambda micro: round(micro / 1e6, 6)),
    "connection": COUNTS,
}
BOTH: dict[str, Any] = {**PLACE, "exchange": COUNTS}
MASKED = st.lists(st.builds(Masked, TEXTS, TEXTS), max_size=2).map(tuple)
STREAMS = st.builds(
    StreamEvent,
    st.none() | TEXTS,
    st.none() | TEXTS,
    st.none() | COUNTS,
    st.booleans(),
)
EVENTS = st.one_of(
    st.builds(Opened, **PLACE, pid=st.none() | COUNTS),
    st.builds(
        Message,
        **BOTH,
        direction=DIRECTIONS,
        text=MESSAGES,
        masked=MASKED,
        blobs=st.lists(TEXTS, max_size=2).map(tuple),
        respaced=st.booleans(),
        stream=st.none() | STREAMS,
    ),
    st.builds(Message, **BOTH, direction=DIRECTIONS, text=MESSAGES),
    st.builds(Message, **BOTH, direction=DIRECTIONS, text=st.just(""), cut=st.integers(1, 10**9)),
    st.builds(
        Raw,
        **BOTH,
        direction=DIRECTIONS,
        data=st.binary(max_size=20),
        why=st.sampled_from(Unread),
        masked=MASKED,
        cut=COUNTS,
    ),
    st.builds(
        Http,
        **BOTH,
        direction=DIRECTIONS,
        method=TEXTS,
        path=TEXTS,
        status=st.integers(100, 599),
        headers=st.dictionaries(TEXTS, TEXTS, max_size=2),
    ),
    st.builds(Streamed, **BOTH, stream=STREAMS),
    st.builds(Finished, **BOTH, why=st.sampled_from(Finish), text=TEXTS),
    st.builds(Stderr, **PLACE, text=TEXTS),
    st.builds(Exited, **PLACE, code=st.integers(-64, 255), by=st.sampled_from(Ending)),
    st.builds(
        EraKnown,
        **BOTH,
        era=st.sampled_from(Era),
        version=TEXTS,
        how=TEXTS,
        server=st.dictionaries(TEXTS, TEXTS, max_size=2),
    ),
    st.builds(Note, **PLACE, text=TEXTS),
    st.builds(Ended, **PLACE, events=COUNTS, dropped=COUNTS),
)


@settings(deadline=None)
@given(EVENTS)
def test_any_event_is_read_as_it_was_written(event: Event) -> None:
    line = event_line(event)
    assert line.endswith(b"\n")
    assert b"\n" not in line[:-1]
    assert read_event(line) == (event, [])


@settings(deadline=None)
@given(EVENTS, st.randoms())
def test_members_may_come_in_any_order(event: Event, random: Any) -> None:
    text = event_line(event).decode()
    pieces = [f" {json.dumps(one.name)} : {text[one.start : one.end]} " for one in members(text)[0]]
    random.shuffle(pieces)
    assert read_event(("{" + ",".join(pieces) + "}").encode()) == (event, [])


@settings(deadline=None)
@given(EVENTS)
def test_every_line_is_as_the_schema_says(event: Event) -> None:
    line = event_line(replace(event, connection=event.connection or 1))
    SCHEMA.validate(json.loads(line, parse_int=lambda digits: int(digits[:18])))


@settings(deadline=None)
@given(MESSAGES)
def test_the_short_way_writes_the_same(text: str) -> None:
    event = Message(number=7, time=1.5, connection=2, direction=Direction.TO_CLIENT, text=text)
    assert message_line(7, 1.5, 2, 0, Direction.TO_CLIENT, text) == event_line(event)
    assert message_line(7, 1.5, 2, 9, Direction.TO_CLIENT, text) == event_line(
        replace(event, exchange=9)
    )


def test_a_message_stands_last_and_verbatim() -> None:
    text = '{"id": 5.0,\t"a":1e2,"a":"\\u00e9\\/é"}'
    masked = (Masked("/a", "env:A"),)
    event = Message(number=1, time=0, direction=Direction.TO_SERVER, text=text, masked=masked)
    assert event_line(event).decode() == (
        '{"k":"msg","n":1,"t":0.000000,"d":"c2s","rd":[["/a","env:A"]],"m":' + text + "}\n"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param('{"a": 1}', '{"a": 1}', id="one-line"),
        pytest.param(
            '{\n  "a" : [1, 2],\r\n\t"b": "x  y"\n}\n', '{"a" : [1, 2],"b": "x  y"}', id="several"
        ),
    ],
)
def test_only_line_feeds_and_what_is_around_them_goes(text: str, line: str) -> None:
    assert on_one_line(text) == (line, line != text)
    assert json.loads(text) == json.loads(line)


def test_many_spaces_take_no_time() -> None:
    text = '{"a":"' + " " * 1_000_000 + '"\n}'
    assert on_one_line(text) == (text.replace("\n", ""), True)


def test_a_header_is_read_as_it_was_written() -> None:
    line = header_line(HEADER)
    assert json.loads(line)["format"] == "mcpx-session/1"
    assert read_header(line.decode()) == (HEADER, [])
    whole = replace(HEADER, redaction="default/1", source="har", mode=Mode.IMPORT)
    assert read_header(header_line(whole).decode()) == (whole, [])
    for one in (HEADER, whole):
        SCHEMA.validate(json.loads(header_line(one)))
