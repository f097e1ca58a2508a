from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.sse_events import EventReader, EventTooLongError, SseEvent
from mcpx.wire import StreamEvent

LONGEST = 1_000


def read(*pieces: bytes, longest: int = LONGEST) -> list[SseEvent]:
    """The events of a body that comes in these pieces."""
    reader = EventReader(longest)
    return [event for piece in pieces for event in reader.of(piece)]


# Rows by WHATWG HTML, 9.2.5 ("Parsing an event stream") and 9.2.6 ("Interpreting").
@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(b"data: a\n\n", [SseEvent("", b"a")], id="lf"),
        pytest.param(b"data: a\r\r", [SseEvent("", b"a")], id="cr"),
        pytest.param(b"data: a\r\n\r\n", [SseEvent("", b"a")], id="crlf"),
        pytest.param(b"data: a\r\ndata: b\rdata: c\n\r\n", [SseEvent("", b"a\nb\nc")], id="mixed"),
        pytest.param(b"\n\n\ndata: a\n\n\n\n", [SseEvent("", b"a")], id="blank lines"),
        pytest.param(b"data:a\n\ndata:b\n\n", [SseEvent("", b"a"), SseEvent("", b"b")], id="two"),
        pytest.param(b"\xef\xbb\xbfdata: a\n\n", [SseEvent("", b"a")], id="bom"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n", [], id="a second bom is a name"),
        pytest.param(
            b"data: a\n\n\xef\xbb\xbfdata: b\n\n", [SseEvent("", b"a")], id="a bom later is a name"
        ),
        pytest.param(b": ping\n\n", [SseEvent("", b"")], id="comment"),
        pytest.param(
            b":\ndata: a\n: b\ndata: c\n\n", [SseEvent("", b"a\nc")], id="comments between"
        ),
        pytest.param(b"data:  a\n\n", [SseEvent("", b" a")], id="one space is taken off"),
        pytest.param(b"data:a: b\n\n", [SseEvent("", b"a: b")], id="later colons stay"),
        pytest.param(b"data:\ta\n\n", [SseEvent("", b"\ta")], id="a tab stays"),
        pytest.param(b"data\n\n", [SseEvent("", b"")], id="no colon"),
        pytest.param(b"data\ndata\n\n", [SseEvent("", b"\n")], id="no colon, twice"),
        pytest.param(b"data:\ndata:\n\n", [SseEvent("", b"\n")], id="empty, twice"),
        pytest.param(b" data: a\n\n", [], id="an indented name is another name"),
        pytest.param(b"DATA: a\n\n", [], id="names are in lower case"),
        pytest.param(b"nonsense: a\ndata: b\n\n", [SseEvent("", b"b")], id="an unknown name"),
        pytest.param(b"event: add\ndata: a\n\n", [SseEvent("add", b"a")], id="kind"),
        pytest.param(b"event: a\nevent: b\ndata:\n\n", [SseEvent("b", b"")], id="the last kind"),
        pytest.param(
            b"event: a\ndata: a\n\ndata: b\n\n",
            [SseEvent("a", b"a"), SseEvent("", b"b")],
            id="kind once",
        ),
        pytest.param(b"id: 1\ndata: a\n\n", [SseEvent("", b"a", "1")], id="id"),
        pytest.param(b"id\ndata: a\n\n", [SseEvent("", b"a", "")], id="an empty id"),
        pytest.param(b"id: 1\0\ndata: a\n\n", [SseEvent("", b"a")], id="an id with nul"),
        pytest.param(
            b"id: 1\nid: 2\0\ndata: a\n\n", [SseEvent("", b"a", "1")], id="an id with nul after one"
        ),
        pytest.param(b"id: 7\n\n", [SseEvent("", b"", "7")], id="an id alone"),
        pytest.param(b"retry: 1500\n\n", [SseEvent("", b"", None, 1.5)], id="retry alone"),
        pytest.param(b"retry: 0\ndata: a\n\n", [SseEvent("", b"a", None, 0.0)], id="retry at once"),
        pytest.param(b"retry: 1.5\ndata: a\n\n", [SseEvent("", b"a")], id="retry with a point"),
        pytest.param(b"retry: -1\ndata: a\n\n", [SseEvent("", b"a")], id="retry below zero"),
        pytest.param(b"retry:\ndata: a\n\n", [SseEvent("", b"a")], id="retry empty"),
        pytest.param(
            "retry: ٣\ndata: a\n\n".encode(), [SseEvent("", b"a")], id="retry, other digits"
        ),
        pytest.param(
            b"retry: " + b"9" * 400 + b"\ndata: a\n\n", [SseEvent("", b"a")], id="retry too large"
        ),
        pytest.param(b"data: a", [], id="cut in a line"),
        pytest.param(b"data: a\n", [], id="cut before the blank line"),
        pytest.param(b"data: a\r", [], id="cut before the blank line, cr"),
        pytest.param(b"data: a\n\ndata: b\n", [SseEvent("", b"a")], id="the last is cut"),
        pytest.param(b"", [], id="nothing"),
        pytest.param(
            "event: ü\nid: ö\ndata: ä\u2028\x0b\x0c\x85\n\n".encode(),
            [SseEvent("ü", "ä\u2028\x0b\x0c\x85".encode(), "ö")],
            id="other line ends are text",
        ),
        pytest.param(b"data: \xff\xfe\n\n", [SseEvent("", b"\xff\xfe")], id="data is bytes"),
        pytest.param(
            b"event: \xff\nid: \xff\ndata:a\n\n",
            [SseEvent("\ufffd", b"a", "\ufffd")],
            id="no utf-8",
        ),
    ],
)
def test_what_a_body_says(body: bytes, found: list[SseEvent]) -> None:
    assert read(body) == found
    assert read(*(bytes([byte]) for byte in body)) == found


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        pytest.param([b"data: a\r", b"\n\r", b"\n"], [SseEvent("", b"a")], id="crlf in two"),
        pytest.param(
            [b"data: a\r", b"", b"\ndata: b\n\n"], [SseEvent("", b"a\nb")], id="nothing in between"
        ),
        pytest.param(
            [b"data: a\r", b"data: b\r\r"], [SseEvent("", b"a\nb")], id="cr at the end of a piece"
        ),
        pytest.param(
            [b"\xef", b"\xbb", b"\xbfdata: a\n\n"], [SseEvent("", b"a")], id="bom in three pieces"
        ),
        pytest.param(
            [b"da", b"ta", b": ", b"a", b"\n", b"\n"], [SseEvent("", b"a")], id="in a name"
        ),
    ],
)
def test_pieces_may_end_anywhere(pieces: Sequence[bytes], found: list[SseEvent]) -> None:
    assert read(*pieces) == found


