from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp_types import methods

from mcpx.catalogue.files import read
from mcpx.catalogue.model import Kind, Problem
from mcpx.catalogue.problems import ANTHROPIC, OPENAI, PROBLEMS, problems
from mcpx.catalogue.shapes import ITEMS, SDKS
from mcpx.servers import Era
from tests.catalogue.data import FILES, REPOSITORY, needs_data, offering, real, tool, without
from tests.schemas.junk import JSON

VERDICTS = json.loads((REPOSITORY / "tests/data/typescript-verdicts.json").read_text())["cases"]
LISTS = {
    "tools/list": (Kind.TOOL, "tools"),
    "prompts/list": (Kind.PROMPT, "prompts"),
    "resources/list": (Kind.RESOURCE, "resources"),
    "resources/templates/list": (Kind.TEMPLATE, "resourceTemplates"),
}
MODERN_RESULT = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}
MEMBERS = {member for shape in ITEMS.values() for member in shape.members}
PROMPT = {"name": "p"}
RESOURCE = {"uri": "a://b", "name": "r"}
TEMPLATE = {"uriTemplate": "a://{b}", "name": "r"}


def found(kind: Kind, *raws: dict[str, Any], era: Era | None = None) -> list[tuple[str, str]]:
    return [(one.rule, one.path) for one in problems(offering(kind, *raws, era=era))]


