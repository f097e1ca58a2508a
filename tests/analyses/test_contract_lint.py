from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from mcpx.analyses.contract_lint import contract_findings
from mcpx.analyses.contract_rules import CONTRACTS
from mcpx.analyses.finding import Finding, Severity
from mcpx.catalogue.model import Catalogue, Item, Kind, Problem
from mcpx.catalogue.problems import problems
from tests.analyses.offering import corpus
from tests.catalogue.data import FILES, needs_data, offering, real, tool


def found(catalogue: Catalogue) -> list[Finding]:
    return list(contract_findings([("a", catalogue)]))


def of_tool(**members: Any) -> list[tuple[str, str]]:
    return [(one.rule.id, one.message) for one in found(offering(Kind.TOOL, tool(**members)))]


def schema(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("members", "rule", "message"),
    [
        (
            {"inputSchema": {**schema(), "required": ["x"], "additionalProperties": False}},
            "schema-unsatisfiable",
            "a: tool 't' takes no arguments at all:"
            " 'x' is required and additionalProperties forbids it",
        ),
        (
            {"outputSchema": {**schema(), "required": ["x"], "additionalProperties": False}},
            "schema-unsatisfiable",
            "a: tool 't' allows no answer at all in its outputSchema:"
            " 'x' is required and additionalProperties forbids it",
        ),
        (
            {"inputSchema": schema(x={"type": "string", "pattern": "^(a+)+$"})},
            "schema-costly",
            "a: tool 't' has a pattern that has a quantifier in a group that is repeated,"
            " in inputSchema/properties/x/pattern",
        ),
        (
            {"outputSchema": schema(x={"type": "string", "pattern": "^(a+)+$"})},
            "schema-costly",
            "a: tool 't' has a pattern that has a quantifier in a group that is repeated,"
            " in outputSchema/properties/x/pattern",
        ),
        (
            {"inputSchema": schema(x={"default": [0] * 50_000})},
            "schema-costly",
            "a: tool 't' has more than 50000 values in its inputSchema",
        ),
        (
            {"name": "delete_x", "annotations": {"readOnlyHint": True}},
            "annotation-contradiction",
            "a: tool 'delete_x' says readOnlyHint, and it is to delete",
        ),
        (
            {"inputSchema": schema(api_key={"type": "string", "x-mcp-header": "Key"})},
            "header-secret",
            "a: tool 't' has its parameter 'api_key' sent as the header Mcp-Param-Key too",
        ),
        (
            {"execution": {"taskSupport": "optional"}},
            "deprecated-tasks-core",
            "a offers tasks of 2025-11-25, removed in 2026-07-28, for 1 of its tools",
        ),
        (
            {"inputSchema": {"type": "string"}},
            "schema-type-missing",
            'a: tool \'t\': inputSchema does not say "type": "object"',
        ),
    ],
)
def test_what_is_wrong_with_a_tool(members: dict[str, Any], rule: str, message: str) -> None:
    assert of_tool(**members) == [(rule, message)]


@pytest.mark.parametrize(
    ("rule", "members"),
    [
        (
            "schema-unsatisfiable",
            {"inputSchema": {**schema(x={}), "required": ["x"], "additionalProperties": False}},
        ),
        ("schema-unsatisfiable", {"inputSchema": {**schema(), "required": ["x"]}}),
        ("schema-unsatisfiable", {"outputSchema": schema(x={"not": {}})}),
        ("schema-costly", {"inputSchema": schema(x={"type": "string", "pattern": "^(ab)+$"})}),
        ("schema-costly", {"inputSchema": schema(x={"default": [0] * 49_990})}),
        ("annotation-contradiction", {"name": "delete_x", "annotations": {"readOnlyHint": False}}),
        ("annotation-contradiction", {"name": "deleted_x", "annotations": {"readOnlyHint": True}}),
        (
            "header-secret",
            {"inputSchema": schema(page_token={"type": "string", "x-mcp-header": "Page"})},
        ),
        ("header-secret", {"inputSchema": schema(api_key={"type": "string"})}),
        ("deprecated-tasks-core", {"execution": {"taskSupport": "forbidden"}}),
    ],
)
def test_what_is_nearly_wrong_with_a_tool(rule: str, members: dict[str, Any]) -> None:
    assert of_tool(**members) == [], f"nearly {rule}"


@pytest.mark.parametrize(
    ("members", "rules"),
    [
        ({"capabilities": {"logging": {}}}, ["deprecated-logging"]),
        ({"capabilities": {"tasks": {"list": {}}}}, ["deprecated-tasks-core"]),
        ({"target": {"transport": "sse", "url": "https://x/sse"}}, ["deprecated-sse"]),
        ({"target": {"transport": "http", "url": "https://x/sse"}}, []),
        ({"capabilities": {"extensions": {"io.modelcontextprotocol/tasks": {}}}}, []),
        ({"capabilities": {"completions": {}, "resources": {"subscribe": True}}}, []),
    ],
)
def test_what_the_specification_gives_up(members: dict[str, Any], rules: list[str]) -> None:
    findings = found(Catalogue("a", **members))
    assert [one.rule.id for one in findings] == rules
    assert all(one.severity is Severity.INFO for one in findings)


