from __future__ import annotations

import io

import pytest

from mcpx.reports.document import Column, Findings, Listing, Table, Text
from mcpx.reports.table import render_for_people, render_tab_separated
from mcpx.servers import ServerSpec
from mcpx.terminal import Terminal
from tests.conftest import FakeTerminal
from tests.reports import samples

COLUMNS = [Column("NAME"), Column("TEXT", wraps=True)]


def shown(document: Listing | Findings, colour: str = "never") -> str:
    terminal = Terminal(FakeTerminal(), io.StringIO())
    terminal.adjust(colour=colour)
    return render_for_people(document, terminal)


@pytest.mark.parametrize("width", [40, 60, 200])
def test_long_texts_wrap_and_nothing_is_lost(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    words = " ".join(f"word{number}" for number in range(60))
    text = shown(Listing({}, [Table("x", COLUMNS, [["a_name_to_copy", words]])]))
    assert max(map(len, text.splitlines())) <= width
    assert "a_name_to_copy" in text
    assert "…" not in text
    for word in words.split():
        assert word in text


def test_a_pipe_gets_rows_whole_and_on_one_line() -> None:
    words = "word " * 500 + "end"
    text = render_tab_separated(Listing({}, [Table("x", COLUMNS, [["a", words], ["b", None]])]))
    assert text == f"a\t{words}\nb\t\n"


def test_of_several_tables_each_row_says_which_it_is_from() -> None:
    table = Table("one", COLUMNS, [["a", True]])
    text = render_tab_separated(Listing({}, [table, Table("two", COLUMNS, [["b", False]])]))
    assert text == "one\ta\tyes\ntwo\tb\tno\n"


def test_a_column_that_says_the_same_everywhere_is_left_out_for_people() -> None:
    columns = [Column("NAME"), Column("ERA", unless_same=True)]
    same = Listing({}, [Table("x", columns, [["a", "legacy"], ["b", "legacy"]])])
    assert "ERA" not in shown(same)
    assert "legacy" in render_tab_separated(same)
    assert "ERA" in shown(Listing({}, [Table("x", columns, [["a", "legacy"], ["b", "modern"]])]))


def test_a_minor_column_is_for_a_row_alone() -> None:
    columns = [Column("NAME"), Column("CAPABILITIES", minor=True)]
    two = Listing({}, [Table("x", columns, [["a", "tools"], ["b", "prompts"]], upright=True)])
    assert "CAPABILITIES" not in shown(two)
    one = Listing({}, [Table("x", columns, [["a", "tools"]], upright=True)])
    assert shown(one).splitlines() == ["name          a", "capabilities  tools"]


def test_severities_have_colours() -> None:
    text = shown(samples.findings(), colour="always")
    assert "\x1b[31merror\x1b[0m [name-clash]" in text
    assert "\x1b[33mwarning\x1b[0m" in text
    assert "\x1b[36minfo\x1b[0m" in text


def test_a_secret_that_wraps_is_masked_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Terminal(FakeTerminal(), io.StringIO())
    secret = "c4nary" * 15
    terminal.mask.learn(ServerSpec("x", command="c", env={"TOKEN": secret}))
    table = Table("x", COLUMNS, [["name", f"it says {secret} here"]])
    text = render_for_people(Listing({}, [table]), terminal)
    assert "c4nary" not in text
    assert "it says *** here" in text


def test_a_text_in_a_pipe_is_what_it_is() -> None:
    text = "a\tb\n\n  c|\\d\n"
    assert render_tab_separated(Listing({}, [Text(text)])) == text
    assert render_tab_separated(Listing({}, [Text("a"), Text("b\n\n")])) == "a\nb\n\n"
    assert shown(Listing({}, [Text(text)])) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("\x1b[31m\tx", "\\x1b[31m\tx", id="controls"),
        pytest.param("\t::error::x", "\t\\x3a:error::x", id="command of a CI"),
        pytest.param("\u1680\tx", "\t    x", id="space of Ogham"),
    ],
)
def test_a_text_is_made_safe_all_the_same(text: str, expected: str) -> None:
    assert render_tab_separated(Listing({}, [Text(text)])) == f"{expected}\n"


def test_texts_of_one_result_follow_each_other() -> None:
    parts = [Text("a"), Text("b"), Text("c", "[user]"), Table("x", [Column("A")], [["d"]])]
    assert shown(Listing({}, parts)).split("\n") == ["a", "b", "", "[user]", "c", "", "A", "d", ""]


def test_what_mcpx_says_in_a_result_is_faint() -> None:
    parts = [Text("[image]", ours=True), Text("x")]
    assert shown(Listing({}, parts), colour="always") == "\x1b[2m[image]\x1b[0m\nx\n"


@pytest.mark.parametrize(
    ("width", "line"),
    [
        pytest.param(60, "1  a text that is long  another text that is long  whole", id="fits"),
        pytest.param(44, "1  a text that i…  another text tha…  whole", id="cut"),
        pytest.param(26, "1  a text…  anoth…  whole", id="no-further"),
    ],
)
def test_columns_are_cut_short_so_that_a_row_is_a_line(
    width: int, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    columns = [Column("#"), Column("A", crops=7), Column("B", crops=6), Column("C")]
    row = [1, "a text that is long", "another text that is long", "whole"]
    lines = shown(Listing({}, [Table("x", columns, [row])])).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(line)
    assert max(map(len, lines)) <= width
