from __future__ import annotations

from mcpx.analyses.diff.call_rules import CALL_RULES
from mcpx.analyses.finding import Severity


def test_only_what_is_shown_to_break_is_breaking() -> None:
    assert {rule.id for rule in CALL_RULES if rule.severity is Severity.ERROR} == {
        "call-gone",
        "call-refused",
    }
    assert all(rule.alone and not rule.trust for rule in CALL_RULES)
