from __future__ import annotations

import copy
import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcpx.analyses.divergence.comparison import Comparing, Comparison
from mcpx.analyses.divergence.divergences import Divergence
from mcpx.analyses.divergence.renaming import Renaming
from mcpx.analyses.divergence.sides import End, Interaction, Question, Side, Told
from mcpx.envelopes import PREFIX
from mcpx.schemas.validation import violations
from tests.analyses.divergence.sides import CALL, NAMES, NOW, THEN, compared, side, told

A, B, C, _ = NAMES
ORDER: dict[str, Any] = {
    "content": [
        {"type": "text", "text": "Two orders, the first is due 2026-01-01."},
        {"type": "text", "text": "Thank you."},
    ],
    "structuredContent": {
        "count": 2,
        "orders": [{"id": 7, "due": "2026-01-01"}, {"id": 8, "due": "2026-02-01"}],
        "made": "‹now›",
        "trace": "‹name›",
        "_meta": {"v": 1},
    },
    "_meta": {"acme/v": {"n": 1}},
}


def answer(at: float, name: str, *changes: tuple[str, Any]) -> dict[str, Any]:
    """A result as it comes at a time, with changes by their places."""
    made = datetime.fromtimestamp(at, UTC).isoformat()
    text = json.dumps(ORDER).replace("\\u2039now\\u203a", made)
    found: dict[str, Any] = json.loads(text.replace("\\u2039name\\u203a", name))
    for place, value in changes:
        *path, last = [int(part) if part.isdigit() else part for part in place.split(".")]
        inner: Any = found
        for part in path:
            inner = inner[part]
        if value is None:
            del inner[last]
        else:
            inner[last] = value
    return found


STRUCTURED = "/structuredContent"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([("structuredContent.count", 3)], [f"changed {STRUCTURED}/count"], id="count"),
        pytest.param(
            [("structuredContent.orders.0.due", "2031-12-31")],
            [f"changed {STRUCTURED}/orders/0/due"],
            id="date",
        ),
        pytest.param(
            [("structuredContent._meta.v", 2)], [f"changed {STRUCTURED}/_meta/v"], id="nested _meta"
        ),
        pytest.param([("_meta.acme/v.n", 2)], ["changed /_meta/acme~1v/n"], id="_meta"),
        pytest.param(
            [("structuredContent.orders.1.id", 9)], [f"changed {STRUCTURED}/orders/1/id"], id="id"
        ),
        pytest.param(
            [("structuredContent.orders", ORDER["structuredContent"]["orders"][::-1])],
            [f"order {STRUCTURED}/orders"],
            id="order",
        ),
        pytest.param(
            [("structuredContent.count", "2")], [f"changed {STRUCTURED}/count"], id="type"
        ),
        pytest.param([("content.1", None)], ["changed /content/1"], id="a missing block"),
        pytest.param([("content.0", None)], ["changed /content/0"], id="the first block"),
        pytest.param(
            [("structuredContent.unit", "kg")], [f"added {STRUCTURED}/unit"], id="a member more"
        ),
        pytest.param([("isError", True)], ["outcome"], id="a tool error"),
        pytest.param([("ttlMs", 5)], ["added /ttlMs"], id="how long it may be kept"),
        pytest.param([("resultType", "complete")], [], id="the type that every result has"),
        pytest.param(
            [("_meta", {"acme/v": {"n": 1}, f"{PREFIX}serverInfo": {}, "baggage": 1})],
            [],
            id="the envelope",
        ),
    ],
)  # fmt: skip
def test_a_change_is_told_in_its_class_and_nothing_else(change: Any, expected: list[str]) -> None:
    recorded, live = answer(THEN, A), answer(NOW, B, *change)
    found = [one for one in told(compared(recorded, live)) if not one.startswith("volatile")]
    assert found == expected


def test_what_differs_each_time_is_volatile() -> None:
    found = compared(answer(THEN, A), answer(NOW, B))
    assert told(found) == [f"volatile {STRUCTURED}/made", f"volatile {STRUCTURED}/trace"]


def test_a_type_that_the_schema_rules_out_is_told_as_that() -> None:
    schema = {"type": "object", "properties": {"count": {"type": "integer"}}}
    comparison = Comparison(Comparing(check=violations))
    tools = side({"tools": [{"name": "count", "outputSchema": schema}]})
    assert compared(tools, tools, Interaction(1, 1, "tools/list"), comparison) == []
    recorded, live = ({"structuredContent": {"count": n}} for n in (2, "2"))
    assert told(compared(recorded, live, CALL, comparison)) == [f"schema {STRUCTURED}/count"]
    other = replace(CALL, connection=2)
    assert told(compared(recorded, live, other, comparison)) == [f"changed {STRUCTURED}/count"]


def test_what_is_said_twice_is_told_once() -> None:
    recorded, live = (
        {"structuredContent": one, "content": [{"type": "text", "text": json.dumps(one)}]}
        for one in ({"n": 1}, {"n": 2})
    )
    assert told(compared(recorded, live)) == [f"changed {STRUCTURED}/n"]


