from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcpx.json_text import JsonTextError
from mcpx.sessions.importing.written import Written

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_members_stand_as_they_are_written() -> None:
    written = Written.of(
        ' {"a" : 5.0 ,\n"b":{"c":[1e2, "\\u00e9"]}, "a":12345678901234567890.10}\n'
    )
    assert {name: part.text for name, part in written.members.items()} == {
        "a": "12345678901234567890.10",
        "b": '{"c":[1e2, "\\u00e9"]}',
    }
    items = written.members["b"].members["c"].items
    assert [item.text for item in items] == ["1e2", '"\\u00e9"']
    assert [item.value for item in items] == [100.0, "é"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("", (1, 1), id="nothing"),
        pytest.param('{"a":}', (1, 6), id="no value"),
        pytest.param('{"a":1}\n x', (2, 2), id="more than one value"),
        pytest.param('{"a":1', (1, 7), id="no end"),
        pytest.param("[" * 100_000, (0, 0), id="too deep"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(JsonTextError) as refused:
        Written.of(text)
    assert (refused.value.line, refused.value.column) == place


def test_an_object_without_some_of_its_members() -> None:
    assert Written('{"a":1.0, "\\u0062": 2,"c":[ 3 ]}').without("b").text == '{"a":1.0,"c":[ 3 ]}'
    assert Written('{"_meta":{}}').without("_meta").text == "{}"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param('{"t":1.5}', 1.5, id="fraction"),
        pytest.param('{"t":true}', None, id="no number"),
        pytest.param('{"t":1' + "0" * 400 + "}", None, id="beyond a float"),
        pytest.param("{}", None, id="none"),
    ],
)
def test_numbers(text: str, number: float | None) -> None:
    assert Written(text).number("t") == number


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert Written('{"a":"x\\ud800","b":1}').word("a") == "x?"
    assert Written('{"a":"x\\ud800","b":1}').word("b") == ""


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(), JSON, max_size=5), st.sampled_from([None, 2]))
def test_members_say_what_the_object_says(value: dict[str, object], indent: int | None) -> None:
    written = Written.of(json.dumps(value, indent=indent))
    assert {name: json.loads(part.text) for name, part in written.members.items()} == value
