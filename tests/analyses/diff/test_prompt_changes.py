from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.prompt_changes import prompt_changes
from mcpx.catalogue.model import Item, Kind


def prompt(*arguments: Any) -> Item:
    return Item(Kind.PROMPT, {"name": "p", "arguments": [*arguments]})


def argument(name: str, **members: Any) -> dict[str, Any]:
    return {"name": name, **members}


def told(old: Item, new: Item) -> list[tuple[str, str, str]]:
    return [
        (one.rule.id.removeprefix("prompt-argument-"), one.severity.value, one.message)
        for one in prompt_changes("a", old, new)
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            [argument("user_id", required=True)],
            [argument("userId", required=True)],
            [("renamed", "error", "argument 'user_id' is 'userId' now")],
            id="spelt otherwise",
        ),
        pytest.param(
            [argument("user")],
            [argument("User", required=True)],
            [
                ("renamed", "error", "argument 'user' is 'User' now"),
                ("became-required", "error", "argument 'User' is required now"),
            ],
            id="renamed and required",
        ),
        pytest.param(
            [argument("q", description="Words to look for in notes.")],
            [argument("query", description="Words to look for in notes.")],
            [("renamed", "warning", "argument 'q' is 'query' now")],
            id="renamed by its description",
        ),
        pytest.param(
            [argument("from")],
            [argument("limit")],
            [
                ("removed", "warning", "argument 'from' is gone"),
                ("added-optional", "info", "takes argument 'limit'"),
            ],
            id="nothing alike",
        ),
        pytest.param(
            [argument("a"), argument("b")],
            [argument("a_"), argument("A"), argument("b")],
            [
                ("removed", "warning", "argument 'a' is gone"),
                ("added-optional", "info", "takes argument 'a_'"),
                ("added-optional", "info", "takes argument 'A'"),
            ],
            id="two that it may be",
        ),
        pytest.param(
            [argument("x"), argument("x", required=True)], [argument("x")],
            [("removed", "warning", "one of several arguments 'x' is gone")],
            id="one of two of a name",
        ),
        pytest.param(
            [argument("x")], [argument("x", required=True), argument("x")],
            [("added-required", "error", "needs one more argument 'x'")],
            id="a second of a name",
        ),
        pytest.param(
            [argument("x"), argument("x", required=True)],
            [argument("x", required=True), argument("x")], [], id="the same two",
        ),
        pytest.param([argument("a", required="yes")], [argument("a")],
                     [("member-changed", "info", "arguments.0.required removed: 'yes'")],
                     id="no truth value"),
        pytest.param([argument("a"), 5, {"name": 6}], [argument("a")], [], id="junk"),
    ],
)  # fmt: skip
def test_arguments(old: list[Any], new: list[Any], expected: list[Any]) -> None:
    assert told(prompt(*old), prompt(*new)) == expected


def test_a_rename_has_its_confidence_and_place() -> None:
    (change,) = prompt_changes("a", prompt(argument("a-b")), prompt(argument("aB")))
    assert (change.confidence, change.pointer) == (1.0, "/arguments/0/name")
