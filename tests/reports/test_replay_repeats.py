from __future__ import annotations

from dataclasses import replace

from mcpx.reports.replay_repeats import Repeats, Run, runs
from mcpx.reports.replayed import Played
from tests.reports.samples import CHANGED, VOLATILE, diverged


def found(number: int, live: int, **more: str) -> Played:
    one = diverged(CHANGED, "is another number", "/n", 1, live)
    # What differs each time is not told, and so is no difference.
    time = diverged(VOLATILE, "is the time of the session", "/at", 1, number)
    return replace(
        Played(number=number, connection=1, method="tools/call", name="add", diverged=[one, time]),
        **more,
    )


EQUAL = Played(number=4, connection=1, method="tools/call", name="add")


def test_what_says_the_same_is_one_run_whatever_is_equal_between() -> None:
    first, second, other = found(3, 2, given="a=1"), found(5, 2, given="a=2"), found(7, 3)
    named = found(9, 3, name="sub")
    told = list(runs([first, EQUAL, second, other, named]))
    assert told == [Run(first, second, 2), Run(other, other), Run(named, named)]
    assert [one.words for one in told] == ["the same 1 time more, to #5", "", ""]


def test_as_they_come_those_that_say_something_new_are_told() -> None:
    repeats = Repeats()
    assert repeats.next() is None
    assert not repeats.again(found(3, 2))
    assert repeats.next(found(3, 2)) is None
    assert [repeats.again(found(number, 2)) for number in (5, 7)] == [True, True]
    assert repeats.next(found(9, 3)) == Run(found(3, 2), found(7, 2), 3)
    assert not repeats.again(found(3, 2))
