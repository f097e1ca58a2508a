from __future__ import annotations

from typing import Any

import pytest

from mcpx.serving.mock.tape.takes import answered, key_of, question


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"name": "a"}, {"name": "a", "arguments": {}}, id="no-arguments"),
        pytest.param({"name": "a"}, {"name": "a", "arguments": None}, id="null-for-none"),
        pytest.param({"arguments": {"n": [5]}}, {"arguments": {"n": [5.0]}}, id="whole-numbers"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, id="order"),
        pytest.param(
            {"a": 1},
            {
                "a": 1,
                "requestState": "s",
                "_meta": {"progressToken": 1, "io.modelcontextprotocol/clientInfo": {}},
            },
            id="what-is-around-it",
        ),
    ],
)
def test_what_asks_the_same_has_one_key(one: Any, other: Any) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"n": 1}, {"n": "1"}, id="types"),
        pytest.param({"n": True}, {"n": 1}, id="true"),
        pytest.param({"_meta": {"own": 1}}, {"_meta": {"own": 2}}, id="own-meta"),
        pytest.param({"cursor": ""}, {}, id="the-empty-cursor"),
        pytest.param({"arguments": {"arguments": {}}}, {}, id="arguments-within"),
    ],
)
def test_what_asks_something_else_has_another_key(one: Any, other: Any) -> None:
    assert key_of(one) != key_of(other)


def test_a_question_is_the_same_in_both_eras() -> None:
    legacy = {"message": "?", "elicitationId": "e", "_meta": {"progressToken": 1}}
    assert question("elicitation/create", legacy) == question(
        "elicitation/create", {"message": "?"}
    )
    assert question("a", {}) != question("b", {})


def test_an_answer_is_its_result_or_the_code_of_its_error() -> None:
    assert answered({"result": {"a": 1, "_meta": {}}}) == answered({"result": {"a": 1.0}})
    assert answered({"error": {"code": 1, "message": "x"}}) == answered({"error": {"code": 1}})
    assert answered({"error": {"code": 1}}) != answered({"error": {"code": 2}})
    assert answered({"result": {}}) != answered({})
