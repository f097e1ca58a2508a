from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.analyses.diff.schema_edits import applied, schema_edits
from mcpx.analyses.diff.schema_rules import Direction
from tests.analyses.diff.told_edits import IN, NULL, TEXT, a, told

DATA = Path(__file__).resolve().parents[3] / "../shared/data"
USER = {"$ref": "#/$defs/U"}
NODE = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}


EDITS = [
    pytest.param(
        {"properties": {"a": USER, "b": USER}, "$defs": {"U": TEXT}},
        {"properties": {"a": USER, "b": USER}, "$defs": {"U": {"type": "integer"}}},
        IN, [("input-type-changed", "/$defs/U/type")], id="a definition is told once",
    ),
    pytest.param(
        {"$ref": "#/$defs/Node", "$defs": {"Node": NODE}},
        {"$ref": "#/$defs/Node", "$defs": {"Node": {**NODE, "required": ["next"]}}}, IN,
        [("input-property-became-required", "/$defs/Node/properties/next")],
        id="within what holds itself",
    ),
    pytest.param(
        a(**{"x-mcp-header": "A"}), a(**{"x-mcp-header": "B"}), IN, [],
        id="a header is told by others",
    ),
    pytest.param(
        {"$schema": "http://json-schema.org/draft-07/schema#", "properties": {
            "a": {"$ref": "#/definitions/T", "maxLength": 5}}, "definitions": {"T": TEXT}},
        {"$schema": "http://json-schema.org/draft-07/schema#", "properties": {
            "a": {"$ref": "#/definitions/T", "maxLength": 3}}, "definitions": {"T": TEXT}},
        IN, [("schema-refactored", "/properties/a")], id="draft-07: hidden by a reference",
    ),
]  # fmt: skip


def inside(**keywords: Any) -> dict[str, Any]:
    return {"properties": {"a": {"$ref": "y"}}, "$defs": {"X": {"$id": "y", **keywords}}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(inside(type="string"), inside(type="integer"), id="ids"),
        pytest.param(
            {"$dynamicRef": "#a", "$defs": {"X": {"$dynamicAnchor": "a", "type": "string"}}},
            {"$dynamicRef": "#a", "$defs": {"X": {"$dynamicAnchor": "a", "type": "integer"}}},
            id="dynamic",
        ),
    ],
)
def test_what_is_hidden_is_not_called_the_same(old: Any, new: Any) -> None:
    (edit,) = schema_edits(old, new, IN)
    assert (edit.rule.id, edit.message) == (
        "schema-too-complex",
        "the input schema has ids of its own or dynamic references inside,"
        " and what they lead to is not compared",
    )


def test_what_says_the_same_is_told_with_its_places() -> None:
    old = {"properties": {f"p{place}": {"enum": ["x"]} for place in range(9)} | {"time": TEXT}}
    new = {
        "properties": {f"p{place}": {"const": "x"} for place in range(9)}
        | {"time": {**TEXT, "title": "Time"}}
    }
    assert [one.message for one in schema_edits(old, new, IN)] == [
        "parameters p0, p1, p2, p3, p4, p5 and 3 more are written in another way and mean the same",
        "parameter time has a title now that only repeats its name",
    ]
    assert [one.message for one in schema_edits(new, old, IN)][1:] == [
        "parameter time has no title any more, which only repeated its name"
    ]


def test_what_was_once_the_same_may_differ_elsewhere() -> None:
    old = {
        "properties": {"a": {"$ref": "#/$defs/A"}, "b": {"$ref": "#/$defs/B"}},
        "$defs": {
            "A": {"properties": {"p": {"$ref": "#/$defs/T"}}},
            "B": {"properties": {"p": {"$ref": "#/$defs/T", "maxLength": 5}}},
            "T": TEXT,
        },
    }
    both = {"$ref": "#/$defs/D"}
    new = {"properties": {"a": both, "b": both}, "$defs": {"D": {"properties": {"p": TEXT}}}}
    assert ("input-max-length-removed", "/$defs/B/properties/p/maxLength") in told(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            a(oneOf=[{"const": "x"}]), a(oneOf=[{"const": "x"}, {"const": "x", **TEXT}]),
            id="a value twice",
        ),
        pytest.param(
            a(oneOf=[{"type": ["string", "null"]}]), a(oneOf=[{"type": ["string", "null"]}, NULL]),
            id="null twice",
        ),
        pytest.param(
            a(anyOf=[{**USER, "maxLength": 2}, NULL]) | {"$defs": {"U": {"maxLength": 2}}},
            a(anyOf=[{**USER, "maxLength": 2}, NULL]) | {"$defs": {"U": {"maxLength": 1}}},
            id="behind a keyword that stands beside the reference",
        ),
    ],
)  # fmt: skip
def test_what_accepts_something_else_is_not_called_the_same(old: Any, new: Any) -> None:
    for one, other in ((old, new), (new, old)):
        assert any(edit.asked for edit in schema_edits(one, other, IN))


