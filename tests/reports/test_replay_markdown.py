from __future__ import annotations

from typing import Any

from mcpx.reports.replay_markdown import render
from mcpx.reports.replayed import Played
from tests.reports import samples


def test_a_line_and_a_row_for_each_difference() -> None:
    lines = render(samples.replay()).splitlines()
    assert lines[0].startswith("**s.jsonl on tickets**: 4 interactions replayed: 2 equal")
    assert next(line for line in lines if line.startswith("| \\#")) == (
        "| \\#7 | tools/call find | error | changed | `/structuredContent/count` "
        "| is another number | `3 → 5` |"
    )
    assert "volatile |" not in "".join(lines)


def test_every_row_has_all_its_cells_whatever_the_server_says() -> None:
    rows = [line for line in render(samples.hostile_replay()).splitlines() if line[:1] == "|"]
    assert {line.replace("\\|", "").count("|") for line in rows} == {8}


def test_what_repeats_itself_is_one_row() -> None:
    again: dict[str, Any] = {"connection": 1, "method": "tools/call", "name": "add"}
    found = [samples.diverged(samples.CHANGED, "is another", "/n", 1, 2)]
    played = [Played(number=number, diverged=found, **again) for number in (3, 5, 7)]
    rows = [line for line in render(samples.replayed(*played)).splitlines() if "add" in line]
    assert [row.split(" | ")[0] for row in rows] == ["| \\#3; the same 2 times more, to \\#7"]
