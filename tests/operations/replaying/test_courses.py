from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.sides import End, Interaction, Question
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.courses import Course
from mcpx.sessions.items import PROGRESS


def course(method: str = "tools/call") -> Course:
    return Course(Interaction(3, 1, method, "add"), 2.0, modern=True, pool=AnswerPool())


def test_the_recorded_side_of_what_has_ended() -> None:
    one = course()
    one.asks({"inputRequests": {"k": {"method": "roots/list", "params": {"a": 1}}, "odd": 7}})
    one.asked["k"].answer = {"roots": []}
    one.progressed({"progress": 1})
    one.end, one.value, one.ended, one.status = End.RESULT, {"content": []}, 2.5, 200
    side = one.side(began=1000.0)
    assert (side.end, side.value, side.status, side.modern) == (
        "result",
        {"content": []},
        200,
        True,
    )
    assert (side.at, side.seconds, side.progress) == (1002.5, 0.5, (1.0,))
    assert side.questions == (
        Question("roots/list", {"a": 1}, {"roots": []}),
        Question("", {}, None),
    )


def test_what_has_not_ended_took_no_known_time() -> None:
    side = course().side(began=0.0)
    assert (side.end, side.seconds, side.at) == ("unanswered", None, 2.0)


def test_progress_has_a_total_and_says_what_is_done() -> None:
    one = course()
    one.progressed({"progress": 1, "total": 4, "message": "first"})
    one.progressed({"progress": 2})
    side = one.side(0.0)
    assert (side.total, side.worded) == (4.0, True)
    assert (course().side(0.0).total, course().side(0.0).worded) == (None, False)


@pytest.mark.parametrize("value", [True, "1", None, [1]])
def test_progress_that_is_no_number_is_none(value: Any) -> None:
    one = course(PROGRESS)
    one.progressed({"progress": value})
    assert one.progress == []


def test_of_much_progress_the_last_is_kept() -> None:
    one = course()
    for number in range(2_500):
        one.progressed({"progress": number})
    assert (len(one.progress), one.progress[-1]) == (1_000, 2499.0)


@pytest.mark.parametrize(
    ("given", "carried", "expected"),
    [
        pytest.param({"requestState": "a"}, {"requestState": "a"}, True, id="as it came"),
        pytest.param({"requestState": "a"}, {"requestState": "b"}, False, id="another"),
        pytest.param({"requestState": "a"}, {}, False, id="left out"),
        pytest.param({}, {}, True, id="none was given"),
    ],
)
def test_the_next_round_carries_the_state_that_was_given(
    given: dict[str, Any], carried: dict[str, Any], expected: bool
) -> None:
    one = course()
    one.value = {"resultType": "input_required", **given}
    assert one.goes_on_with(carried) is expected


def test_only_a_subscription_listens() -> None:
    assert (course("subscriptions/listen").listens, course().listens) == (True, False)
