from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.bindings import parsed
from mcpx.analyses.divergence.carried_on import CarriedOn, Carrying
from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import End, Interaction, Side

ORDER = {"structuredContent": {"id": 5831, "page": 2, "name": "pen"}}


def found(pointer: str, old: Any, new: Any, asked: Any, *, kind: Kind = Kind.CHANGED) -> str:
    carrying = Carrying()
    carrying.see(
        Interaction(5, 1, "tools/call", "create"),
        Side(end=End.RESULT, value=ORDER),
        [Divergence(kind, "m", pointer, old, new)],
    )
    params = {"name": "get", "arguments": asked, "_meta": {"progressToken": 5831}}
    carrying.see(Interaction(9, 1, "tools/call", "get", params), Side(end=End.RESULT, value={}), ())
    return carrying.found.rule if carrying.found is not None else ""


RULE = "/result/structuredContent/id -> /params/arguments"


@pytest.mark.parametrize(
    ("pointer", "old", "new", "asked", "rule"),
    [
        pytest.param("/id", 5831, 77, {"id": 5831}, f"{RULE}/id", id="number"),
        pytest.param("/id", 5831, 77, {"of": [{"a/b": 5831}]}, f"{RULE}/of/0/a~1b", id="deep"),
        pytest.param("/id", 5831, 77, {"id": "5831"}, "", id="other-type"),
        pytest.param("/id", 5831, 77, {"id": 5832}, "", id="other-value"),
        pytest.param("/id", 5831, 77, {}, "", id="in-the-envelope-alone"),
        pytest.param("/id", 5831, ABSENT, {"id": 5831}, "", id="gone"),
        pytest.param("/page", 2, 3, {"limit": 2}, "", id="short-by-chance"),
        pytest.param(
            "/page", 2, 3, {"next_page": 2},
            "/result/structuredContent/page -> /params/arguments/next_page", id="short-same-name",
        ),
        pytest.param("/name", "pen", "ink", {"name": "pen"}, "", id="word"),
        pytest.param("/gone", 5831, 77, {"id": 5831}, "", id="within-a-text"),
    ],
)  # fmt: skip
def test_a_value_of_an_answer_that_a_later_request_asks_with(
    pointer: str, old: Any, new: Any, asked: Any, rule: str
) -> None:
    assert found(f"/structuredContent{pointer}", old, new, asked) == rule
    if rule:
        assert parsed([rule])[0].text == rule


def test_what_is_volatile_is_bound_already() -> None:
    assert not found("/structuredContent/id", 5831, 77, {"id": 5831}, kind=Kind.VOLATILE)


def test_the_first_is_told_with_both_interactions() -> None:
    carrying = Carrying()
    old, new = Side(end=End.RESULT, value=ORDER), {"id": 5831}
    changed = [Divergence(Kind.CHANGED, "m", "/structuredContent/id", 5831, 77)]
    # What asks with the value itself before its answer took it from elsewhere.
    carrying.see(Interaction(5, 1, "tools/call", "a", {"arguments": new}), old, changed)
    assert carrying.found is None
    for number in (9, 11):
        carrying.see(Interaction(number, 1, "tools/call", "b", {"arguments": new}), old, ())
    rule = "/result/structuredContent/id -> /params/arguments/id"
    assert carrying.found == CarriedOn(5831, 5, 9, rule)
