from __future__ import annotations

from typing import Any

import pytest

from mcpx.schemas.dialects import gathered, modern, spelled
from tests.schemas.judges import accepted_by

DRAFT = {
    4: "http://json-schema.org/draft-04/schema#",
    6: "http://json-schema.org/draft-06/schema#",
    7: "http://json-schema.org/draft-07/schema#",
    2019: "https://json-schema.org/draft/2019-09/schema",
    2020: "https://json-schema.org/draft/2020-12/schema",
}
STRING, NUMBER = {"type": "string"}, {"type": "number"}
PAIR = {"items": [STRING, NUMBER]}
IF = {"if": {"required": ["a"]}, "then": {"required": ["b"]}}
REF = {"definitions": {"s": STRING}, "$ref": "#/definitions/s", "maxLength": 1}
BELOW = {"minimum": 3, "exclusiveMinimum": True}


@pytest.mark.parametrize(
    ("draft", "schema", "good", "bad"),
    [
        pytest.param(4, BELOW, [4, "x"], [3, 2], id="04 exclusive"),
        pytest.param(4, {**BELOW, "exclusiveMinimum": False}, [3], [2], id="04 inclusive"),
        pytest.param(
            4, {"maximum": 3, "exclusiveMaximum": True}, [2], [3, 4], id="04 exclusive maximum"
        ),
        pytest.param(4, {"const": 1}, [1, 2], [], id="04 knows no const"),
        pytest.param(4, {"contains": STRING}, [["a"], [1]], [], id="04 knows no contains"),
        pytest.param(
            4, {"propertyNames": {"maxLength": 1}}, [{"ab": 1}], [], id="04 knows no names"
        ),
        pytest.param(
            4, {"id": "http://a.example/", "type": "string"}, ["a"], [1], id="04 id of a schema"
        ),
        pytest.param(6, {"const": 1}, [1], [2], id="06 const"),
        pytest.param(6, {"exclusiveMinimum": 3}, [4], [3], id="06 exclusive"),
        pytest.param(6, IF, [{"a": 1}], [], id="06 knows no conditions"),
        pytest.param(7, IF, [{"a": 1, "b": 1}, {}], [{"a": 1}], id="07 conditions"),
        pytest.param(7, PAIR, [["a", 1], ["a"], ["a", 1, None]], [[1]], id="07 tuple"),
        pytest.param(
            7, {**PAIR, "additionalItems": False}, [["a", 1]], [["a", 1, 2]], id="07 closed tuple"
        ),
        pytest.param(
            7, {"items": STRING, "additionalItems": False}, [["a", "b"]], [[1]], id="07 list"
        ),
        pytest.param(
            7, {"dependencies": {"a": ["b"]}}, [{"a": 1, "b": 1}], [{"a": 1}], id="07 dependencies"
        ),
        pytest.param(
            7,
            {"dependencies": {"a": {"required": ["b"]}}},
            [{"a": 1, "b": 1}],
            [{"a": 1}],
            id="07 dependent schema",
        ),
        pytest.param(7, REF, ["ab"], [1], id="07 beside a reference nothing counts"),
        pytest.param(7, {"id": "#x", "type": "string"}, ["a"], [1], id="07 id is a word"),
        pytest.param(7, {"prefixItems": [STRING]}, [[1]], [], id="07 knows no prefixItems"),
        pytest.param(
            7, {"unevaluatedProperties": False}, [{"a": 1}], [], id="07 knows no unevaluated"
        ),
        pytest.param(
            7, {"dependentRequired": {"a": ["b"]}}, [{"a": 1}], [], id="07 knows no dependent"
        ),
        pytest.param(
            7, {"contains": STRING, "minContains": 0}, [["a"]], [[1]], id="07 knows no minContains"
        ),
        pytest.param(2019, REF, ["a"], ["ab", 1], id="2019-09 beside a reference"),
        pytest.param(2019, PAIR, [["a", 1]], [[1]], id="2019-09 tuple"),
        pytest.param(
            2019,
            {"dependentRequired": {"a": ["b"]}, "unevaluatedProperties": NUMBER},
            [{"a": 1, "b": 2}],
            [{"a": 1}, {"b": "x"}],
            id="2019-09 dependent",
        ),
        pytest.param(2019, {"prefixItems": [STRING]}, [[1]], [], id="2019-09 knows no prefixItems"),
        pytest.param(2020, {"prefixItems": [STRING]}, [["a"]], [[1]], id="2020-12"),
        pytest.param(
            2020, {"additionalItems": False}, [[1]], [], id="2020-12 knows no additionalItems"
        ),
    ],
)
def test_a_schema_said_in_2020_12_accepts_what_it_accepted(
    draft: int, schema: dict[str, Any], good: list[Any], bad: list[Any]
) -> None:
    old = {"$schema": DRAFT[draft], **schema}
    new = modern(old)
    assert "$schema" not in new
    for values, expected in ((good, True), (bad, False)):
        for value in values:
            assert accepted_by(old, value) == accepted_by(new, value) == {expected}, value


