from __future__ import annotations

import pytest

from mcpx.analyses.divergence.sides import Interaction
from mcpx.json_rpc import LISTEN
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.turns import Turns


def course(method: str = "tools/call") -> Course:
    return Course(Interaction(1, 1, method), 0.0, modern=False, pool=AnswerPool())


class Rehearsal:
    """Turns, and what has been begun by its letter."""

    def __init__(self, one_by_one: bool) -> None:
        self.turns = Turns(one_by_one)
        self.begun = ""

    def take(self, letter: str, method: str = "tools/call") -> Course:
        one = course(method)

        def start() -> None:
            self.begun += letter

        self.turns.take(one, start)
        return one


@pytest.mark.parametrize(("one_by_one", "begun"), [(False, "abl"), (True, "al")])
def test_side_by_side_or_one_after_the_other(one_by_one: bool, begun: str) -> None:
    all_of = Rehearsal(one_by_one)
    _, second, _ = all_of.take("a"), all_of.take("b"), all_of.take("l", LISTEN)
    assert all_of.begun == begun
    assert all_of.turns.awaits(second) is one_by_one


def test_the_next_begins_when_one_has_ended() -> None:
    all_of = Rehearsal(True)
    first, second, third = (all_of.take(letter) for letter in "abc")
    assert all_of.turns.after(second) is None
    second.passed = True
    assert all_of.turns.after(first) is second
    assert all_of.begun == "ab"
    assert all_of.turns.after(second) is None  # the recording has not come to the third's end
    assert all_of.begun == "abc"
    assert all_of.turns.after(third) is None
    all_of.take("d")
    assert all_of.begun == "abcd"
