from __future__ import annotations

import time

import pytest

from mcpx.analyses.divergence.pointers import Pattern, Places
from mcpx.analyses.divergence.sides import Interaction

CALL = Interaction(1, 1, "tools/call", "get_file [1]")


@pytest.mark.parametrize(
    ("pattern", "pointer", "covers"),
    [
        pytest.param("/a/b", "/a/b", True, id="the place"),
        pytest.param("/a/b", "/a/b/c/0", True, id="below it"),
        pytest.param("/a/b", "/a", False, id="above it"),
        pytest.param("/a/b", "/a/bc", False, id="beside it"),
        pytest.param("/a/*/c", "/a/0/c", True, id="any one member"),
        pytest.param("/a/*/c", "/a/c", False, id="not none"),
        pytest.param("/**/c", "/c", True, id="none of any number"),
        pytest.param("/**/c", "/a/b/0/c/d", True, id="some of any number"),
        pytest.param("/**/c", "/a/b", False, id="not there"),
        pytest.param("/a/**", "/a/b", True, id="anything below"),
        pytest.param("/a/**/b/**/c", "/a/x/b/y/z/c", True, id="twice"),
        pytest.param("/a~1b/~0", "/a~1b/~0", True, id="escaped"),
        pytest.param("/**", "", True, id="everything"),
        pytest.param("/a", "", False, id="not the whole"),
    ],
)
def test_places_match_their_patterns(pattern: str, pointer: str, covers: bool) -> None:
    assert Pattern.parsed(pattern).covers(pointer) is covers


@pytest.mark.parametrize(
    ("pattern", "holds"),
    [
        pytest.param("/a", True, id="everywhere"),
        pytest.param("tools/call /a", True, id="its method"),
        pytest.param("tools/* /a", True, id="methods like it"),
        pytest.param("tools/list /a", False, id="another method"),
        pytest.param("tools/call[get_file [1]] /a", True, id="its name"),
        pytest.param("tools/call[get_*] /a", True, id="names like it"),
        pytest.param("tools/call[get] /a", False, id="another name"),
        pytest.param("*[get_file*]   /a ", True, id="any method"),
    ],
)
def test_a_scope_says_where_a_pattern_holds(pattern: str, holds: bool) -> None:
    found = Pattern.parsed(pattern)
    assert found.parts == ("a",)
    assert found.holds_for(CALL) is holds


@pytest.mark.parametrize("text", ["", "a/b", "tools/call", "tools/call[x]", "$.a.b", "a b /c"])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no place: write /structuredContent/count"):
        Pattern.parsed(text)


def test_places_are_found_in_a_value() -> None:
    value = {"a": [{"id": 1}, {"id": 2, "in": {"id": 3}}], "b/": {"id": 4}}
    assert Pattern.parsed("/a/*/id").places(value) == [("/a/0/id", 1), ("/a/1/id", 2)]
    assert Pattern.parsed("/**/id").places(value) == [
        ("/a/0/id", 1),
        ("/a/1/in/id", 3),
        ("/a/1/id", 2),
        ("/b~1/id", 4),
    ]
    assert Pattern.parsed("/b~1/id").places(value) == [("/b~1/id", 4)]
    assert Pattern.parsed("/c").places(value) == []


def test_no_pattern_makes_it_slow() -> None:
    began = time.perf_counter()
    deep: object = 1
    for _ in range(2_000):
        deep = [deep, deep]
    pattern = Pattern.parsed("/**" * 50 + "/x")
    assert not pattern.covers("/0" * 2_000)
    assert pattern.places([deep]) == []
    assert Pattern.parsed("/**/x/**/y").places([[{"x": 1}] * 100] * 100) == []
    assert time.perf_counter() - began < 5.0


VALUE = {"a": [{"b": 1}, {"2": [3]}], "2025": 1, "t": '{"n": [{"7": 1}]}', "x": "1"}


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        pytest.param("/a/0/b", "/a/*/b", id="a place in a list"),
        pytest.param("/a/1/2/0", "/a/*/2/*", id="a key of digits in it"),
        pytest.param("/2025", "/2025", id="a key of digits"),
        pytest.param("/t/n/0/7", "/t/n/*/7", id="in JSON in a text"),
        pytest.param("/x/0", "/x/*", id="in a text that is none"),
        pytest.param("/gone/0/1", "/gone/*/*", id="where there is nothing"),
        pytest.param("/a/9/2", "/a/*/*", id="beyond the end"),
        pytest.param("/a/b~1c", "/a/b~1c", id="without digits"),
    ],
)
def test_pointers_to_like_places_are_one(pointer: str, expected: str) -> None:
    assert Places(VALUE).general(pointer) == expected
