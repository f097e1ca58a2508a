from __future__ import annotations

import time

import pytest

from mcpx.toml_text import parse_toml


def test_tables_are_read() -> None:
    assert parse_toml("a.b.c = 1\n[d]\ne = ['x']\n") == {"a": {"b": {"c": 1}}, "d": {"e": ["x"]}}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a." * 50_000 + "a=1\n", id="key"),
        pytest.param("[" + "a . " * 50_000 + "a]\n", id="table"),
        pytest.param("'a'." * 50_000 + "a=1\n", id="quoted"),
    ],
)
def test_a_key_of_endless_parts_is_refused_at_once(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(ValueError, match="more than 64 parts"):
        parse_toml(text)
    assert time.perf_counter() - started < 2


def test_a_long_word_costs_no_time() -> None:
    started = time.perf_counter()
    assert parse_toml(f'a = "{"x" * 1_000_000}"')["a"][:1] == "x"
    assert time.perf_counter() - started < 2
