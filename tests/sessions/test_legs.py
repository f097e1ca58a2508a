from __future__ import annotations

from typing import Any

import pytest

from mcpx.sessions.legs import Leg, Legs

CALL = {"name": "deploy", "arguments": {"env": "one"}}
ASKED = {"resultType": "input_required", "inputRequests": {"sure": {}}}


def legs(*asked: tuple[int, dict[str, Any], dict[str, Any]]) -> Legs:
    found = Legs()
    for number, params, result in asked:
        found.asked(number, 1, "tools/call", params, result)
    return found


def answer(key: str = "sure", **more: Any) -> dict[str, Any]:
    return {**CALL, "inputResponses": {key: {"action": "accept"}}, **more}


WITH_STATE = {**ASKED, "requestState": "s1"}
OTHER = {"name": "deploy", "arguments": {"env": "two"}}


@pytest.mark.parametrize(
    ("asked", "params", "expected"),
    [
        pytest.param([(4, CALL, WITH_STATE)], answer(requestState="s1"), Leg(4, 2), id="state"),
        pytest.param(
            [(4, OTHER, WITH_STATE)], answer(requestState="s1"), Leg(4, 2), id="state-wins"
        ),
        pytest.param([(4, CALL, WITH_STATE)], {**CALL, "requestState": "s1"}, Leg(4, 2), id="bare"),
        pytest.param([(4, CALL, ASKED)], answer(), Leg(4, 2), id="by-call-and-keys"),
        pytest.param([(4, CALL, ASKED)], answer(_meta={"a": 1}), Leg(4, 2), id="whatever-its-meta"),
        pytest.param([(4, CALL, ASKED)], answer("other"), Leg(), id="other-keys"),
        pytest.param([(4, OTHER, ASKED)], answer(), Leg(), id="other-arguments"),
        pytest.param([(4, CALL, ASKED)], CALL, Leg(), id="a-new-call"),
        pytest.param([(4, CALL, ASKED), (6, CALL, ASKED)], answer(), Leg(), id="ambiguous"),
        pytest.param(
            [(4, CALL, WITH_STATE), (6, OTHER, WITH_STATE)],
            answer(requestState="s1"),
            Leg(4, 2),
            id="a-state-of-two-calls",
        ),
        pytest.param(
            [(4, CALL, WITH_STATE), (6, CALL, WITH_STATE)],
            answer(requestState="s1"),
            Leg(),
            id="a-state-that-says-nothing",
        ),
        pytest.param([(4, CALL, WITH_STATE)], answer(requestState="s2"), Leg(4, 2), id="masked"),
        pytest.param([], answer(requestState="s1"), Leg(), id="nothing-asked"),
    ],
)
def test_what_a_request_goes_on_with(asked: list[Any], params: Any, expected: Leg) -> None:
    assert legs(*asked).of("tools/call", params) == expected


def test_another_method_is_another_request() -> None:
    assert legs((4, CALL, ASKED)).of("prompts/get", answer()) == Leg()


def test_the_state_may_come_twice_as_after_an_error() -> None:
    found = legs((4, CALL, WITH_STATE))
    params = answer(requestState="s1")
    assert [found.of("tools/call", params) for _ in range(2)] == [Leg(4, 2), Leg(4, 2)]


def test_what_was_gone_on_with_already_leaves_the_other() -> None:
    found = legs((4, CALL, ASKED))
    found.of("tools/call", answer())
    found.asked(8, 1, "tools/call", CALL, ASKED)
    assert found.of("tools/call", answer()) == Leg(8, 2)


def test_so_many_are_kept_in_mind() -> None:
    state = {"resultType": "input_required"}
    found = legs(*((n, CALL, {**state, "requestState": str(n)}) for n in range(1, 1003)))
    assert found.of("tools/call", {**CALL, "requestState": "1002"}) == Leg(1002, 2)
    other = {**CALL, "requestState": "1"}
    assert found.of("tools/call", other) == Leg()


def test_what_is_nested_too_deeply_is_not_compared() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    params = {"name": "deploy", "arguments": deep}
    found = legs((4, params, ASKED))
    assert found.of("tools/call", {**params, "inputResponses": {"sure": {}}}) == Leg()
    while deep:  # taken to pieces, for Python recurses where it forgets it at once
        deep = deep[0]
