from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from mcpx.json_spans import DEEPEST
from mcpx.sessions.json_strings import places, pointer, quoted, spliced, string_tokens, unquoted
from tests.sessions.json_texts import MESSAGES


def strings_of(text: str) -> list[tuple[str, str, bool]]:
    return [
        (pointer(token.path), unquoted(text[token.start : token.end]), token.is_name)
        for token in string_tokens(text)
    ]


def test_strings_have_pointers_and_names_are_told_apart() -> None:
    text = r'{"a":["x",{"b/~":"y"},[],{}, 5.0,"\u007a"],"":{"":"e"},"n":null,"a":"again"}'
    assert [one for one in strings_of(text) if not one[2]] == [
        ("/a/0", "x", False),
        ("/a/1/b~1~0", "y", False),
        ("/a/5", "z", False),
        ("//", "e", False),
        ("/a", "again", False),
    ]
    assert [one[0] for one in strings_of(text) if one[2]] == [
        "/a",
        "/a/1/b~1~0",
        "/",
        "//",
        "/n",
        "/a",
    ]


@pytest.mark.parametrize(
    ("text", "path"), [('"alone"', ""), ('["x"]', "/0"), ('[[1,2],"x"]', "/1")]
)
def test_a_text_that_is_no_object(text: str, path: str) -> None:
    assert [one[0] for one in strings_of(text)] == [path]


def values(value: Any) -> list[str]:
    """All strings of a value in the order of the text, the names of members too."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [one for item in value for one in values(item)]
    if isinstance(value, tuple):
        return [one for name, item in value for one in (name, *values(item))]
    return []


@settings(deadline=None)
@given(MESSAGES)
def test_all_strings_of_any_text_are_found(text: str) -> None:
    value = json.loads(text, object_pairs_hook=tuple, parse_int=float)
    assert [one[1] for one in strings_of(text)] == values(value)


@pytest.mark.parametrize(
    ("token", "found", "new"),
    [
        pytest.param('"a secret b"', "secret", '"a # b"', id="plain"),
        pytest.param(r'"\n\"secret\"\/"', "secret", r'"\n\"#\"\/"', id="escapes"),
        pytest.param(
            r'"\u00e9s\u0065cret\ud83d\ude00!"', "secret", r'"\u00e9#\ud83d\ude00!"', id="codes"
        ),
        pytest.param(r'"😀\ud800secret\t"', "secret", r'"😀\ud800#\t"', id="lone-surrogate"),
        pytest.param(r'"\"q\" x"', '"q"', '"# x"', id="begins-with-an-escape"),
    ],
)
def test_only_what_is_replaced_changes(token: str, found: str, new: str) -> None:
    start = unquoted(token).index(found)
    spans = list(places(token, [(start, start + len(found))]))
    assert spliced(token, [(*span, "#") for span in spans]) == new


def test_a_lone_surrogate_is_escaped_for_it_cannot_be_written() -> None:
    assert quoted("é\ud800") == '"é\\ud800"'
    quoted("\ud800").encode()


def test_many_brackets_and_backslashes_take_no_time() -> None:
    nested = "[" * DEEPEST + "]" * DEEPEST
    assert list(string_tokens("[" + ",".join([nested] * 100) + "]")) == []
    assert len(strings_of('["' + "\\\\" * 1_000_000 + '"]')) == 1
