from __future__ import annotations

from mcpx.sources.json_spans import json_node, value_at
from mcpx.sources.spans import Node, Shape

TEXT = '{"a": 1, "b" :[ true, {"c": "x\\"]"} ], "a": {"d": [[[[[["deep"]]]]]]}}'


def written(node: Node | None) -> str:
    assert node is not None
    return TEXT[node.start : node.end]


def test_of_members_of_one_name_the_last_counts() -> None:
    assert value_at(TEXT, ("a",)) == TEXT.index('{"d"')
    assert value_at(TEXT, ("z",)) is None


def test_a_node_knows_what_is_in_it() -> None:
    node = json_node(TEXT, ("b",))
    assert written(node) == '[ true, {"c": "x\\"]"} ]'
    assert node is not None
    assert [(item.shape, written(item)) for item in node.items] == [
        (Shape.SCALAR, "true"),
        (Shape.MAP, '{"c": "x\\"]"}'),
    ]
    member = node.items[1].members["c"]
    assert written(member.value) == '"x\\"]"'
    assert TEXT[member.start :].startswith('"c"')


def test_what_is_too_deep_to_be_a_command_is_not_looked_into() -> None:
    node = json_node(TEXT, ("a", "d"))
    assert node is not None
    depth = 0
    while node.items:
        node, depth = node.items[0], depth + 1
    assert depth == 4
    assert written(node) == '[["deep"]]'