def test_a_call_gives_an_object_and_what_is_inside_need_not() -> None:
    old = {"properties": {"a": {"$ref": "#"}}}
    assert told(old, {"type": "object", **old}) == [("input-type-narrowed", "/type")]


@pytest.mark.parametrize(("old", "new", "direction", "expected"), EDITS)
def test_edits(old: Any, new: Any, direction: Direction, expected: list[tuple[str, str]]) -> None:
    assert told(old, new, direction) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(a(type=["string", "null"]), a(type=["null", "string"]), id="order of types"),
        pytest.param({"required": ["a", "b"]}, {"required": ["b", "a", "b"]}, id="required"),
        pytest.param(a(enum=["x", "y"]), a(enum=["y", "x"]), id="order of values"),
        pytest.param(a(const="x"), a(enum=["x"]), id="const"),
        pytest.param(a(anyOf=[TEXT, NULL]), a(type=["string", "null"]), id="null"),
        pytest.param(a(oneOf=[TEXT, NULL]), a(type=["string", "null"]), id="null by oneOf"),
        pytest.param(
            a(anyOf=[TEXT, {"type": "integer"}]), a(type=["string", "integer"]), id="types"
        ),
        pytest.param(a(anyOf=[{"const": 1}, {"const": 2}]), a(enum=[2, 1]), id="values"),
        pytest.param(a(allOf=[TEXT]), a(**TEXT), id="one part"),
        pytest.param(a(anyOf=[{"maxLength": 3}]), a(maxLength=3), id="one alternative"),
        pytest.param(
            a(anyOf=[{"minLength": 3}, {"type": "array"}]),
            a(anyOf=[{"type": "array"}, {"minLength": 3}]),
            id="order of alternatives",
        ),
        pytest.param(
            a(allOf=[{"pattern": "x"}, {"allOf": [{"pattern": "y"}]}]),
            a(allOf=[{"pattern": "y"}, {"pattern": "x"}]),
            id="nested parts",
        ),
        pytest.param(
            {"$ref": "#/$defs/Node", "$defs": {"Node": NODE}},
            NODE | {"$defs": {"Node": NODE}},
            id="inlined",
        ),
        pytest.param(
            a(**{"$ref": "#/$defs/A"}) | {"$defs": {"A": {"maxLength": 2}}},
            a(**{"$ref": "#/$defs/B"}) | {"$defs": {"B": {"maxLength": 2}}},
            id="renamed",
        ),
        pytest.param(
            a(),
            a(
                minLength=0,
                required=[],
                properties={},
                additionalProperties=True,
                uniqueItems=False,
                items={},
                allOf=[],
                patternProperties={},
                default=None,
                deprecated=False,
            ),
            id="without effect",
        ),
        pytest.param(a(contains=TEXT), a(contains=TEXT, minContains=1), id="minContains"),
        pytest.param(a(), a(contains=TEXT, minContains=0), id="contains nothing"),
        pytest.param(
            a(type="integer", exclusiveMinimum=0), a(type="integer", minimum=1), id="integers"
        ),
        pytest.param(a(type="integer", minimum=1, maximum=1), a(const=1), id="only one"),
        pytest.param(a(type="number", multipleOf=1), a(type="integer"), id="whole numbers"),
        pytest.param(
            {"type": "object", "properties": {"max_results": TEXT}},
            {"type": "object", "properties": {"max_results": {**TEXT, "title": "Max Results"}}},
            id="a title that restates the name",
        ),
        pytest.param(
            {"properties": {"a": TEXT}, "unevaluatedProperties": False},
            {"properties": {"a": TEXT}, "additionalProperties": False},
            id="closed",
        ),
        pytest.param(a(), a() | {"$defs": {"A": TEXT}}, id="a definition without use"),
        pytest.param(a(), {"properties": {"a": {}}}, id="arguments are objects anyway"),
        pytest.param(
            a(),
            a() | {"$schema": "https://json-schema.org/draft/2020-12/schema"},
            id="the usual dialect",
        ),
        pytest.param(
            {"dependencies": {"a": ["b"]}}, {"dependentRequired": {"a": ["b"]}}, id="dependencies"
        ),
    ],
)
def test_what_means_the_same_is_one_cosmetic_edit(old: Any, new: Any) -> None:
    for one, other in ((old, new), (new, old)):
        assert [edit.rule.id for edit in schema_edits(one, other, IN)] == ["schema-refactored"]


