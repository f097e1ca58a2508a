from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.analyses.contract_rules import CONTRACTS, RESULTS
from mcpx.analyses.finding import Finding, Rule, Severity
from mcpx.analyses.results import Answer, result_findings
from mcpx.schemas.validation import Outcome, Verdict, violations
from tests.schemas.here import check_here

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    check_here(monkeypatch)


def found(schema: Any, *content: Any) -> list[Finding]:
    """The findings about the structured content of an answer, or about one without any."""
    verdict = violations(schema, content[0]) if content else None
    return list(result_findings("a", [Answer("count", verdict)]))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param({"n": "x"}, '/structuredContent/n is "x", not an integer', id="type"),
        pytest.param({}, "/structuredContent/n is missing", id="missing"),
        pytest.param(None, "/structuredContent is null, not an object", id="null"),
    ],
)
def test_an_answer_that_breaks_its_schema(content: Any, said: str) -> None:
    (finding,) = found(SCHEMA, content)
    assert (finding.rule.id, finding.severity) == ("output-invalid", Severity.ERROR)
    assert finding.message == f"a: tool 'count' breaks its output schema: {said}"


def test_an_answer_without_structured_content() -> None:
    (finding,) = found(SCHEMA)
    assert (finding.rule.id, finding.severity) == ("output-missing", Severity.WARNING)
    assert finding.message.startswith("a: tool 'count' declares an output schema and answers")


def test_an_answer_that_fits_or_cannot_be_judged_is_no_finding() -> None:
    assert found(SCHEMA, {"n": 1}) == []
    unchecked = Verdict(Outcome.UNCHECKED, reason="that took longer than 2 s")
    assert list(result_findings("a", [Answer("count", unchecked)])) == []


def test_whatever_is_wrong_with_a_tools_answers_it_is_one_finding() -> None:
    items = {"items": {"type": "integer"}}
    (one,) = found(items, ["x", 1, "y", "z"])
    (other,) = found(items, [1, "x"])
    assert one.message.endswith('/structuredContent/0 is "x", not an integer, and 2 more')
    assert one.fingerprint == other.fingerprint


def test_what_a_server_names_is_shown_in_bounds_and_secrets_are_not_shown() -> None:
    (finding,) = found({"additionalProperties": {"type": "integer"}}, {"k" * 9999: "x"})
    assert len(finding.message) < 400
    token = "ghp_" + "0123456789" * 4
    (finding,) = found(SCHEMA, {"n": token})
    assert token not in finding.message


@pytest.mark.parametrize("rule", RESULTS, ids=lambda rule: rule.id)
def test_an_example_fires_its_rule_and_one_step_from_it_does_not(rule: Rule) -> None:
    tool, result = _values(rule.example)
    fits = {"n": 7} if rule.id == "output-invalid" else {}
    given = [result["structuredContent"]] if "structuredContent" in result else []
    assert [one.rule.id for one in found(tool["outputSchema"], *given)] == [rule.id]
    assert found(tool["outputSchema"], fits) == []


def _values(text: str) -> list[Any]:
    decoder, values = json.JSONDecoder(), []
    while text := text.strip():
        value, end = decoder.raw_decode(text)
        values.append(value)
        text = text[end:]
    return values


def test_every_rule_says_something_of_its_own() -> None:
    rules = (*CONTRACTS, *RESULTS)
    for said in ("id", "title", "explanation", "mend", "example"):
        assert len({getattr(rule, said) for rule in rules}) == len(rules), said
