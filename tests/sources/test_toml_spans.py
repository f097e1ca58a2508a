from __future__ import annotations

import tomllib
from typing import Any

import pytest

from mcpx.sources.parsing import InvalidError
from mcpx.sources.spans import Layout, Node, Shape
from mcpx.sources.toml_spans import toml_node

TEXT = '''# [no.table]
top = 1979-05-27 07:32:00 # not a key = here
a . "b c".'d' = "x"

[servers."git.hub"] # comment
command = 'C:\\tools' # ]
args = [ # first
  "-y", """
three "quotes" \\""" in here""" , '\\',
  { k = 1, l = { m = [1, 2] } } ]
"url" = \'\'\'
it''s\'\'\'
[servers.git-lab]
env.A = "1"
[servers]
inline = { command = "y", args = [] }
[[list]]
name = "one"
[list.inner]
x = 1e5
[[list]]
name = "two"
'''


def read(node: Node, text: str) -> Any:
    """The value that the spans of a node hold, each scalar parsed by itself."""
    if node.shape is Shape.SCALAR:
        return tomllib.loads(f"v = {text[node.start : node.end]}")["v"]
    if node.shape is Shape.LIST:
        return [read(item, text) for item in node.items]
    return {name: read(member.value, text) for name, member in node.members.items()}


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n")], ids=["lf", "crlf"])
def test_the_spans_of_a_document_hold_its_values(text: str) -> None:
    node = toml_node(text, ())
    assert node is not None
    assert read(node, text) == tomllib.loads(text)


@pytest.mark.parametrize(
    ("keys", "layout", "start", "last"),
    [
        (("servers", "git.hub", "command"), Layout.LINES, "command =", "command ="),
        (("servers", "git-lab", "env", "A"), Layout.LINES, "env.A", "A ="),
        (("servers", "inline", "args"), Layout.SIGNS, "args", "args"),
        (("a", "b c", "d"), Layout.LINES, "a . ", "'d'"),
    ],
)
def test_a_member_knows_its_key_and_how_it_is_kept_apart(
    keys: tuple[str, ...], layout: Layout, start: str, last: str
) -> None:
    table = toml_node(TEXT, keys[:-1])
    assert table is not None
    member = table.members[keys[-1]]
    assert member.layout is layout
    assert TEXT[member.start :].startswith(start)
    assert TEXT[member.last :].startswith(last)


def test_tables_in_lists_have_indices() -> None:
    node = toml_node(TEXT, ("list", "1", "name"))
    assert node is not None
    assert TEXT[node.start : node.end] == '"two"'
    assert toml_node(TEXT, ("list", "2")) is None
    assert toml_node(TEXT, ("list", "one")) is None


def test_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(InvalidError, match="too deeply"):
        toml_node("a = " + "[" * 5_000 + "]" * 5_000, ("a",))
