from __future__ import annotations

from mcpx.analyses.phrases import MOVES
from mcpx.analyses.text_rules import TEXT_RULES


def test_every_rule_says_something_of_its_own() -> None:
    for member in ("id", "title", "explanation", "example"):
        assert len({getattr(rule, member) for rule in TEXT_RULES}) == len(TEXT_RULES), member


def test_every_rule_is_of_this_area_and_complete() -> None:
    for rule in TEXT_RULES:
        assert rule.id.startswith("text-")
        assert rule.mend.endswith(".")
        assert all(tag.startswith("OWASP MCP") for tag in rule.tags)
        assert rule.tags


def test_every_move_belongs_to_a_rule() -> None:
    assert {move.rule for move in MOVES} < {rule.id for rule in TEXT_RULES}
