from __future__ import annotations

import pytest

from mcpx.analyses.finding import Finding
from mcpx.analyses.item_clashes import alike, item_clashes
from mcpx.catalogue.model import Item, Kind
from tests.analyses.offering import Member, server


def brief(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.rule.id, one.message) for one in findings]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param([server("a", ("x",)), server("b", ("y",))], [], id="none"),
        pytest.param([server("a", ("x",), ("x",)), server("b")], [], id="tool and prompt"),
        pytest.param([server("a", ("x",)), server("b", ("x",))], [], id="tools of one name"),
        pytest.param(
            [server("a", prompts=("x",)), server("b", prompts=("x",))],
            [("prompt-clash", "prompt 'x' is offered by a and b, with the same definition")],
            id="prompt",
        ),
        pytest.param(
            [server("a", ("getUser",)), server("b", ("get_user",))],
            [
                (
                    "name-clash-canonical",
                    "tools 'getUser' of a and 'get_user' of b are alike but for their spelling",
                )
            ],
            id="spelling",
        ),
        pytest.param([server("a", ("x_y", "x-y")), server("b")], [], id="spelling in one server"),
        pytest.param(
            [server("a", ("x", "x")), server("b")],
            [("name-duplicate", "a lists tool 'x' 2 times, with the same definition")],
            id="duplicate",
        ),
        pytest.param(
            [server("a", ("x", "X")), server("b", ("x",))],
            [
                (
                    "name-clash-canonical",
                    "tools 'X' of a, 'x' of a and 'x' of b are alike but for their spelling",
                ),
            ],
            id="exact and spelling",
        ),
        pytest.param(
            [server("a", resources=("n://x", "n://x")), server("b", resources=("n://x",))],
            [
                ("uri-clash", "resource 'n://x' is offered by a and b, with the same definition"),
                ("uri-duplicate", "a lists resource 'n://x' 2 times, with the same definition"),
            ],
            id="resource",
        ),
        pytest.param(
            [server("a", resources=("http://H/%7ea",)), server("b", resources=("http://h:80/~a",))],
            [
                (
                    "uri-clash-canonical",
                    "resources 'http://H/%7ea' of a and 'http://h:80/~a' of b are the same URI",
                )
            ],
            id="normalised",
        ),
        pytest.param(
            [server("a", templates=("n://{x}",)), server("b", templates=("n://{x}", "n://{y}"))],
            [
                (
                    "template-clash",
                    "template 'n://{x}' is offered by a and b, with the same definition",
                ),
                (
                    "template-clash-canonical",
                    "templates 'n://{x}' of a, 'n://{x}' of b and 'n://{y}' of b are alike but for"
                    " the names of their variables",
                ),
            ],
            id="templates",
        ),
        pytest.param([server("a", ("", "-")), server("b", ("", "_"))], [], id="no names"),
    ],
)
def test_items_of_several_servers_that_are_equal(
    members: list[Member], expected: list[tuple[str, str]]
) -> None:
    assert sorted(brief(list(item_clashes(members, {})))) == sorted(expected)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"name": "x", "a": 1}, ", with the same definition"),
        ({"name": "x", "a": 2}, ", with different definitions"),
    ],
)
def test_definitions_are_compared(second: dict[str, object], said: str) -> None:
    assert alike([Item(Kind.TOOL, {"name": "x", "a": 1}), Item(Kind.TOOL, second)]) == said


def test_definitions_that_are_too_deep_are_not_compared() -> None:
    def deep() -> list[object]:
        value: list[object] = []
        for _ in range(100_000):
            value = [value]
        return value

    items = [Item(Kind.TOOL, {"name": "x", "deep": deep()}) for _ in range(2)]
    assert alike(items) == ""


def test_what_clones_have_in_common_is_not_said() -> None:
    members = [
        server(key, ("getUser", "getuser"), prompts=("p",), resources=("n://x",)) for key in "ab"
    ]
    assert {one.rule.id for one in item_clashes(members, {})} == {
        "name-clash-canonical",
        "prompt-clash",
        "uri-clash",
    }
    assert list(item_clashes(members, {"a": 0, "b": 0})) == []
