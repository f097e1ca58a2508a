from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.comparison import Comparison
from mcpx.analyses.divergence.divergences import Divergence
from mcpx.analyses.divergence.sides import Interaction
from tests.analyses.divergence.sides import NOW, THEN, side, told

META = "io.modelcontextprotocol/serverInfo"


def opened(recorded: Any, live: Any, modern: bool = False) -> list[Divergence]:
    """What differs in two handshakes, of which the recorded one is legacy."""
    sides = side(recorded, at=THEN), side(live, at=NOW, modern=modern)
    return Comparison().compare(Interaction(2, 1, "initialize"), *sides)


INITIALIZE: dict[str, Any] = {
    "protocolVersion": "2025-11-25",
    "capabilities": {"tools": {"listChanged": True}, "logging": {}},
    "serverInfo": {"name": "notes", "version": "1.0"},
    "instructions": "Save often.",
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, [], id="the same"),
        pytest.param({"instructions": "Send."}, ["contract /instructions"], id="instructions"),
        pytest.param(
            {"serverInfo": {"name": "notes", "version": "1.1"}},
            ["contract /serverInfo/version"],
            id="version",
        ),
        pytest.param(
            {"protocolVersion": "2025-06-18"}, ["contract /protocolVersion"], id="protocol"
        ),
        pytest.param({"capabilities": {"logging": {}}}, ["contract /capabilities/tools"], id="can"),
        pytest.param({"_meta": {"x": 1}, "odd": 1}, ["added /odd"], id="another member"),
    ],
)
def test_handshakes_are_judged_as_diff_does(change: Any, expected: list[str]) -> None:
    assert told(opened(INITIALIZE, INITIALIZE | change)) == expected


def test_the_handshakes_of_both_eras_are_compared_in_what_both_say() -> None:
    live = {
        "resultType": "complete",
        "supportedVersions": ["2026-07-28"],
        "capabilities": {"tools": {}, "logging": {}, "extensions": {}},
        "instructions": "Save often.",
        "ttlMs": 0,
        "cacheScope": "public",
    }
    assert opened(INITIALIZE, live, modern=True) == []
    meta = {"_meta": {META: {"name": "notes", "version": "2.0"}}}
    found = opened(INITIALIZE, live | meta | {"instructions": "No."}, modern=True)
    assert sorted(told(found)) == ["contract /instructions", "contract /serverInfo/version"]
