from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.reports.document import Column, Listing, Prose, Table, Text
from mcpx.reports.markdown import escaped, render_markdown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain-words.", "plain-words.", id="plain"),
        pytest.param("a|b", "a\\|b", id="cell"),
        pytest.param("<script>", "\\<script\\>", id="html"),
        pytest.param("[x](javascript:y)", "\\[x\\](javascript:y)", id="link"),
        pytest.param("`code` *b* _i_ ~s~", "\\`code\\` \\*b\\* \\_i\\_ \\~s\\~", id="marks"),
        pytest.param("# title", "\\# title", id="heading"),
        pytest.param("![x](y)", "!\\[x\\](y)", id="picture"),
        pytest.param("@team", "&#64;team", id="mention"),
        pytest.param("https://evil", "https:\\//evil", id="autolink"),
        pytest.param("www.evil.com", "www\\.evil.com", id="autolink-without-scheme"),
        pytest.param("a\nb", "a\\\\nb", id="new-line"),
    ],
)
def test_foreign_text_says_nothing_to_markdown(text: str, shown: str) -> None:
    assert escaped(text) == shown


@given(st.text())
def test_a_table_keeps_its_shape_whatever_is_in_it(text: str) -> None:
    table = Table("x", [Column("A"), Column("B")], [[text, 1]])
    lines = render_markdown(Listing({}, [table])).split("\n")
    assert len(lines) == 4
    cells = re.split(r"(?<!\\)(?:\\\\)*\|", lines[2])
    assert len(cells) == 4
    assert cells[2] == " 1 "


@given(st.text())
def test_a_text_is_a_code_block_whatever_is_in_it(text: str) -> None:
    lines = render_markdown(Listing({}, [Prose("x", text)])).splitlines()
    assert all(line.startswith("    ") for line in lines)


@given(st.text() | st.text("`~ \n>"))
def test_a_result_stays_inside_its_fence(text: str) -> None:
    first, *lines, last = render_markdown(Listing({}, [Text(text)])).removesuffix("\n").split("\n")
    assert first == last == "`" * len(first)
    assert len(first) >= 3
    assert not [line for line in lines if first in line]


def test_yes_no_and_nothing_are_words_for_people() -> None:
    table = Table("x", [Column("A"), Column("B"), Column("C")], [[True, False, None]])
    assert render_markdown(Listing({}, [table])).splitlines()[2] == "| yes | no |  |"
