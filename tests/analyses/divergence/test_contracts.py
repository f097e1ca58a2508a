from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.contracts import Contracts
from mcpx.analyses.divergence.divergences import ABSENT, Divergence
from mcpx.catalogue.model import Catalogue, Item, Kind

ADD: dict[str, Any] = {"name": "add", "inputSchema": {"type": "object"}}
GET: dict[str, Any] = {"name": "get", "inputSchema": {"type": "object"}}


def changes(old: list[Any], new: list[Any], versions: tuple[str, str]) -> list[Divergence]:
    first, second = (
        Catalogue(
            "",
            server_info={"name": "notes", "version": version},
            tools=tuple(Item(Kind.TOOL, tool) for tool in tools),
        )
        for tools, version in zip((old, new), versions, strict=True)
    )
    return Contracts().changes(first, second, lambda change: f"/at/{change.subject.kind}")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param([ADD], [ADD], [], id="the same, and the same version"),
        pytest.param([ADD], [ADD, GET], [("added", "info", "/at/tool")], id="new"),
        pytest.param([ADD, GET], [ADD], [("contract", "error", "/at/tool")], id="gone"),
        pytest.param([ADD, GET], [GET, ADD], [("order", "", "/at/server")], id="another order"),
    ],
)
def test_changes_are_told_in_the_classes_of_a_replay(
    old: list[Any], new: list[Any], expected: list[tuple[str, str, str]]
) -> None:
    found = changes(old, new, ("1.0", "1.0"))
    assert [(one.kind, one.severity, one.pointer) for one in found] == expected


def test_what_is_gone_is_absent_live_and_named() -> None:
    (found,) = changes([ADD, GET], [ADD], ("1.0", "1.0"))
    assert (found.recorded, found.live) == (GET, ABSENT)
    assert "'get'" in found.message
