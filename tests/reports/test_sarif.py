from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses.finding import Finding, Location, Rule, Severity, Subject
from mcpx.analyses.rules import RULES
from mcpx.reports.document import Findings
from mcpx.reports.sarif import render_sarif
from mcpx.terminal import safe
from tests.reports import samples

ACCEPTED = json.loads(
    (Path(__file__).parents[1] / "data" / "sarif-accepted.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema_rs.Draft202012Validator(ACCEPTED, validate_formats=True)


def run_of(document: Findings, root: Path | None = None) -> Any:
    log = json.loads(render_sarif(document, root))
    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    return log["runs"][0]


def one(**members: Any) -> Findings:
    return Findings("conflicts", [Finding(samples.CLASH, "two", **members)])


@pytest.mark.parametrize(
    ("name", "document"),
    [
        pytest.param("findings", samples.findings(), id="findings"),
        pytest.param("hostile-findings", samples.hostile_findings(), id="hostile"),
        pytest.param("nothing-found", samples.nothing_found(), id="nothing"),
    ],
)
def test_a_log_is_accepted_and_as_before(
    name: str,
    document: Findings,
    golden: Callable[[str, str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mcpx.reports.sarif.__version__", "1.2.3")
    run_of(document)
    text = render_sarif(document)
    assert text.isascii()
    golden("sarif", f"{name}.txt", text)


def test_the_schema_of_the_tests_refuses_what_github_refuses() -> None:
    log = json.loads(render_sarif(samples.findings()))
    result = log["runs"][0]["results"][0]
    for broken in broken_results(result):
        assert not VALIDATOR.is_valid({**log, "runs": [{**log["runs"][0], "results": [broken]}]})


def broken_results(result: dict[str, Any]) -> list[dict[str, Any]]:
    [location] = result["locations"]
    logical = {"logicalLocations": location["logicalLocations"]}
    physical = location["physicalLocation"]
    before_the_first = {**location, "physicalLocation": {**physical, "region": {"startLine": 0}}}
    return [
        {**result, "locations": []},
        {**result, "locations": [logical]},
        {**result, "locations": [before_the_first]},
        {**result, "level": "info"},
        {**result, "message": {"text": ""}},
    ]


def test_every_rule_of_mcpx_can_be_told() -> None:
    findings = [Finding(rule, "found") for rule in RULES.values()]
    run = run_of(Findings("conflicts", findings))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(RULES)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert rules[result["ruleIndex"]]["defaultConfiguration"]["level"] == result["level"]


def test_the_help_of_a_rule_is_its_page() -> None:
    rule = Rule(
        "text-odd", "Odd", Severity.INFO, "Why <it>.", "Mend.", '{"a": "\u200b"}\nb', ("One", "Two")
    )
    [told] = run_of(Findings("lint", [Finding(rule, "found")]))["tool"]["driver"]["rules"]
    assert told["help"] == {
        "text": 'Why <it>.\nExample:\n{"a": "\\u200b"}\nb\nMend.',
        "markdown": 'Why \\<it\\>.\n\n```\n{"a": "\\u200b"}\nb\n```\n\nMend.',
    }
    assert told["properties"] == {"tags": ["One", "Two"]}


def test_the_order_of_the_findings_does_not_matter() -> None:
    document = samples.findings()
    backwards = replace(document, findings=document.findings[::-1])
    assert render_sarif(backwards) == render_sarif(document)
    levels = [result["level"] for result in run_of(document)["results"]]
    assert levels == ["error", "warning", "note"]


@pytest.mark.parametrize(
    ("location", "artifact", "line"),
    [
        pytest.param(
            Location("/shop/.mcp.json", 3),
            {"uri": ".mcp.json", "uriBaseId": "%SRCROOT%"},
            3,
            id="in-the-checkout",
        ),
        pytest.param(
            Location("/shop/a b/c:d%#?.json"),
            {"uri": "a%20b/c%3Ad%25%23%3F.json", "uriBaseId": "%SRCROOT%"},
            1,
            id="special-characters",
        ),
        pytest.param(
            Location("/home/ä/.cursor/mcp.json", 0),
            {"uri": "file:///home/%C3%A4/.cursor/mcp.json"},
            1,
            id="elsewhere",
        ),
        pytest.param(
            None, {"uri": "mcpx.toml", "uriBaseId": "%SRCROOT%"}, 1, id="of-no-file-but-somewhere"
        ),
    ],
)
def test_each_result_has_a_place(
    location: Location | None, artifact: dict[str, str], line: int
) -> None:
    [result] = run_of(one(location=location), Path("/shop"))["results"]
    [place] = result["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": artifact,
        "region": {"startLine": line},
    }
    assert ("message" in place) is (location is None)


def test_what_a_finding_is_about_is_its_logical_location() -> None:
    subjects = (Subject("tool", "search", "notes"), Subject("prompt", "a b", "tickets"))
    document = one(subjects=subjects)
    [result] = run_of(document)["results"]
    names = [place["fullyQualifiedName"] for place in result["locations"][0]["logicalLocations"]]
    assert names == ["notes/search", "tickets/a b"]
    fingerprint = document.findings[0].fingerprint
    assert result["partialFingerprints"] == {"mcpxFingerprint/v1": fingerprint}


def test_a_server_that_was_not_examined_is_notified() -> None:
    missing = [{"server": "x", "reason": "no answer"}]
    [invocation] = run_of(Findings("lint", [], {"not_examined": missing}))["invocations"]
    [told] = invocation["toolExecutionNotifications"]
    assert told == {"level": "warning", "message": {"text": "x was not examined: no answer"}}


def test_two_commands_are_two_categories() -> None:
    assert run_of(Findings("lint", []))["automationDetails"] == {"id": "mcpx/lint/"}


@given(st.text() | st.text("[](){}1\\"))
def test_no_server_makes_a_link_in_a_message(text: str) -> None:
    [result] = run_of(Findings("lint", [Finding(samples.CLASH, f"it says {text}")]))["results"]
    told = result["message"]["text"]
    assert "](" not in told
    assert told == f"it says {safe(text)}".replace("](", r"]\(")


@given(st.text(min_size=1))
def test_any_path_gives_a_uri(path: str) -> None:
    run_of(one(location=Location(f"/shop/{path}")), Path("/shop"))
    run_of(one(location=Location(f"/shop/{path}")), Path("/other"))
