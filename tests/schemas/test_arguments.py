from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcpx.errors import UsageError
from mcpx.schemas.arguments import parse_arguments, unknown_parameters, wrong_arguments
from mcpx.schemas.validation import Outcome, Verdict, Violation
from tests.schemas.junk import JSON

TOKEN = "ghp_" + "a1B2" * 9


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def parsed(word: str, schema: Any) -> Any:
    (value,) = parse_arguments([word], None, schema).values()
    return value


OPTIONAL = {"anyOf": [{"type": "integer"}, {"type": "null"}]}


@pytest.mark.parametrize(
    ("text", "schema", "expected"),
    [
        pytest.param("5", {"type": "string"}, "5", id="text stays text"),
        pytest.param("5", {"type": "integer"}, 5, id="integer"),
        pytest.param("-007", {"type": "integer"}, -7, id="zeros"),
        pytest.param("5.0", {"type": "integer"}, 5, id="integral"),
        pytest.param("123456789012345678901", {"type": "integer"}, 123456789012345678901, id="big"),
        pytest.param(".5", {"type": "number"}, 0.5, id="number"),
        pytest.param("1e3", {"type": "number"}, 1000.0, id="exponent"),
        pytest.param("3", {"type": "number"}, 3, id="whole number"),
        pytest.param("true", {"type": "boolean"}, True, id="true"),
        pytest.param("False", {"type": "boolean"}, False, id="False"),
        pytest.param("null", {"type": "null"}, None, id="null"),
        pytest.param('["a", 1]', {"type": "array"}, ["a", 1], id="array"),
        pytest.param('{"a": 1}', {"type": "object"}, {"a": 1}, id="object"),
        pytest.param('{"a": 1}', {"properties": {}}, {"a": 1}, id="properties make an object"),
        pytest.param("[1]", {"items": {}}, [1], id="items make an array"),
        pytest.param("5", OPTIONAL, 5, id="optional"),
        pytest.param("null", OPTIONAL, None, id="optional null"),
        pytest.param("5", {"type": ["string", "integer"]}, 5, id="union"),
        pytest.param("x", {"type": ["string", "integer"]}, "x", id="union, text last"),
        pytest.param("[x", {"type": ["array", "string"]}, "[x", id="no array after all"),
        pytest.param("2", {"enum": [1, 2]}, 2, id="enum of numbers"),
        pytest.param("2", {"enum": [1, "2"]}, "2", id="enum with this text"),
        pytest.param("7", {"enum": [1, "2"]}, 7, id="enum of both"),
        pytest.param("true", {"const": True}, True, id="const"),
        pytest.param("5", {"$ref": "#/$defs/n"}, 5, id="reference"),
        pytest.param("5", {"allOf": [{"description": "x"}, {"$ref": "#/$defs/n"}]}, 5, id="allOf"),
        pytest.param("5", {"oneOf": [{"$ref": "#/$defs/n"}, {"type": "null"}]}, 5, id="oneOf"),
        pytest.param("5", {}, "5", id="any"),
        pytest.param("5", True, "5", id="true schema"),
        pytest.param("5", {"anyOf": [{"type": "integer"}, {}]}, "5", id="or anything"),
        pytest.param("5", {"type": "int"}, "5", id="a type that is none"),
        pytest.param("5", {"type": 3}, "5", id="no type"),
        pytest.param("5", {"$ref": "#/no"}, "5", id="to nowhere"),
        pytest.param("5", {"$ref": "#/properties/a"}, "5", id="to itself"),
        pytest.param("a=b:=c", {"type": "string"}, "a=b:=c", id="signs in a text"),
        pytest.param("", {"type": "string"}, "", id="nothing"),
        pytest.param("a\nb", {}, "a\nb", id="lines"),
    ],
)
def test_text_gets_the_type_of_its_property(text: str, schema: Any, expected: Any) -> None:
    whole = {**of(a=schema), "$defs": {"n": {"type": "integer"}}}
    value = parsed(f"a={text}", whole)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param({"allOf": [of(a={"type": "integer"})]}, 5, id="allOf"),
        pytest.param({"oneOf": [of(a={"type": "integer"}), of(b={})]}, 5, id="oneOf"),
        pytest.param({"$ref": "#/$defs/x", "$defs": {"x": of(a={"type": "integer"})}}, 5, id="ref"),
        pytest.param({"additionalProperties": {"type": "integer"}}, 5, id="of others"),
        pytest.param(
            {**of(a={}), "additionalProperties": {"type": "integer"}}, "5", id="own first"
        ),
        pytest.param(of(b={"type": "integer"}), "5", id="unknown"),
        pytest.param(None, "5", id="no schema"),
        pytest.param([], "5", id="a schema that is none"),
    ],
)
def test_a_property_is_found_wherever_the_schema_has_it(schema: Any, expected: Any) -> None:
    assert parsed("a=5", schema) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("a:=5", 5, id="number"),
        pytest.param('a:="5"', "5", id="text"),
        pytest.param('a:={"b": [null]}', {"b": [None]}, id="object"),
    ],
)
def test_json_is_taken_as_it_is(word: str, expected: Any) -> None:
    assert parsed(word, of(a={"type": "boolean"})) == expected


def test_words_win_over_the_object() -> None:
    assert parse_arguments(["a=1", "c=3"], {"a": 9, "b": [2]}, of(a={"type": "integer"})) == {
        "a": 1,
        "b": [2],
        "c": "3",
    }
    assert parse_arguments([], None, {}) == {}


