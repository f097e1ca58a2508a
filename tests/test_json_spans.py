from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.json_spans import (
    checked,
    end_of,
    members,
    shallow,
    signs,
    tokens,
)
from mcpx.json_text import JsonTextError, TooDeepError, WrittenNumber

TEXT = '{"a": 1, "b" :[ true, {"c": "x\\"]"} ], "a": {"d": [[[[[["deep"]]]]]]}}'


def test_members_have_the_places_of_their_names_and_values() -> None:
    found, end = members(TEXT)
    assert [(one.name, TEXT[one.at : one.end]) for one in found] == [
        ("a", '"a": 1'),
        ("b", '"b" :[ true, {"c": "x\\"]"} ]'),
        ("a", '"a": {"d": [[[[[["deep"]]]]]]}'),
    ]
    assert [TEXT[one.start] for one in found] == ["1", "[", "{"]
    assert end == len(TEXT)
    items, end = members(TEXT, TEXT.index("["))
    assert [(one.name, TEXT[one.at : one.end]) for one in items] == [
        ("0", "true"),
        ("1", '{"c": "x\\"]"}'),
    ]
    assert TEXT[end:].startswith(', "a"')
    assert members("12") == ([], 0)
    assert members(" [ ] x") == ([], 4)


@pytest.mark.parametrize(
    ("text", "reason", "column"),
    [
        pytest.param('{"a":1', "',' is missing", 7, id="no-end"),
        pytest.param("{a:1}", "a name is missing", 2, id="no-name"),
        pytest.param('{"a":1,}', "a name is missing", 8, id="comma"),
        pytest.param('{"a" 1}', "':' is missing", 6, id="no-colon"),
        pytest.param("[1,]", "Expecting value", 4, id="no-item"),
        pytest.param("[1 2]", "',' is missing", 4, id="no-comma"),
        pytest.param("[", "Expecting value", 2, id="nothing"),
        pytest.param('{"a', "Unterminated string starting at", 2, id="torn-name"),
        pytest.param("[NaN]", "NaN is not a JSON value", 0, id="nan"),
    ],
)
def test_what_is_no_json_has_no_members(text: str, reason: str, column: int) -> None:
    with pytest.raises(JsonTextError) as caught:
        members(text)
    assert (caught.value.reason, caught.value.column) == (reason, column)


def test_constants_that_are_no_json_may_be_passed_over() -> None:
    found, _ = members("[NaN, -Infinity]", constants=True)
    assert len(found) == 2
    assert end_of("Infinity", 0, constants=True) == 8


def test_what_is_too_deep_has_no_end() -> None:
    with pytest.raises(TooDeepError):
        end_of("[" * 100_000, 0)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON, max_size=4), st.sampled_from([None, 1]))
def test_they_say_what_the_object_says(value: dict[str, object], indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    found, end = members(text)
    assert {one.name: json.loads(text[one.start : one.end]) for one in found} == value
    assert end == len(text)


def test_signs_and_tokens_stand_in_their_order() -> None:
    text = '{"a" : [1.50, "x]\\"", null], "torn'
    assert [match[0] for match in signs(text)] == [
        *("{", '"a"', "[", ",", '"x]\\""', ",", "]", ",", '"torn'),
    ]
    assert [match[0] for match in tokens(text)] == [
        *("{", '"a"', ":", "[", "1.50", ",", '"x]\\""', ",", "null", "]", ",", '"torn'),
    ]


def test_numbers_are_read_as_they_are_written() -> None:
    (number, text) = checked('[1e2, "1e2"]')
    assert (number, text) == ("1e2", "1e2")
    assert isinstance(number, WrittenNumber)
    assert not isinstance(text, WrittenNumber)
    assert checked("9" * 5000) == "9" * 5000


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 5000])
def test_what_is_nested_too_deeply_is_refused_wherever_it_is_read(text: str) -> None:
    with pytest.raises(TooDeepError, match="nested more than"):
        checked(text)


def test_brackets_in_strings_are_not_counted() -> None:
    assert checked('["' + "[{" * 1000 + '"]') == ["[{" * 1000]


@pytest.mark.parametrize(
    "text", ["", "{", "nul", "{} {}", "\ufeff{}", '{"a":Infinity}', '{"a":"\n"}']
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(JsonTextError):
        checked(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"a": [1, {"b": 2}], "c": 3}', '{"a": [], "c": 3}', id="emptied"),
        pytest.param('[{"x": "]}["}, "[[["]', '[{}, "[[["]', id="brackets in texts"),
        pytest.param('[1, "\\\\", {"a": "\\""}]', '[1, "\\\\", {}]', id="escapes"),
        pytest.param("[1, 2]", "[1, 2]", id="flat"),
        pytest.param("[[[", "[[", id="no JSON stays none"),
    ],
)
def test_what_is_nested_deeply_is_left_out(text: str, expected: str) -> None:
    assert shallow(text, 2) == expected
