from __future__ import annotations

import json
from collections import Counter
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcpx.schemas import containment
from mcpx.schemas.containment import Answer, Found, compared, refusal
from mcpx.schemas.declared import UndeclaredError, declared
from mcpx.schemas.instances import instances
from mcpx.schemas.readings import Reading, opened
from tests.schemas.judges import accepted_by, by_python
from tests.schemas.junk import JSON
from tests.schemas.pairs import Pair, edited, pair

DATA = Path(__file__).resolve().parents[2] / "../shared/data/diffsuite"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not beside")
SURE = {"witness", "double-proof", "proof+source"}
DIRECTIONS = {"new_accepts_old": ("old", "new"), "old_accepts_new": ("new", "old")}
# References that lead back to themselves in place: more than one of the judges can follow.
ENDLESS = {
    ("jsoncompat/dependent_required_recursive_property_names", "old_accepts_new"),
    ("jsoncompat/recursive_allof_enum_not_empty", "new_accepts_old"),
    ("jsoncompat/recursive_allof_enum_not_empty", "old_accepts_new"),
    ("jsoncompat/same_value_recursive_applicator_narrowed", "new_accepts_old"),
}
D7 = {"$schema": "http://json-schema.org/draft-07/schema#"}
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DATA / f"{name}.json").read_text())["cases"]
    return found


@needs_data
def test_no_pair_of_the_suites_is_judged_wrongly() -> None:
    wrong, endless = [], set()
    answers: Counter[Answer] = Counter()
    for case in chain.from_iterable(
        map(cases, ("apicurio", "jsoncompat", "sentry", "jsonschema_rs"))
    ):
        for direction, (first, second) in DIRECTIONS.items():
            which = (case["id"], direction)
            found = compared(case[first], case[second], Reading.STRICT)
            answers[found.answer] += 1
            expected = case["expected"][direction]
            sure = case["label_strength"][direction] in SURE and expected is not None
            if sure and found.answer is (Answer.NO if expected else Answer.YES):
                wrong.append((which, found))
            if found.witness is not None:
                (witness,) = found.witness
                if accepted_by(case[first], witness) - {True}:
                    wrong.append((which, found))
                if accepted_by(case[second], witness) - {False}:
                    wrong.append((which, found))
                if "endless" in (by_python(case[first], witness), by_python(case[second], witness)):
                    endless.add(which)
    assert wrong == []
    assert endless == ENDLESS
    assert answers.total() == 1_014
    assert answers[Answer.UNKNOWN] <= 0.02 * answers.total()


@needs_data
def test_real_edits_keep_or_break_calls_that_send_declared_arguments() -> None:
    wrong, answers = [], Counter[tuple[Any, Answer]]()
    for case in cases("github_history"):
        old, new = (case[side] and case[side].get("inputSchema") for side in ("old", "new"))
        if old is None or new is None:
            continue
        found = compared(old, new, Reading.DECLARED)
        expected = case.get("expected", {}).get("declared_calls_still_valid")
        answers[expected, found.answer] += 1
        if found.witness is not None:
            (witness,) = found.witness
            if accepted_by(old, witness) != {True} or accepted_by(new, witness) != {False}:
                wrong.append((case["id"], found))
            if expected is None:
                assert case["id"] in ("github/135", "github/165")
    assert wrong == []
    assert answers == {
        (True, Answer.YES): 98,
        (False, Answer.NO): 13,
        (None, Answer.YES): 51,
        (None, Answer.NO): 2,
    }


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


