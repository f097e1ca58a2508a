from __future__ import annotations

from mcpx.analyses.diff.prompt_rules import PROMPT_CHANGES
from tests.analyses.diff.both_sides import examples_of, members, rules, sides

STEPS = {
    **members("prompt"),
    "prompt-argument-added-required": (', "required": true', ""),
    "prompt-argument-added-optional": ('"file"}', '"file", "required": true}'),
    "prompt-argument-removed": ('"arguments": []', '"arguments": [{"name": "file"}]'),
    "prompt-argument-renamed": ("filePath", "style"),
    "prompt-argument-became-required": ('"required": true', '"required": false'),
    "prompt-argument-became-optional": ('"file"}', '"file", "required": true}'),
    "prompt-argument-title-changed": ('"Path"', '"File"'),
    "prompt-argument-description-changed": ("URL", "path"),
    "prompt-argument-reordered": ('{"name": "style"}, {"name": "file"}', '{"name": "file"}'),
    "prompt-argument-member-changed": ('"x-kind": 2', '"x-kind": 1'),
}


@examples_of(PROMPT_CHANGES, STEPS)
def test_an_example_fires_its_rule_and_one_step_away_does_not(
    example: str, rule: str, fires: bool
) -> None:
    assert (rule in rules(*sides(example))) is fires
