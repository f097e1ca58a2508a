"""Where the values of a plain JSON text stand; what lies beside a path is skipped whole."""

from __future__ import annotations

from mcpx.json_spans import after_space, end_of, members
from mcpx.sources.spans import DEEPEST, Member, Node, Shape


def value_at(text: str, keys: tuple[str, ...]) -> int | None:
    """Where the value under a path of keys begins; of members of one name the last counts."""
    position = after_space(text, 0)
    for step in keys:
        found = [one.start for one in members(text, position)[0] if one.name == step]
        if not found:
            return None
        position = found[-1]
    return position


def json_node(text: str, keys: tuple[str, ...]) -> Node | None:
    """The value under a path of keys in valid plain JSON."""
    position = value_at(text, keys)
    return None if position is None else _node(text, position, DEEPEST)


def _node(text: str, start: int, levels: int) -> Node:
    end = end_of(text, start)
    sign = text[start]
    if sign not in "{[":
        return Node(start, end, Shape.SCALAR)
    found = members(text, start)[0] if levels else []
    if sign == "[":
        items = tuple(_node(text, one.start, levels - 1) for one in found)
        return Node(start, end, Shape.LIST, items=items)
    inner = {one.name: Member(one.at, one.at, _node(text, one.start, levels - 1)) for one in found}
    return Node(start, end, Shape.MAP, inner)
