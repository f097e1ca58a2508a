from __future__ import annotations

from mcpx.reports.replay_markdown import render
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
