from __future__ import annotations

from typing import Any

import pytest

from mcpx.serving.mock.tape.matching import differences, fits, nearest
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.events import Masked
from tests.sessions.tapes import call, sent, tape


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param({"a": 1}, {"a": 1.0}, [], id="whole-numbers"),
        pytest.param({"a": 1}, {"a": "1"}, ["/a"], id="types"),
        pytest.param({"a": True}, {"a": 1}, ["/a"], id="true-is-no-number"),
        pytest.param({"a": {"b": 1, "c": 2}}, {"a": {"b": 2}}, ["/a/b", "/a/c"], id="each"),
        pytest.param({"a": [1, 2]}, {"a": [1, 3, 4]}, ["/a/1", "/a/2"], id="arrays"),
        pytest.param({"a/b": 1}, {}, ["/a~1b"], id="escaped"),
        pytest.param({"t": "Bearer ‹env:T›!"}, {"t": "Bearer x!"}, [], id="masked"),
        pytest.param({"t": "Bearer ‹env:T›!"}, {"t": "Basic x!"}, ["/t"], id="masked-in-part"),
    ],
)
def test_differences_are_told_by_their_place(recorded: Any, live: Any, expected: list[str]) -> None:
    assert list(differences(recorded, live)) == expected


def test_values_beyond_all_depth_are_compared_without_looking_into_them() -> None:
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    assert list(differences(deep, deep)) == []


def test_a_masked_argument_fits_whatever_it_was() -> None:
    masked = (Masked("/params/arguments/key", "env:KEY"),)
    recorded = Tape.of(tape(call(1, "add", {"key": "‹env:KEY›", "a": 1}, masked=masked)))
    (take,) = recorded.takes
    assert take.has_blanks
    assert fits(take, {"name": "add", "arguments": {"key": "s3cret", "a": 1}})
    assert not fits(take, {"name": "add", "arguments": {"key": "s3cret", "a": 2}})


@pytest.mark.parametrize(
    ("name", "arguments", "number", "pointer"),
    [
        pytest.param("add", {"a": 1, "b": 9}, 1, "/arguments/b", id="fewest-differences"),
        pytest.param("add", {"a": 4, "b": 5}, 2, "", id="the-same"),
        pytest.param("sub", {"a": 1, "b": 2}, 1, "/name", id="another-tool"),
    ],
)
def test_the_nearest_call_is_of_the_same_tool_if_there_is_one(
    name: str, arguments: Any, number: int, pointer: str
) -> None:
    takes = Tape.of(
        tape(call(1, "add", {"a": 1, "b": 2}), call(2, "add", {"a": 4, "b": 5}), sent("x", 3))
    ).takes
    found, place = nearest(takes, "tools/call", name, {"name": name, "arguments": arguments})
    assert found is not None
    assert (found.number, place) == (number, pointer)


def test_nothing_is_near_where_the_method_was_never_asked() -> None:
    assert nearest(Tape.of(tape(call(1))).takes, "prompts/list", "", {}) == (None, "")
