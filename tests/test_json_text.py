from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.json_text import (
    JsonTextError,
    NumberError,
    RepeatedKeyError,
    Repeating,
    TooDeepError,
    disarmed,
    parse_json,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(
            ' {"a": [1, -2.5e3, true, null]}\n', {"a": [1, -2500.0, True, None]}, id="all"
        ),
        pytest.param("9" * 4_300, int("9" * 4_300), id="many digits"),
        pytest.param("1e-999", 0.0, id="next to nothing"),
        pytest.param("[" * 500 + "]" * 500, json.loads("[" * 500 + "]" * 500), id="deep"),
    ],
)
def test_what_json_allows(text: str, value: object) -> None:
    assert parse_json(text) == value


@pytest.mark.parametrize(
    ("text", "error", "message", "place"),
    [
        pytest.param(
            "{\n 'a'",
            JsonTextError,
            "not JSON: Expecting property name enclosed in double quotes (line 2, column 2)",
            (2, 2),
            id="quotes",
        ),
        pytest.param("[NaN]", NumberError, "not JSON: NaN is not a JSON value", (0, 0), id="NaN"),
        pytest.param(
            "-Infinity", NumberError, "not JSON: -Infinity is not a JSON value", (0, 0), id="inf"
        ),
        pytest.param(
            "1" * 30 + "e999",
            NumberError,
            f"not JSON: {'1' * 20} is beyond the numbers that can be read",
            (0, 0),
            id="beyond all bounds",
        ),
        pytest.param(
            "9" * 5_000,
            NumberError,
            "not JSON: Exceeds the limit (4300 digits) for integer string conversion: value has "
            "5000 digits",
            (0, 0),
            id="digits",
        ),
        pytest.param("[" * 100_000, TooDeepError, "nested too deeply", (0, 0), id="deep"),
    ],
)
def test_what_it_does_not(
    text: str, error: type[JsonTextError], message: str, place: tuple[int, int]
) -> None:
    with pytest.raises(JsonTextError) as caught:
        parse_json(text)
    assert (type(caught.value), str(caught.value)) == (error, message)
    assert (caught.value.line, caught.value.column) == place


def test_a_key_that_is_given_twice_does_not_vanish() -> None:
    value = parse_json('[{"a": 1, "b": 3, "a": 2}, {"a": 1}]')
    twice = Repeating([("a", 1), ("b", 3), ("a", 2)])
    assert [type(one) for one in value] == [Repeating, dict]
    assert value[0].members == (("a", 1), ("b", 3), ("a", 2))
    assert (value[0]["a"], len(value[0])) == (2, 2)
    assert value == [twice, {"a": 1}]
    assert value[0] == Repeating([("a", 1), ("a", 2), ("b", 3)])
    for copied in (copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert copied == value


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"a": 2, "b": 3}, id="an object of what counts"),
        pytest.param(Repeating([("a", 2), ("b", 3), ("a", 2)]), id="another value"),
        pytest.param(Repeating([("a", 2), ("b", 3), ("a", 1)]), id="the other counts"),
        pytest.param(Repeating([("a", 1), ("b", 3), ("a", 2), ("a", 2)]), id="once more"),
    ],
)
def test_what_repeats_a_key_equals_nothing_else(other: object) -> None:
    value = parse_json('{"a": 1, "b": 3, "a": 2}')
    assert value != other
    assert not value == other  # noqa: SIM201 - both ways of asking
    assert other != value
    assert [value] != [other]


def test_each_key_once_where_that_is_wanted() -> None:
    assert parse_json('[{"a": 1}, {"a": {"a": 2}}]', repeated_keys=False) == [
        {"a": 1},
        {"a": {"a": 2}},
    ]
    with pytest.raises(RepeatedKeyError, match=r"^the key 'b' is given twice$"):
        parse_json('{"x": {"a": 1, "b": 2, "b": 2}}', repeated_keys=False)


@given(st.text(max_size=100))
def test_junk_is_told(text: str) -> None:
    try:
        value = parse_json(text)
    except JsonTextError as error:
        assert str(error)
    else:
        assert value == json.loads(text)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ('"# #[a]"', '"# #[a]"'),
        ('"##[error]"', r'"\u0023#[error]"'),
        ('"a###vso[b]"', r'"a\u0023\u0023#vso[b]"'),
        (r'"\\##"', r'"\\\u0023#"'),
    ],
)
def test_commands_of_a_ci_are_disarmed(text: str, safe: str) -> None:
    assert disarmed(text) == safe
    assert json.loads(safe) == json.loads(text)
