from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.sides import End, Interaction
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.courses import Course
from mcpx.operations.replaying.open_courses import OpenCourses

CALL = {"name": "add", "arguments": {"a": 1}}
QUESTIONS = {
    "resultType": "input_required",
    "inputRequests": {"k": {"method": "roots/list"}},
    "requestState": "s",
}


def about(number: int, params: dict[str, Any], connection: int = 1) -> Interaction:
    return Interaction(number, connection, "tools/call", "add", params)


def begun(courses: OpenCourses, number: int, connection: int = 1) -> Course:
    one = Course(about(number, CALL, connection), 0.0, modern=True, pool=AnswerPool(), leg=number)
    courses.add(one)
    return one


def test_those_of_a_connection_until_they_end() -> None:
    courses = OpenCourses()
    first, second, other = begun(courses, 1), begun(courses, 2), begun(courses, 3, connection=2)
    assert courses.of(1) == [first, second]
    courses.remove(first)
    assert list(courses) == [second, other]


@pytest.mark.parametrize(
    ("state", "found"), [("s", True), ("forged", False)], ids=["as it came", "another"]
)
def test_the_next_round_goes_on_with_what_asked(state: str, found: bool) -> None:
    courses = OpenCourses()
    one = begun(courses, 1)
    courses.asks(one, QUESTIONS)
    one.waits = False
    more = {"requestState": state, "inputResponses": {"k": {}}}
    assert (courses.gone_on_with(about(5, {**CALL, **more})) is one) is found
    assert (one.leg, one.place, one.waits) == ((5, 2, True) if found else (1, 1, False))
    assert list(courses) == [one]


@pytest.mark.parametrize(
    ("params", "waits", "end", "found"),
    [
        pytest.param({**CALL, "_meta": {"progressToken": 9}}, False, End.ERROR, True, id="again"),
        pytest.param({**CALL, "arguments": {}}, False, End.ERROR, False, id="something else"),
        pytest.param(CALL, True, End.ERROR, False, id="not answered yet"),
        pytest.param(CALL, False, End.NOT_RECORDED, False, id="not refused"),
    ],
)
def test_what_was_refused_until_pages_are_opened_is_asked_again(
    params: dict[str, Any], waits: bool, end: End, found: bool
) -> None:
    courses = OpenCourses()
    one = begun(courses, 1)
    one.waits, one.end = waits, end
    assert (courses.gone_on_with(about(5, params)) is one) is found
