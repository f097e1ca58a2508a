from __future__ import annotations

from mcpx.analyses.configuration_rules import CONFIGURATION


def test_every_rule_is_of_the_area_of_configurations() -> None:
    assert [rule.id for rule in CONFIGURATION] == [
        "config-secret",
        "config-writable",
        "config-unpinned",
        "config-shell",
        "config-plain-http",
    ]
