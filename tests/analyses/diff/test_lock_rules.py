from __future__ import annotations

import re

import pytest

from mcpx.analyses.diff.changes import ChangeRule
from mcpx.analyses.diff.lock_rules import LOCK_RULES
from mcpx.analyses.diff.rules import CHANGES
from mcpx.analyses.finding import Severity


@pytest.mark.parametrize("rule", [pytest.param(one, id=one.id) for one in LOCK_RULES])
def test_a_rule_of_locks_fails_but_for_what_means_the_same(rule: ChangeRule) -> None:
    assert rule.id.startswith("lock-")
    passes = rule.id == "lock-respelt"
    assert rule.severity is (Severity.INFO if passes else Severity.ERROR)
    assert rule.cosmetic is passes
    assert rule in CHANGES
    assert re.search(r"mcpx lock", rule.mend)