@pytest.mark.parametrize("draft", [2019, 2020])
def test_dependencies_are_demanded_only_where_validators_agree_about_them(draft: int) -> None:
    schema = {"$schema": DRAFT[draft], "dependencies": {"a": ["b"]}}
    assert accepted_by(schema, {"a": 1}) == {True, False}
    assert accepted_by(modern(schema), {"a": 1}) == {False}
    assert accepted_by(modern(schema, generous=True), {"a": 1}) == {True}


def test_in_draft_07_dependencies_are_always_demanded() -> None:
    schema = {"$schema": DRAFT[7], "dependencies": {"a": ["b"]}}
    assert modern(schema, generous=True) == {"dependentRequired": {"a": ["b"]}}


def test_a_dialect_is_spelled_as_the_library_knows_it() -> None:
    assert spelled({"$schema": "https://json-schema.org/draft-07/schema"}) == {
        "$schema": "http://json-schema.org/draft-07/schema"
    }
    assert spelled({"$schema": "http://json-schema.org/draft/2020-12/schema#"}) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema"
    }
    assert spelled(True) is True


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param(
            {"$defs": {"x": {"$id": "y", **STRING}}, "$ref": "y"},
            {"$defs": {"x": STRING}, "$ref": "#/$defs/x"},
            id="by id",
        ),
        pytest.param(
            {"$id": "http://a.example/b/c", "items": {"$id": "d", "items": {"$ref": "/b/c"}}},
            {"items": {"items": {"$ref": "#"}}},
            id="to the whole",
        ),
        pytest.param(
            {"$defs": {"x y": {"$id": "urn:x", "not": {"$ref": "#/$defs/z"}, "$defs": {"z": {}}}}},
            {"$defs": {"x y": {"not": {"$ref": "#/$defs/x%20y/$defs/z"}, "$defs": {"z": {}}}}},
            id="within",
        ),
        pytest.param(
            {"items": {"$id": "y", "not": {"$ref": "#t"}, "$defs": {"t": {"$anchor": "t"}}}},
            {"items": {"not": {"$ref": "#/items/$defs/t"}, "$defs": {"t": {"$anchor": "t"}}}},
            id="anchor",
        ),
        pytest.param(
            {"items": {"$id": "#a", **STRING}, "not": {"$ref": "#a"}},
            {"items": STRING, "not": {"$ref": "#/items"}},
            id="name of draft-07",
        ),
        pytest.param(
            {"enum": [{"$id": "y"}], "items": {"$id": "z"}},
            {"enum": [{"$id": "y"}], "items": {}},
            id="a value stays",
        ),
    ],
)
def test_ids_inside_become_pointers(schema: Any, expected: Any) -> None:
    before = repr(schema)
    found = gathered(schema)
    assert found == expected
    assert repr(schema) == before


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"$id": "x", "items": {"$ref": "#"}}, id="no id inside"),
        pytest.param({"items": {"$id": "y", "$dynamicRef": "#a"}}, id="dynamic"),
        pytest.param({"items": {"$id": "y", "$ref": "z"}}, id="elsewhere"),
        pytest.param({"items": {"$id": "y"}, "not": {"$id": "y"}, "$ref": "y"}, id="one id twice"),
        pytest.param({"items": {"$id": "y"}, "x": {}, "$ref": "#/x"}, id="to what is no schema"),
        pytest.param({"items": {"$id": "y"}, "$ref": "#b"}, id="to no name"),
        pytest.param({"items": {"$id": "http://["}, "$ref": "http://]"}, id="junk"),
        pytest.param(True, id="no object"),
    ],
)
def test_where_references_cannot_be_told_all_stays(schema: Any) -> None:
    assert gathered(schema) is schema
