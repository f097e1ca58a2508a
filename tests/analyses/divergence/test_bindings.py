from __future__ import annotations

import pytest

from mcpx.analyses.divergence.bindings import Bound, parsed
from mcpx.analyses.divergence.comparison import Comparison
from mcpx.analyses.divergence.sides import Interaction
from tests.analyses.divergence.sides import compared, told

ADD, GET = (Interaction(n, 1, "tools/call", name) for n, name in ((1, "add"), (2, "get")))
RULE = "tools/call[add] /result/structuredContent/id -> /params/arguments/id"


def added(number: object) -> dict[str, object]:
    return {"structuredContent": {"id": number, "n": 1}}


def test_a_rule_binds_any_value() -> None:
    bound = Bound(parsed([RULE]))
    bound.learn(ADD, added(7), added(9))
    params = {"name": "get", "arguments": {"id": 7, "x": [7]}}
    assert bound.in_params(GET, params) == {"name": "get", "arguments": {"id": 9, "x": [7]}}
    assert params["arguments"] == {"id": 7, "x": [7]}
    assert bound.in_params(GET, {"arguments": {"id": 8}}) == {"arguments": {"id": 8}}
    assert [(rule.text, was, now) for rule, was, now in bound.used] == [(RULE, 7, 9)]


@pytest.mark.parametrize(
    ("rule", "params", "sent"),
    [
        pytest.param(
            "/result/**/id -> tools/call[get] /params/arguments/*/id",
            {"arguments": [{"id": 7}, {"id": 7}]},
            {"arguments": [{"id": 9}, {"id": 9}]},
            id="wherever it stands",
        ),
        pytest.param(
            "/result/**/id -> tools/call[other] /params/arguments/id",
            {"arguments": {"id": 7}},
            {"arguments": {"id": 7}},
            id="for another tool",
        ),
        pytest.param(
            "/result/none -> /params/arguments/id",
            {"arguments": {"id": 7}},
            {"arguments": {"id": 7}},
            id="from nowhere",
        ),
    ],
)
def test_rules_hold_in_their_scope(rule: str, params: object, sent: object) -> None:
    bound = Bound(parsed([rule]))
    bound.learn(ADD, added(7), added(9))
    assert bound.in_params(GET, params) == sent  # type: ignore[arg-type]


def test_what_is_bound_is_volatile_where_it_goes_by_that_name() -> None:
    bound = Bound(parsed([RULE]))
    comparison = Comparison(bound=bound)
    assert told(compared(added(7), added(9), ADD, comparison)) == ["volatile /structuredContent/id"]
    bound.in_params(GET, {"arguments": {"id": 7}})
    recorded, live = ({"structuredContent": {"id": n, "count": n}} for n in (7, 9))
    found = told(compared(recorded, live, GET, comparison))
    assert found == ["volatile /structuredContent/id", "changed /structuredContent/count"]
    assert told(compared(added(7), added(8), GET, comparison)) == ["changed /structuredContent/id"]
    gone = {"structuredContent": {"n": 1}}
    assert told(compared(added(7), gone, ADD, comparison)) == ["changed /structuredContent/id"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("/result/id", "has no '->'", id="one side"),
        pytest.param("/params/id -> /params/id", "takes from no /result", id="from a request"),
        pytest.param("/result/id -> /result/id", "takes to no /params", id="to a result"),
        pytest.param("id -> /params/id", "is no place", id="no pointer"),
    ],
)
def test_what_is_no_rule_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parsed([RULE, text])
