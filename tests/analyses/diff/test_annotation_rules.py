from __future__ import annotations

from mcpx.analyses.diff.annotation_rules import ANNOTATION_CHANGES
from tests.analyses.diff.both_sides import examples_of, rules, sides

STEPS = {
    "annotation-read-only-withdrawn": ('"readOnlyHint": true', '"readOnlyHint": false'),
    "annotation-read-only-tightened": ('"readOnlyHint": false', '"readOnlyHint": true'),
    "annotation-destructive-gained": ('"readOnlyHint": false', '"readOnlyHint": true'),
    "annotation-destructive-tightened": ('"readOnlyHint": false', '"readOnlyHint": true'),
    "annotation-idempotent-withdrawn": ('"readOnlyHint": false', '"readOnlyHint": true'),
    "annotation-idempotent-tightened": ('"readOnlyHint": false', '"readOnlyHint": true'),
    "annotation-open-world-gained": ('"openWorldHint": false', '"openWorldHint": true'),
    "annotation-open-world-tightened": ('"openWorldHint": true', '"openWorldHint": false'),
    "annotation-restated-default": ('"destructiveHint": true', '"destructiveHint": false'),
    "annotation-contradiction-gained": ("delete_note", "find_note"),
    "annotation-contradiction-mended": ("delete_note", "find_note"),
    "annotation-unknown-key-changed": ('"costHint": 2', '"costHint": 1.0'),
}


@examples_of(ANNOTATION_CHANGES, STEPS)
def test_an_example_fires_its_rule_and_one_step_away_does_not(
    example: str, rule: str, fires: bool
) -> None:
    assert (rule in rules(*sides(example))) is fires
