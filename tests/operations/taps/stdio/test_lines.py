from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.operations.taps.stdio.lines import Line, Lines


def cut(pieces: list[bytes], longest: int = 100, kept: int = 0) -> list[Line]:
    lines = Lines(longest, kept)
    found = [line for piece in pieces for line in lines.of(piece)]
    return [*found, *lines.rest()]


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        pytest.param([b"one\n"], [b"one"], id="a-line"),
        pytest.param([b"one\ntwo\n"], [b"one", b"two"], id="two-in-a-piece"),
        pytest.param([b"o", b"n", b"e\nt", b"wo\n"], [b"one", b"two"], id="in-pieces"),
        pytest.param([b"one\r\n"], [b"one\r"], id="a-carriage-return-stays"),
        pytest.param([b"\n\n"], [b"", b""], id="empty-lines"),
        pytest.param([b"a\n", b"\n", b"b\n"], [b"a", b"", b"b"], id="an-empty-line-between"),
        pytest.param([b"a\nrest"], [b"a", b"rest"], id="no-line-feed-at-the-end"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_a_stream_is_cut_into_lines(pieces: list[bytes], found: list[bytes]) -> None:
    assert cut(pieces) == [Line(data) for data in found]


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        pytest.param([b"x" * 5 + b"\n"], [Line(b"xxxxx")], id="just-fits"),
        pytest.param([b"x" * 6 + b"\n"], [Line(b"xx", 6)], id="in-one-piece"),
        pytest.param([b"abc", b"def", b"ghi\nok\n"], [Line(b"ab", 9), Line(b"ok")], id="in-pieces"),
        pytest.param([b"a", b"bcdefgh"], [Line(b"ab", 8)], id="at-the-end"),
        pytest.param([b"a\nbcdefgh\n"], [Line(b"a"), Line(b"bc", 7)], id="after-another"),
    ],
)
def test_of_a_line_too_long_the_start_and_the_size_are_kept(
    pieces: list[bytes], found: list[Line]
) -> None:
    assert cut(pieces, longest=5, kept=2) == found


def test_what_is_too_long_is_not_held() -> None:
    lines = Lines(1000)
    for _ in range(100):
        assert list(lines.of(b"x" * 500)) == []
    held = sum(map(len, lines._pieces))
    assert held == 0
    assert list(lines.of(b"\n")) == [Line(b"", 50_000)]


@given(st.lists(st.text("ab\n", min_size=1, max_size=6).map(str.encode), max_size=20))
def test_how_a_stream_is_cut_does_not_depend_on_its_pieces(pieces: list[bytes]) -> None:
    whole = [piece for piece in [b"".join(pieces)] if piece]
    assert cut(pieces) == cut(whole)
    assert b"\n".join(line.data for line in cut(pieces)) == b"".join(pieces).removesuffix(b"\n")
