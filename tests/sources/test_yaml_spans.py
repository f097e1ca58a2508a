from __future__ import annotations

import pytest

from mcpx.sources.spans import Layout, Node, Shape
from mcpx.sources.yaml_spans import yaml_node

TEXT = """\
base: &base
  args: [a]
servers:
  é 𝄞:
    cmd: npx  # comment
    args:
    - -y
    - "x"

    # end
  flow: {cmd: 'a b', args: [ p, q ]}
  alias: *base
  merged:
    <<: *base
    cmd: z
    list: [*base]
"""


def written(node: Node, text: str = TEXT) -> str:
    return text[node.start : node.end]


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n")], ids=["lf", "crlf"])
def test_a_node_knows_what_is_in_it(text: str) -> None:
    node = yaml_node(text, ("servers", "é 𝄞"))
    assert node is not None
    assert node.shape is Shape.MAP
    command, arguments = node.members["cmd"], node.members["args"].value
    assert written(command.value, text) == "npx"
    assert text[command.start :].startswith("cmd: ")
    assert command.layout is Layout.INDENTED
    assert arguments.block
    assert [written(item, text) for item in arguments.items] == ["-y", '"x"']


def test_what_is_between_signs_is_told_from_what_is_indented() -> None:
    node = yaml_node(TEXT, ("servers", "flow"))
    assert node is not None
    assert node.members["cmd"].layout is Layout.SIGNS
    assert not node.members["args"].value.block
    assert written(node.members["args"].value) == "[ p, q ]"
    item = yaml_node(TEXT, ("servers", "flow", "args", "1"))
    assert item is not None
    assert written(item) == "q"


@pytest.mark.parametrize(
    "keys",
    [
        ("servers", "alias"),
        ("servers", "alias", "args"),
        ("servers", "merged", "args"),
        ("servers", "merged", "list", "0"),
        ("servers", "nobody"),
        ("servers", "flow", "cmd", "deeper"),
    ],
    ids=".".join,
)
def test_what_stands_elsewhere_is_not_found(keys: tuple[str, ...]) -> None:
    assert yaml_node(TEXT, keys) is None
