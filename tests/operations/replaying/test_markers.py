from __future__ import annotations

from typing import Any

import pytest

from mcpx.operations.replaying.markers import blanked, unmarked
from mcpx.sessions.events import Masked


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param({"a": "key ‹env:K›!"}, {"a": "key s3cret!"}, {"a": "key ‹env:K›!"}, id="same"),
        pytest.param({"a": "key ‹env:K›!"}, {"a": "no s3cret!"}, {"a": "no s3cret!"}, id="differs"),
        pytest.param({"a": "‹env:K›‹rule:b#2›"}, {"a": "xy"}, {"a": "‹env:K›‹rule:b#2›"}, id="two"),
        pytest.param({"a": "‹env:K›"}, {"a": ""}, {"a": ""}, id="nothing is no secret"),
        pytest.param({"a": "‹env:K›"}, {"a": 5}, {"a": 5}, id="another type"),
        pytest.param({"a": "‹env:K›"}, {"b": "x"}, {"b": "x"}, id="not there"),
        pytest.param({"a": "plain"}, {"a": "plein"}, {"a": "plein"}, id="no marker there"),
        pytest.param(
            {"a": "‹env:K›", "b": 1}, {"a": "x", "b": 2}, {"a": "‹env:K›", "b": 2}, id="else"
        ),
    ],
)
def test_what_differs_in_a_secret_only_is_the_same(recorded: Any, live: Any, expected: Any) -> None:
    assert unmarked(recorded, live, [Masked("/result/a", "env:K")], "/result") == expected


def test_deep_in_lists_and_behind_escapes() -> None:
    recorded = {"content": [{"a/b": "no"}, {"a/b": "‹rule:bearer#1›"}]}
    live = {"content": [{"a/b": "no"}, {"a/b": "Bearer x"}, 7]}
    masked = [Masked("/result/content/1/a~1b", "rule:bearer#1")]
    found = unmarked(recorded, live, masked, "/result")
    assert found == {"content": [{"a/b": "no"}, {"a/b": "‹rule:bearer#1›"}, 7]}
    assert live["content"][1] == {"a/b": "Bearer x"}


@pytest.mark.parametrize("pointer", ["/error/a", "/result", "/result/9/a", "/results/a"])
def test_pointers_that_lead_elsewhere_change_nothing(pointer: str) -> None:
    live = {"a": "x"}
    assert unmarked({"a": "‹env:K›"}, live, [Masked(pointer, "env:K")], "/result") == live


def test_what_is_told_is_known_by_what_it_says_but_for_its_secrets() -> None:
    told = {"data": ["for ‹rule:session#1›", {"key": "‹env:K›"}], "level": "info", "n": 3}
    assert blanked(told) == {"data": ["for 0", {"key": "0"}], "level": "info", "n": 3}
