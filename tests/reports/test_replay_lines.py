from __future__ import annotations

from dataclasses import replace

import pytest

from mcpx.analyses.divergence.divergences import ABSENT, Kind
from mcpx.analyses.finding import Rule
from mcpx.reports.replay_lines import again, in_a_pipe, of_interaction, summed_up
from mcpx.reports.replay_repeats import Run
from mcpx.reports.replayed import Played, Tally
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


LONG = "no " * 60


@pytest.mark.parametrize(
    ("kind", "recorded", "live", "lines"),
    [
        pytest.param(
            Kind.TRANSPORT, 0, 3, ["  transport has another status: 0 → 3"], id="in-a-line"
        ),
        pytest.param(
            Kind.OUTCOME,
            "yes",
            LONG,
            ["  outcome has another status", '    "yes"', f'    → "{LONG[:92]}…'],
            id="each-on-a-line",
        ),
        pytest.param(
            Kind.MISSING,
            "yes",
            ABSENT,
            ["  missing has another status", '    recorded: "yes"'],
            id="recorded-alone",
        ),
        pytest.param(Kind.MISSING, ABSENT, ABSENT, ["  missing has another status"], id="neither"),
        pytest.param(Kind.CHANGED, "a", "b", ['  changed "a" → "b"'], id="plain"),
    ],
)
def test_what_is_said_in_words_has_its_values_behind_or_below_it(
    people: Terminal, kind: Kind, recorded: object, live: object, lines: list[str]
) -> None:
    one = diverged(CHANGED, "has another status", "", recorded, live)
    shown = of_interaction(replace(played(), diverged=[replace(one, kind=kind)]), people)
    assert shown.splitlines()[1:] == lines


def test_many_divergences_of_one_interaction_are_counted(people: Terminal) -> None:
    lines = of_interaction(played(*[CHANGED] * 20), people).splitlines()
    assert len(lines) == 14
    assert lines[-1] == "  and 8 more; --format json has them"


def test_an_equal_handshake_is_not_shown(people: Terminal) -> None:
    people.adjust(verbose=1)
    one = replace(played(), method="initialize")
    assert of_interaction(one, people) == in_a_pipe(one, verbose=True) == ""


def test_a_pipe_has_a_row_for_each_divergence() -> None:
    one = played(CHANGED, VOLATILE)
    row = "error\treplay-changed\t#7\ttools/call\tfind\t/p\t1\t2\tis another\n"
    assert in_a_pipe(one) == row
    assert in_a_pipe(one, verbose=True) == row + row.replace("error", "info").replace(
        "changed", "volatile"
    )


@pytest.mark.parametrize(
    ("one", "row"),
    [
        pytest.param(played(), "equal\t\t#7\ttools/call\tfind\t\t\t\t\n", id="equal"),
        pytest.param(
            played(why_not="it may write"),
            "not-sent\t\t#7\ttools/call\tfind\t\t\t\tit may write\n",
            id="not-sent",
        ),
    ],
)
def test_a_pipe_has_what_is_equal_with_v(one: Played, row: str) -> None:
    assert in_a_pipe(one) == ""
    assert in_a_pipe(one, verbose=True) == row


def test_what_repeats_itself_is_counted(people: Terminal) -> None:
    one = played(VOLATILE, CHANGED)
    assert again(Run(one, one), people) == ""
    run = Run(one, replace(one, number=31), 5)
    assert again(run, people) == "  the same 4 times more, to #31\n"
    row = "error\treplay-changed\t#31\ttools/call\tfind\t\t\t\tthe same 4 times more, to #31\n"
    assert again(run, Terminal()) == row


@pytest.mark.parametrize(
    ("all_of_it", "said"),
    [
        pytest.param([], "the handshake alone replayed, equal", id="nothing"),
        pytest.param(
            [replace(played(VOLATILE), method="initialize"), played()],
            "1 interaction replayed, equal; for information (-v): 1 volatile",
            id="the-handshake-is-not-counted",
        ),
        pytest.param(
            [replace(played(CHANGED), method="server/discover"), played()],
            "2 interactions replayed: 1 equal, 1 differs (1 changed)",
            id="the-handshake-differs",
        ),
        pytest.param([played()], "1 interaction replayed, equal", id="one"),
        pytest.param([played()] * 2, "2 interactions replayed, all equal", id="equal"),
        pytest.param(
            [played(), played(VOLATILE), played(why_not="w")],
            "2 interactions replayed, all equal; 1 not sent; for information (-v): 1 volatile",
            id="volatile",
        ),
        pytest.param(
            [played(), played(CHANGED, CHANGED, ADDED, VOLATILE), played(ADDED)],
            "3 interactions replayed: 1 equal, 2 differ (2 added, 2 changed);"
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
