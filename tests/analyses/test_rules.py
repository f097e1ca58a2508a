from __future__ import annotations

import re

import pytest

from mcpx.analyses.finding import Effect
from mcpx.analyses.rules import RULES
from mcpx.catalogue.problems import PROBLEMS
from tests.catalogue.data import REPOSITORY

AREAS = (
    "annotation|budget|config|deprecated|field|header|item|list|name|opening|prompt|schema|server"
    "|template|text|tool|uri|wire"
)
# A text in quotes within a text is a quotation, not a rule.
ID = re.compile(rf'(?<!\')"((?:{AREAS})(?:-[a-z]+)+)"')
PLACES = ("client", "catalogue", "schemas", "analyses", "operations")


def named_in_source() -> set[str]:
    return {
        name
        for place in PLACES
        for path in (REPOSITORY / "mcpx" / place).rglob("*.py")
        for name in ID.findall(path.read_text(encoding="utf-8"))
    }


def test_every_rule_that_is_named_exists_and_every_rule_is_named() -> None:
    assert named_in_source() - set(Effect) == set(RULES)


def test_every_problem_is_a_rule() -> None:
    assert {name: RULES[name].title for name in PROBLEMS} == dict(PROBLEMS)


@pytest.mark.parametrize("name", sorted(RULES))
def test_rules_are_kebab_case_and_say_what_they_mean(name: str) -> None:
    rule = RULES[name]
    assert rule.id == name
    assert re.fullmatch(rf"(?:{AREAS})(?:-[a-z]+)+", name)
    assert not rule.title.endswith(".")
    assert rule.explanation.endswith(".")
    assert rule.mend.endswith(".")
    assert rule.example
    assert all(len(line) <= 100 and line.strip() for line in rule.example.splitlines())