def test_problems_are_told_once_whether_they_are_carried_or_not() -> None:
    bare = offering(Kind.TOOL, tool(""), {"name": "x"})
    judged = replace(bare, problems=tuple(problems(bare)))
    assert found(bare) == found(judged)
    reworded = tuple(replace(one, message="in other words") for one in judged.problems)
    assert len(found(replace(bare, problems=reworded))) == len(found(bare)) == 2


def test_a_problem_of_the_wire_is_of_the_server() -> None:
    noisy = Problem("wire-noise", "3 lines that are no messages")
    (finding,) = found(Catalogue("a", problems=(noisy, Problem("not-known", "of another version"))))
    assert (finding.rule.id, finding.message) == ("wire-noise", "a: 3 lines that are no messages")
    assert finding.subjects == (("server", "", "a"),)


def test_two_findings_of_one_rule_have_fingerprints_of_their_own() -> None:
    costly = {"type": "string", "pattern": "(a+)+"}
    catalogue = offering(Kind.TOOL, tool(inputSchema=schema(x=costly, y=costly, z=1, w=[])))
    findings = found(catalogue)
    assert Counter(one.rule.id for one in findings) == {"schema-costly": 2, "schema-invalid": 2}
    assert len({one.fingerprint for one in findings}) == 4


def deep(levels: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"type": "object"}
    for _ in range(levels):
        inner = {"type": "object", "properties": {"a": inner}, "required": ["a"]}
    return inner


def fan(levels: int, **more: Any) -> dict[str, Any]:
    defs = {
        f"d{level}": {
            "type": "object",
            "anyOf": [{"$ref": f"#/$defs/d{(level + 1) % levels}"} for _ in range(3)],
            "properties": {name: {"$ref": f"#/$defs/d{(level + 1) % levels}"} for name in "ab"},
            "required": ["a", "b"],
            **more,
        }
        for level in range(levels)
    }
    return {"type": "object", "$ref": "#/$defs/d0", "$defs": defs}


def test_of_many_secrets_in_headers_some_are_told() -> None:
    secret = {f"token{n}": {"type": "string", "x-mcp-header": f"T{n}"} for n in range(25)}
    told = [message for rule, message in of_tool(inputSchema=schema(**secret))]
    assert len(told) == 21
    assert told[-1] == "a: tool 't' has 5 more parameters with secrets sent as headers"


HOSTILE = {
    "ten thousand nested": lambda: deep(10_000),
    "a hundred nested": lambda: deep(60),
    "references round": lambda: fan(40),
    "references round and together": lambda: fan(40, allOf=[{"$ref": "#"}, {"$ref": "#/$defs/d3"}]),
    "references of a megabyte": lambda: {
        "type": "object",
        "allOf": [{"$ref": "#" + "/a" * 500_000} for _ in range(3)],
    },
    "patterns": lambda: schema(**{f"p{n}": {"pattern": "(a|" * 3000} for n in range(400)}),
    "a pattern of 5 MB": lambda: schema(x={"pattern": "(a+)+" * 1_000_000}),
    "an enumeration of 5 MB": lambda: schema(
        x={"enum": ["x" * 40 + str(n) for n in range(100_000)], "anyOf": [{}] * 20_000}
    ),
    "names of 5 MB": lambda: {**schema(), "required": ["x" * 50 + str(n) for n in range(90_000)]},
    "choices": lambda: schema(
        **{f"p{n}": {"anyOf": [{"type": "string"}, {"type": "null"}]} for n in range(30_000)}
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_tool_takes_less_than_two_seconds(name: str) -> None:
    catalogue = offering(Kind.TOOL, tool("x", inputSchema=HOSTILE[name](), description="a" * 9**6))
    start = time.perf_counter()
    found(catalogue)
    assert time.perf_counter() - start < 10  # 2 alone; counting branches takes its time


def test_a_hostile_name_and_description_take_little_time() -> None:
    hints = {"readOnlyHint": True, "idempotentHint": True}
    raw = {"name": "delete" * 500_000, "description": "x. " * 10**6, "annotations": hints}
    start = time.perf_counter()
    found(Catalogue("a", tools=(Item(Kind.TOOL, raw),)))
    assert time.perf_counter() - start < 5


@needs_data
def test_real_annotations_and_schemas_raise_no_false_alarm() -> None:
    own = Counter(
        (one.rule.id, one.subjects[0].key)
        for name in ("toucan_smithery", "fixture_host")
        for one in contract_findings(corpus(name))
        if one.rule in CONTRACTS
    )
    # It says readOnlyHint and destructiveHint, both true.
    assert own == {("annotation-contradiction", "resolveProviderDocID"): 1}


@needs_data
def test_real_catalogues_use_what_is_given_up() -> None:
    names = [path.stem for path in FILES if "full" not in path.parts]
    own = Counter(
        one.rule.id
        for name in names
        for one in contract_findings([(name, real(name))])
        if one.rule in CONTRACTS
    )
    assert set(own) <= {"deprecated-tasks-core", "deprecated-logging"}
