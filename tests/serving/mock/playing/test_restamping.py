from __future__ import annotations

import pytest

from mcpx.json_text import WrittenNumber
from mcpx.serving.mock.playing.restamping import (
    part,
    with_member,
    with_value,
    without,
    written,
)

TEXT = '{ "id": 1, "result" : {"n":5.0,"n":1e2, "deep": [ {"id":7} ]}}'


@pytest.mark.parametrize(
    ("path", "found"),
    [
        pytest.param(("id",), "1", id="top"),
        pytest.param(("result", "n"), "1e2", id="the-last-of-a-repeated-name"),
        pytest.param(("result", "deep", "0", "id"), "7", id="in-an-array"),
        pytest.param(("result", "none"), None, id="missing"),
        pytest.param(("id", "x"), None, id="below-a-number"),
    ],
)
def test_a_part_is_taken_as_it_is_written(path: tuple[str, ...], found: str | None) -> None:
    assert part(TEXT, path) == found


def test_a_value_is_replaced_and_nothing_else_touched() -> None:
    assert with_value(TEXT, ("id",), '"x"') == TEXT.replace('"id": 1', '"id": "x"')
    assert with_value(TEXT, ("params", "id"), "9") == TEXT


def test_all_of_a_name_get_the_value() -> None:
    text = '{"id":1,"a":{"id":2},"id":"3"}'
    assert with_value(text, ("id",), "9") == '{"id":9,"a":{"id":2},"id":9}'


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        pytest.param("{}", ("a",), '{"a":9}', id="into-an-empty-object"),
        pytest.param('{"b":1 }', ("a",), '{"b":1 ,"a":9}', id="last"),
        pytest.param('{"a":1}', ("a",), '{"a":9}', id="in-its-place"),
        pytest.param("{}", ("m", "a"), '{"m":{"a":9}}', id="with-what-holds-it"),
        pytest.param('{"m":{"x":{}}}', ("m", "x", "a"), '{"m":{"x":{"a":9}}}', id="deeper"),
        pytest.param('{"m":[]}', ("m", "a"), '{"m":[]}', id="not-into-an-array"),
        pytest.param(" {} ", ("a",), ' {"a":9} ', id="with-space-around"),
    ],
)
def test_a_member_is_put_where_it_belongs(text: str, path: tuple[str, ...], expected: str) -> None:
    assert with_member(text, path, "9") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"a":1}', "{}", id="only"),
        pytest.param('{"a":1, "b":2}', '{"b":2}', id="first"),
        pytest.param('{"b":2, "a":1}', '{"b":2}', id="last"),
        pytest.param('{"b":2,"a":1,"c":3}', '{"b":2,"c":3}', id="between"),
        pytest.param('{"b":2}', '{"b":2}', id="missing"),
        pytest.param('["a"]', '["a"]', id="no-object"),
    ],
)
def test_a_member_is_taken_out(text: str, expected: str) -> None:
    assert without(text, ("a",)) == expected


def test_values_are_written_in_one_line_and_numbers_as_they_came() -> None:
    assert written(WrittenNumber("1e2")) == "1e2"
    assert written("é\ud800") == '"é\\ud800"'
    assert written({"a": [1, None]}) == '{"a":[1,null]}'
