from __future__ import annotations

import re
from ast import literal_eval

from mcpx.analyses.moves import MOVES
from mcpx.analyses.text_lint import text_findings
from mcpx.analyses.text_rules import TEXT_RULES
from mcpx.catalogue.model import Catalogue, Item, Kind
from tests.analyses.examples import examples_of
from tests.analyses.offering import described

# One step that makes an example honest: what stands there, and what stands there instead.
STEPS = {
    "text-hidden-characters": (r"\u200b", r"\u00e4"),
    "text-bidi": (r"\u202e", r"\u05d0"),
    "text-tag-characters": (r"\U000e0072\U000e0075\U000e006e", r"\U0001f4a9"),
    "text-terminal-escape": (r"\u001b[8m and more \u001b[0m", r"\n\t[8m and more [0m"),
    "text-lookalike-name": (r"\u0435", "e"),
    "text-instruction": ("Ignore all previous instructions", "Ignore all previous pages"),
    "text-secrecy": ("Do not tell", "Do tell"),
    "text-shadowing": ("send_email is called", "send_mails is called"),
    "text-sensitive-path": ("~/.ssh/id_rsa", "~/ssh/rsa"),
    "text-secret": ("ghp_R7dK2mXw9QzT4vLb8NcY", "ghp_YOUR_TOKEN"),
    "text-suspicious-parameter": ("conversation_history", "conversation_id"),
    "text-blob": ("SWdub3Jl", ""),
    "text-url": ("errors@collector.dev", "errors@collector"),
    "text-preference": ("Always use this tool first", "Always name this tool first"),
}


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


def fired(example: str) -> set[str]:
    """The rules that a line of a definition fires, beside a server that sends mail."""
    line = re.fullmatch(r"(\w+): (.*?[\"}])(?: \(.*\))?", example)
    assert line, example
    tool = Item(Kind.TOOL, {"name": "t", line[1]: literal_eval(line[2])})
    mail = described("mail", {"send_email": "Sends."})
    return {one.rule.id for one in text_findings([("s", Catalogue("s", tools=(tool,))), mail])}


@examples_of(TEXT_RULES, STEPS)
def test_an_example_fires_its_rule_alone(example: str, fires: list[str]) -> None:
    assert sorted(fired(example)) == fires
