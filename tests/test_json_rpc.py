from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.json_rpc import id_key, members, named
from mcpx.json_text import WrittenNumber


def written(text: str) -> Any:
    return json.loads(text, parse_int=WrittenNumber, parse_float=WrittenNumber)


@pytest.mark.parametrize("read", [json.loads, written], ids=["as values", "as written"])
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1", "1.0", True),
        ("1", "10e-1", True),
        ("-0", "0.0", True),
        ("1", '"1"', False),
        ("1", "true", False),
        ("1.5", "1.50", True),
        ("1.5", "1.25", False),
        ("9007199254740993", "9007199254740992", False),
        ('"a"', r'"\u0061"', True),
        ("null", '"null"', False),
        ('{"a":null,"b":"x"}', '{"b":"x","a":null}', True),
    ],
)
def test_ids_are_the_same(read: Any, one: str, other: str, same: bool) -> None:
    assert (id_key(read(one)) == id_key(read(other))) is same


@pytest.mark.parametrize("text", ["1", "-7", "1.0", "1.5", "1e2", '"1"', "null", "true"])
def test_a_number_has_one_key_however_it_was_read(text: str) -> None:
    assert id_key(written(text)) == id_key(json.loads(text)) != ""


def test_what_nobody_sends_twice_has_no_key() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    assert id_key(deep) == ""


@pytest.mark.parametrize("digits", ["9" * 5_000, "1e999"])
def test_a_number_beyond_those_that_are_read_is_as_written(digits: str) -> None:
    assert id_key(WrittenNumber(digits)) == digits


def test_members_are_those_of_an_object() -> None:
    assert members({"a": 1}) == {"a": 1}
    assert [dict(members(value)) for value in (["a"], "a", None, 1)] == [{}] * 4


@pytest.mark.parametrize(
    ("method", "params", "name"),
    [
        ("tools/call", {"name": "add"}, "add"),
        ("resources/read", {"uri": "a:b"}, "a:b"),
        ("tasks/get", {"taskId": "t"}, "t"),
        ("completion/complete", {"ref": {"type": "ref/prompt", "name": "p"}, "name": "q"}, "p"),
        ("completion/complete", {"ref": "p"}, ""),
        ("tools/call", {"name": 5}, ""),
        ("tools/list", {}, ""),
    ],
)
def test_what_a_request_is_about(method: str, params: dict[str, Any], name: str) -> None:
    assert named(method, params) == name
