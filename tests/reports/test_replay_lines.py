from __future__ import annotations

import pytest

from mcpx.analyses.divergence.divergences import ABSENT
from mcpx.analyses.finding import Rule
from mcpx.reports.replay_lines import in_a_pipe, of_interaction, summed_up, values
from mcpx.reports.replayed import Played, Shown, Tally
from mcpx.terminal import Terminal
from tests.reports.samples import ADDED, CHANGED, VOLATILE, diverged


def played(*rules: Rule, why_not: str = "", took: float | None = None) -> Played:
    found = [diverged(rule, "is another", "/p", 1, 2) for rule in rules]
    return Played(
        number=7, connection=1, method="tools/call", name="find", why_not=why_not, took=took,
        diverged=found,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "quietly", "verbosely"),
    [
        pytest.param(played(took=0.012), "", "#7 tools/call find  equal 12 ms\n", id="equal"),
        pytest.param(
            played(VOLATILE), "", "#7 tools/call find\n  volatile /p: 1 → 2\n", id="volatile"
        ),
        pytest.param(
            played(VOLATILE, CHANGED),
            "#7 tools/call find\n  changed /p: 1 → 2\n",
            "#7 tools/call find\n  volatile /p: 1 → 2\n  changed /p: 1 → 2\n",
            id="changed",
        ),
        pytest.param(
            played(ADDED),
            "#7 tools/call find\n  added /p: 1 → 2\n    is another\n",
            "#7 tools/call find\n  added /p: 1 → 2\n    is another\n",
            id="with-a-message",
        ),
        pytest.param(
            played(why_not="it may write"),
            "",
            "#7 tools/call find  not sent: it may write\n",
            id="not-sent",
        ),
    ],
)
def test_people_see_what_differs_and_with_v_the_rest(
    one: Played, quietly: str, verbosely: str, people: Terminal
) -> None:
    assert of_interaction(one, people) == quietly
    people.adjust(verbose=1)
    assert of_interaction(one, people) == verbosely


def test_many_divergences_of_one_interaction_are_counted(people: Terminal) -> None:
    lines = of_interaction(played(*[CHANGED] * 20), people).splitlines()
    assert len(lines) == 14
    assert lines[-1] == "  and 8 more; --format json has them"


def test_a_pipe_has_a_row_for_each_divergence() -> None:
    one = played(CHANGED, VOLATILE)
    row = "error\treplay-changed\t#7\ttools/call\tfind\t/p\t1\t2\tis another\n"
    assert in_a_pipe(one) == row
    assert in_a_pipe(one, verbose=True) == row + row.replace("error", "info").replace(
        "changed", "volatile"
    )


@pytest.mark.parametrize(
    ("recorded", "live", "said"),
    [
        pytest.param(1, 2, "1 → 2", id="numbers"),
        pytest.param("a\n", "\x1b[1m", '"a\\n" → "\\u001b[1m"', id="texts"),
        pytest.param(ABSENT, 2, "2", id="live-alone"),
        pytest.param(1, ABSENT, "1", id="recorded-alone"),
        pytest.param(ABSENT, ABSENT, "", id="neither"),
        pytest.param(
            "x" * 40 + "yes" + "z" * 40,
            "x" * 40 + "no",
            '…xxxxxxxxxxxxyeszzzz… → …xxxxxxxxxxxxno"',
            id="where-they-part",
        ),
    ],
)
def test_values_are_shown_where_they_part(recorded: object, live: object, said: str) -> None:
    assert values(Shown.of(recorded), Shown.of(live), 20) == said


@pytest.mark.parametrize(
    ("all_of_it", "said"),
    [
        pytest.param([], "nothing to replay", id="nothing"),
        pytest.param([played()], "1 interaction replayed, equal", id="one"),
        pytest.param([played()] * 2, "2 interactions replayed, all equal", id="equal"),
        pytest.param(
            [played(), played(VOLATILE), played(why_not="w")],
            "2 interactions replayed, all equal; 1 not sent; for information (-v): 1 volatile",
            id="volatile",
        ),
        pytest.param(
            [played(), played(CHANGED, CHANGED, ADDED, VOLATILE), played(ADDED)],
            "3 interactions replayed: 1 equal, 2 differ; differences: 2 added, 2 changed;"
            " for information (-v): 1 volatile",
            id="differ",
        ),
        pytest.param([played(why_not="w")], "none of 1 interaction sent", id="nothing-was-sent"),
    ],
)
def test_the_whole_is_summed_up_in_a_line(all_of_it: list[Played], said: str) -> None:
    tally = Tally()
    for one in all_of_it:
        tally.add(one)
    assert summed_up(tally, " (-v)") == said
