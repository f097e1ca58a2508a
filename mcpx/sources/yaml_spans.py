"""Where the values of a YAML text stand."""

from __future__ import annotations

from typing import Any

from mcpx.sources.spans import DEEPEST, Layout, Member, Node, Shape
from mcpx.sources.yaml_reader import composed


def yaml_node(text: str, keys: tuple[str, ...]) -> Node | None:
    """The value under a path of keys and indices, in a document that can be parsed.

    None when it, or what leads to it, is an alias or comes from a merge key: it then stands
    elsewhere, and others share it.
    """
    node = composed(text)
    for step in keys:
        found = [value for name, _, value in _inner(node) if name == step]
        if not found:
            return None
        node = found[-1]
    return _node(node, DEEPEST)


def _inner(node: Any) -> list[tuple[str, int, Any]]:
    """What stands in a map or list: name or index, start of the key or value, value.

    An alias stands for something that is written before it, and has the marks of that.
    """
    import yaml

    pairs: list[tuple[str, Any, Any]] = []
    if isinstance(node, yaml.MappingNode):
        pairs = [(k.value, k, v) for k, v in node.value if isinstance(k, yaml.ScalarNode)]
    elif isinstance(node, yaml.SequenceNode):
        pairs = [(str(index), None, item) for index, item in enumerate(node.value)]
    return [
        (name, (key or value).start_mark.index, value)
        for name, key, value in pairs
        if value.start_mark.index >= (key.end_mark if key else node.start_mark).index
    ]


def _node(node: Any, levels: int) -> Node:
    import yaml

    start, end = node.start_mark.index, node.end_mark.index
    found = _inner(node) if levels else []
    if isinstance(node, yaml.SequenceNode):
        # Aliases too: how many items there are must not change.
        items = tuple(_node(value, levels - 1) for value in node.value) if levels else ()
        return Node(start, end, Shape.LIST, items=items, block=not node.flow_style)
    if not isinstance(node, yaml.MappingNode):
        return Node(start, end, Shape.SCALAR)
    layout = Layout.SIGNS if node.flow_style else Layout.INDENTED
    members = {name: Member(at, at, _node(value, levels - 1), layout) for name, at, value in found}
    return Node(start, end, Shape.MAP, members)
