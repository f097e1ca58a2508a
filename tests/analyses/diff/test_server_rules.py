from __future__ import annotations

from mcpx.analyses.diff.server_rules import INSTRUCTIONS, PROTOCOL, SERVER_INFO
from tests.analyses.diff.both_sides import examples_of, rules, sides

VERSION = '"version": "1.%d.0"'
STEPS = {
    "server-name-changed": ("memos", "notes"),
    "server-info-missing": ("new: {}", 'new: {"server_info": {"name": "n"}}'),
    "server-info-given": ("old: {}", 'old: {"server_info": {"name": "n"}}'),
    "server-title-changed": ("Memos", "Notes"),
    "server-description-changed": ("memos", "notes"),
    "server-website-changed": ("b.example", "a.example"),
    "server-icons-changed": ('{"src": "https://a.example/i.png"}', ""),
    "server-info-changed": ('"build": 8', '"build": 7'),
    "server-version-changed": (VERSION % 1, VERSION % 0),
    "server-version-not-bumped": ('1.4.0"}}\nnew', '1.3.0"}}\nnew'),
    "server-version-decreased": (VERSION % 3, VERSION % 5),
    "server-major-not-bumped": ('"1.5.0"', '"2.0.0"'),
    "instructions-added": ("Save often.", ""),
    "instructions-changed": ("Send", "Save"),
    "instructions-removed": ("Save often.", ""),
    "instructions-whitespace-changed": ("  ", " "),
    "protocol-version-removed": ('new: {"supported": [', 'new: {"supported": ["2025-11-25", '),
    "protocol-version-added": ('["2025-11-25"]', '["2025-11-25", "2026-07-28"]'),
    "protocol-version-latest-changed": ("2025-11-25", "2025-06-18"),
    "catalogue-reordered": ('{"name": "b"}, {"name": "a"}', '{"name": "c"}, {"name": "a"}'),
}


@examples_of((*SERVER_INFO, *INSTRUCTIONS, *PROTOCOL), STEPS)
def test_an_example_fires_its_rule_and_one_step_away_does_not(
    example: str, rule: str, fires: bool
) -> None:
    assert (rule in rules(*sides(example))) is fires
