"""Where in a file's text an entry and its parts stand, so that they can be changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# An entry's command and arguments stand at most this deep in it.
DEEPEST = 4


class Shape(StrEnum):
    """What a value is, as far as editing goes."""

    MAP = "map"
    LIST = "list"
    SCALAR = "scalar"


class Layout(StrEnum):
    """How the members of a map are kept apart, and so how one more is written after another."""

    SIGNS = "signs"  # by commas, between braces
    INDENTED = "indented"  # YAML: each in the same column
    LINES = "lines"  # TOML: each on a line of its own


@dataclass(frozen=True, slots=True)
class Node:
    """A value: the offsets of its text, and the values in it.

    ``block``: a YAML list of lines that begin with dashes. The offsets of a TOML table that is
    written in several places mean nothing.
    """

    start: int
    end: int
    shape: Shape
    members: Mapping[str, Member] = field(default_factory=dict)
    items: tuple[Node, ...] = ()
    block: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a map; ``start`` is where its key begins, ``last`` the last part of a dotted one.

    ``layout`` is how it is kept apart from its neighbours.
    """

    start: int
    last: int
    value: Node
    layout: Layout = Layout.SIGNS


def node_at(text: str, form: str, keys: tuple[str, ...]) -> Node | None:
    """What stands under a path of keys (and places in lists) in a text that can be parsed.

    ``form`` is json, toml or yaml; JSON has to be plain, its comments blanked. None when nothing
    stands there, or when it stands elsewhere: behind a YAML alias or merge key.
    """
    if form == "toml":
        from mcpx.sources.toml_spans import toml_node

        return toml_node(text, keys)
    if form == "yaml":
        from mcpx.sources.yaml_spans import yaml_node

        return yaml_node(text, keys)
    from mcpx.sources.json_spans import json_node

    return json_node(text, keys)