@pytest.mark.parametrize("era", list(Era))
@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda one: f"{one['list']} {one['case']}")
def test_rejected_by_names_the_sdks_that_refuse(verdict: dict[str, Any], era: Era) -> None:
    """The Python SDK is asked here; what the TypeScript SDKs said is in the file."""
    modern = era is Era.MODERN
    kind, member = LISTS[verdict["list"]]
    expected = set(verdict["refused_by_modern" if modern else "refused_by"])
    result = {member: [verdict["item"]], **(MODERN_RESULT if modern else {})}
    try:
        methods.parse_server_result(
            verdict["list"], "2026-07-28" if modern else "2025-11-25", result
        )
    except ValueError:
        expected.add("Python SDK 2")
    named = problems(offering(kind, verdict["item"], era=era))
    assert {client for one in named for client in one.rejected_by if "SDK" in client} == expected


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        pytest.param(Kind.TOOL, tool(), [], id="good tool"),
        pytest.param(Kind.PROMPT, PROMPT, [], id="good prompt"),
        pytest.param(Kind.RESOURCE, RESOURCE, [], id="good resource"),
        pytest.param(Kind.TEMPLATE, TEMPLATE, [], id="good template"),
        pytest.param(
            Kind.TOOL, {"name": "t"}, [("schema-missing", "/inputSchema")], id="no schema"
        ),
        pytest.param(
            Kind.TOOL,
            tool(inputSchema=None),
            [("schema-type", "/inputSchema")],
            id="schema is null",
        ),
        pytest.param(
            Kind.TOOL,
            tool(inputSchema={"type": ["object"]}),
            [("schema-type-missing", "/inputSchema")],
            id="type is a list",
        ),
        pytest.param(
            Kind.TOOL,
            tool(inputSchema={"type": "object", "properties": {"a/b": True}}),
            [("schema-boolean-property", "/inputSchema/properties/a~1b")],
            id="boolean property",
        ),
        pytest.param(
            Kind.TOOL,
            tool(inputSchema={"type": "object", "properties": {"a": {"$ref": "http://x/y"}}}),
            [("schema-external-ref", "/inputSchema/properties/a/$ref")],
            id="external reference",
        ),
        pytest.param(
            Kind.TOOL,
            tool(inputSchema={"type": "object", "$schema": "x", "required": 7}),
            [
                ("schema-dialect-unknown", "/inputSchema/$schema"),
                ("schema-invalid", "/inputSchema/required"),
            ],
            id="refused though unchecked",
        ),
        pytest.param(
            Kind.TOOL,
            tool(outputSchema={"type": "object", "properties": {"a": {"$ref": "#/no"}}}),
            [("schema-ref-missing", "/outputSchema/properties/a/$ref")],
            id="missing reference in the output",
        ),
        pytest.param(Kind.TOOL, tool(None), [("name-missing", "/name")], id="name is null"),
        pytest.param(
            Kind.TOOL, without(tool(), "name"), [("name-missing", "/name")], id="nameless"
        ),
        pytest.param(Kind.TOOL, tool(""), [("name-invalid", "/name")], id="empty name"),
        pytest.param(Kind.TOOL, tool("n" * 129), [("name-invalid", "/name")], id="long name"),
        pytest.param(Kind.TOOL, tool("a/b"), [("name-invalid", "/name")], id="slash in a name"),
        pytest.param(Kind.TOOL, tool("a.b"), [("name-unportable", "/name")], id="dot in a name"),
        pytest.param(Kind.TOOL, tool("n" * 65), [("name-unportable", "/name")], id="65 characters"),
        pytest.param(Kind.TOOL, tool("n" * 64), [], id="64 characters"),
        pytest.param(Kind.PROMPT, {"name": ""}, [("name-invalid", "/name")], id="empty prompt"),
        pytest.param(Kind.PROMPT, {"name": "any name"}, [], id="prompts have free names"),
        pytest.param(
            Kind.PROMPT,
            {"name": "p", "arguments": [{"name": "a"}, {"required": "yes"}, 7]},
            [
                ("field-missing", "/arguments/1"),
                ("field-type", "/arguments/1/required"),
                ("field-type", "/arguments/2"),
            ],
            id="arguments",
        ),
        pytest.param(
            Kind.RESOURCE, {}, [("name-missing", "/name"), ("uri-missing", "/uri")], id="nothing"
        ),
        pytest.param(
            Kind.RESOURCE, {"uri": "a b", "name": "r"}, [("uri-invalid", "/uri")], id="no URI"
        ),
        pytest.param(
            Kind.TEMPLATE,
            {"uriTemplate": "a://{", "name": "r"},
            [("template-invalid", "/uriTemplate")],
            id="no template",
        ),
        pytest.param(
            Kind.RESOURCE,
            {**RESOURCE, "size": "9" * 5_000, "annotations": {"priority": "9" * 5_000}},
            [("field-type", "/annotations/priority"), ("field-type", "/size")],
            id="numbers of thousands of digits",
        ),
        pytest.param(
            Kind.RESOURCE,
            {**RESOURCE, "size": float("inf")},
            [("field-type", "/size")],
            id="infinite size",
        ),
        pytest.param(
            Kind.TOOL,
            tool(icons=[{"src": "a:b", "sizes": "48x48"}], annotations={"readOnlyHint": "yes"}),
            [("field-type", "/annotations/readOnlyHint"), ("field-type", "/icons/0/sizes")],
            id="icons and annotations",
        ),
    ],
)
def test_rules_and_places(kind: Kind, raw: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert sorted(found(kind, raw)) == sorted(expected)


@pytest.mark.parametrize(
    ("size", "refusing"),
    [
        pytest.param(True, SDKS[1:], id="true"),
        pytest.param("12", SDKS[1:], id="text"),
        pytest.param(1.5, SDKS[:1], id="fraction"),
        pytest.param([], SDKS, id="array"),
    ],
)
def test_sizes_that_sdks_refuse(size: Any, refusing: tuple[str, ...]) -> None:
    (one,) = problems(offering(Kind.RESOURCE, {**RESOURCE, "size": size}))
    assert one.rejected_by == refusing


@pytest.mark.parametrize(
    ("name", "refusing"),
    [
        pytest.param("a.b", (OPENAI, ANTHROPIC), id="dot"),
        pytest.param("n" * 65, (OPENAI,), id="65 characters"),
        pytest.param("n" * 129, (OPENAI, ANTHROPIC), id="129 characters"),
        pytest.param("", (OPENAI, ANTHROPIC), id="empty"),
    ],
)
def test_names_that_apis_refuse(name: str, refusing: tuple[str, ...]) -> None:
    assert [one.rejected_by for one in problems(offering(Kind.TOOL, tool(name)))] == [refusing]


def test_an_output_schema_of_any_type_is_good_in_the_modern_era_only() -> None:
    listed = tool(outputSchema={"type": "array"})
    assert found(Kind.TOOL, listed, era=Era.MODERN) == []
    assert found(Kind.TOOL, listed, era=Era.LEGACY) == [("schema-type-missing", "/outputSchema")]


@pytest.mark.parametrize(
    ("kind", "raw", "rule", "refusing"),
    [
        (Kind.TOOL, tool(), "name-duplicate", (ANTHROPIC,)),
        (Kind.PROMPT, PROMPT, "name-duplicate", ()),
        (Kind.RESOURCE, RESOURCE, "uri-duplicate", ()),
        (Kind.TEMPLATE, TEMPLATE, "uri-duplicate", ()),
    ],
    ids=list(Kind),
)
def test_duplicates(kind: Kind, raw: dict[str, Any], rule: str, refusing: tuple[str, ...]) -> None:
    (one,) = problems(offering(kind, raw, raw, raw))
    assert (one.rule, one.message, one.rejected_by) == (rule, "listed 3 times", refusing)


def test_an_item_without_a_name_is_named_by_its_place() -> None:
    (one,) = problems(offering(Kind.TOOL, tool(), without(tool(), "name")))
    assert one == Problem("name-missing", "tool 1: has no 'name'", Kind.TOOL, "", "/name", SDKS)


def test_what_a_catalogue_names_already_is_not_named_again() -> None:
    catalogue = offering(Kind.TOOL, {"name": "t"}, tool("a b"))
    first, second = problems(catalogue)
    assert list(problems(replace(catalogue, problems=(first,)))) == [second]


def test_no_more_than_fifty_problems_are_named_for_one_item() -> None:
    assert len(found(Kind.TOOL, tool(icons=[7] * 1_000_000))) == 50


@needs_data
def test_server_filesystem_is_listed_whole_with_its_problems() -> None:
    catalogue = real("@modelcontextprotocol+server-filesystem@0.6.2")
    assert len(catalogue.tools) == 9
    listed = list(problems(catalogue))
    assert {(one.rule, one.path, one.rejected_by) for one in listed} == {
        ("schema-type-missing", "/inputSchema", SDKS)
    }
    whole = {tool.key for tool in catalogue.tools}
    assert whole - {one.key for one in listed} == {"list_allowed_directories"}


@needs_data
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_real_catalogues_have_no_other_problems_than_known(path: Path) -> None:
    """Both are old packages that today's schema library leaves without types."""
    broken = ("server-filesystem@0.6.2", "mcp@0.0.10")
    (catalogue,) = read(path.read_text(encoding="utf-8"), path.name)
    expected = {"schema-type-missing"} if path.stem.endswith(broken) else set()
    assert {one.rule for one in problems(catalogue)} == expected


@given(
    st.sampled_from(list(Kind)),
    st.dictionaries(
        st.sampled_from(["inputSchema", "outputSchema", *sorted(MEMBERS)]),
        JSON,
    ),
    st.sampled_from(list(Era)),
)
def test_problems_never_fails_on_junk(kind: Kind, raw: dict[str, Any], era: Era) -> None:
    for one in problems(offering(kind, raw, raw, era=era)):
        assert one.rule in PROBLEMS
        assert one.path.startswith("/")
