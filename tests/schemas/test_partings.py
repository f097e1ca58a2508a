from __future__ import annotations

import json
import time
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings

from mcpx.schemas.partings import at_partings
from tests.schemas.junk import JSON
from tests.schemas.test_instances import CIRCLE, LARGE, TREE, doubling

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
A, B = {"const": "a"}, {"const": "b"}
NODE = {"$defs": {"n": {"properties": {"v": TEXT, "next": {"$ref": "#/$defs/n"}}}}}
NODE_CHANGED = {"$defs": {"n": {"properties": {"v": WHOLE, "next": {"$ref": "#/$defs/n"}}}}}


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        pytest.param(TEXT, WHOLE, "a", id="whole"),
        pytest.param(of(a=A, b=A), of(a=A, b=B), {"a": "a", "b": "a"}, id="member"),
        pytest.param(of(a=A, b=A), of(a=A), {"a": "a", "b": "a"}, id="member gone"),
        pytest.param({"items": A}, {"items": B}, ["a"], id="item"),
        pytest.param({"items": A, "minItems": 3}, {"items": B}, ["a"] * 3, id="items"),
        pytest.param({"prefixItems": [B, A]}, {"prefixItems": [B, B]}, ["b", "a"], id="second"),
        pytest.param({"contains": A}, {"contains": B}, ["a"], id="contained"),
        pytest.param(
            {"additionalProperties": A}, {"additionalProperties": B}, {"extra": "a"}, id="other"
        ),
        pytest.param(
            {"patternProperties": {"^x$": A}},
            {"patternProperties": {"^x$": B}},
            {"x": "a"},
            id="by pattern",
        ),
        pytest.param(
            {"oneOf": [of(k=A, v=TEXT), of(k=B, v=TEXT)]},
            {"oneOf": [of(k=B, v=WHOLE), of(k=A, v=TEXT)]},
            {"k": "b", "v": "a"},
            id="alternative by its constant",
        ),
        pytest.param({"anyOf": [A, B, TEXT]}, {"anyOf": [A, TEXT]}, "b", id="alternative gone"),
        pytest.param({"allOf": [of(a=A)]}, {"allOf": [of(a=B)]}, {"a": "a"}, id="part"),
        pytest.param(
            {"if": of(k=A), "then": of(v=A)},
            {"if": of(k=A), "then": of(v=B)},
            {"k": "a", "v": "a"},
            id="condition",
        ),
        pytest.param(
            {**NODE, **of(n={"$ref": "#/$defs/n"})},
            {**NODE_CHANGED, **of(n={"$ref": "#/$defs/n"})},
            {"n": {"v": "a"}},
            id="reference",
        ),
    ],
)
def test_values_lie_where_schemas_differ(old: Any, new: Any, wanted: Any) -> None:
    found = islice(at_partings(old, new), 60)
    assert json.dumps(wanted) in {json.dumps(one) for one in found}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(TREE, TREE, id="one schema"),
        pytest.param(NODE, NODE, id="recursion"),
        pytest.param({"description": "a", "items": {"title": "a"}}, {"items": {}}, id="notes"),
        pytest.param({"anyOf": [A, B]}, {"anyOf": [B, A]}, id="order"),
    ],
)
def test_where_nothing_differs_there_are_no_values(old: Any, new: Any) -> None:
    assert list(at_partings(old, new)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(doubling(30), doubling(31), id="doubling"),
        pytest.param({**TREE, **CIRCLE}, {**TREE, **CIRCLE, "maxItems": 2}, id="tree in a circle"),
        pytest.param(LARGE, {**LARGE, "maxItems": 99_998}, id="large"),
        pytest.param(
            {"oneOf": [of(k={"const": n}) for n in range(2_000)]},
            {"oneOf": [of(k={"const": -n}) for n in range(2_000)]},
            id="alternatives",
        ),
        pytest.param(
            of(**{f"p{n}": LARGE for n in range(200)}),
            of(**{f"p{n}": {**LARGE, "maxLength": 99_990} for n in range(200)}),
            id="large members",
        ),
    ],
)
def test_no_schemas_make_the_first_values_costly(old: Any, new: Any) -> None:
    begun = time.monotonic()
    found = [*islice(at_partings(old, new), 300)]
    assert time.monotonic() - begun < 15
    assert len(json.dumps(found)) < 40_000_000


@settings(max_examples=40, deadline=None)
@given(JSON, JSON)
def test_junk_never_fails(old: Any, new: Any) -> None:
    for one in islice(at_partings(old, new), 60):
        json.dumps(one)
