from __future__ import annotations

from mcpx.analyses.diff.tool_rules import TOOL_CHANGES
from tests.analyses.diff.both_sides import examples_of, members, rules, sides

STEPS = {
    **members("tool"),
    "tool-title-moved": ('"name": "read", "title": "Read"', '"name": "read", "title": "Show"'),
    "tool-title-taken": ('"title": "Read"', '"title": "Send it"'),
    "tool-name-became-nonconforming": ("read file", "read.file"),
    "task-support-changed": ('"required"', '"forbidden"'),
    "task-support-restated-default": ('"forbidden"', '"optional"'),
    "task-support-field-dropped-with-protocol": ("2026-07-28", "2025-11-25"),
    "x-mcp-header-added": ("Region", "Re gion"),
    "x-mcp-header-changed": ("Zone", "Region"),
    "x-mcp-header-removed": ("Region", "Re gion"),
    "x-mcp-header-invalid": ("Re gion", "Re-gion"),
    "x-mcp-header-mended": ("Re gion", "Re-gion"),
}


@examples_of(TOOL_CHANGES, STEPS)
def test_an_example_fires_its_rule_and_one_step_away_does_not(
    example: str, rule: str, fires: bool
) -> None:
    assert (rule in rules(*sides(example))) is fires
