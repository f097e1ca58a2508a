from __future__ import annotations

from typing import Any

import pytest

from mcpx.catalogue.digests import catalogue_digest, item_digest, seen_digest
from mcpx.catalogue.locked import DEEPEST, LockedServer, catalogue_of, locked
from mcpx.catalogue.model import Catalogue, Item, Kind, Problem
from mcpx.errors import ConfigError
from mcpx.servers import Era
from tests.catalogue.data import offering, tool

FULL = Catalogue(
    "notes",
    target={"transport": "stdio", "command": "serve", "args": ["--token", "***"]},
    era=Era.MODERN,
    version="2026-07-28",
    supported=("2026-07-28", "2025-11-25"),
    offered=("roots",),
    server_info={"name": "Notes"},
    capabilities={"tools": {}},
    instructions="Be kind.",
    tools=(Item(Kind.TOOL, tool("b")), Item(Kind.TOOL, tool("a"))),
    resources=(Item(Kind.RESOURCE, {"uri": "u", "name": "n", "size": 3}),),
    problems=(Problem("x", "y"),),
)


def test_a_server_is_pinned_with_what_lasts_sorted_and_digested() -> None:
    pinned = locked(FULL)
    assert [one.key for one in pinned.tools] == ["a", "b"]
    (resource,) = pinned.items(Kind.RESOURCE)
    assert resource.item.raw == {"uri": "u", "name": "n"}
    assert resource.digest == item_digest(FULL.resources[0])
    assert resource.seen == seen_digest(FULL.resources[0])


def test_a_pinned_server_is_a_catalogue_again() -> None:
    again = catalogue_of(locked(FULL))
    assert catalogue_digest(again) == catalogue_digest(FULL)
    members = ("server", "target", "era", "version", "supported", "offered", "server_info")
    for name in (*members, "capabilities", "instructions"):
        assert getattr(again, name) == getattr(FULL, name), name
    assert (again.resources[0].raw, again.problems) == ({"uri": "u", "name": "n"}, ())
    assert locked(again) == locked(FULL)


def test_order_does_not_count_and_what_is_listed_twice_is_pinned_twice() -> None:
    one, other = tool("a", description="1"), tool("a", description="2")
    pinned = locked(offering(Kind.TOOL, one, other))
    assert pinned == locked(offering(Kind.TOOL, other, one))
    assert sorted(one.item.description for one in pinned.tools) == ["1", "2"]


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        pytest.param(
            {
                "transport": "http",
                "url": "https://h",
                "headers": ["A"],
                "from": {"path": "/home/a"},
            },
            {"transport": "http", "url": "https://h", "headers": ["A"]},
            id="where it stood",
        ),
        pytest.param({"command": None, "args": [1], "cwd": {}, "x": 1}, {}, id="something else"),
    ],
)
def test_of_the_target_stays_how_it_is_started(
    target: dict[str, Any], kept: dict[str, Any]
) -> None:
    assert locked(Catalogue("s", target=target)) == LockedServer("s", target=kept)


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth - 1):
        value = {"a": value}
    return value


def test_what_could_not_be_read_back_is_not_pinned() -> None:
    assert locked(offering(Kind.TOOL, nested(DEEPEST))).tools[0].item.raw == nested(DEEPEST)
    with pytest.raises(ConfigError) as caught:
        locked(offering(Kind.TOOL, {"name": "x", "a": nested(DEEPEST)}))
    assert caught.value.message == (
        "server 'server' cannot be pinned: tool 'x' is nested more than 200 levels deep"
    )
    with pytest.raises(ConfigError, match="its capabilities is made of more than 1000000 values"):
        locked(Catalogue("s", capabilities={"a": [0] * 1_000_000}))
