from __future__ import annotations

from typing import Any

import pytest

from mcpx.catalogue.model import Catalogue, Item, Kind, Problem, describe_target
from mcpx.servers import Place, ServerSpec, Transport

CANARY = "c4nary-value-1"


@pytest.mark.parametrize(
    ("kind", "member"),
    [("tool", "name"), ("prompt", "name"), ("resource", "uri"), ("template", "uriTemplate")],
)
def test_each_kind_is_known_by_its_own_member(kind: str, member: str) -> None:
    assert Item(Kind(kind), {member: "it", "description": "d"}).key == "it"
    assert Item(Kind(kind), {member: 3}).key == ""


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ({"title": "A"}, "A"),
        ({"annotations": {"title": "B"}}, "B"),
        ({"title": "A", "annotations": {"title": "B"}}, "A"),
        ({"title": 3, "annotations": {"title": []}}, ""),
        ({"annotations": "x"}, ""),
        ({}, ""),
    ],
)
def test_a_title_is_found_wherever_the_revision_keeps_it(raw: dict[str, Any], title: str) -> None:
    assert Item(Kind.TOOL, raw).title == title


def test_members_of_the_wrong_type_count_as_absent() -> None:
    item = Item(Kind.TOOL, {"name": [], "description": 3, "annotations": 1, "inputSchema": "x"})
    assert (item.name, item.description, dict(item.annotations)) == ("", "", {})
    assert item.input_schema == "x"


def test_items_come_kind_by_kind() -> None:
    items = [Item(kind, {}) for kind in Kind]
    catalogue = Catalogue("x", **{item.kind.plural: (item,) for item in items})
    assert catalogue.items(Kind.PROMPT) == (items[1],)


def test_a_list_that_failed_makes_a_catalogue_incomplete() -> None:
    assert not Catalogue("x", problems=(Problem("name-odd", ""),)).incomplete
    assert Catalogue("x", problems=(Problem("list-failed", ""),)).incomplete


def test_a_target_is_described_without_its_secrets() -> None:
    spec = ServerSpec(
        "x",
        command="run",
        args=("--token", CANARY),
        env={"B": CANARY, "A": "1"},
        cwd="/srv",
        place=Place("cursor", "user", "/p", "x"),
    )
    assert describe_target(spec) == {
        "transport": "stdio",
        "command": "run",
        "args": ["--token", "***"],
        "env": ["A", "B"],
        "cwd": "/srv",
        "from": {"host": "cursor", "scope": "user", "path": "/p"},
    }
    remote = ServerSpec("x", Transport.HTTP, url=f"https://h?k={CANARY}", headers={"X": CANARY})
    assert describe_target(remote) == {
        "transport": "http",
        "url": "https://h?k=***",
        "headers": ["X"],
    }
