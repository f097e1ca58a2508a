from __future__ import annotations

import pytest

from mcpx.analyses.configuration_rules import CONFIGURATION
from mcpx.analyses.contract_rules import CONTRACTS
from mcpx.analyses.finding import Rule

RULES = (*CONTRACTS, *CONFIGURATION)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_says_why_what_to_do_and_what_fires_it(rule: Rule) -> None:
    assert rule.explanation.endswith(".")
    assert rule.mend.endswith(".")
    assert not rule.title.endswith(".")
    assert rule.example
    assert all(tag.startswith("OWASP MCP") for tag in rule.tags)


def test_every_rule_says_something_of_its_own() -> None:
    for said in ("id", "title", "explanation", "mend", "example"):
        assert len({getattr(rule, said) for rule in RULES}) == len(RULES), said
