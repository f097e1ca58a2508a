from __future__ import annotations

import pytest

from mcpx.analyses.host_models import HOST_MODELS
from mcpx.analyses.seen_names import seen_names
from tests.analyses.offering import Member, server

LONG = "x" * 70
CASES = [
    (
        "claude-code",
        [server("a", ("x", "x", "y"))],
        [("a", "x", "mcp__a__x", None), ("a", "y", "mcp__a__y", None)],
    ),
    (
        "langchain",
        [server("a", ("x",)), server("b", ("x",))],
        [("a", "x", "x", "both-sent"), ("b", "x", "x", "both-sent")],
    ),
    ("claude-code", [server("a", (LONG,))], [("a", LONG, f"mcp__a__{LONG}", "request-refused")]),
    ("claude-desktop", [server("a", ("x.y",))], [("a", "x.y", "x.y", "tool-refused")]),
    (
        "roo-code",
        [server("a", ("x-y", "x_y"))],
        [("a", "x-y", "mcp--a--x-y", "one-wins"), ("a", "x_y", "mcp--a--x_y", "one-wins")],
    ),
    (
        "vscode",
        [server("a", ("x",)), server("A", ("x",))],
        [("a", "x", "mcp_a_x", None), ("A", "x", "mcp_a2_x", None)],
    ),
]


@pytest.mark.parametrize(
    ("host", "members", "expected"),
    CASES,
    ids=[f"{host} {n}" for n, (host, _, _) in enumerate(CASES)],
)
def test_names_as_the_model_sees_them(
    host: str, members: list[Member], expected: list[tuple[str, str, str, str | None]]
) -> None:
    found = [
        (one.server, one.tool, one.name, one.effect)
        for one in seen_names(members, HOST_MODELS[host])
    ]
    assert found == expected