def test_a_handle_that_was_minted_goes_into_later_requests() -> None:
    comparison = Comparison(renaming=Renaming([A]))
    made = [{"structuredContent": {"id": name}} for name in (A, B)]
    assert told(compared(*made, CALL, comparison)) == [f"volatile {STRUCTURED}/id"]
    assert comparison.renaming.in_params({"arguments": {"id": A}}) == {"arguments": {"id": B}}
    echoed = [{"content": [{"type": "text", "text": f"Read {name}."}]} for name in (A, C)]
    (found,) = compared(*echoed, CALL, comparison)
    assert (found.kind, found.message) == ("changed", "names another one than it named before")


def test_what_is_given_back_counts_only_in_that_it_is_there() -> None:
    comparison = Comparison()
    recorded, live = {"nextCursor": "2", "x": 1}, {"nextCursor": "two", "x": 1}
    tasks = Interaction(2, 1, "tasks/list")
    assert compared(recorded, live, tasks, comparison) == []
    assert comparison.renaming.in_params({"cursor": "2"}) == {"cursor": "two"}
    assert told(compared(recorded, {"x": 1}, tasks)) == ["changed /nextCursor"]
    sides = [{"task": {"taskId": name, "status": "working"}} for name in ("t-1", "t-2")]
    assert compared(*sides, CALL, comparison) == []
    assert comparison.renaming.in_params({"taskId": "t-1"}) == {"taskId": "t-2"}


def test_how_far_a_task_is_says_nothing_until_its_end() -> None:
    get = Interaction(2, 1, "tasks/get")
    working, done, failed = (
        {"taskId": "1", "status": status, "n": 1} for status in ("working", "completed", "failed")
    )
    assert told(compared(working, done | {"result": {}}, get)) == ["volatile /status"]
    assert told(compared(done, failed, get)) == ["changed /status"]
    assert told(compared(working, done | {"n": 2}, get)) == ["volatile /status", "changed /n"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from([A, B, "2026-11-23", "1a2b3c4d", "tools", '{"a": 1}', 1795426200]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.sampled_from([
        "content", "structuredContent", "isError", "tools", "name", "_meta", "nextCursor", "task",
        "code", "data", "resultType", "status", "capabilities", "serverInfo", "inputSchema", A, B,
    ]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
METHODS = st.sampled_from(
    ["tools/call", "tools/list", "initialize", "server/discover", "resources/read", "tasks/get", ""]
)
PARAMS = st.dictionaries(st.text(), JSON, max_size=2)
SIDES = st.builds(
    Side,
    end=st.sampled_from(End),
    value=JSON,
    at=st.sampled_from([THEN, NOW, 0.0]),
    seconds=st.none() | st.floats(0, 10),
    questions=st.lists(st.builds(Question, st.text(), PARAMS, st.none() | PARAMS), max_size=2).map(
        tuple
    ),
    told=st.lists(
        st.builds(Told, st.sampled_from(["notifications/message", "x"]), PARAMS), max_size=2
    ).map(tuple),
    progress=st.lists(st.floats(0, 9), max_size=2).map(tuple),
    total=st.none() | st.floats(0, 9),
    status=st.sampled_from([0, 200, 404]),
    kind=st.text(max_size=4),
    exit=st.none() | st.integers(0, 3),
    modern=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(method=METHODS, one=SIDES)
def test_a_side_does_not_differ_from_itself(method: str, one: Side) -> None:
    if one.end in (End.NOT_RECORDED, End.FAILED, End.NOT_SENT):
        return
    answered = tuple(replace(question, answer={}) for question in one.questions)
    one = replace(one, questions=answered)
    assert Comparison().compare(Interaction(1, 1, method), one, copy.deepcopy(one)) == []


@settings(max_examples=200, deadline=None)
@given(method=METHODS, recorded=SIDES, live=SIDES)
def test_junk_is_compared_without_a_crash(method: str, recorded: Side, live: Side) -> None:
    comparison = Comparison(Comparing(latency=True), Renaming([A], {"1a2b": "x"}))
    for _ in range(2):
        found = comparison.compare(Interaction(1, 1, method, "x"), recorded, live)
        assert all(isinstance(one, Divergence) and one.message for one in found)


def test_equal_answers_cost_little() -> None:
    comparison = Comparison()
    sides = side(answer(THEN, A), at=THEN), side(answer(THEN, A), at=NOW)
    began = time.process_time()
    for _ in range(1_000):
        assert comparison.compare(CALL, *sides) == []
    # 0.06 s on a machine that does nothing else.
    assert time.process_time() - began < 0.5


def test_members_of_results_are_taken_for_a_task_in_tasks_alone() -> None:
    working, done = {"status": "working", "cursor": "a"}, {"status": "completed", "cursor": "b"}
    assert told(compared(working, done)) == ["changed /status", "changed /cursor"]
