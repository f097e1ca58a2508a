from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mcpx.analyses.divergence.sides import Interaction
from mcpx.operations.replaying.answer_pool import AnswerPool
from mcpx.operations.replaying.courses import Course

FORM, SAMPLE, ROOTS = "elicitation/create", "sampling/createMessage", "roots/list"


def course(passed: bool = False) -> Course:
    return Course(
        Interaction(1, 1, "tools/call"), 0.0, modern=False, pool=AnswerPool(), passed=passed
    )


def taken(pool: AnswerPool, method: str, params: Any, about: Course | None) -> Any:
    async def take() -> Any:
        found = await asyncio.wait_for(pool.take(method, params, about), 0.05)
        return None if found is None else found.value["n"]

    try:
        return asyncio.run(take())
    except TimeoutError:
        return "waits"


def pool(*answers: tuple[str, Any, int, Course | None]) -> AnswerPool:
    made = AnswerPool()
    for method, params, number, about in answers:
        made.add(method, params, {"n": number}, about)
    return made


MINE, OTHER = course(), course()
PASSED = course(passed=True)


@pytest.mark.parametrize(
    ("answers", "about", "expected"),
    [
        pytest.param([(FORM, {"m": 1}, 1, OTHER), (FORM, {"m": 2}, 2, OTHER)], MINE, 2, id="equal"),
        pytest.param(
            [(FORM, {"m": 2}, 1, OTHER), (FORM, {"m": 2}, 2, MINE)], MINE, 2, id="its own first"
        ),
        pytest.param([(FORM, {"m": 9}, 1, MINE)], MINE, 1, id="the next of its interaction"),
        pytest.param([(FORM, {"m": 9}, 1, OTHER)], MINE, "waits", id="another's is left"),
        pytest.param([(FORM, {"m": 9}, 1, OTHER)], PASSED, 1, id="but not for ever"),
        pytest.param([(SAMPLE, {"m": 2}, 1, PASSED)], PASSED, None, id="never another method"),
        pytest.param(
            [(FORM, {"m": 2, "_meta": {"progressToken": 1}, "url": "a"}, 1, None)],
            None,
            1,
            id="what is minted each time says nothing",
        ),
        pytest.param([], None, "waits", id="nobody can tell what it belongs to"),
    ],
)
def test_which_answer_a_question_gets(answers: Any, about: Course | None, expected: Any) -> None:
    assert taken(pool(*answers), FORM, {"m": 2}, about) == expected


def test_what_is_likely_helps_but_decides_nothing() -> None:
    async def take(made: AnswerPool) -> Any:
        found = await asyncio.wait_for(made.take(FORM, {"m": 2}, None, lambda: PASSED), 0.05)
        return None if found is None else found.value["n"]

    assert asyncio.run(take(pool((FORM, {"m": 9}, 1, PASSED)))) == 1
    with pytest.raises(TimeoutError):
        asyncio.run(take(pool((FORM, {"m": 9}, 1, OTHER))))


def test_roots_may_be_asked_for_again() -> None:
    made = pool((ROOTS, {}, 1, None))
    found = [taken(made, ROOTS, {}, PASSED) for _ in range(3)]
    assert found == [1, 1, 1]


def test_each_other_answer_is_given_once() -> None:
    made = pool((FORM, {"m": 2}, 1, PASSED))
    assert [taken(made, FORM, {"m": 2}, PASSED) for _ in range(2)] == [1, None]


@pytest.mark.parametrize("how", ["added", "passed", "unclear"])
def test_who_waits_looks_again(how: str) -> None:
    async def go() -> Any:
        made, about = AnswerPool(), course()
        asking = asyncio.ensure_future(made.take(FORM, {}, None if how == "unclear" else about))
        await asyncio.sleep(0)
        if how == "added":
            made.add(FORM, {}, {"n": 5}, None)
        elif how == "passed":
            about.passed = True
            made.stir()
        else:
            made.give_up_unclear()
        return await asyncio.wait_for(asking, 1)

    found = asyncio.run(go())
    assert (found.value["n"] if found else None) == (5 if how == "added" else None)
