from __future__ import annotations

import json

import pytest

from mcpx.analyses.configuration_rules import CONFIGURATION
from mcpx.analyses.contract_lint import contract_findings
from mcpx.analyses.contract_rules import CONTRACTS, RESULTS
from mcpx.analyses.finding import Rule
from mcpx.analyses.results import Answer, result_findings
from mcpx.catalogue.model import Catalogue, Kind
from mcpx.schemas.validation import violations
from tests.analyses.examples import examples_of
from tests.catalogue.data import offering, tool

RULES = (*CONTRACTS, *RESULTS, *CONFIGURATION)
# One step that makes an example honest: what stands there, and what stands there instead.
STEPS = {
    "schema-unsatisfiable": ('"properties": {}', '"properties": {"id": {}}'),
    "schema-costly": ("(a+)+", "(ab)+"),
    "annotation-contradiction": ("readOnlyHint", "destructiveHint"),
    "header-secret": ('"api_key"', '"page_key"'),
    "deprecated-logging": ("logging", "completions"),
    "deprecated-sse": ('"sse"', '"http"'),
    "deprecated-tasks-core": ("optional", "forbidden"),
    "output-invalid": ('"seven"', "7"),
    "output-missing": ('"content": [', '"structuredContent": {}, "content": ['),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_says_why_what_to_do_and_what_fires_it(rule: Rule) -> None:
    assert rule.explanation.endswith(".")
    assert rule.mend.endswith(".")
    assert not rule.title.endswith(".")
    assert rule.example
    assert all(tag.startswith("OWASP MCP") for tag in rule.tags)


def test_every_rule_says_something_of_its_own() -> None:
    for said in ("id", "title", "explanation", "mend", "example"):
        assert len({getattr(rule, said) for rule in RULES}) == len(RULES), said


def listing(example: str) -> Catalogue:
    """The catalogue that an example is of: a server's, that of a tool or of an input schema."""
    part = json.loads(example)
    if "url" in part:
        return Catalogue("a", target={"transport": part["type"], "url": part["url"]})
    if "capabilities" in part:
        return Catalogue("a", **part)
    if "name" in part:
        return offering(Kind.TOOL, tool(**part))
    if part.get("type") == "string":
        part = {"properties": {"x": part}}
    return offering(Kind.TOOL, tool(inputSchema={"type": "object", **part}))


def fired(example: str) -> list[str]:
    return [one.rule.id for one in contract_findings([("a", listing(example))])]


@examples_of(CONTRACTS, STEPS)
def test_an_example_fires_its_rule_alone(example: str, fires: list[str]) -> None:
    assert fired(example) == fires


@examples_of(RESULTS, STEPS)
def test_an_example_of_an_answer_fires_its_rule_alone(example: str, fires: list[str]) -> None:
    listed, end = json.JSONDecoder().raw_decode(example)
    content = json.loads(example[end:]).get("structuredContent")
    verdict = None if content is None else violations(listed["outputSchema"], content)
    found = result_findings("a", [Answer(listed["name"], verdict)])
    assert [one.rule.id for one in found] == fires
