from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.analyses.divergence.comparison import Comparing, Comparison
from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.masks import IgnoreRules, Learning, Mask
from mcpx.analyses.divergence.sides import Interaction
from tests.analyses.divergence.sides import CALL, compared, told

MASK = {
    "format": "mcpx.replay-mask",
    "version": 1,
    "places": [
        {
            "method": "tools/call",
            "name": "count",
            "pointer": "/structuredContent/rows/*/ms",
            "types": ["number"],
        }
    ],
}


def at(pointer: str, recorded: Any = 1, live: Any = 2, kind: Kind = Kind.CHANGED) -> Divergence:
    return Divergence(kind, "is another", pointer, recorded, live)


def test_rules_say_what_is_not_compared() -> None:
    rules = IgnoreRules.parsed(["tools/call[count] /a/**/ms", "/content/*/text/at"])
    assert rules.matching(CALL, "/a/0/ms") == "tools/call[count] /a/**/ms"
    assert rules.matching(CALL, "/content/0/text/at/0") == "/content/*/text/at"
    assert rules.matching(CALL, "/b") == ""
    assert rules.matching(Interaction(1, 1, "tools/call", "other"), "/a/ms") == ""
    with pytest.raises(ValueError, match=r"'a\.b' is no place"):
        IgnoreRules.parsed(["/a", "a.b"])


def test_what_is_ignored_is_volatile_and_the_rest_is_told() -> None:
    comparing = Comparing(IgnoreRules.parsed(["/structuredContent/**/ms"]))
    recorded, live = ({"structuredContent": {"a": {"ms": n}, "n": n}} for n in (1, 2))
    found = compared(recorded, live, comparison=Comparison(comparing))
    assert told(found) == ["volatile /structuredContent/a/ms", "changed /structuredContent/n"]
    assert found[0].message == "is ignored by /structuredContent/**/ms"


def test_an_outcome_cannot_be_ignored() -> None:
    comparison = Comparison(Comparing(IgnoreRules.parsed(["/**"])))
    assert told(compared({}, {"isError": True}, comparison=comparison)) == ["outcome"]


def test_a_mask_is_learnt_from_what_differs_by_itself() -> None:
    learning = Learning()
    rows = "/structuredContent/rows"
    learning.see(CALL, [at(f"{rows}/0/ms"), at(f"{rows}/17/ms", 1.5, 2)])
    assert learning.mask.to_dict() == MASK
    assert not learning.refused
    mask = Mask.of(json.loads(json.dumps(MASK)))
    place, other = f"{rows}/*/ms", Interaction(1, 1, "tools/call", "other")
    assert mask.covers(CALL, at(f"{rows}/3/ms"), place)
    assert not mask.covers(CALL, at(f"{rows}/3/ms", 1, "1"), place)
    assert not mask.covers(CALL, at(f"{rows}/3/n"), f"{rows}/*/n")
    assert not mask.covers(CALL, at(f"{rows}/3/ms", kind=Kind.SCHEMA), place)
    assert not mask.covers(other, at(f"{rows}/3/ms"), place)
    assert (mask.holds_for(CALL), mask.holds_for(other)) == (True, False)


def test_a_member_that_is_called_by_digits_is_learnt_by_its_name() -> None:
    learning = Learning()
    first = {"structuredContent": {"2025": [{"n": 1}]}}
    learning.see(CALL, [at("/structuredContent/2025/0/n")], first)
    assert [*learning.mask.places[CALL.method, CALL.name]] == ["/structuredContent/2025/*/n"]


@pytest.mark.parametrize(
    ("interaction", "divergence"),
    [
        pytest.param(CALL, at("", kind=Kind.OUTCOME), id="an outcome"),
        pytest.param(CALL, at("/isError", False, True), id="whether it failed"),
        pytest.param(CALL, at("/content/0/type", "text", "image"), id="the type of a block"),
        pytest.param(CALL, at("/content/0/mimeType", "a/b", "c/d"), id="its media type"),
        pytest.param(CALL, at("/structuredContent/rows/3", ABSENT, 1), id="an item that came"),
        pytest.param(CALL, at("/structuredContent/a", 1, ABSENT), id="a member that went"),
        pytest.param(CALL, at("/structuredContent/rows", kind=Kind.ORDER), id="an order"),
        pytest.param(CALL, at("/a", kind=Kind.SCHEMA), id="a schema"),
        pytest.param(Interaction(1, 1, "tools/list"), at("/tools/0/title"), id="a list"),
        pytest.param(Interaction(1, 1, "initialize"), at("/instructions"), id="a handshake"),
        pytest.param(CALL, at("", kind=Kind.MISSING), id="no answer"),
    ],
)
def test_no_mask_hides_what_is_no_noise(interaction: Interaction, divergence: Divergence) -> None:
    learning = Learning()
    learning.see(interaction, [divergence])
    assert learning.refused == [(interaction, divergence)]
    assert learning.mask.to_dict()["places"] == []


def test_volatile_values_need_no_mask() -> None:
    learning = Learning()
    learning.see(CALL, [at("/a", kind=Kind.VOLATILE)])
    assert (learning.refused, learning.mask) == ([], Mask())


def test_members_of_data_may_be_called_like_those_of_the_protocol() -> None:
    learning = Learning()
    learning.see(CALL, [at("/structuredContent/type"), at("/content/0/text/a/type")])
    assert len(learning.mask.to_dict()["places"]) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"format": "mcpx.lock"}, "is no mcpx.replay-mask", id="another format"),
        pytest.param({"version": 2}, "is not of version 1", id="a newer version"),
        pytest.param({"places": {}}, "has no list of places", id="no list"),
        pytest.param({"places": [3]}, "is wrong at /places/0", id="no object"),
        pytest.param(
            {"places": [MASK["places"][0] | {"types": "number"}]}, "is wrong at", id="no types"
        ),
        pytest.param(
            {"places": [MASK["places"][0] | {"pointer": "/isError"}]},
            "hides what may not be hidden at /places/0",
            id="hides a failure",
        ),
    ],
)
def test_a_file_that_is_no_mask_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Mask.of(MASK | change)
    with pytest.raises(ValueError, match="is no"):
        Mask.of([])
