from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.reports.session_messages import indented, messages
from mcpx.sessions.events import Note, Raw, Unread
from mcpx.sessions.round_trips import timeline
from mcpx.wire import Direction
from tests.sessions.tapes import call, came, done, sent, tape

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"a":5.0,"a":1e2}', '{\n  "a": 5.0,\n  "a": 1e2\n}', id="numbers-and-keys"),
        pytest.param('[{},[],""]', '[\n  {},\n  [],\n  ""\n]', id="nothing-in-them"),
        pytest.param('{"a" : "b, c: [d"}', '{\n  "a": "b, c: [d"\n}', id="signs-in-a-text"),
        pytest.param('"\\"[1,2]"', '"\\"[1,2]"', id="quotes"),
    ],
)
def test_a_message_is_indented_and_not_written_anew(text: str, expected: str) -> None:
    assert indented(text) == expected


@given(JSON)
def test_it_says_the_same(value: object) -> None:
    text = indented(json.dumps(value, separators=(",", ":")))
    assert json.loads(text) == value
    assert text == json.dumps(value, indent=2)


def test_deep_nesting_does_not_run_out_of_the_page() -> None:
    text = indented("[" * 3_000 + "]" * 3_000)
    assert len(text) < 16_000
    assert text.replace(" ", "").replace("\n", "") == "[" * 3_000 + "]" * 3_000


def test_the_messages_of_a_round_trip_stand_in_their_order() -> None:
    events = tape(
        call(1),
        came("ping", 1),
        sent(id=1, result={}),
        done(1),
        came(text="", cut=7),
        complete=False,
    )
    pairs = [pair for item in timeline(events) for pair in messages(item)]
    found = [text for _, text in sorted(pairs, key=lambda pair: pair[0])]
    assert [text.heading or text.text for text in found] == [
        "#1 0.100 → tools/call add",
        "#2 0.200 ← ping",
        "#3 0.300 → answer to #2 after 100 ms: ok",
        "#4 0.400 ← answer to #1 after 300 ms: ok",
        "#5 0.500 ← a message too large to be kept",
    ]


def test_what_is_no_message_is_shown_too() -> None:
    raw = Raw(
        number=1,
        time=0.1,
        connection=2,
        direction=Direction.TO_CLIENT,
        data=b"hi",
        why=Unread.NOT_JSON,
    )
    ((_, text),) = messages(raw)
    assert (text.heading, text.text) == ("#1 0.100 connection 2 ← no JSON hi", "hi")
    ((_, text),) = messages(Note(number=1, time=0.1, text="cut"))
    assert (text.heading, text.text, text.ours) == ("", "#1 0.100 note cut", True)
