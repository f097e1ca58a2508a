from __future__ import annotations

from mcpx.analyses.diff.repeated import repeated_members
from mcpx.catalogue.model import Item, Kind
from mcpx.json_text import parse_json


def tool(text: str) -> Item:
    return Item(Kind.TOOL, parse_json(text))


TWICE = tool('{"name": "a", "inputSchema": {"type": "object", "title": "x", "title": "y"}}')
ONCE = tool('{"name": "a", "inputSchema": {"type": "object", "title": "y"}}')


def test_a_member_that_is_given_twice_is_told() -> None:
    for old in (ONCE, None):
        (change,) = repeated_members("s", old, TWICE)
        assert change.message == "its definition gives 'title' more than once"
        assert change.rule.trust


def test_one_that_was_so_before_is_no_change() -> None:
    assert list(repeated_members("s", TWICE, TWICE)) == []
    assert list(repeated_members("s", TWICE, ONCE)) == []
