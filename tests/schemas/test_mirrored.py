from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given

from mcpx.schemas.mirrored import InvalidAnnotationError, Mirrored, mirrored
from tests.schemas.junk import JSON


def of(**properties: Any) -> dict[str, Any]:
    """The input schema of a tool with these parameters."""
    return {"type": "object", "properties": properties}


def text(name: Any, **more: Any) -> dict[str, Any]:
    """A parameter that is text, with an annotation."""
    return {"type": "string", "x-mcp-header": name, **more}


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        pytest.param(of(region=text("Region")), [Mirrored(("region",), "Region")], id="one"),
        pytest.param(
            of(a={"type": "integer", "x-mcp-header": "A"}, b={"type": "boolean"}),
            [Mirrored(("a",), "A")],
            id="of two",
        ),
        pytest.param(
            of(dry={"type": "boolean", "x-mcp-header": "Dry-Run"}),
            [Mirrored(("dry",), "Dry-Run")],
            id="boolean",
        ),
        pytest.param(
            of(auth=of(token=of(id=text("Id")))),
            [Mirrored(("auth", "token", "id"), "Id")],
            id="nested",
        ),
        pytest.param(
            of(properties=text("P"), items=text("I"), enum=text("E")),
            [Mirrored(("properties",), "P"), Mirrored(("items",), "I"), Mirrored(("enum",), "E")],
            id="parameters with the names of keywords",
        ),
        pytest.param(of(**{"x-mcp-header": {"type": "string"}}), [], id="a parameter of its name"),
        pytest.param(
            of(a={"type": "string", "enum": [{"x-mcp-header": 7}], "default": {"x-mcp-header": 7}}),
            [],
            id="data is no annotation",
        ),
        pytest.param(of(a=text("!#$%&'*+.^_`|~09azAZ-")), ["all"], id="every character of a token"),
        pytest.param(of(), [], id="no parameter"),
        pytest.param({}, [], id="empty"),
        pytest.param(True, [], id="true"),
        pytest.param(None, [], id="none"),
        pytest.param([], [], id="an array"),
        pytest.param({"properties": {"a": text}}, [], id="a parameter that is no schema"),
    ],
)
def test_what_is_mirrored(schema: Any, found: list[Any]) -> None:
    if found == ["all"]:
        found = [Mirrored(("a",), "!#$%&'*+.^_`|~09azAZ-")]
    assert sorted(mirrored(schema), key=str) == sorted(found, key=str)


# The first eleven are the tools that clients must not use, as the conformance suite has them
# (0.2.0-alpha.12, http-invalid-tool-headers).
@pytest.mark.parametrize(
    ("schema", "why"),
    [
        pytest.param(of(a=text("")), "of a is not a header's name", id="empty"),
        pytest.param(
            of(a={"type": "object", "x-mcp-header": "A"}), "of a, which is not", id="object"
        ),
        pytest.param(
            of(a={"type": "array", "x-mcp-header": "A"}), "of a, which is not", id="array"
        ),
        pytest.param(of(a={"type": "null", "x-mcp-header": "A"}), "of a, which is not", id="null"),
        pytest.param(
            of(a={"type": "number", "x-mcp-header": "A"}), "of a, which is not", id="number"
        ),
        pytest.param(of(a=text("A"), b=text("A")), "given to two", id="twice"),
        pytest.param(
            of(a=text("REGION"), b=text("region")), "given to two", id="twice in other case"
        ),
        pytest.param(of(a=text("A B")), "not a header's name", id="space"),
        pytest.param(of(a=text("A:B")), "not a header's name", id="colon"),
        pytest.param(of(a=text("Région")), "not a header's name", id="not ascii"),
        pytest.param(of(a=text("A\tB")), "not a header's name", id="control"),
        pytest.param(of(a=text("A\r\nB")), "not a header's name", id="line break"),
        pytest.param(of(a=text("A\n")), "not a header's name", id="line break at the end"),
        pytest.param(of(a=text(7)), "not a header's name", id="number for a name"),
        pytest.param(of(a=text(None)), "not a header's name", id="null for a name"),
        pytest.param(of(a=text(["A"])), "not a header's name", id="array for a name"),
        pytest.param(of(a={"x-mcp-header": "A"}), "of a, which is not", id="no type"),
        pytest.param(
            of(a={"type": ["string", "null"], "x-mcp-header": "A"}), "which is not", id="two types"
        ),
        pytest.param(of(a=of(b=text("A")), c=text("a")), "given to two", id="twice, nested"),
        pytest.param({"x-mcp-header": "A", "type": "string"}, "schema itself", id="root"),
        pytest.param(
            of(a={"type": "array", "items": text("A")}), "of a/items is not reached", id="items"
        ),
        pytest.param(
            of(a={"type": "array", "prefixItems": [text("A")]}), "not reached", id="prefixItems"
        ),
        pytest.param(of(a={"oneOf": [text("A")]}), "of a/oneOf is not reached", id="oneOf"),
        pytest.param({"anyOf": [of(a=text("A"))]}, "not reached", id="anyOf around properties"),
        pytest.param({"allOf": [of(a=text("A"))]}, "not reached", id="allOf around properties"),
        pytest.param({"not": of(a=text("A"))}, "not reached", id="not"),
        pytest.param({"if": of(a=text("A"))}, "not reached", id="if"),
        pytest.param({"then": of(a=text("A"))}, "not reached", id="then"),
        pytest.param({"else": of(a=text("A"))}, "not reached", id="else"),
        pytest.param({"$defs": {"a": text("A")}}, "of a is not reached", id="what $ref leads to"),
        pytest.param(
            {"$defs": {"properties": of(a=text("A"))}}, "not reached", id="$defs named properties"
        ),
        pytest.param(
            {"$ref": "#/$defs/x", "$defs": {"x": of(a=text("A"))}}, "not reached", id="through $ref"
        ),
        pytest.param({"patternProperties": {"a": text("A")}}, "not reached", id="patterns"),
        pytest.param({"additionalProperties": text("A")}, "not reached", id="other properties"),
        pytest.param({"dependentSchemas": {"a": of(b=text("A"))}}, "not", id="dependentSchemas"),
        pytest.param(
            of(a={"type": "array", "items": of(b=text("A"))}), "not reached", id="items, nested"
        ),
    ],
)
def test_a_tool_that_must_not_be_used(schema: Any, why: str) -> None:
    with pytest.raises(InvalidAnnotationError, match=f"^x-mcp-header .*{why}"):
        mirrored(schema)


def test_a_huge_schema_is_looked_at_in_time() -> None:
    deep: Any = text("A")
    for _ in range(1_000):
        deep = {"properties": {"a": deep}}
    wide = of(**{f"p{number}": {"type": "string"} for number in range(60_000)})
    began = time.monotonic()
    assert mirrored(deep) == mirrored(wide) == []
    assert time.monotonic() - began < 2


@given(JSON)
def test_whatever_a_schema_is_it_is_judged(schema: Any) -> None:
    assert mirrored(schema) == []
