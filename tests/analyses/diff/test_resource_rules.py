from __future__ import annotations

from mcpx.analyses.diff.resource_rules import RESOURCE_CHANGES, TEMPLATE_CHANGES
from tests.analyses.diff.both_sides import examples_of, members, rules, sides


def of_both(area: str) -> dict[str, tuple[str, str]]:
    """Steps of the rules that resources and templates have in common."""
    return {
        **members(area),
        f"{area}-name-changed": ("memos", "notes"),
        f"{area}-priority-changed": ("0.9", "0.5"),
        f"{area}-last-modified-changed": ("2026-02", "2026-01"),
        f"{area}-audience-changed": ('["user", "assistant"]', '["user"]'),
        f"{area}-mime-type-changed": ("text/html", "TEXT/plain"),
    }


STEPS = {
    **of_both("resource"),
    "resource-mime-type-added": ("text/plain", ""),
    "resource-mime-type-removed": ("text/plain", ""),
    "resource-size-changed": ("20", "10"),
}
TEMPLATE_STEPS = {
    **of_both("resource-template"),
    "resource-template-literal-changed": ("memos", "notes"),
    "resource-template-variable-added-required": ("/{id}", "{?id}"),
    "resource-template-variable-added-query": ("{?page}", "/{page}"),
    "resource-template-variable-removed": ('{user}"', '{user}/{id}"'),
    "resource-template-variable-renamed": ("{note}", "{id}"),
    "resource-template-operator-widened": ("{+id}", "{id:3}"),
    "resource-template-operator-narrowed": ('{id}"', '{+id}/x"'),
    "resource-template-operator-changed": ("{?id}", "{/id}"),
    "resource-template-modifier-changed": ("{id:3}", "{id}"),
    "resource-template-respelled": ("{?b,a}", "{?b}"),
    "resource-template-became-invalid": ('{id"', '{+id}"'),
    "resource-template-mended": ('{id"', '{+id}"'),
}


@examples_of(RESOURCE_CHANGES, STEPS)
def test_an_example_fires_its_rule_and_one_step_away_does_not(
    example: str, rule: str, fires: bool
) -> None:
    assert (rule in rules(*sides(example))) is fires


@examples_of(TEMPLATE_CHANGES, TEMPLATE_STEPS)
def test_an_example_of_a_template_fires_its_rule_and_one_step_away_does_not(
    example: str, rule: str, fires: bool
) -> None:
    assert (rule in rules(*sides(example))) is fires
