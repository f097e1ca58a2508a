from __future__ import annotations

import re

import pytest

from mcpx.analyses.finding import Effect
from mcpx.analyses.rules import RULES, every_rule
from mcpx.catalogue.problems import PROBLEMS
from tests.analyses import (
    test_configuration_rules,
    test_conflict_rules,
    test_contract_rules,
    test_problem_rules,
    test_session_rules,
    test_text_rules,
)
from tests.analyses.divergence import test_replay_rules
from tests.catalogue.data import REPOSITORY

AREAS = (
    "annotation|budget|config|deprecated|field|header|item|list|name|opening|output|prompt|replay"
    "|schema|server|session|template|text|tool|uri|wire"
)
# A text in quotes within a text is a quotation, not a rule.
ID = re.compile(rf'(?<!\')"((?:{AREAS})(?:-[a-z]+)+)"')
# Formats of JSON Schema, which are named in the same way.
OF_SCHEMAS = {"uri-reference"}
# What became of a request in a session, and a direction in somebody's format.
OF_SESSIONS = {"tool-error", "server-to-client"}
OF_CHANGES = every_rule().keys() - RULES.keys()
PLACES = ("client", "catalogue", "schemas", "analyses", "operations", "sessions")


def named_in_source() -> set[str]:
    return {
        name
        for place in PLACES
        for path in (REPOSITORY / "mcpx" / place).rglob("*.py")
        # The ids of changes are put together from tables, most of them.
        if path.parent.name != "diff"
        for name in ID.findall(path.read_text(encoding="utf-8"))
    }


def test_every_rule_that_is_named_exists_and_every_rule_is_named() -> None:
    others = {*Effect, *OF_SCHEMAS, *OF_SESSIONS, *OF_CHANGES}
    assert named_in_source() - others == set(RULES)


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


def test_every_rule_has_an_example_that_fires_it_and_a_step_that_does_not() -> None:
    of_lint = (
        test_text_rules,
        test_contract_rules,
        test_configuration_rules,
        test_session_rules,
        test_replay_rules,
    )
    steps = [name for module in of_lint for name in module.STEPS]
    steps += [*test_problem_rules.STEPS, *test_problem_rules.OF_SIZES]
    steps += [*test_conflict_rules.STEPS, *test_conflict_rules.OF_COUNTS]
    assert sorted(steps) == sorted(RULES)
