from __future__ import annotations

import pytest

from mcpx.analyses.divergence.bindings import parsed
from mcpx.analyses.divergence.divergences import Divergence, Kind
from mcpx.analyses.divergence.masks import IgnoreRules
from mcpx.analyses.divergence.rule_use import RuleUse
from mcpx.analyses.divergence.sides import End, Interaction, Side

PARAMS = {"name": "stat", "arguments": {"id": 7}}
STAT = Interaction(5, 1, "tools/call", "stat", PARAMS)
RECORDED = Side(end=End.RESULT, value={"structuredContent": {"id": 7}})
LIVE = Side(end=End.RESULT, value={"content": [{"type": "text", "text": '{"a": 1}'}]})


@pytest.mark.parametrize(
    ("rule", "is_used"),
    [
        pytest.param("/structuredContent/id", True, id="recorded"),
        pytest.param("tools/call[stat] /content/*/type", True, id="live"),
        pytest.param("/content/*/text/a", True, id="within-a-text"),
        pytest.param("/structuredContent/ident", False, id="misspelt"),
        pytest.param("tools/call[find] /structuredContent/id", False, id="of-another-tool"),
    ],
)
def test_a_rule_is_of_use_where_what_it_names_is_there(rule: str, is_used: bool) -> None:
    use = RuleUse(IgnoreRules.parsed([rule]))
    use.see(STAT, RECORDED, LIVE)
    assert use.ignored() == ([] if is_used else [rule])


def test_a_rule_for_all_sessions_is_told_only_where_it_should_have_held() -> None:
    rules = ["tools/call[find] /a", "tools/call[stat] /a"]
    use = RuleUse(IgnoreRules.parsed(rules))
    use.see(STAT, RECORDED, LIVE)
    assert use.ignored(rules) == rules[1:]
    assert use.ignored() == rules


@pytest.mark.parametrize(
    ("rule", "lacking"),
    [
        pytest.param("/result/structuredContent/id -> /params/arguments/id", [], id="both"),
        pytest.param("/result/id -> /params/arguments/id", ["no answer"], id="source"),
        pytest.param("/result/structuredContent/id -> /params/id", ["no request"], id="target"),
    ],
)
def test_a_binding_needs_what_gives_and_what_takes(rule: str, lacking: list[str]) -> None:
    use = RuleUse(IgnoreRules(), parsed([rule]))
    use.see(STAT, RECORDED, LIVE)
    assert use.bindings == [(rule, one) for one in lacking]


def test_a_rule_of_what_differs_elsewhere_than_in_the_answer_is_of_use() -> None:
    use = RuleUse(IgnoreRules.parsed(["/tools/stat/description"]))
    differs = Divergence(Kind.VOLATILE, "m", "/tools/stat/description", 1, 2)
    use.see(STAT, RECORDED, LIVE, [differs])
    assert use.ignored() == []
