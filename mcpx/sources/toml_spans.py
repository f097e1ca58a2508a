"""Where the values of a TOML text stand. The text is known to be valid: nothing is checked here."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

from mcpx.sources.parsing import TOO_DEEP, InvalidError
from mcpx.sources.spans import Layout, Member, Node, Shape

_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_SPACE = re.compile(r"[ \t]*+")
_QUOTED = r'"(?:[^"\\\n]|\\.)*+"' + r"|'[^'\n]*+'"
_PART = re.compile(rf"[ \t]*+({_QUOTED}|[A-Za-z0-9_-]++)[ \t]*+(\.?)")
_SCALAR = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"""(?:"{0,2})'
    r"|'''(?:[^']|'(?!''))*+'''(?:'{0,2})"
    rf"|{_QUOTED}"
    r"|\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]++"
    r"|[^\s,\]}#]++",
    re.DOTALL,
)


@dataclass(slots=True)
class _Value:
    """A node while it grows: tables are written in several places."""

    start: int = 0
    end: int = 0
    shape: Shape = Shape.MAP
    members: dict[str, tuple[int, int, _Value, Layout]] = field(default_factory=dict)
    items: list[_Value] = field(default_factory=list)

    def frozen(self) -> Node:
        members = {
            name: Member(start, last, value.frozen(), layout)
            for name, (start, last, value, layout) in self.members.items()
        }
        items = tuple(item.frozen() for item in self.items)
        return Node(self.start, self.end, self.shape, members, items)


def toml_node(text: str, keys: tuple[str, ...]) -> Node | None:
    """The value under a path of keys and indices. Raises InvalidError when nested too deeply."""
    try:
        found = _document(text)
        for step in keys:
            inner = _inner(found, step)
            if inner is None:
                return None
            found = inner
        return found.frozen()
    except RecursionError as error:
        raise InvalidError(TOO_DEEP) from error


def _inner(value: _Value, step: str) -> _Value | None:
    if value.shape is Shape.LIST:
        return value.items[int(step)] if step.isdecimal() and int(step) < len(value.items) else None
    return value.members[step][2] if step in value.members else None


def _document(text: str) -> _Value:
    root = table = _Value()
    at = _blank(text, 0)
    while at < len(text):
        if text.startswith("[[", at):
            parts, at = _key(text, at + 2)
            *before, (name, start) = parts
            place = _descend(root, before)
            entry = (start, start, _Value(shape=Shape.LIST), Layout.LINES)
            table = _Value()
            place.members.setdefault(name, entry)[2].items.append(table)
            at += 2
        elif text[at] == "[":
            parts, at = _key(text, at + 1)
            table = _descend(root, parts)
            at += 1
        else:
            at = _assignment(text, at, table, Layout.LINES)
        at = _blank(text, at)
    return root


def _assignment(text: str, at: int, table: _Value, layout: Layout) -> int:
    """Read ``key = value`` into a table; returns where it ends."""
    parts, at = _key(text, at)
    *before, (name, last) = parts
    value, end = _value(text, _space(text, at + 1))
    start = before[0][1] if before else last
    _descend(table, before).members[name] = (start, last, value, layout)
    return end


def _descend(table: _Value, parts: list[tuple[str, int]]) -> _Value:
    """The table under a dotted key, made where it is missing; of tables in a list the last."""
    for name, start in parts:
        table = table.members.setdefault(name, (start, start, _Value(), Layout.LINES))[2]
        if table.shape is Shape.LIST:
            table = table.items[-1]
    return table


def _key(text: str, at: int) -> tuple[list[tuple[str, int]], int]:
    """The parts of a dotted key, each with its place, and where the key ends."""
    parts: list[tuple[str, int]] = []
    dot = "."
    while dot and (match := _PART.match(text, at)):
        part, dot = match[1], match[2]
        name = tomllib.loads(f"key={part}")["key"] if part[0] in "\"'" else part
        parts.append((name, match.start(1)))
        at = match.end()
    return parts, at


def _value(text: str, at: int) -> tuple[_Value, int]:
    if text[at] == "[":
        return _array(text, at)
    if text[at] == "{":
        return _inline_table(text, at)
    match = _SCALAR.match(text, at)
    end = match.end() if match else at + 1
    return _Value(at, end, Shape.SCALAR), end


def _array(text: str, start: int) -> tuple[_Value, int]:
    items: list[_Value] = []
    at = _blank(text, start + 1)
    while text[at] != "]":
        item, at = _value(text, at)
        items.append(item)
        at = _blank(text, at)
        if text[at] == ",":
            at = _blank(text, at + 1)
    return _Value(start, at + 1, Shape.LIST, items=items), at + 1


def _inline_table(text: str, start: int) -> tuple[_Value, int]:
    table = _Value(start, start, Shape.MAP)
    at = _blank(text, start + 1)
    while text[at] != "}":
        at = _blank(text, _assignment(text, at, table, Layout.SIGNS))
        if text[at] == ",":
            at = _blank(text, at + 1)
    table.end = at + 1
    return table, at + 1


def _blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