NODE = {"$defs": {"node": of(value=TEXT, next={"$ref": "#/$defs/node"})}, "$ref": "#/$defs/node"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(TEXT, {}, id="anything"),
        pytest.param(False, TEXT, id="from nothing"),
        pytest.param({"const": 1}, {"enum": [1, 2]}, id="const and enum"),
        pytest.param(WHOLE, {"type": "number"}, id="integers are numbers"),
        pytest.param({**WHOLE, "exclusiveMinimum": 0}, {"minimum": 1}, id="bounds of integers"),
        pytest.param({"enum": ["a"], **TEXT}, {"maxLength": 1}, id="bound without effect"),
        pytest.param({"pattern": "[a-z]*"}, {}, id="a pattern that all texts match"),
        pytest.param({}, {"pattern": "[a-z]*"}, id="and the other way"),
        pytest.param({**TEXT, "format": "date"}, {**TEXT, "format": "uri"}, id="formats are notes"),
        pytest.param(of(a=TEXT), {**of(a=TEXT), "$comment": "x", "title": "T"}, id="notes"),
        pytest.param(
            {"anyOf": [TEXT, {"type": "null"}]}, {"type": ["null", "string"]}, id="nullable"
        ),
        pytest.param({**D7, "items": [TEXT]}, {"prefixItems": [TEXT]}, id="of another dialect"),
        pytest.param({"$ref": "#/$defs/a", "$defs": {"a": TEXT}}, TEXT, id="inlined"),
        pytest.param({"$ref": "#t", "$defs": {"a": {**TEXT, "$anchor": "t"}}}, TEXT, id="anchor"),
        pytest.param({"multipleOf": 0.3}, {"multipleOf": 0.1}, id="fractions"),
        pytest.param(
            {"$ref": "#/$defs/b", "$defs": {"b": {"items": {"$ref": "#"}}}},
            {"items": {"items": {}}},
            id="of itself",
        ),
    ],
)
def test_what_is_proved_is_yes(old: Any, new: Any) -> None:
    assert compared(old, new, Reading.STRICT) == Found(Answer.YES)


@pytest.mark.parametrize(
    ("old", "new", "witness"),
    [
        pytest.param({}, TEXT, None, id="anything"),
        pytest.param({"enum": ["a", "b"]}, {"const": "b"}, "a", id="option"),
        pytest.param({"type": "number"}, WHOLE, 1.5, id="fraction"),
        pytest.param({**WHOLE, "maximum": 10}, {"maximum": 9}, 10, id="bound"),
        pytest.param({"minimum": 2**53}, {"minimum": 2**53 + 1}, 2**53, id="beyond floats"),
        pytest.param(of(a=TEXT), {**of(a=TEXT), "required": ["a"]}, {}, id="required"),
        pytest.param(
            {**of(a=TEXT), "required": ["a"]}, of(a=WHOLE), {"a": "a"}, id="type of a member"
        ),
        pytest.param(
            {**of(a={**TEXT, "format": "date"}), "required": ["a"]},
            of(a=WHOLE),
            {"a": "2026-01-31"},
            id="in its format",
        ),
        pytest.param(
            {**of(id={"pattern": "^[A-Z]{2}-[0-9]$"}, n=WHOLE), "required": ["id", "n"]},
            {"maxProperties": 1},
            None,
            id="pattern",
        ),
        pytest.param({"items": TEXT}, {"maxItems": 2}, ["a", "a", "a"], id="items"),
        pytest.param({"minLength": 1}, {"pattern": "."}, "\n", id="a line break is a character"),
        pytest.param(
            of(a=of(b=of(c={"enum": [1, 2]}))),
            of(a=of(b=of(c={"enum": [1]}))),
            {"a": {"b": {"c": 2}}},
            id="deep",
        ),
        pytest.param(
            NODE,
            {**NODE, "$defs": {"node": {**NODE["$defs"]["node"], "required": ["value"]}}},  # type: ignore[index, dict-item]
            {},
            id="recursion",
        ),
        pytest.param(
            {**D7, "prefixItems": [TEXT]}, {"prefixItems": [TEXT]}, [0], id="unknown word"
        ),
        pytest.param(
            {**D7, "$ref": "#/definitions/a", "definitions": {"a": TEXT}, "maxLength": 1},
            {**TEXT, "maxLength": 1},
            None,
            id="beside a reference in draft-07",
        ),
        pytest.param(
            {"$ref": "#/default", "default": TEXT},
            {"$ref": "#/default", "default": WHOLE},
            "a",
            id="a reference into a note",
        ),
        pytest.param({"enum": [[1], [True]]}, {"enum": [[1]]}, [True], id="true is not one"),
    ],
)
def test_what_a_value_shows_is_no(old: Any, new: Any, witness: Any) -> None:
    found = compared(old, new, Reading.STRICT)
    assert found.answer is Answer.NO
    assert found.witness is not None
    if witness is not None:
        assert found.witness == [witness]
    assert accepted_by(old, found.witness[0]) == {True}
    assert accepted_by(new, found.witness[0]) == {False}


