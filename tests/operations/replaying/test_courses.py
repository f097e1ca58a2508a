from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.sides import End, Interaction, Question
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.courses import Course


def course(method: str = "tools/call") -> Course:
    return Course(Interaction(3, 1, method, "add"), 2.0, modern=True, pool=AnswerPool())


def test_the_recorded_side_of_what_has_ended() -> None:
    one = course()
    one.asks({"inputRequests": {"k": {"method": "roots/list", "params": {"a": 1}}, "odd": 7}})
    one.asked["k"].answer = {"roots": []}
    one.advance.told({"progress": 1, "total": 4, "message": "first"})
    one.end, one.value, one.ended, one.status = End.RESULT, {"content": []}, 2.5, 200
    side = one.side(began=1000.0)
    assert (side.end, side.value, side.status, side.modern) == (
        "result",
        {"content": []},
        200,
        True,
    )
    assert (side.at, side.seconds) == (1002.5, 0.5)
    assert (side.progress, side.total, side.worded) == ((1.0,), 4.0, True)
    assert side.questions == (
        Question("roots/list", {"a": 1}, {"roots": []}),
        Question("", {}, None),
    )


def test_what_has_not_ended_took_no_known_time() -> None:
    side = course().side(began=0.0)
    assert (side.end, side.seconds, side.at) == ("unanswered", None, 2.0)


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