@pytest.mark.parametrize(
    ("word", "schema", "message", "hint"),
    [
        pytest.param(
            "x", {}, 'argument "x" is not KEY=VALUE', "write KEY=VALUE, KEY:=JSON", id="no ="
        ),
        pytest.param("=x", {}, 'argument "=x" is not', "write", id="no name"),
        pytest.param(":=1", {}, 'argument ":=1" is not', "write", id="no name for JSON"),
        pytest.param(
            "a=x",
            {"type": "integer"},
            'parameter a is "x", not an integer',
            "a:=JSON",
            id="integer",
        ),
        pytest.param("a=1.5", {"type": "integer"}, 'a is "1.5", not an integer', "a:=", id="half"),
        pytest.param(
            "a=1e999", {"type": "number"}, 'is "1e999", not a number', "a:=", id="infinite"
        ),
        pytest.param("a=nan", {"type": "number"}, 'is "nan", not a number', "a:=", id="nan"),
        pytest.param("a=yes", {"type": "boolean"}, '"yes", not true or false', "a:=", id="yes"),
        pytest.param("a=1", {"type": "boolean"}, 'is "1", not true or false', "a:=", id="1"),
        pytest.param("a=", OPTIONAL, 'a is "", not an integer or null', "a:=", id="union"),
        pytest.param("a=x,y", {"type": "array"}, 'is "x,y", not an array', "a:=JSON", id="array"),
        pytest.param("a=[NaN]", {"type": "array"}, "not an array", "a:=JSON", id="NaN inside"),
        pytest.param("a=" + "[" * 9999, {"type": "array"}, "not an array", "a:=JSON", id="deep"),
        pytest.param("a=" + "9" * 9999, {"type": "integer"}, "not an integer", "a:=", id="long"),
        pytest.param("a:=x", {}, 'parameter a: "x" is not JSON', "a=TEXT", id="no JSON"),
        pytest.param("a:=" + "[" * 9999, {}, "is not JSON", "a=TEXT", id="deep JSON"),
        pytest.param("a:=NaN", {}, "is not JSON", "a=TEXT", id="NaN"),
        pytest.param("a:=[1e999]", {}, "is not JSON", "a=TEXT", id="beyond all bounds"),
        pytest.param(
            f"a={TOKEN}", {"type": "integer"}, "parameter a is ***, not", "a:=", id="token"
        ),
        pytest.param("a=\udcff", {}, 'parameter "a" is not in UTF-8', "", id="bytes"),
    ],
)
def test_what_cannot_be_read_is_named(word: str, schema: Any, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_arguments([word], None, of(a=schema))
    assert message in caught.value.message
    assert len(caught.value.message) < 120
    assert hint in caught.value.hint


def test_a_secret_parameter_is_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        parse_arguments(["password=hunter2"], None, of(password={"type": "integer"}))
    assert "hunter2" not in caught.value.message


def test_a_parameter_given_twice_is_an_error() -> None:
    with pytest.raises(UsageError, match="parameter a is given twice"):
        parse_arguments(["a=1", "a:=2"], None, {})


@given(st.text(), JSON)
def test_reading_a_word_never_fails_otherwise(text: str, schema: Any) -> None:
    try:
        assert list(parse_arguments([f"a={text}"], None, schema)) == ["a"]
    except UsageError as error:
        assert error.message.startswith("parameter a ")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param(of(colour={}, size={}), [("color", "colour"), ("x", None)], id="plain"),
        pytest.param({"allOf": [of(color={}), of(x={})]}, [], id="allOf"),
        pytest.param(of(), [("color", None), ("x", None)], id="none at all"),
        pytest.param({"type": "object"}, [], id="names none"),
        pytest.param({**of(), "additionalProperties": True}, [], id="others"),
        pytest.param({**of(), "patternProperties": {"": {}}}, [], id="by pattern"),
        pytest.param(
            {**of(), "additionalProperties": False}, [("color", None), ("x", None)], id="no"
        ),
        pytest.param(None, [], id="no schema"),
    ],
)
def test_unknown_parameters_come_with_what_was_meant(
    schema: Any, expected: list[tuple[str, str | None]]
) -> None:
    assert unknown_parameters(schema, {"color": 1, "x": 2}) == expected


def invalid(*messages: tuple[str, str, str], more: int = 0) -> Verdict:
    found = [
        Violation(f"/{place}", place, place.partition(".")[0], rule, message)
        for place, rule, message in messages
    ]
    return Verdict(Outcome.INVALID, tuple(found), more=more)


def test_one_violation_is_one_sentence() -> None:
    error = wrong_arguments("add", invalid(("b", "required", "is missing")), "'my server'")
    assert error.message == "tool add: parameter b is missing"
    assert error.hint == "mcpx inspect 'my server' --tool add shows its parameters"
    assert error.details == ()


def test_several_violations_have_a_line_each() -> None:
    verdict = invalid(("b", "required", "is missing"), ("", "not", "is ruled out"), more=3)
    error = wrong_arguments("add", verdict)
    assert error.message == "tool add: its arguments do not fit"
    assert error.details == ("parameter b is missing", "the input is ruled out", "and 3 more")


def test_a_mistyped_parameter_comes_with_the_one_that_was_meant() -> None:
    closed = {**of(colour={}), "additionalProperties": False}
    verdict = invalid(("color", "additionalProperties", "is not expected"))
    error = wrong_arguments("paint", verdict, schema=closed)
    assert error.message == "tool paint: parameter color is not expected; did you mean colour?"
    inside = invalid(("a.color", "additionalProperties", "is not expected"))
    assert "mean" not in wrong_arguments("paint", inside, schema=closed).message


def test_a_missing_parameter_may_have_been_mistyped() -> None:
    verdict = invalid(("colour", "required", "is missing"))
    error = wrong_arguments("paint", verdict, "x", of(colour={}), {"color": 1, "other": 2})
    assert error.details == (
        "parameter colour is missing",
        "there is no parameter color; did you mean colour?",
    )
