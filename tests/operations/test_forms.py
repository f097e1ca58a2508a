from __future__ import annotations

from typing import Any

import pytest

from mcpx.operations.fields import Kind
from mcpx.operations.forms import Action, Form, FormError, Reply, violates


def form(*required: str, **properties: Any) -> Form:
    return Form.read({"type": "object", "properties": properties, "required": list(required)})


# Source: specification 2025-11-25, client/elicitation, "Requested Schema".
RED = [{"const": "#f00", "title": "Red"}, {"const": "#0f0", "title": "Green"}]
NULL = {"type": "null"}


@pytest.mark.parametrize(
    ("schema", "kind", "choices"),
    [
        pytest.param({"type": "string"}, Kind.TEXT, [], id="string"),
        pytest.param({"type": "number"}, Kind.NUMBER, [], id="number"),
        pytest.param({"type": "integer"}, Kind.INTEGER, [], id="integer"),
        pytest.param({"type": "boolean"}, Kind.YES_OR_NO, [], id="boolean"),
        pytest.param(
            {"type": "string", "enum": ["a", "b"]}, Kind.CHOICE, [("a", "a"), ("b", "b")], id="enum"
        ),
        pytest.param(
            {"type": "string", "enum": ["a", "b"], "enumNames": ["A", "B"]},
            Kind.CHOICE,
            [("a", "A"), ("b", "B")],
            id="enum-names",
        ),
        pytest.param(
            {"type": "string", "enum": ["a", "b"], "enumNames": ["A"]},
            Kind.CHOICE,
            [("a", "a"), ("b", "b")],
            id="too-few-names",
        ),
        pytest.param(
            {"type": "string", "oneOf": RED},
            Kind.CHOICE,
            [("#f00", "Red"), ("#0f0", "Green")],
            id="titled",
        ),
        pytest.param({"enum": [1, 2]}, Kind.CHOICE, [(1, "1"), (2, "2")], id="numbers"),
        pytest.param(
            {"type": "array", "items": {"type": "string", "enum": ["a"]}},
            Kind.LIST,
            [("a", "a")],
            id="multi-select",
        ),
        pytest.param(
            {"type": "array", "items": {"anyOf": RED}},
            Kind.LIST,
            [("#f00", "Red"), ("#0f0", "Green")],
            id="multi-select-titled",
        ),
        pytest.param({"type": "array", "items": {"type": "string"}}, Kind.LIST, [], id="texts"),
        pytest.param({"type": "array"}, Kind.LIST, [], id="array"),
        pytest.param({"type": ["string", "null"]}, Kind.TEXT, [], id="type-or-null"),
        pytest.param({"anyOf": [{"type": "integer"}, NULL]}, Kind.INTEGER, [], id="or-null"),
        pytest.param({"anyOf": [{"type": "integer"}, {"type": "string"}]}, Kind.OTHER, [], id="2"),
        pytest.param({"anyOf": [{"enum": ["a"]}, NULL, NULL, 3]}, Kind.OTHER, [], id="three"),
        pytest.param({"type": ["string", "integer"]}, Kind.OTHER, [], id="two-types"),
        pytest.param({"type": "object", "properties": {}}, Kind.OTHER, [], id="nested"),
        pytest.param({"type": "array", "items": {"type": "object"}}, Kind.OTHER, [], id="objects"),
        pytest.param({"type": "string", "enum": [{}]}, Kind.OTHER, [], id="enum-of-objects"),
        pytest.param({"oneOf": [{"const": []}]}, Kind.OTHER, [], id="const-list"),
        pytest.param({"type": {"a": 1}}, Kind.OTHER, [], id="type-object"),
        pytest.param("string", Kind.OTHER, [], id="no-schema"),
    ],
)
def test_every_kind_of_field(schema: Any, kind: Kind, choices: list[tuple[Any, str]]) -> None:
    (field,) = form(x=schema).fields
    assert field.kind is kind
    assert [(one.value, one.title) for one in field.choices] == choices


def test_what_describes_a_field_is_kept() -> None:
    schema = {
        "type": "string",
        "title": "Name",
        "description": "Yours",
        "minLength": 3,
        "maxLength": 50,
        "pattern": "^[A-Z]",
        "format": "email",
        "default": "me@x",
    }
    (field,) = form("name", name=schema).fields
    assert (field.required, field.title, field.description) == (True, "Name", "Yours")
    assert (field.least, field.most, field.pattern, field.format) == (3, 50, "^[A-Z]", "email")
    assert field.default == "me@x"


@pytest.mark.parametrize("bound", ["3", None, True, [], 10**400, float("inf")], ids=str)
def test_a_bound_that_is_none_bounds_nothing(bound: Any) -> None:
    (field,) = form(x={"type": "integer", "minimum": bound, "maximum": bound}).fields
    assert (field.least, field.most) == (None, None)


