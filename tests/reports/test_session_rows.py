from __future__ import annotations

import pytest

from mcpx.reports.session_rows import Row, fewer, row_line, rows_of, table
from mcpx.sessions.events import Event, Stderr
from mcpx.sessions.round_trips import timeline
from tests.sessions.tapes import call, came, done, http, sent, tape


def rows(*events: Event) -> list[Row]:
    items = sorted(timeline(tape(*events)), key=lambda one: one.number)
    return [row for item in items for row in rows_of(item)]


def test_a_row_says_what_was_asked_and_what_came_of_it() -> None:
    (row,) = rows(call(1, "add", {"a": 2}, time=1.0), done(1, {}, time=1.25))
    assert row.cells == (1, "1.000", 1, "→ tools/call add", "a=2", "ok", "250 ms", "41 B")


def test_what_happened_meanwhile_stands_below_in_its_order() -> None:
    meta = {"_meta": {"progressToken": 1}}
    log = came("notifications/message", params={"data": "x"}, exchange=1)
    progress = came("notifications/progress", params={"progressToken": 1, "progress": 3})
    found = rows(
        http(1),
        call(1, params=meta, exchange=1),
        log,
        came("ping", 9, exchange=1),
        progress,
        progress,
        log,
        sent(id=9, result={}),
        done(1, exchange=1),
    )
    assert [(row.message, row.given) for row in found[1:]] == [
        ("  ← notifications/message ×2", "data=x"),
        ("  ← ping", ""),
        ("  ← progress ×2", "3"),
    ]


def test_notifications_beyond_those_kept_are_counted() -> None:
    log = came("notifications/message", exchange=1)
    found = rows(http(1), call(1, exchange=1), *[log] * 130, done(1, exchange=1))
    assert [row.message for row in found[1:]] == [
        "  and 30 more notifications",
        "  ← notifications/message ×100",
    ]


def test_a_request_that_came_by_itself_stands_below_that_which_it_came_within() -> None:
    found = rows(call(1), came("ping", 5), done(1), sent(id=5, result={}))
    assert [row.message for row in found[:2]] == ["→ tools/call add", "  ← ping"]


def test_an_answer_alone_comes_from_where_it_came() -> None:
    (row,) = rows(done("x"))
    assert (row.message, row.outcome) == ("← answer x", "to no request")


def test_an_exchange_and_a_large_message_have_rows() -> None:
    first, second = rows(http(1, "GET", "/mcp"), came(cut=48_000_000, text=""))
    assert (first.message, first.outcome) == ("→ GET /mcp", "still open")
    assert second.size == "48.0 MB"


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(4, ["stderr"] * 4, id="few"),
        pytest.param(9, ["stderr"] * 3 + ["stderr ×6 more"], id="many"),
    ],
)
def test_of_many_lines_in_succession_the_first_are_shown(count: int, expected: list[str]) -> None:
    line = Stderr(number=0, time=-1.0, connection=1, text="x")
    assert [row.message for row in fewer(rows(*[line] * count))] == expected
    apart = [one for _ in range(count) for one in (line, sent("notifications/a"))]
    assert len(list(fewer(rows(*apart)))) == 2 * count


def test_a_table_has_a_row_for_each() -> None:
    assert [row[3] for row in table(rows(call(1), done(1))).rows] == ["→ tools/call add"]


def test_a_row_alone_fits_the_terminal() -> None:
    row = Row(1, 1.5, 2, "→ tools/call add", "a=1 \x1b", "ok", "3 ms", "9 B")
    assert row_line(row, 100) == "    1.500  2 → tools/call add  a=1 \\x1b  ok 3 ms 9 B"
    assert len(row_line(row, 40)) == 40
