from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.comparison import Comparing, Comparison
from mcpx.analyses.divergence.divergences import Divergence
from mcpx.analyses.divergence.masks import IgnoreRules, Mask
from tests.analyses.divergence.sides import compared, told


def masked(pointer: str, kind: str = "number") -> Comparing:
    return Comparing(mask=Mask({("tools/call", "count"): {pointer: frozenset([kind])}}))


def of(recorded: Any, live: Any, comparing: Comparing) -> list[Divergence]:
    sides = ({"structuredContent": one} for one in (recorded, live))
    return compared(*sides, comparison=Comparison(comparing))


ROWS = [{"name": name, "load": load} for name, load in (("a", 1), ("b", 2), ("c", 3))]
OTHERS = [{"name": name, "load": load} for name, load in (("c", 7), ("a", 8), ("b", 9))]
PLACE = "/structuredContent"


@pytest.mark.parametrize(
    "comparing",
    [
        pytest.param(masked(f"{PLACE}/*/load"), id="by a mask"),
        pytest.param(Comparing(IgnoreRules.parsed(["/structuredContent/*/load"])), id="by a rule"),
    ],
)
def test_rows_go_together_whatever_is_hidden_in_them(comparing: Comparing) -> None:
    assert told(of(ROWS, OTHERS, comparing)) == [f"order {PLACE}"] + [
        f"volatile {PLACE}/{at}/load" for at in range(3)
    ]
    one_more = [{"name": "new", "load": 0}, *({**row, "load": 5} for row in ROWS)]
    kinds = [one.kind for one in of(ROWS, one_more, comparing)]
    assert kinds == ["changed", "volatile", "volatile", "volatile"]


YEARS = {"2025": {"n": 1}}


@pytest.mark.parametrize(
    ("place", "recorded", "live", "expected"),
    [
        pytest.param("/2025/n", YEARS, {"2025": {"n": 2}}, "volatile", id="a key of digits"),
        pytest.param("/*/n", YEARS, {"2025": {"n": 2}}, "changed", id="which is no place"),
        pytest.param("/*/n", [{"n": 1}], [{"n": 2}], "volatile", id="a place in a list"),
        pytest.param("/0/n", [{"n": 1}], [{"n": 2}], "changed", id="which is no key"),
        pytest.param("/text/*/n", {"text": '[{"n":1}]'}, {"text": '[{"n":2}]'}, "volatile",
                     id="a place in a text"),
    ],
)  # fmt: skip
def test_a_mask_knows_keys_from_places_in_lists(
    place: str, recorded: Any, live: Any, expected: str
) -> None:
    (found,) = of(recorded, live, masked(PLACE + place))
    assert found.kind == expected


@pytest.mark.parametrize(
    ("kind", "recorded", "live", "expected"),
    [
        pytest.param("string", "2026-10-23T08:00:00Z", "2026-11-23T01:00:00Z", "volatile",
                     id="another time of the session"),
        pytest.param("string", "2026-10-23T08:00:00Z", "1970-01-01T00:00:00Z", "changed",
                     id="none of it any more"),
        pytest.param("string", "2026-10-23T08:00:00Z", "2026-11-23T01:00:00", "changed",
                     id="in another form"),
        pytest.param("string", "2026-10-23T08:00:00Z", "never", "changed", id="no time"),
        pytest.param("string", "1999-12-31T08:00:00Z", "never", "volatile", id="of another day"),
        pytest.param("string", "busy", "idle", "volatile", id="no times"),
        pytest.param("number", 1792742400, 1795424400, "volatile", id="numbers"),
        pytest.param("number", 1792742400, 0, "changed", id="a number that is no time any more"),
        pytest.param("number", 10**400, 10**401, "volatile", id="huge numbers"),
    ],
)  # fmt: skip
def test_a_mask_keeps_what_is_a_time_of_about_now(
    kind: str, recorded: Any, live: Any, expected: str
) -> None:
    (found,) = of({"at": recorded}, {"at": live}, masked(f"{PLACE}/at", kind))
    assert found.kind == expected