@pytest.mark.parametrize(
    "schema", [True, 3, [], a(), NODE, {"maximum": 1.0, "enum": [1e3, [2.0]]}], ids=str
)
def test_equal_schemas_have_no_edits(schema: Any) -> None:
    text = json.dumps(schema)
    assert told(schema, json.loads(text.replace("1000.0", "1000").replace("2.0", "2"))) == []


WORDS = """type enum const properties required items prefixItems anyOf oneOf allOf not if then $ref
$defs minimum exclusiveMinimum maxLength multipleOf pattern contains minContains default a title
additionalProperties unevaluatedProperties patternProperties dependentRequired dependencies
description $schema x-mcp-header""".split()  # noqa: SIM905
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(WORDS),
            inner
            | st.sampled_from(
                ["#", "#/a", "#/$defs/a", "#/properties/a", "string", ["string", "null"], {"a": {}}]
            ),
            max_size=4,
        )
    ),
    max_leaves=24,
)


@given(JUNK, JUNK, st.sampled_from(Direction))
def test_junk_is_compared_as_well(old: Any, new: Any, direction: Direction) -> None:
    edits = list(schema_edits(old, new, direction))
    for edit in edits:
        json.dumps(applied(old, edit))
    if json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True):
        assert edits == []
    if not edits and "x-mcp-header" not in json.dumps([old, new]):  # told by another analysis
        assert old == new


def deep(levels: int, **leaf: Any) -> dict[str, Any]:
    schema: dict[str, Any] = leaf
    for _ in range(levels):
        schema = {"properties": {"a": schema}}
    return schema


def many(number: int, **keywords: Any) -> dict[str, Any]:
    return {"properties": {f"p{place}": {**TEXT, **keywords} for place in range(number)}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(deep(100), deep(100, type="string"), ["input-type-narrowed"], id="deep"),
        pytest.param(deep(200), deep(200, type="string"), ["schema-too-complex"], id="too deep"),
        pytest.param(
            many(6000), many(6000, minLength=1),
            ["input-min-length-added"] * 5000 + ["schema-too-complex"], id="too many",
        ),
        pytest.param(
            {"$ref": "#"},
            {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
            ["schema-refactored"],
            id="circles",
        ),
    ],
)  # fmt: skip
def test_what_is_too_much(old: Any, new: Any, expected: list[str]) -> None:
    assert [edit.rule.id for edit in schema_edits(old, new, IN)] == expected


def test_many_properties_cost_little() -> None:
    old, new = many(10_000), many(10_000)
    new["properties"]["p7"] = {"type": "integer"}
    start = time.perf_counter()
    assert told(old, new) == [("input-type-changed", "/properties/p7/type")]
    # A seventh of a second on the slowest machine seen, unless every property is read.
    assert time.perf_counter() - start < 3


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not there")
@pytest.mark.parametrize("name", ["apicurio", "jsoncompat", "sentry", "jsonschema_rs"])
def test_no_difference_of_values_is_called_cosmetic(name: str) -> None:
    cases = json.loads((DATA / f"diffsuite/{name}.json").read_text())["cases"]
    silent = []
    for case in cases:
        edits = list(schema_edits(case["old"], case["new"], IN))
        differ = case["relation"] in ("narrowed", "widened", "incomparable")
        if differ and all(edit.rule.cosmetic for edit in edits):
            silent.append(case["id"])
    assert silent == []
