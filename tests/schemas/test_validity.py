from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import given

from mcpx.schemas.validity import MOST_VALUES, Invalidity, invalidities
from tests.schemas.junk import JSON


def deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels - 1):
        schema = {"items": schema}
    return schema


DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema"


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({}, id="empty"),
        pytest.param(True, id="true"),
        pytest.param({"type": ["string", "null"], "pattern": "^(a+)+$"}, id="typical"),
        pytest.param({"$schema": DRAFT_4, "exclusiveMinimum": True, "minimum": 1}, id="draft-04"),
        pytest.param({"$schema": DRAFT_7, "items": [{}]}, id="draft-07 without #"),
        pytest.param({"$schema": "https://json-schema.org/draft-07/schema#"}, id="https"),
        pytest.param({"properties": {"$ref": {"$ref": "#"}}}, id="to itself"),
        pytest.param({"$ref": "#/$defs/a%20b", "$defs": {"a b": {}}}, id="local"),
        pytest.param({"$ref": "#here", "$defs": {"a": {"$anchor": "here"}}}, id="anchor"),
        pytest.param(
            {"$ref": "#here", "$schema": DRAFT_4, "definitions": {"a": {"id": "#here"}}},
            id="old anchor",
        ),
        pytest.param(
            {"$id": "http://a.example/x", "$ref": "y", "$defs": {"y": {"$id": "y"}}}, id="embedded"
        ),
        pytest.param({"$ref": "http://json-schema.org/draft-07/schema#"}, id="to a meta-schema"),
        pytest.param({"enum": [{"$ref": "http://a.example"}]}, id="reference as a value"),
        pytest.param({"title": "\ud800"}, id="half a character"),
        pytest.param({"minimum": 10**400}, id="huge number"),
        pytest.param(deep(128), id="just not too deep"),
    ],
)
def test_valid_schemas_have_no_invalidities(schema: Any) -> None:
    assert list(invalidities(schema)) == []


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param(
            {"properties": {"a/b": {"type": 7}}},
            [("/properties/a~1b/type", "7 is not a type, nor a list of types", "schema-invalid")],
            id="type",
        ),
        pytest.param(
            {"required": "x", "minimum": "1"},
            [
                ("/minimum", '"1" is not of type "number"', "schema-invalid"),
                ("/required", '"x" is not of type "array"', "schema-invalid"),
            ],
            id="two",
        ),
        pytest.param(
            {"pattern": "("},
            [("/pattern", '"(" is not a regular expression', "schema-invalid")],
            id="pattern",
        ),
        pytest.param(
            {"exclusiveMinimum": True},
            [("/exclusiveMinimum", 'true is not of type "number"', "schema-invalid")],
            id="draft-04 keyword in 2020-12",
        ),
        pytest.param(
            [], [("", '[] is not of types "boolean", "object"', "schema-invalid")], id="array"
        ),
        pytest.param(
            {"type": "x" * 1_000_000},
            [
                (
                    "/type",
                    '"' + "x" * 59 + "… is not a type, nor a list of types",
                    "schema-invalid",
                )
            ],
            id="long value",
        ),
        pytest.param(
            {"\ud800": 1}, [("", "a name in it is not Unicode text", "schema-invalid")], id="name"
        ),
        pytest.param(
            {"$schema": "http://a.example/x", "type": 7},
            [
                (
                    "/$schema",
                    '"http://a.example/x" is not a dialect that is known; not checked',
                    "schema-dialect-unknown",
                )
            ],
            id="dialect",
        ),
        pytest.param(
            {"$schema": 7},
            [("/$schema", '7 is not of type "string"', "schema-invalid")],
            id="dialect of no text",
        ),
        pytest.param(
            {"items": {"$ref": "file:///etc/passwd"}},
            [
                (
                    "/items/$ref",
                    'refers to "file:///etc/passwd", outside of the schema; not fetched',
                    "schema-external-ref",
                )
            ],
            id="external reference",
        ),
        pytest.param(
            {"items": {"$dynamicRef": "https://x.example/a#b"}},
            [
                (
                    "/items/$dynamicRef",
                    'refers to "https://x.example/a#b", outside of the schema; not fetched',
                    "schema-external-ref",
                )
            ],
            id="external dynamic reference",
        ),
        pytest.param(
            {"$dynamicAnchor": "a", "items": {"$dynamicRef": "#a"}}, [], id="dynamic reference"
        ),
        pytest.param(
            {"items": {"$ref": "#/$defs/a"}},
            [
                (
                    "/items/$ref",
                    'refers to "#/$defs/a", which is not in the schema',
                    "schema-ref-missing",
                )
            ],
            id="missing reference",
        ),
        pytest.param(
            {"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"$ref": "#/items"}}},
            [
                (
                    "/$defs/a/$ref",
                    'refers to "#/items", which leads back to itself',
                    "schema-ref-cycle",
                ),
                (
                    "/items/$ref",
                    'refers to "#/$defs/a", which leads back to itself',
                    "schema-ref-cycle",
                ),
            ],
            id="circle",
        ),
        pytest.param(
            {"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"$ref": "#/no"}}},
            [
                (
                    "/$defs/a/$ref",
                    'refers to "#/no", which is not in the schema',
                    "schema-ref-missing",
                ),
            ],
            id="chain to nowhere",
        ),
        pytest.param(
            {"$id": "http://a.example/", "items": {"$ref": "http://[x"}},
            [
                ("/items/$ref", '"http://[x" is not a URI reference', "schema-invalid"),
                (
                    "/items/$ref",
                    'refers to "http://[x", outside of the schema; not fetched',
                    "schema-external-ref",
                ),
            ],
            id="reference that is no URI",
        ),
        pytest.param(
            deep(129), [("", "nested more than 128 levels deep", "schema-too-deep")], id="deep"
        ),
        pytest.param(
            deep(100_000),
            [("", "nested more than 128 levels deep", "schema-too-deep")],
            id="deeper",
        ),
        pytest.param(
            {"enum": [*range(MOST_VALUES)]},
            [("", "holds more than 200000 values", "schema-too-large")],
            id="large",
        ),
    ],
)
def test_invalidities_name_place_and_reason(
    schema: Any, expected: list[tuple[str, str, str]]
) -> None:
    found = sorted(invalidities(schema), key=lambda one: one.pointer)
    assert found == [Invalidity(*one) for one in expected]


def test_no_more_than_twenty_are_named() -> None:
    found = list(invalidities({"properties": {f"p{n}": {"type": 7} for n in range(50)}}))
    assert len(found) == 21
    assert found[-1].message == "and 30 more such errors"


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/schema"
        for schema in ({"$schema": url}, {"$ref": url}, {"$id": url, "$ref": "other"}):
            assert len(list(invalidities(schema))) == 1
        with pytest.raises(TimeoutError):
            server.accept()


@given(JSON)
def test_invalidities_never_fails_on_junk(schema: Any) -> None:
    for one in invalidities(schema):
        assert one.rule.startswith("schema-")
        assert one.pointer == "" or one.pointer.startswith("/")
