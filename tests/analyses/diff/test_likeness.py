from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.likeness import likeness, opposite, portrait, reads_and_writes
from mcpx.catalogue.model import Item, Kind


def tool(name: str, description: str = "", **properties: str) -> Item:
    schema = {"properties": {key: {"type": kind} for key, kind in properties.items()}}
    return Item(Kind.TOOL, {"name": name, "description": description, "inputSchema": schema})


TEXT = "Finds the notes that hold all of these words."


@pytest.mark.parametrize(
    ("old", "new", "least", "most"),
    [
        pytest.param(tool("find_notes", TEXT, q="string"), tool("notesFind", TEXT, q="string"),
                     1, 1, id="the same but for its spelling"),
        pytest.param(tool("find_notes", TEXT, q="string"), tool("find_notes", "Old.", q="string"),
                     0.64, 0.66, id="described anew"),
        pytest.param(tool("find_notes", TEXT), tool("search", TEXT), 0.65, 0.8, id="no parameters"),
        pytest.param(tool("a", TEXT, q="string"), tool("b", "Sends mail.", to="string"), 0, 0.2,
                     id="nothing in common"),
        pytest.param(tool("a", TEXT, q="string"), tool("a", TEXT), 0.6, 0.73, id="no schema"),
    ],
)  # fmt: skip
def test_likeness(old: Item, new: Item, least: float, most: float) -> None:
    one, other = portrait(old), portrait(new)
    score = likeness(one, other)
    assert least <= score <= most
    assert likeness(other, one) == pytest.approx(score, abs=0.05)
    assert likeness(one, other, score) == score
    assert likeness(one, other, 1.01) == 0


@pytest.mark.parametrize(
    ("old", "new", "opposites"),
    [
        ("star_repository", "unstar_repository", True),
        ("enable_user", "disable_user", True),
        ("open_door", "close_door", True),
        ("delete_note", "get_note", True),
        ("get_note", "read_note", False),
        ("create_label", "create_tag", False),
    ],
)
def test_opposites(old: str, new: str, opposites: bool) -> None:
    one, other = portrait(tool(old)), portrait(tool(new))
    assert opposite(one, other) is opposites
    assert opposite(other, one) is opposites


def test_a_verb_that_writes_is_told_from_one_that_reads() -> None:
    one, other = portrait(tool("find_note")), portrait(tool("edit_note"))
    assert reads_and_writes(one, other)
    assert reads_and_writes(other, one)
    assert not reads_and_writes(one, portrait(tool("look_up_note")))


JUNK: list[Any] = [None, 5, "x", [], {}, {"properties": 5}, {"properties": {"a": 5, "b": {
    "type": ["string", 5, None]}}, "required": [1, {}]}]  # fmt: skip


def test_portraits_of_junk() -> None:
    for value in JUNK:
        found = portrait(Item(Kind.TOOL, {"name": value, "description": value,
                                          "inputSchema": value}))  # fmt: skip
        assert 0 <= likeness(found, found) <= 1
        portrait(Item(Kind.PROMPT, {"name": "p", "arguments": [value]}))
