from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mcpx.analyses.divergence.comparison import Comparing, Comparison
from mcpx.analyses.divergence.divergences import Divergence
from mcpx.analyses.divergence.sides import End, Interaction
from mcpx.operations.comparing import SchemaJudge
from mcpx.schemas.workers import Worker
from tests.analyses.divergence.sides import NOW, THEN, side, told

TOOLS = Interaction(2, 1, "tools/list")
ADD: dict[str, Any] = {"name": "add", "description": "Adds.", "inputSchema": {"type": "object"}}
GET: dict[str, Any] = {"name": "get", "description": "Gets.", "inputSchema": {"type": "object"}}
PUT: dict[str, Any] = {"name": "put", "description": "Puts.", "inputSchema": {"type": "object"}}
META = "io.modelcontextprotocol/serverInfo"
CONNECTION = Interaction(1, 1)


def listed(recorded: Any, live: Any, method: str = "tools/list", **more: Any) -> list[Divergence]:
    with Worker() as worker:
        comparison = Comparison(Comparing(judge=SchemaJudge(worker)))
        return comparison.compare(
            Interaction(2, 1, method), side(recorded, at=THEN), side(live, at=NOW, **more)
        )


def said(found: list[Divergence]) -> list[str]:
    return [f"{one.kind} {one.severity} {one.pointer}" for one in found]


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param([ADD, GET], [ADD, GET], [], id="the same"),
        pytest.param([ADD, GET], [GET, ADD], ["order  /tools"], id="another order"),
        pytest.param([ADD], [ADD, GET], ["added info /tools/1"], id="a tool more"),
        pytest.param([ADD, GET], [ADD], ["contract error /tools/1"], id="a tool fewer"),
        pytest.param(
            [ADD, GET],
            [ADD, GET | {"inputSchema": {"type": "object", "required": ["to"]}}],
            ["contract error /tools/1/inputSchema/required"],
            id="a parameter that is required now",
        ),
        pytest.param(
            [ADD],
            [ADD | {"inputSchema": {"type": "object", "properties": {"a": {"type": "string"}}}}],
            ["contract info /tools/0/inputSchema/properties/a"],
            id="a parameter more",
        ),
        pytest.param(
            [ADD],
            [ADD | {"annotations": {"destructiveHint": True, "readOnlyHint": False}}],
            None,
            id="annotations",
        ),
        pytest.param(
            [ADD | {"description": "It is 2026-10-23T10:00:00Z."}],
            [ADD | {"description": "It is 2026-11-23T09:30:00Z."}],
            ["volatile  /tools/0/description"],
            id="a time in a description",
        ),
        pytest.param([ADD, 3], [ADD, 4], ["changed  /tools/1"], id="junk"),
        pytest.param([ADD, ADD], [ADD], ["changed  /tools/1"], id="a name twice"),
        pytest.param(3, [ADD], ["changed  /tools"], id="no list"),
    ],
)
def test_tools_are_judged_as_diff_does(recorded: Any, live: Any, expected: Any) -> None:
    found = said(listed({"tools": recorded}, {"tools": live}))
    if expected is None:
        assert found
        assert all(one.startswith("contract ") and "/tools/0/annotations" in one for one in found)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("method", "member", "item"),
    [
        pytest.param("prompts/list", "prompts", {"name": "p"}, id="prompts"),
        pytest.param("resources/list", "resources", {"uri": "a:1", "name": "a"}, id="resources"),
        pytest.param(
            "resources/templates/list",
            "resourceTemplates",
            {"uriTemplate": "a:{x}", "name": "a"},
            id="templates",
        ),
    ],
)
def test_every_kind_of_list_is_compared(method: str, member: str, item: Any) -> None:
    first, second = {member: [item]}, {member: [item | {"description": "New."}]}
    assert listed(first, first, method) == []
    (found,) = listed(first, second, method)
    assert (found.kind, found.pointer) == ("contract", f"/{member}/0/description")
    (gone,) = listed(first, {member: []}, method)
    assert (gone.kind, gone.severity, gone.pointer) == ("contract", "error", f"/{member}/0")


def test_other_members_of_a_list_are_compared_too() -> None:
    recorded = {"tools": [ADD], "ttlMs": 5, "_meta": {"v": 1, META: {"name": "a"}}}
    live = {"tools": [ADD], "ttlMs": 6, "_meta": {"v": 2, META: {"name": "b"}}}
    assert told(listed(recorded, live)) == ["changed /ttlMs", "changed /_meta/v"]
    assert told(listed(recorded, live, modern=True)) == ["changed /_meta/v"]


