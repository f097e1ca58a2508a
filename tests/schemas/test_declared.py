from __future__ import annotations

from itertools import chain, islice
from random import Random
from typing import Any

import jsonschema_rs
import pytest

from mcpx.schemas.declared import UndeclaredError, declared
from mcpx.schemas.instances import instances
from tests.schemas.calls import only_declared
from tests.schemas.judges import accepted_by
from tests.schemas.pairs import pair


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


TEXT = {"type": "string"}
A, B = of(a={}), of(b={})
USER = {"$defs": {"user": of(name=TEXT, friend={"$ref": "#/$defs/user"})}}
# Where one schema is both the whole of a place and a part of another.
SHARED = {
    "$defs": {"base": A},
    **of(one={"$ref": "#/$defs/base"}, two={"allOf": [{"$ref": "#/$defs/base"}, B]}),
}


@pytest.mark.parametrize(
    ("schema", "sent", "never_sent"),
    [
        pytest.param(A, [{}, {"a": 1}], [{"x": 1}], id="members"),
        pytest.param({"type": "object"}, [{"x": 1}], [], id="free"),
        pytest.param({**A, "additionalProperties": True}, [{"x": 1}], [], id="open"),
        pytest.param({**A, "additionalProperties": TEXT}, [{"x": "y"}], [], id="open to a type"),
        pytest.param(of(o=A), [{"o": {"a": 1}}], [{"o": {"x": 1}}], id="inside"),
        pytest.param({"items": A}, [[{"a": 1}]], [[{"x": 1}]], id="items"),
        pytest.param({"prefixItems": [A, B]}, [[{"a": 1}, {"b": 1}]], [[{"x": 1}]], id="tuple"),
        pytest.param({"additionalProperties": A}, [{"k": {"a": 1}}], [{"k": {"x": 1}}], id="map"),
        pytest.param(
            {"patternProperties": {"^x-": {}}}, [{"x-a": 1}], [{"y": 1}], id="names by pattern"
        ),
        pytest.param({"allOf": [A, B]}, [{"a": 1, "b": 1}], [{"x": 1}], id="all of"),
        pytest.param({"allOf": [{"allOf": [A]}, B]}, [{"a": 1, "b": 1}], [{"x": 1}], id="nested"),
        pytest.param({**A, "allOf": [B]}, [{"a": 1, "b": 1}], [{"x": 1}], id="beside"),
        pytest.param({"anyOf": [A, B]}, [{"a": 1, "b": 1}], [{"x": 1}], id="any of"),
        pytest.param({"anyOf": [A, {"type": "null"}]}, [{"a": 1}, None], [{"x": 1}], id="nullable"),
        pytest.param({"anyOf": [A, {"type": "object"}]}, [{"x": 1}], [], id="or a free one"),
        pytest.param(
            {"oneOf": [{**A, "required": ["a"]}, {**B, "required": ["b"]}]},
            [{"a": 1}, {"b": 1}],
            [{"a": 1, "x": 1}],
            id="one of",
        ),
        pytest.param(
            {**of(k={}), "if": of(k={"const": 1}), "then": A, "else": B},
            [{"k": 1, "a": 1}, {"k": 2, "b": 1}],
            [{"k": 1, "x": 1}],
            id="condition",
        ),
        pytest.param({**A, "if": of(m={"const": 1})}, [{"m": 1}, {"m": 2}], [{"x": 1}], id="asked"),
        pytest.param(
            {**A, "not": {"required": ["m", "a"]}}, [{"m": 2}], [{"x": 1}], id="ruled out"
        ),
        pytest.param(
            {**A, "if": {"patternProperties": {"^x-": {"const": 1}}}},
            [{"x-": 2}],
            [{"y": 1}],
            id="asked by pattern",
        ),
        pytest.param({**A, "required": ["b"]}, [{"b": 1}], [{"b": 1, "x": 1}], id="required"),
        pytest.param(
            {**A, "dependentRequired": {"b": ["c"]}},
            [{"b": 1, "c": 1}],
            [{"x": 1}],
            id="dependent",
        ),
        pytest.param(
            {**A, "dependentSchemas": {"b": of(c={})}},
            [{"b": 1, "c": 1}],
            [{"c": 1}, {"x": 1}],
            id="dependent schema",
        ),
        pytest.param({**A, "enum": [{"z": 1}]}, [{"z": 1}], [], id="an option has it"),
        pytest.param({**A, "minProperties": 2}, [{"x": 1, "y": 1}], [], id="more than named"),
        pytest.param({**A, "minProperties": 1}, [{"a": 1}], [{"x": 1}], id="as many as named"),
        pytest.param({**A, "propertyNames": {"maxLength": 1}}, [{"x": 1}], [], id="names said"),
        pytest.param(
            {**of(p=A), "allOf": [of(p=B)]},
            [{"p": {"a": 1, "b": 1}}],
            [{"p": {"x": 1}}],
            id="a member described by two parts",
        ),
        pytest.param(
            {**of(p=A), "patternProperties": {"^p": B}},
            [{"p": {"a": 1, "b": 1}}],
            [{"p": {"x": 1}}],
            id="a member described by name and pattern",
        ),
        pytest.param(
            {"anyOf": [of(p=A), of(p=B)]},
            [{"p": {"a": 1, "b": 1}}],
            [{"p": {"x": 1}}],
            id="a member described by two alternatives",
        ),
        pytest.param(
            {"items": A, "contains": {**B, "required": ["b"]}},
            [[{"a": 1, "b": 1}]],
            [[{"b": 1, "x": 1}]],
            id="an item described twice",
        ),
        pytest.param(
            {**of(p=A), "allOf": [of(p={"type": "object", "additionalProperties": True})]},
            [{"p": {"x": 1}}],
            [],
            id="a part opens it",
        ),
        pytest.param(
            {**USER, "$ref": "#/$defs/user"},
            [{"friend": {"friend": {"name": "a"}}}],
            [{"friend": {"friend": {"x": 1}}}],
            id="recursion",
        ),
        pytest.param(of(a={"$ref": "#"}), [{"a": {"a": {}}}], [{"a": {"x": 1}}], id="of itself"),
        pytest.param(
            SHARED,
            [{"one": {"a": 1}, "two": {"a": 1, "b": 1}}],
            [{"one": {"x": 1}}, {"two": {"x": 1}}],
            id="shared",
        ),
        pytest.param(
            {**of(p={"$ref": "#t"}), "$defs": {"t": {**A, "$anchor": "t"}}},
            [{"p": {"a": 1}}],
            [{"p": {"x": 1}}],
            id="anchor",
        ),
        pytest.param(
            of(p={"allOf": [{"$ref": "#/$defs/a"}], "default": {}}) | {"$defs": {"a": A}},
            [{"p": {"a": 1}}],
            [{"p": {"x": 1}}],
            id="a reference wrapped",
        ),
        pytest.param({"$ref": "#/x/0", "x": [A]}, [{"a": 1}], [{"x": 1}], id="into any place"),
        pytest.param({"not": of(p=A)}, [{"p": 1}], [], id="nothing but ruled out"),
    ],
)
def test_values_with_declared_members_stay_and_others_go(
    schema: Any, sent: list[Any], never_sent: list[Any]
) -> None:
    before = repr(schema)
    closed = declared(schema)
    for value in sent:
        assert accepted_by(schema, value) == accepted_by(closed, value)
    for value in [one for one in sent if accepted_by(schema, one) == {True}]:
        assert accepted_by(closed, value) == {True}, value
    for value in never_sent:
        assert accepted_by(schema, value) == {True}, value
        assert accepted_by(closed, value) == {False}, value
    assert repr(schema) == before


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        pytest.param({"$dynamicRef": "#a"}, "it has a reference that is dynamic", id="dynamic"),
        pytest.param(
            {"items": {"$recursiveRef": "#"}}, "it has a reference that is dynamic", id="recursive"
        ),
        pytest.param({"$ref": "b"}, "it has a reference that leads elsewhere", id="elsewhere"),
        pytest.param({"$ref": "#/b"}, "it has a reference that leads elsewhere", id="nowhere"),
        pytest.param(
            {"$defs": {"a": {"$id": "b"}}}, "it holds a schema with an id of its own", id="id"
        ),
        pytest.param(
            {"anyOf": [{"properties": {f"p{n}": {"$ref": "#"}}} for n in range(400)]},
            "its schemas describe too many places",
            id="much",
        ),
    ],
)
def test_what_cannot_be_told_is_no_guess(schema: Any, reason: str) -> None:
    with pytest.raises(UndeclaredError, match=f"^{reason}$"):
        declared(schema)


@pytest.mark.parametrize("schema", [True, False])
def test_what_is_no_object_stays(schema: bool) -> None:
    assert declared(schema) is schema


def test_by_chance_no_declared_call_is_refused() -> None:
    looked_at = 0
    for seed in range(120):
        old, other = pair(Random(seed))
        if '"#"' in repr(old).replace("'", '"'):
            continue
        open_one = jsonschema_rs.validator_for(old)
        closed = jsonschema_rs.validator_for(declared(old))
        for value in chain(islice(instances(old, other), 60), islice(instances(other, old), 60)):
            if open_one.is_valid(value) and not closed.is_valid(value):
                looked_at += 1
                assert not only_declared(old, value), (seed, value)
    assert looked_at > 50