def nested(levels: int, inner: Any) -> Any:
    for _ in range(levels):
        inner = {**of(n=inner, z={"enum": ["q", "r"]}), "required": ["n", "z"]}
    return inner


def union(number: int, changed: int = -1) -> Any:
    """One of so many objects by their kind; a member of one of them is of another type."""
    kinds = [of(t={"const": f"t{n}"}, v=WHOLE if n == changed else TEXT) for n in range(number)]
    return {"oneOf": [{**one, "required": ["t", "v"]} for one in kinds]}


LIST, CODE, SLUG = {"items": TEXT}, {"pattern": "^[A-Z]{2}[0-9]+$"}, "^[a-z]+(-[a-z]+)*$"
PREFIXED = {"patternProperties": {"^x-[a-z0-9]+$": TEXT}, "additionalProperties": False}
OWN_ID = {"$defs": {"x": {"$id": "y", **TEXT}}}
BY_ID = {"$id": "https://a.example/x", **OWN_ID, **of(a={"$ref": "y"}, b=TEXT)}


@pytest.mark.parametrize("reading", [Reading.STRICT, Reading.DECLARED])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param({}, {"maxItems": 100}, id="items"),
        pytest.param({**LIST, "maxItems": 100}, {**LIST, "maxItems": 50}, id="fewer items"),
        pytest.param({**LIST, "minItems": 60}, {"minItems": 80}, id="more items"),
        pytest.param(LIST, {"maxItems": 20_000}, id="very many items"),
        pytest.param(
            {**LIST, "uniqueItems": True}, {"maxItems": 500, "uniqueItems": True}, id="unlike items"
        ),
        pytest.param({"type": "object"}, {"maxProperties": 50}, id="members"),
        pytest.param({"additionalProperties": TEXT}, {"maxProperties": 50}, id="members of a type"),
        pytest.param(PREFIXED, {**PREFIXED, "maxProperties": 60}, id="members by pattern"),
        pytest.param(TEXT, {"maxLength": 10_000}, id="length"),
        pytest.param({**TEXT, "maxLength": 20_000}, {"maxLength": 8_000}, id="shorter"),
        pytest.param(CODE, {**CODE, "maxLength": 12}, id="pattern and length"),
        pytest.param({"pattern": SLUG}, {"pattern": SLUG, "maxLength": 63}, id="of parts"),
        pytest.param({"pattern": "^.{1,64}$"}, {"pattern": "^.{1,32}$"}, id="repetitions"),
        pytest.param(
            {"pattern": "^[a-z]{1,64}/[a-z]{1,64}$"},
            {"pattern": "^[a-z]{1,64}/[a-z]{1,64}$", "maxLength": 100},
            id="two parts",
        ),
        pytest.param(of(u=union(30)), of(u=union(30, 29)), id="the last of many alternatives"),
        pytest.param(of(u=union(30)), of(u=union(29)), id="an alternative less"),
        pytest.param(
            {"oneOf": [{"const": n} for n in range(200)]},
            {"oneOf": [{"const": n} for n in range(200) if n != 150]},
            id="a constant less",
        ),
        pytest.param({"exclusiveMinimum": 0}, {"minimum": 0.001}, id="between bounds"),
        pytest.param(
            {"minimum": 0.1, "maximum": 0.4}, {"minimum": 0.11, "maximum": 0.4}, id="near a bound"
        ),
        pytest.param(nested(30, TEXT), nested(30, WHOLE), id="deep"),
        pytest.param(nested(9, {"enum": [1, 2]}), nested(9, {"enum": [1]}), id="option, deep"),
        pytest.param({**of(a=TEXT), **OWN_ID}, {**of(a=WHOLE), **OWN_ID}, id="id not used"),
        pytest.param(BY_ID, {**BY_ID, **of(a={"$ref": "y"}, b=WHOLE)}, id="id"),
        pytest.param(BY_ID, {**BY_ID, "$defs": {"x": {"$id": "y", **WHOLE}}}, id="behind an id"),
        pytest.param(
            {**D7, **of(a={**TEXT, "$id": "#a"})}, {**D7, **of(a={**WHOLE, "$id": "#a"})}, id="name"
        ),
    ],
)
def test_ordinary_limits_and_far_places_are_found(old: Any, new: Any, reading: Reading) -> None:
    found = compared(old, new, reading)
    assert found.answer is Answer.NO, found
    assert found.witness is not None
    assert accepted_by(old, found.witness[0]) == {True}
    assert accepted_by(new, found.witness[0]) == {False}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(BY_ID, of(a=TEXT, b=TEXT), "yes", id="inlined"),
        pytest.param(BY_ID, of(a=WHOLE, b=TEXT), "no", id="of another type"),
        pytest.param(of(a=TEXT), {**of(a=TEXT), **OWN_ID}, "yes", id="added"),
        pytest.param(
            {
                "$id": "x",
                "$defs": {"x": {"$id": "y", "$defs": {"z": TEXT}, "$ref": "#/$defs/z"}},
                "$ref": "y",
            },
            TEXT,
            "yes",
            id="a reference within",
        ),
        pytest.param(
            {
                "$defs": {"z": WHOLE, "x": {"$id": "y", "$defs": {"z": TEXT}, "$ref": "#/$defs/z"}},
                "$ref": "y",
            },
            WHOLE,
            "no",
            id="not to the outer one",
        ),
    ],
)
def test_schemas_of_their_own_ids_are_followed(old: Any, new: Any, expected: str) -> None:
    for reading in (Reading.STRICT, Reading.DECLARED):
        assert compared(old, new, reading).answer == expected


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param(
            {"type": "int"}, {}, 'the old schema at /type: "int" is not a type', id="invalid"
        ),
        pytest.param(
            {}, {"$ref": "http://a.example"}, "the new schema at /$ref: refers to", id="elsewhere"
        ),
        pytest.param({"$schema": "urn:x"}, {}, 'the old schema at /$schema: "urn:x"', id="dialect"),
        pytest.param(
            {},
            {"$defs": {"a": {**D7, "$id": "http://a.example/"}}},
            "the new schema: holds a schema of another dialect",
            id="dialects",
        ),
        pytest.param(
            {"$schema": "https://json-schema.org/draft/2019-09/schema", "items": {}},
            {
                "$schema": "https://json-schema.org/draft/2019-09/schema",
                "items": {"$recursiveRef": "#"},
            },
            "what it refers to depends on where it is come from",
            id="recursive reference",
        ),
        pytest.param(
            {"const": "\ud800"}, {"const": "a"}, "it holds text that is not Unicode", id="text"
        ),
        pytest.param(
            {"pattern": "^(?=.*[a-z])(?=.*[0-9]).{8,}$"},
            {"pattern": "^(?=.*[0-9])(?=.*[a-z]).{8,}$"},
            "no proof was found, and no value that shows the contrary",
            id="patterns",
        ),
        pytest.param(
            {"allOf": [{"anyOf": [{"const": 7 * n + m} for m in range(5)]} for n in range(12)]},
            TEXT,
            "its alternatives combine in 2e+08 ways",
            id="product",
        ),
        pytest.param(
            {"pattern": "^a\n?$"},
            {"pattern": "^a$"},
            "no proof was found, and no value that shows the contrary",
            id="only what engines dispute shows it",
        ),
    ],
)
def test_what_is_neither_is_unknown_with_a_reason(old: Any, new: Any, reason: str) -> None:
    found = compared(old, new, Reading.STRICT)
    assert (found.answer, found.witness) == (Answer.UNKNOWN, None)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize("reading", list(Reading))
