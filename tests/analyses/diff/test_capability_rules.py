from __future__ import annotations

from mcpx.analyses.diff.capability_rules import CAPABILITIES
from tests.analyses.diff.both_sides import examples_of, rules, sides

STEPS = {
    **{
        f"capability-{name}-{way}": (f'"{name}"', f'"x-{name}"')
        for name in ("tools", "prompts", "resources", "completions", "logging", "tasks")
        for way in ("added", "removed")
    },
    **{
        f"capability-{name}-{way}": ("true", "false")
        for name in ("list-changed", "resources-subscribe")
        for way in ("added", "removed")
    },
    "capability-experimental-changed": ('"experimental"', '"x-experimental"'),
    "capability-unknown-changed": ('{"vivid": true}', "{}"),
    "extension-removed": ('"io.modelcontextprotocol/ui": {}', ""),
    "extension-added": ('"io.modelcontextprotocol/ui": {}', ""),
    "extension-settings-changed": ('"mode": "full"', ""),
}


@examples_of(CAPABILITIES, STEPS)
def test_an_example_fires_its_rule_and_one_step_away_does_not(
    example: str, rule: str, fires: bool
) -> None:
    assert (rule in rules(*sides(example))) is fires
