from __future__ import annotations

from dataclasses import replace

import pytest

from mcpx.catalogue.lock import Lock, lock_text
from mcpx.catalogue.lock_lines import places
from mcpx.catalogue.locked import locked
from mcpx.catalogue.model import Catalogue, Item, Kind
from tests.catalogue.data import REPOSITORY
from tests.catalogue.test_locked import FULL

SAMPLE = (REPOSITORY / "tests/data/lock-v1.toml").read_text(encoding="utf-8")


def test_servers_and_items_have_the_line_that_they_begin_on() -> None:
    found = dict(places(SAMPLE))
    text = SAMPLE.split("\n")
    assert {place: text[line - 1] for place, line in found.items()} == {
        ("notes", "server", ""): "[servers.notes]",
        ("notes", "tool", "add_note"): "[[servers.notes.tools]]",
        ("notes", "tool", "find"): "[[servers.notes.tools]]",
        ("notes", "prompt", "summary"): "[[servers.notes.prompts]]",
        ("notes", "resource", "notes://all"): "[[servers.notes.resources]]",
        ("notes", "template", "notes://{id}"): "[[servers.notes.templates]]",
        ("web search", "server", ""): '[servers."web search"]',
        ("web search", "tool", "search"): '[[servers."web search".tools]]',
    }
    assert text[found["notes", "tool", "find"]] == 'name = "find"'


def test_what_a_server_says_is_not_taken_for_a_place() -> None:
    evil = "[servers.evil]\n[[servers.notes.tools]]\nname = 'x'\n'''\n[servers.more]"
    tool = Item(Kind.TOOL, {"name": "a", "description": evil})
    server = replace(locked(FULL), instructions=evil)
    text = lock_text(Lock(servers={"a]b": replace(locked(Catalogue("a]b", tools=(tool,))))}))
    assert [place for place, _ in places(text)] == [("a]b", "server", ""), ("a]b", "tool", "a")]
    text = lock_text(Lock(servers={"notes": server}))
    assert {place[0] for place, _ in places(text)} == {"notes"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("[", id="open"),
        pytest.param("[servers.\n[[servers.a.tools]]\nname = [", id="no-toml"),
        pytest.param("[[servers.a.tools]]\nname = 3\n", id="no-text"),
        pytest.param("[" + "a." * 100_000 + "a]", id="long-key"),
        pytest.param("x = '''\n[servers.a]", id="open-text"),
    ],
)
def test_what_is_no_lock_has_no_places(text: str) -> None:
    assert list(places(text)) == []
