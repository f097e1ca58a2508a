from __future__ import annotations

from collections import Counter

import pytest

from mcpx.analyses.diff.annotation_rules import ANNOTATION_CHANGES
from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.pairing_rules import PAIRING_CHANGES
from mcpx.analyses.diff.prompt_rules import PROMPT_CHANGES
from mcpx.analyses.diff.resource_rules import RESOURCE_CHANGES, TEMPLATE_CHANGES
from mcpx.analyses.diff.server_rules import SERVER_CHANGES
from mcpx.analyses.diff.tool_rules import TOOL_CHANGES
from tests.analyses.diff.both_sides import sides

ALL = (
    *SERVER_CHANGES,
    *PAIRING_CHANGES,
    *TOOL_CHANGES,
    *ANNOTATION_CHANGES,
    *PROMPT_CHANGES,
    *RESOURCE_CHANGES,
    *TEMPLATE_CHANGES,
)
IDS = {rule.id for rule in ALL}
# Where one rule answers to several ways back.
ONE_FOR_SEVERAL = {
    "prompt-argument-added-required": "prompt-argument-removed",
    "resource-template-variable-added-query": "resource-template-variable-removed",
}


def test_no_two_rules_have_one_id() -> None:
    assert [id for id, times in Counter(rule.id for rule in ALL).items() if times > 1] == []


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_every_rule_has_its_mirror_or_a_reason(rule: ChangeRule) -> None:
    assert bool(rule.mirror) is not bool(rule.alone)
    if rule.mirror:
        assert rule.mirror in IDS
        back = next(one for one in ALL if one.id == rule.mirror)
        assert back.mirror == rule.id or ONE_FOR_SEVERAL[rule.id] == rule.mirror


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_every_rule_says_why_what_to_do_and_what_fires_it(rule: ChangeRule) -> None:
    assert rule.explanation.endswith(".")
    assert rule.mend.endswith(".")
    assert not rule.title.endswith(".")
    old, new = sides(rule.example)
    assert isinstance(old, dict)
    assert isinstance(new, dict)


@pytest.mark.parametrize("said", ["title", "example"])
def test_every_rule_says_something_of_its_own(said: str) -> None:
    times = Counter(getattr(rule, said) for rule in ALL)
    assert [one for one, count in times.items() if count > 1] == []
