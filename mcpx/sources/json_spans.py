"""Where the values of a plain JSON text stand; what lies beside a path is skipped whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from mcpx.sources.spans import DEEPEST, Member, Node, Shape

_SPACE = re.compile(r"[ \t\r\n]*")
_value_at = json.JSONDecoder().raw_decode


def value_at(text: str, keys: tuple[str, ...]) -> int | None:
    """Where the value under a path of keys begins; of members of one name the last counts."""
    position = _skip(text, 0)
    for step in keys:
        found = [start for name, _, start in members(text, position) if name == step]
        if not found:
            return None
        position = found[-1]
    return position


def members(text: str, position: int) -> Iterator[tuple[str, int, int]]:
    """The members of the object or array at a position: name or index, start, start of value."""
    if text[position : position + 1] not in ("{", "["):
        return
    is_object = text[position] == "{"
    position = _skip(text, position + 1)
    index = 0
    while text[position] not in "}]":
        start = position
        name = str(index)
        if is_object:
            name, position = _value_at(text, position)
            position = _skip(text, _skip(text, position) + 1)
        yield name, start, position
        _, position = _value_at(text, position)
        position = _skip(text, position)
        if text[position] == ",":
            position = _skip(text, position + 1)
        index += 1


def json_node(text: str, keys: tuple[str, ...]) -> Node | None:
    """The value under a path of keys in valid plain JSON."""
    position = value_at(text, keys)
    return None if position is None else _node(text, position, DEEPEST)


def _node(text: str, start: int, levels: int) -> Node:
    _, end = _value_at(text, start)
    sign = text[start]
    if sign not in "{[":
        return Node(start, end, Shape.SCALAR)
    found = list(members(text, start)) if levels else []
    if sign == "[":
        items = tuple(_node(text, value, levels - 1) for _, _, value in found)
        return Node(start, end, Shape.LIST, items=items)
    inner = {name: Member(at, at, _node(text, value, levels - 1)) for name, at, value in found}
    return Node(start, end, Shape.MAP, inner)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
