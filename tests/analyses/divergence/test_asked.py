from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mcpx.analyses.divergence.sides import End, Question, Side
from tests.analyses.divergence.sides import THEN, compared, side, told

ASK = "elicitation/create"


def asking(*questions: Question, **more: Any) -> Side:
    return side({}, questions=questions, **more)


def question(message: str, answer: Any = (), method: str = ASK, **params: Any) -> Question:
    given = {"action": "accept"} if answer == () else answer
    return Question(method, {"message": message, **params}, given)


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param([question("a")], [question("a")], [], id="the same"),
        pytest.param(
            [question("a", elicitationId="1", _meta={"progressToken": 3})],
            [question("a", elicitationId="2", _meta={"progressToken": 4})],
            [],
            id="another id and token",
        ),
        pytest.param(
            [question("a")], [question("b")], ["changed /questions/0/params/message"], id="changed"
        ),
        pytest.param(
            [question("a")],
            [question("a", x=1)],
            ["changed /questions/0/params/x"],
            id="one that says more",
        ),
        pytest.param(
            [question("a"), question("b")],
            [question("b"), question("a")],
            [],
            id="another order, as they may be asked at once",
        ),
        pytest.param([question("a"), question("b")], [question("b")], ["missing /questions/0"],
                     id="one fewer"),
        pytest.param([], [question("a")], ["extra /questions/0"], id="one more, answered"),
        pytest.param([], [question("a", None)], ["unanswered"], id="one more, not answered"),
        pytest.param([question("a")], [question("a", None)], ["unanswered"], id="not answered"),
        pytest.param([question("a", None)], [question("a", None)], [], id="never answered"),
        pytest.param(
            [question("a")],
            [question("a", method="roots/list")],
            ["missing /questions/0", "extra /questions/0"],
            id="another method",
        ),
        pytest.param(
            [question("by 2026-10-23")],
            [question("by 2026-11-23")],
            ["volatile /questions/0/params/message"],
            id="a time of the session",
        ),
    ],
)  # fmt: skip
def test_questions_are_compared(
    recorded: list[Question], live: list[Question], expected: list[str]
) -> None:
    assert told(compared(asking(*recorded, at=THEN), asking(*live))) == expected


def test_eras_write_questions_in_their_own_ways() -> None:
    schema = {"type": "object", "properties": {}}
    legacy = asking(question("a", requestedSchema=schema))
    modern = asking(
        question("a", mode="form", requestedSchema={**schema, "title": "A", "description": "B"}),
        modern=True,
    )
    assert compared(legacy, modern) == []
    assert len(compared(legacy, asking(*modern.questions))) == 3


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param({}, {"isError": True}, ["outcome"], id="a tool error instead"),
        pytest.param({"isError": True}, {}, ["outcome", "missing /questions/0"], id="one less"),
        pytest.param({"a": 1}, {"a": 2}, ["changed /a", "missing /questions/0"], id="changed"),
    ],
)
def test_what_fails_has_not_come_to_asking(recorded: Any, live: Any, expected: list[str]) -> None:
    questions = (question("a"),)
    assert told(compared(side(recorded, questions=questions), side(live))) == expected


def test_an_answer_that_does_not_come_is_missed_once() -> None:
    live = side(end=End.FAILED, reason="no answer")
    assert told(compared(asking(question("a")), live)) == ["missing"]
    assert told(compared(asking(), replace(live, questions=(question("b"),)))) == [
        "missing",
        "extra /questions/0",
    ]