def test_dependencies_that_validators_dispute_show_nothing(reading: Reading) -> None:
    asking = {"type": "object", "dependencies": {"a": ["b"]}}
    assert compared({"type": "object"}, asking, reading).answer is Answer.UNKNOWN
    assert compared(asking, {"dependentRequired": {"a": ["b"]}}, reading).answer is not Answer.YES
    assert compared(asking, asking, reading).answer is Answer.YES


BOTH = {"allOf": [of(a=TEXT), of(b=TEXT)]}
VARIANTS = {
    "oneOf": [
        {**of(kind={"const": "x"}, n=WHOLE), "required": ["kind"]},
        {**of(kind={"const": "y"}), "required": ["kind"]},
    ]
}
VARIANTS_GROWN = {
    "oneOf": [
        VARIANTS["oneOf"][0],
        {**of(kind={"const": "y"}, m=WHOLE), "required": ["kind"]},
    ]
}


@pytest.mark.parametrize(
    ("old", "new", "strict", "of_declared"),
    [
        pytest.param(of(a=TEXT), of(a=TEXT, b=WHOLE), "no", "yes", id="member added"),
        pytest.param(
            of(a=TEXT), {**of(a=TEXT), "additionalProperties": False}, "no", "yes", id="closed"
        ),
        pytest.param(of(a=TEXT), of(a=WHOLE), "no", "no", id="member of another type"),
        pytest.param(of(o=of(a=TEXT)), of(o=of(a=TEXT, b=WHOLE)), "no", "yes", id="inside"),
        pytest.param(
            {**of(a=TEXT), "additionalProperties": True}, of(a=TEXT, b=WHOLE), "no", "no", id="open"
        ),
        pytest.param({"type": "object"}, of(b=WHOLE), "no", "no", id="free object"),
        pytest.param(BOTH, of(a=TEXT, b=WHOLE), "no", "no", id="parts know each other's members"),
        pytest.param(BOTH, of(a=TEXT, b=TEXT, c=WHOLE), "no", "yes", id="parts and a new member"),
        pytest.param(
            {**of(p=of(a=TEXT)), "allOf": [of(p=of(b=TEXT))]},
            of(p=of(a=TEXT, b=WHOLE)),
            "no",
            "no",
            id="one member described twice",
        ),
        pytest.param(
            {**of(a=TEXT), "required": ["b"]}, of(b=WHOLE), "no", "no", id="required, not declared"
        ),
        pytest.param(
            {**of(a=TEXT), "minProperties": 2}, of(b=WHOLE), "no", "no", id="more than declared"
        ),
        pytest.param(
            {**of(a=TEXT), "propertyNames": {"maxLength": 3}}, of(b=WHOLE), "no", "no", id="names"
        ),
        pytest.param(VARIANTS, VARIANTS_GROWN, "no", "yes", id="variant with a new member"),
        pytest.param(
            {"anyOf": [of(a=TEXT), {"type": "object"}]}, of(b=WHOLE), "no", "no", id="or a free one"
        ),
        pytest.param(
            {"items": of(a=TEXT), "contains": {"required": ["b"]}, "type": "array"},
            {"items": of(b=WHOLE)},
            "no",
            "no",
            id="held",
        ),
        pytest.param(
            {**of(a=TEXT), "dependentSchemas": {"a": of(b=TEXT)}},
            of(a=TEXT, b=WHOLE),
            "no",
            "no",
            id="dependent",
        ),
        pytest.param(
            {**of(a=TEXT), "if": of(m={"const": 1}), "else": {"required": ["a"]}},
            of(a=TEXT, m={"const": 1}),
            "no",
            "no",
            id="asked about",
        ),
        pytest.param(
            {**D7, **of(a={"$ref": "#/definitions/o"}), "definitions": {"o": of(b=TEXT)}},
            of(a=of(b=TEXT, c=WHOLE)),
            "no",
            "yes",
            id="draft-07 by reference",
        ),
        pytest.param(NODE, {**NODE, "maxProperties": 2}, "no", "unknown", id="recursion"),
    ],
)
def test_callers_send_what_is_declared(old: Any, new: Any, strict: str, of_declared: str) -> None:
    assert compared(old, new, Reading.STRICT).answer == strict
    found = compared(old, new, Reading.DECLARED)
    assert found.answer == of_declared, found
    if found.witness:
        assert accepted_by(old, found.witness[0]) == {True}
        assert accepted_by(new, found.witness[0]) == {False}