def test_only_one_era_has_the_execution_of_a_tool() -> None:
    recorded = {"tools": [ADD | {"execution": {"taskSupport": "optional"}}]}
    assert listed(recorded, {"tools": [ADD]}, modern=True) == []
    assert told(listed(recorded, {"tools": [ADD]})) == ["contract /tools/0/execution/taskSupport"]


def page(number: int) -> Interaction:
    """What asks for a page: those after the first by a cursor."""
    return replace(TOOLS, params={"cursor": str(number)} if number else {})


def pages(recorded: list[Any], live: list[Any]) -> list[list[str]]:
    """What is told at each page; None for a page that there is not."""
    comparison = Comparison()
    found = []
    for number, (one, other) in enumerate(zip(recorded, live, strict=True)):
        results = []
        for items, all_of_them in ((one, recorded), (other, live)):
            more = number + 1 < len(all_of_them) and all_of_them[number + 1] is not None
            results.append({"tools": items} | ({"nextCursor": str(number)} if more else {}))
        ended = side(None, End.NOT_SENT) if other is None else side(results[1])
        found.append(said(comparison.compare(page(number), side(results[0]), ended)))
    return found


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param([[ADD], [GET]], [[ADD], [GET]], [[], []], id="the same"),
        pytest.param(
            [[ADD, GET], [PUT]], [[GET, PUT], [ADD]], [[], ["order  /tools"]], id="another order"
        ),
        pytest.param(
            [[ADD, GET], [PUT]], [[ADD], [GET, PUT]], [[], []], id="an item on another page"
        ),
        pytest.param(
            [[ADD], [GET, PUT]], [[ADD, GET], [PUT]], [[], []], id="an item on an earlier page"
        ),
        pytest.param([[ADD], [GET]], [[ADD, GET], None], [[], []], id="one page fewer"),
        pytest.param(
            [[ADD], [GET]], [[ADD], None], [[], ["contract error /tools/0"]], id="and an item fewer"
        ),
        pytest.param(
            [[ADD], [GET]],
            [[ADD, PUT], [GET]],
            [[], ["added info /tools"]],
            id="an item more",
        ),
        pytest.param(
            [[ADD], [GET]],
            [[ADD | {"description": "New."}], [GET]],
            [["contract info /tools/0/description"], []],
            id="an item changed",
        ),
    ],
)
def test_pages_are_compared_together(
    recorded: list[Any], live: list[Any], expected: list[list[str]]
) -> None:
    found = pages(recorded, live)
    assert [[one.replace("warning", "info") for one in page] for page in found] == expected


GOES_ON = {"nextCursor": "2"}


@pytest.mark.parametrize(
    ("recorded", "live", "expected", "message"),
    [
        pytest.param([ADD], [ADD], ["unscored  /nextCursor"],
                     "there are more pages than in the recording", id="all there"),
        pytest.param([ADD, GET], [ADD], ["unscored warning /nextCursor"],
                     "'get' may be on pages that the recording does not ask for", id="not yet"),
        pytest.param([ADD], [ADD, GET], ["unscored  /nextCursor", "added info /tools/1"],
                     "there are more pages than in the recording", id="one more"),
    ],
)  # fmt: skip
def test_pages_beyond_those_of_the_recording_are_told(
    recorded: list[Any], live: list[Any], expected: list[str], message: str
) -> None:
    found = Comparison().compare(TOOLS, side({"tools": recorded}), side({"tools": live} | GOES_ON))
    assert said(found) == expected
    assert found[0].message == message


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        pytest.param({"tools": [ADD, GET]}, [], id="all there, on one page"),
        pytest.param({"tools": [ADD, PUT]} | GOES_ON, ["unscored warning "], id="or later"),
        pytest.param({"tools": [ADD]}, ["contract error "], id="gone"),
    ],
)
def test_a_list_that_was_not_read_to_its_end_is_told_with_the_connection(
    live: dict[str, Any], expected: list[str]
) -> None:
    for end in (CONNECTION, TOOLS):
        comparison = Comparison()
        assert comparison.compare(TOOLS, side({"tools": [ADD, GET]} | GOES_ON), side(live)) == []
        other = side({"tools": []})
        assert said(comparison.compare(end, other, other)) == expected
        assert comparison.compare(CONNECTION, other, other) == []


def test_a_connection_that_broke_misses_no_tool() -> None:
    comparison = Comparison()
    comparison.compare(TOOLS, side({"tools": [ADD, GET]} | GOES_ON), side({"tools": [ADD]}))
    found = comparison.compare(CONNECTION, side({}), side({}, End.FAILED))
    assert told(found) == ["missing"]
