from __future__ import annotations

from mcpx.analyses.conflict_rules import CONFLICTS


def test_every_rule_says_something_of_its_own() -> None:
    assert len({rule.id for rule in CONFLICTS}) == len(CONFLICTS)
    assert len({rule.title for rule in CONFLICTS}) == len(CONFLICTS)
    assert len({rule.explanation for rule in CONFLICTS}) == len(CONFLICTS)
