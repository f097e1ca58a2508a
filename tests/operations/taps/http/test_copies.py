"""What is found in bodies as they go by."""

from __future__ import annotations

import gzip
import zlib

import pytest

from mcpx.operations.taps.http import copies
from mcpx.operations.taps.http.copies import Found, copy_of, count_of
from mcpx.wire import StreamEvent

JSON = "application/json; charset=utf-8"
SSE = "text/event-stream"
STREAM = b": ping\n\nid: 1\nretry: 1500\ndata:\n\nevent: message\nid: 2\ndata: {}\n\ndata: cut"
IN_STREAM = [
    Found(b"", False, 0, StreamEvent(empty=True)),
    Found(b"", False, 0, StreamEvent("1", None, 1500, empty=True)),
    Found(b"{}", True, 0, StreamEvent("2", "message")),
]


def found(
    kind: str, body: bytes, coding: str = "", size: int = 7, longest: int = 100
) -> list[Found]:
    copy = copy_of(kind, coding, longest)
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return [one for piece in pieces for one in copy.add(piece)] + copy.end(True)


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        pytest.param(JSON, b'{"a": 1}', [Found(b'{"a": 1}', True)], id="json"),
        pytest.param("application/problem+json", b"{}", [Found(b"{}", True)], id="a kind of json"),
        pytest.param("text/plain", b"Accepted", [Found(b"Accepted", False)], id="text"),
        pytest.param("", b"{}", [Found(b"{}", False)], id="untold"),
        pytest.param(JSON, b"", [], id="nothing"),
        pytest.param(SSE, STREAM, IN_STREAM, id="stream"),
    ],
)
@pytest.mark.parametrize("coding", ["", "gzip", "deflate"])
def test_messages_are_found_however_they_come(
    kind: str, body: bytes, expected: list[Found], size: int, coding: str
) -> None:
    coded = {"": bytes, "gzip": gzip.compress, "deflate": zlib.compress}[coding](body)
    if body:
        assert found(kind, coded, coding, size) == expected


def test_a_message_too_large_is_cut_and_the_next_is_whole() -> None:
    assert found(JSON, b"x" * 101) == [Found(b"x" * 100, True, 101)]
    body = b"data: " + b"x" * 500 + b"\n\ndata: {}\n\n"
    large, next_one = found(SSE, body)
    assert (len(large.data), large.size) == (94, 500)
    assert next_one.data == b"{}"


def test_half_a_body_is_no_message() -> None:
    copy = copy_of(JSON, "", 100)
    copy.add(b'{"a"')
    assert copy.end(False) == [Found(b'{"a"', False)]


@pytest.mark.parametrize(
    ("coding", "body"),
    [pytest.param("br", b"\x0b\x02", id="unknown"), pytest.param("gzip", b"plain", id="wrong")],
)
def test_a_coding_that_cannot_be_undone_is_kept_as_it_is(coding: str, body: bytes) -> None:
    assert found(JSON, body, coding, size=100) == [Found(body, False)]


def test_what_stands_for_too_much_is_not_undone_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_MOST_DECODED", 1 << 20)
    bomb = gzip.compress(b"x" * (1 << 22))
    assert found(JSON, bomb, "gzip", size=len(bomb)) == [Found(bomb[:100], False, len(bomb))]


def test_nor_is_a_stream_that_stands_for_too_much() -> None:
    bomb = gzip.compress(b"data: " + b"x" * (1 << 23) + b"\n\n")
    assert found(SSE, bomb, "gzip", size=len(bomb)) == [Found(bomb[:100], False, len(bomb))]


def test_of_other_bodies_only_the_size_is_kept() -> None:
    copy = count_of()
    copy.add(b"secret")
    assert copy.end(True) == [Found(b"", False, 6)]