def test_where_declarations_cannot_be_told_there_is_no_no() -> None:
    old = {**of(a={"$dynamicRef": "#t"}), "$defs": {"t": {"$dynamicAnchor": "t", **TEXT}}}
    assert compared(old, of(a=TEXT), Reading.DECLARED).answer is Answer.YES
    found = compared(old, of(b=WHOLE), Reading.DECLARED)
    assert found.answer is Answer.UNKNOWN
    assert found.reason == (
        "the old schema: which members it declares is not known: it has a reference that is dynamic"
    )


@pytest.mark.parametrize(
    ("old", "new", "strict", "of_open"),
    [
        pytest.param(
            of(a=TEXT, b=TEXT),
            {**of(a=TEXT), "additionalProperties": False},
            "no",
            "yes",
            id="a member that is not known",
        ),
        pytest.param(
            of(a=TEXT), {**of(a=WHOLE), "additionalProperties": False}, "no", "no", id="known"
        ),
    ],
)
def test_an_open_reading_allows_what_is_not_known(
    old: Any, new: Any, strict: str, of_open: str
) -> None:
    assert compared(old, new, Reading.STRICT).answer == strict
    assert compared(old, new, Reading.OPEN).answer == of_open


def test_a_refusal_is_about_what_the_reading_asks() -> None:
    closed = {**of(a=WHOLE), "additionalProperties": False}
    value = {"b": 1, "a": "x"}
    assert refusal(closed, value, Reading.OPEN).kind.name == "type"
    assert refusal(closed, {"a": 1}, Reading.STRICT) is None