@pytest.mark.parametrize(
    ("schema", "default"),
    [
        pytest.param({"type": "string", "default": ""}, "", id="empty-text"),
        pytest.param({"type": "integer", "default": 0}, 0, id="zero"),
        pytest.param({"type": "boolean", "default": False}, False, id="false"),
        pytest.param({"type": "number", "default": 9.5}, 9.5, id="number"),
        pytest.param({"enum": ["a", "b"], "default": "b"}, "b", id="enum"),
        pytest.param({"oneOf": RED, "default": "#0f0"}, "#0f0", id="titled"),
        pytest.param(
            {"type": "array", "items": {"anyOf": RED}, "default": ["#f00"]}, ["#f00"], id="multi"
        ),
        pytest.param({"anyOf": [{"type": "string"}, NULL], "default": "x"}, "x", id="or-null"),
    ],
)
def test_defaults_fill_a_form(schema: Any, default: Any) -> None:
    assert form("x", x=schema).with_defaults() == ({"x": default}, "")


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"type": "string"}, id="none"),
        pytest.param({"type": "string", "default": None}, id="null"),
        pytest.param({"type": "integer", "default": "3"}, id="other-type"),
        pytest.param({"type": "integer", "default": 3, "minimum": 4}, id="too-small"),
        pytest.param({"enum": ["a"], "default": "b"}, id="no-choice"),
    ],
)
def test_what_has_no_default_that_fits_is_left_out_or_needed(schema: Any) -> None:
    assert form(x=schema).with_defaults() == ({}, "")
    assert form("x", x=schema).with_defaults() == ({}, "x")


PERSON = form(
    "name",
    name={"type": "string", "minLength": 2},
    age={"type": "integer", "minimum": 18},
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param({"name": "Mona"}, "", id="fits"),
        pytest.param({"name": "Mona", "age": 30}, "", id="all"),
        pytest.param({"age": 30}, "'name' is missing", id="missing"),
        pytest.param({"name": "M"}, "'name' must have at least 2 characters", id="misfit"),
        pytest.param({"name": "Mo", "age": 3}, "'age' must be at least 18", id="optional-misfit"),
        pytest.param(
            {"name": "Mo", "nane": "x"},
            "'nane' is not asked for; did you mean 'name'?",
            id="mistyped",
        ),
        pytest.param({"name": "Mo", "x": 1}, "'x' is not asked for", id="unknown"),
        pytest.param([], "the content is no object", id="list"),
        pytest.param(None, "the content is no object", id="null"),
    ],
)
def test_a_content_is_checked_and_the_field_is_named(content: Any, reason: str) -> None:
    assert violates(PERSON, content) == reason


def test_a_required_field_without_a_schema_is_one() -> None:
    fields = form("gone").fields
    assert [(one.name, one.kind, one.required) for one in fields] == [("gone", Kind.OTHER, True)]
    assert violates(form("gone"), {}) == "'gone' is missing"


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({}, id="empty"),
        pytest.param({"type": "object", "properties": {}}, id="no-properties"),
        pytest.param({"properties": {}, "required": "name"}, id="required-text"),
        pytest.param({"properties": {}, "required": [1, None, {}]}, id="required-junk"),
    ],
)
def test_a_form_may_ask_for_nothing(schema: Any) -> None:
    assert Form.read(schema).fields == ()


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        pytest.param(None, "missing or no object", id="missing"),
        pytest.param([], "missing or no object", id="list"),
        pytest.param({"properties": [1]}, "properties of requestedSchema are no object", id="p"),
        pytest.param(
            {"properties": {f"f{number}": {} for number in range(10_000)}},
            "more than 200 fields",
            id="10000-fields",
        ),
        pytest.param(
            {"required": [f"f{number}" for number in range(10_000)]},
            "more than 200 fields",
            id="10000-required",
        ),
        pytest.param(
            {"properties": {"x": {"enum": ["a"] * 3_000}}}, "more than 2000 choices", id="choices"
        ),
        pytest.param(
            {"properties": {"x": {"oneOf": [RED[0]] * 3_000}}}, "more than 2000 ch", id="one-of"
        ),
    ],
)
def test_what_is_no_form(schema: Any, why: str) -> None:
    with pytest.raises(FormError, match=why):
        Form.read(schema)


def test_a_reply_on_the_wire() -> None:
    assert Reply(Action.ACCEPT, {"a": 1}).result() == {"action": "accept", "content": {"a": 1}}
    assert Reply(Action.ACCEPT, {}).result() == {"action": "accept", "content": {}}
    assert Reply(Action.CANCEL).result() == {"action": "cancel"}
