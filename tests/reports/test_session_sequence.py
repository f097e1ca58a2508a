from __future__ import annotations

import pytest

from mcpx.reports.session_sequence import lifelines, steps
from mcpx.sessions.events import Event, Opened, Stderr
from mcpx.sessions.round_trips import timeline
from tests.sessions.tapes import call, came, done, sent, tape


def drawn(*events: Event, width: int = 60) -> list[str]:
    found = [step for item in timeline(tape(*events)) for step in steps(item)]
    return lifelines(found, width).text.split("\n")


def test_an_arrow_is_drawn_for_each_message() -> None:
    assert drawn(call(1), came("ping", 1), sent(id=1, result={}), done(1), width=50) == [
        "           client                           server",
        "    0.100  │─ tools/call add (1) ───────────────▶│",
        "    0.200  │◀───────────────────────── ping (1) ─│",
        "    0.300  │─ (1) ok 100 ms ────────────────────▶│",
        "    0.400  │◀──────────────────── (1) ok 300 ms ─│",
    ]


@pytest.mark.parametrize("width", [20, 60, 100, 300])
def test_all_arrows_are_of_one_length(width: int) -> None:
    meta = {"_meta": {"progressToken": 1}}
    lines = drawn(
        Opened(number=0, time=-1.0, connection=1),
        Opened(number=0, time=-1.0, connection=2),
        call(1, "x" * 300, params=meta),
        came("notifications/progress", params={"progressToken": 1}),
        Stderr(number=0, time=-1.0, connection=2, text="ready " * 30),
        sent("notifications/a\x1b"),
        done(1, {"isError": True, "content": [{"text": "y" * 300}]}),
        call(2),
        width=width,
    )
    assert len({len(line) for line in lines[1:]}) == 1
    assert len(lines[1]) <= max(width, 42)
    assert all(line.endswith("│") for line in lines[1:])


def test_what_has_no_answer_says_so() -> None:
    _, line = drawn(call(1), width=80)
    assert "─ tools/call add (1): unanswered ─" in line


def test_a_single_connection_is_not_told() -> None:
    lines = drawn(Opened(number=0, time=-1.0, connection=1), call(1), done(1))
    assert len(lines) == 3
