from __future__ import annotations

from mcpx.analyses.diff.pairing_rules import PAIRING_CHANGES
from tests.analyses.diff.both_sides import examples_of, rules, sides


def of_a_kind(area: str, member: str, key: str) -> dict[str, tuple[str, str]]:
    """Steps of the rules that every kind has."""
    item = f'{{"{member}": "{key}"}}'
    short = "name" if member == "name" else "uri"
    return {
        f"{area}-added": ("[]", f"[{item}]"),
        f"{area}-removed": ("[]", f"[{item}]"),
        f"{area}-{short}-duplicated": (f"{item}, {item}", item),
        f"{area}-{short}-duplicate-removed": (f"{item}, {item}", item),
    }


def of_names(area: str) -> dict[str, tuple[str, str]]:
    """Steps of the rules of names."""
    return {
        f"{area}-renamed": ("read-query", "queries"),
        f"{area}-name-case-changed": ("getuser", "get_user"),
        f"{area}-names-swapped": ('"b", "description": "Reads it."', '"b"'),
        f"{area}-possibly-renamed": (
            '"look_up", "description": "Finds a note by its words."',
            '"look_up", "description": "Sends a mail."',
        ),
    }


STEPS = {
    **of_a_kind("tool", "name", "read"),
    **of_names("tool"),
    "tool-removed-deprecated": ("Deprecated: use get", "Get is deprecated"),
    "tool-merged": ("count_old_issues", "count_issues"),
    **of_a_kind("prompt", "name", "review"),
    **of_names("prompt"),
    **of_a_kind("resource", "uri", "notes://all"),
    "resource-uri-changed": (
        '"memos://all", "name": "All notes"',
        '"memos://all", "name": "Memos"',
    ),
    **of_a_kind("resource-template", "uriTemplate", "notes://{id}"),
}


@examples_of(PAIRING_CHANGES, STEPS)
def test_an_example_fires_its_rule_and_one_step_away_does_not(
    example: str, rule: str, fires: bool
) -> None:
    assert (rule in rules(*sides(example))) is fires
