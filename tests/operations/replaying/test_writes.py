from __future__ import annotations

import pytest

from mcpx.client.terms import Terms
from mcpx.operations.replaying.writes import may_write, refused
from tests.client.loops import in_a_loop
from tests.operations.replaying.rehearsal import server

LISTS = """
def on(message):
    tools = [
        {"name": "see", "inputSchema": {}, "annotations": {"readOnlyHint": True}},
        {"name": "say", "inputSchema": {}, "annotations": {"readOnlyHint": "yes"}},
        {"name": "do", "inputSchema": {}},
    ]
    if message["method"] == "tools/list":
        result(message, tools=tools)
    else:
        error(message, -32601)
"""
REFUSES = "def on(message): error(message, -32601)"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            LISTS,
            {
                "do": "only reads in the recording, not on the server",
                "say": "",
                "gone": "no tool of the server",
            },
            id="what only reads",
        ),
        pytest.param(
            REFUSES, dict.fromkeys(("see", "do", "say", "gone"), ""), id="a server without a list"
        ),
    ],
)
@in_a_loop
async def test_what_may_write(body: str, expected: dict[str, str]) -> None:
    found = await may_write(
        server(body), Terms(), ["see", "do", "say", "gone"], only_read=["see", "do"]
    )
    assert found == expected


@pytest.mark.parametrize(
    ("count", "said"), [(2, ": t0, t1;"), (12, ": t0, t1, t2, t3, t4, t5, t6, t7, t8, t9 and 2 ")]
)
def test_the_refusal_names_the_tools(count: int, said: str) -> None:
    error = refused({f"t{number}": "" for number in range(count)})
    assert said in error.message
    assert error.status == 4


def test_the_refusal_says_what_is_no_tool() -> None:
    assert "something: do, gone (no tool of" in refused({"do": "", "gone": "no tool of it"}).message
