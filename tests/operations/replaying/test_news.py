from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.sides import Told
from mcpx.operations.replaying import news
from mcpx.operations.replaying.news import News


def told(params: Any) -> Told:
    return Told("notifications/mine", params)


def test_of_endless_news_the_first_are_kept() -> None:
    found = News()
    for number in range(10_050):
        found.add(told({"n": number}))
    assert (len(found.told), found.told[-1].params) == (10_000, {"n": 9_999})


@pytest.mark.parametrize(
    "large",
    [
        pytest.param({"data": "x" * 101}, id="a text"),
        pytest.param({"data": [["x" * 60], {"more": "x" * 60}]}, id="texts within"),
        pytest.param({"data": [0] * 20}, id="many values"),
        pytest.param({"x" * 101: 1}, id="a name"),
    ],
)
def test_what_there_is_no_room_for_is_left_out(monkeypatch: pytest.MonkeyPatch, large: Any) -> None:
    monkeypatch.setattr(news, "_ROOM", 100)
    found = News()
    for params in ({"data": "first"}, large, {"data": "last"}):
        found.add(told(params))
    assert [one.params for one in found.told] == [{"data": "first"}, {"data": "last"}]


def test_subjects_are_counted_and_at_some_time_no_more_are_told_apart() -> None:
    found = News()
    counts = [found.count(f"a:{number % 10_001}") for number in range(10_003)]
    assert counts[:2] == [1, 1]
    assert counts[-3:] == [0, 2, 2]