def readable(schema: Any) -> Any:
    try:
        return declared(schema)
    except UndeclaredError:
        return schema


def check(pair: Pair, reading: Reading) -> None:
    """No yes that a value contradicts, and no no that a judge disputes."""
    old, new = pair
    found = compared(old, new, reading)
    if found.answer is Answer.NO:
        assert found.witness is not None
        assert accepted_by(old, found.witness[0]) <= {True}
        assert accepted_by(new, found.witness[0]) <= {False}
    elif found.answer is Answer.YES:
        accepted = jsonschema_rs.validator_for(
            readable(old) if reading is Reading.DECLARED else old
        )
        accepting = jsonschema_rs.validator_for(opened(new) if reading is Reading.OPEN else new)
        for value in chain(islice(instances(old, new), 60), islice(instances(new, old), 60)):
            assert accepting.is_valid(value) or not accepted.is_valid(value), value


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containment, "_SEARCH_SECONDS", 0.1)
    monkeypatch.setattr(containment, "_SHRINK_SECONDS", 0.05)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("make", [pair, edited])
@pytest.mark.parametrize("reading", list(Reading))
def test_schemas_made_by_chance_are_judged_rightly(make: Any, reading: Reading) -> None:
    for seed in range(40):
        check(make(Random(seed)), reading)


# Always the same examples: a crash of the library would end all tests.
@settings(max_examples=30, deadline=None, derandomize=True)
@given(JSON, JSON, st.sampled_from(list(Reading)))
def test_junk_is_unknown_or_judged(old: Any, new: Any, reading: Reading) -> None:
    found = compared(old, new, reading)
    assert (found.answer is Answer.UNKNOWN) == bool(found.reason)
    assert (found.answer is Answer.NO) == (found.witness is not None)