_LINES = st.one_of(
    st.sampled_from([b"", b":", b": ping", b"data", b"id: 1", b"retry: 20", b"event: x"]),
    st.binary(max_size=12).map(lambda value: b"data: " + value),
    st.binary(max_size=12),
)
_ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])


@given(
    st.lists(st.tuples(_LINES, _ENDS), max_size=12).map(
        lambda parts: b"".join(line + end for line, end in parts)
    ),
    st.data(),
)
def test_however_a_body_is_cut_the_events_are_the_same(body: bytes, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(body)), max_size=8).map(sorted))
    edges = [0, *cuts, len(body)]
    pieces = [body[start:end] for start, end in itertools.pairwise(edges)]
    assert read(*pieces) == read(body)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([b"data: " + b"a" * 1_001 + b"\n\n"], id="a line of data"),
        pytest.param([b"data: "] + [b"a" * 100] * 11, id="a line that never ends"),
        pytest.param([b": "] + [b"a" * 100] * 11, id="a comment that never ends"),
        pytest.param([b"data: " + b"a" * 90 + b"\n"] * 12, id="lines of data"),
        pytest.param([b"data\n"] * 1_100, id="empty lines of data"),
    ],
)
def test_an_event_that_is_too_long(pieces: Sequence[bytes]) -> None:
    with pytest.raises(EventTooLongError, match="an event of more than 1000 bytes"):
        read(*pieces)


def test_many_events_may_be_longer_together() -> None:
    assert len(read(*([b"data: " + b"a" * 900 + b"\n\n"] * 5))) == 5
    assert len(read((b"data: " + b"a" * 900 + b"\n\n") * 5)) == 5
    assert read(b": 0123456789\n" * 500 + b"data: a\n\n") == [SseEvent("", b"a")]


def test_what_comes_before_an_event_that_is_too_long_is_given() -> None:
    found = EventReader(LONGEST).of(b"data: a\n\n" + b"data: " + b"b" * 2_000 + b"\n\n")
    assert next(found) == SseEvent("", b"a")
    with pytest.raises(EventTooLongError):
        next(found)


@pytest.mark.parametrize(
    ("body", "rest"),
    [
        pytest.param(b"data: a\n\n", [], id="whole"),
        pytest.param(b"data: a\n", [SseEvent("", b"a")], id="before its end"),
        pytest.param(b"id: 1\ndata: a", [SseEvent("", b"a", "1")], id="in a line"),
        pytest.param(b"data: a\n\ndat", [], id="in a name"),
        pytest.param(b"", [], id="nothing"),
    ],
)
def test_the_rest_is_the_event_that_was_cut_off(body: bytes, rest: list[SseEvent]) -> None:
    reader = EventReader(LONGEST)
    list(reader.of(body))
    assert list(reader.rest()) == rest
    assert list(reader.rest()) == []


def test_the_fields_of_an_event_are_as_they_were_on_the_wire() -> None:
    assert SseEvent("", b"", "7", 1.5).fields == StreamEvent("7", None, 1500, empty=True)
    assert SseEvent("message", b"{}").fields == StreamEvent(None, "message")


def test_a_long_line_costs_no_more_than_its_length() -> None:
    """A megabyte in a thousand pieces; looking through it anew for each would take seconds."""
    pieces = [b"data: ", *([b"a" * 1_000] * 1_000), b"\n\n"]
    assert read(*pieces, longest=2_000_000)[0].data == b"a" * 1_000_000


def test_a_reader_that_cuts_keeps_the_beginning_and_the_size() -> None:
    reader = EventReader(10, cuts=True)
    found = [
        event
        for piece in (
            b"data: 12",
            b"345\ndata: 67890123\n\n",
            b"data: " + b"x" * 20,
            b"\n\nid: 1\n\n",
        )
        for event in reader.of(piece)
    ]
    assert [(one.data, one.cut, one.id) for one in found] == [
        (b"1234", 14, None),
        (b"xxxx", 20, None),
        (b"", 0, "1"),
    ]
