from __future__ import annotations

from typing import Any

import pytest

from mcpx.operations.conversations import left_out, spoken, wants_tools, written

HI = {"role": "user", "content": {"type": "text", "text": "Hi"}}


@pytest.mark.parametrize(
    ("params", "lines"),
    [
        pytest.param({"messages": [HI]}, [("user", "Hi")], id="one"),
        pytest.param(
            {"systemPrompt": "Be kind", "messages": [HI, {**HI, "role": "assistant"}]},
            [("system", "Be kind"), ("user", "Hi"), ("assistant", "Hi")],
            id="system-and-two",
        ),
        pytest.param(
            {"messages": [{"role": "user", "content": [HI["content"], HI["content"]]}]},
            [("user", "Hi\nHi")],
            id="blocks",
        ),
        pytest.param(
            {"messages": [{"role": "user", "content": {"type": "image", "mimeType": "image/png"}}]},
            [("user", "[image, image/png]")],
            id="image",
        ),
        pytest.param(
            {"messages": [{"role": "\x1b[2J", "content": "Hi"}, 3]}, [("unknown", "")], id="junk"
        ),
        pytest.param({"messages": {"a": 1}, "systemPrompt": 3}, [], id="no-messages"),
        pytest.param({}, [], id="empty"),
    ],
)
def test_who_says_what(params: dict[str, Any], lines: list[tuple[str, str]]) -> None:
    assert spoken(params) == lines


def test_only_the_last_messages_are_given() -> None:
    many = {"messages": [{**HI, "content": {"text": str(number)}} for number in range(25)]}
    assert [text for _, text in spoken(many)] == [str(number) for number in range(15, 25)]
    assert left_out(many) == 15
    assert left_out({"messages": [HI]}) == left_out({}) == 0


@pytest.mark.parametrize(
    ("params", "wanted"),
    [({"tools": []}, True), ({"toolChoice": {"mode": "auto"}}, True), ({"tools": None}, False)],
    ids=str,
)
def test_tools_are_noticed(params: dict[str, Any], wanted: bool) -> None:
    assert wants_tools(params) is wanted


def test_a_result_says_who_wrote_it() -> None:
    assert written("Hello", "person") == {
        "role": "assistant",
        "content": {"type": "text", "text": "Hello"},
        "model": "person",
        "stopReason": "endTurn",
    }
