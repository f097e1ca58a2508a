from __future__ import annotations

import pytest

from mcpx.schemas.walk import at, escape, listed, resolved, size, subschemas, target


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(1, (1, 1), id="number"),
        pytest.param({"a": [1, 2], "b": {}}, (3, 5), id="object"),
        pytest.param(nested(100_000), (11, 11), id="stops at the depth"),
        pytest.param([0] * 1_000, (2, 1_001), id="stops at the count"),
    ],
)
def test_size_counts_depth_and_values(value: object, expected: tuple[int, int]) -> None:
    assert size(value, deepest=10, most=100) == expected


def test_subschemas_are_found_with_their_pointers_and_data_is_not_taken_for_one() -> None:
    schema = {
        "properties": {"a/b": {"items": [{"const": 1}]}, "enum": {"enum": [{"$ref": "no"}]}},
        "anyOf": [{"not": {}}, True],
        "default": {"properties": {"no": {}}},
        "items": {"if": {}},
    }
    assert [pointer for pointer, _ in subschemas(schema)] == [
        "",
        "/anyOf/0",
        "/items",
        "/properties/a~1b",
        "/properties/enum",
        "/anyOf/0/not",
        "/items/if",
        "/properties/a~1b/items/0",
    ]


def test_at_undoes_escape() -> None:
    assert at({"a/b~c": [0, 7]}, f"/{escape('a/b~c')}/1") == 7


@pytest.mark.parametrize("pointer", ["/b", "/a/2", "/a/x", "/a/0/0", "/a/-1", "/a/²"])
def test_at_raises_key_error_for_what_is_not_there(pointer: str) -> None:
    with pytest.raises(KeyError):
        at({"a": [0, 1]}, pointer)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param({"$ref": "#/$defs/a"}, {"type": "string"}, id="plain"),
        pytest.param({"$ref": "#/$defs/%61"}, {"type": "string"}, id="percent-encoded"),
        pytest.param(
            {"$ref": "#/$defs/b", "title": "t"}, {"type": "string", "title": "t"}, id="chain"
        ),
        pytest.param({"$ref": "#/$defs/b", "type": "null"}, {"type": "null"}, id="nearest wins"),
        pytest.param({"$ref": "#/$defs/loop", "title": "t"}, {"title": "t"}, id="circle"),
        pytest.param({"$ref": "#/nowhere", "title": "t"}, {"title": "t"}, id="nowhere"),
        pytest.param({"$ref": "https://example.com/a"}, {}, id="elsewhere"),
        pytest.param({"$ref": 7}, {}, id="no reference"),
        pytest.param({"$ref": "#/$defs/true"}, True, id="boolean"),
        pytest.param([], [], id="no schema"),
    ],
)
def test_resolved_follows_local_references(schema: object, expected: object) -> None:
    definitions = {
        "a": {"type": "string"},
        "b": {"$ref": "#/$defs/a"},
        "loop": {"$ref": "#/$defs/loop"},
        "true": True,
    }
    assert resolved(schema, {"$defs": definitions}) == expected


def test_target_leads_into_the_document_alone() -> None:
    document = {"$defs": {"a/b": [7]}}
    assert target("#", document) is document
    assert target("#/$defs/a~1b/0", document) == 7
    for elsewhere in ("#/$defs/c", "#anchor", "https://example.com/#/$defs", "", 7):
        with pytest.raises(KeyError):
            target(elsewhere, document)


def test_what_is_no_list_has_nothing_listed() -> None:
    assert listed({"required": ["a"]}, "required") == ["a"]
    assert listed({"required": "a"}, "required") == []
    assert listed({}, "required") == []
