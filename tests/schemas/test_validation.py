from __future__ import annotations

import shutil
import socket
import sys
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mcpx.schemas.validation import Outcome, Verdict, shown, violations
from tests.schemas.here import check_here
from tests.schemas.junk import JSON

TOKEN = "ghp_" + "a1B2" * 9


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    check_here(monkeypatch)


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


OPTIONAL = {"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}]}
SHAPES = {"oneOf": [of(a={"const": 1}), of(a={"const": 2})]}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        pytest.param({"required": ["b"]}, {}, ("/b", "b", "is missing"), id="required"),
        pytest.param(
            of(f={"items": {"required": ["n"]}}),
            {"f": [{}]},
            ("/f/0/n", "f[0].n", "is missing"),
            id="required inside",
        ),
        pytest.param(
            {"dependentRequired": {"a": ["b"]}}, {"a": 1}, ("/b", "b", "is missing"), id="dependent"
        ),
        pytest.param(
            of(a={"type": "integer"}), {"a": "x"}, ("/a", "a", 'is "x", not an integer'), id="type"
        ),
        pytest.param(
            of(a={"type": ["boolean", "array"]}),
            {"a": None},
            ("/a", "a", "is null, not true or false or an array"),
            id="types",
        ),
        pytest.param(
            of(a={"type": "string"}),
            {"a": {"x": 1}},
            ("/a", "a", "is an object, not text"),
            id="object",
        ),
        pytest.param({"type": "object"}, [1], ("", "", "is an array, not an object"), id="whole"),
        pytest.param(
            of(a={"enum": [1, "b", {"c": 2}]}),
            {"a": 2},
            ("/a", "a", 'is 2, not one of 1, b, {"c": 2}'),
            id="enum",
        ),
        pytest.param(
            {"enum": list(range(20))},
            99,
            ("", "", "is 99, not one of 0, 1, 2, 3, 4, 5, 6, 7, …"),
            id="long enum",
        ),
        pytest.param({"const": [1]}, 2, ("", "", "is 2, not [1]"), id="const"),
        pytest.param({"minimum": 1}, 0, ("", "", "is 0, below the minimum of 1"), id="minimum"),
        pytest.param({"maximum": 1.5}, 2, ("", "", "is 2, above the maximum of 1.5"), id="maximum"),
        pytest.param(
            {"exclusiveMinimum": 1}, 1, ("", "", "is 1, not more than 1"), id="exclusive minimum"
        ),
        pytest.param(
            {"exclusiveMaximum": 1}, 1, ("", "", "is 1, not less than 1"), id="exclusive maximum"
        ),
        pytest.param({"multipleOf": 2}, 3, ("", "", "is 3, not a multiple of 2"), id="multiple"),
        pytest.param({"minLength": 3}, "x", ("", "", "has 1 character, fewer than 3"), id="short"),
        pytest.param({"maxLength": 1}, "xyz", ("", "", "has 3 characters, more than 1"), id="long"),
        pytest.param({"minItems": 1}, [], ("", "", "has 0 items, fewer than 1"), id="no items"),
        pytest.param(
            {"maxProperties": 0}, {"a": 1}, ("", "", "has 1 member, more than 0"), id="members"
        ),
        pytest.param({"uniqueItems": True}, [1, 1], ("", "", "holds an item twice"), id="twice"),
        pytest.param(
            {"contains": {"const": 1}},
            [2],
            ("", "", "lacks an item that it has to hold"),
            id="contains",
        ),
        pytest.param(
            {"pattern": "^a"}, "b", ("", "", 'is "b", which does not match ^a'), id="pattern"
        ),
        pytest.param(
            {"$schema": "http://json-schema.org/draft-07/schema#", "format": "date"},
            "b",
            ("", "", 'is "b", not in the format date'),
            id="format",
        ),
        pytest.param(
            {**of(a={}), "additionalProperties": False},
            {"b/c": 1},
            ("/b~1c", "b/c", "is not expected"),
            id="additional",
        ),
        pytest.param(
            {**of(a={}), "unevaluatedProperties": False},
            {"b": 1},
            ("/b", "b", "is not expected"),
            id="unevaluated",
        ),
        pytest.param(of(a=False), {"a": 1}, ("/a", "a", "is not expected"), id="never"),
        pytest.param(
            {"propertyNames": {"pattern": "^a"}},
            {"b": 1},
            ("", "", 'has a member with a name that does not fit: does not match "^a"'),
            id="names",
        ),
        pytest.param(OPTIONAL, "x", ("", "", 'is "x", not an integer or null'), id="no type fits"),
        pytest.param(OPTIONAL, 1, ("", "", "is 1, below the minimum of 3"), id="one type fits"),
        pytest.param(
            SHAPES,
            {"a": 3},
            ("", "", "is an object, which fits none of the alternatives"),
            id="none",
        ),
        pytest.param(
            {"oneOf": [{}, {"minimum": 1}]},
            5,
            ("", "", "is 5, which fits more than one of the alternatives"),
            id="several",
        ),
        pytest.param({"not": {}}, 5, ("", "", "is 5, which is ruled out"), id="not"),
        pytest.param(
            {"$schema": "http://json-schema.org/draft-07/schema#", "contentEncoding": "base64"},
            "%",
            ("", "", 'does not fit: is not compliant with "base64" content encoding'),
            id="other",
        ),
    ],
)
def test_a_violation_says_where_and_what(
    schema: Any, value: Any, expected: tuple[str, str, str]
) -> None:
    verdict = violations(schema, value)
    assert verdict.outcome is Outcome.INVALID
    (found,) = verdict.violations
    assert (found.path, found.place, found.message) == expected
    assert found.parameter == found.path[1:].partition("/")[0].replace("~1", "/")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param({}, {"a": 1}, id="anything"),
        pytest.param(True, 1, id="true"),
        pytest.param({"format": "date"}, "x", id="format in 2020-12"),
        pytest.param({"$schema": "http://json-schema.org/draft/2020-12/schema#"}, 1, id="scheme"),
        pytest.param(
            {"$schema": "https://json-schema.org/draft-07/schema", "type": "integer"}, 1, id="https"
        ),
        pytest.param(of(a={"$ref": "#"}), {"a": {"a": {}}}, id="recursive"),
        pytest.param({"maximum": 10**400}, 10**399, id="huge numbers"),
        pytest.param({"type": "integer"}, 5.0, id="5.0 is an integer"),
    ],
)
def test_what_fits_is_valid(schema: Any, value: Any) -> None:
    assert violations(schema, value) == Verdict(Outcome.VALID)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("schema", "said"),
    [
        pytest.param({"const": 1}, "is ***, not 1", id="const"),
        pytest.param({"type": "null"}, "is ***, not null", id="type"),
        pytest.param({"pattern": "^a"}, "is ***, which does not match ^a", id="pattern"),
    ],
)
def test_a_token_is_not_repeated(schema: Any, said: str) -> None:
    (found,) = violations(of(a=schema), {"a": TOKEN}).violations
    assert found.message == said


def test_what_has_the_name_of_a_secret_is_not_repeated() -> None:
    assert shown("hunter2", "password") == "***"
    assert shown("hunter2", "name") == '"hunter2"'
    assert TOKEN[:10] not in shown(f"use {TOKEN} here")
    assert shown("x" * 1000) == '"' + "x" * 59 + "…"
    assert shown("\x1b[31m") == '"\\u001b[31m"'


@pytest.mark.usefixtures("here")
def test_twenty_are_named_and_the_rest_is_counted() -> None:
    verdict = violations({"items": {"type": "integer"}}, ["x"] * 50)
    assert [one.place for one in verdict.violations] == [f"[{n}]" for n in range(20)]
    assert verdict.more == 30
    closed = {"properties": {}, "additionalProperties": False}
    assert len(violations(closed, {f"p{n}": 1 for n in range(50)}).violations) <= 20


@pytest.mark.usefixtures("here")
def test_what_stands_under_an_endless_name_is_not_looked_for() -> None:
    (found,) = violations({"additionalProperties": {"type": "null"}}, {"n" * 9_999: 1}).violations
    assert found.message == "is something else, not null"
    assert len(found.path) == 201
    assert found.place == "n" * 60


@pytest.mark.usefixtures("here")
def test_messages_are_short() -> None:
    verdict = violations({"enum": ["o" * 1000] * 9, "pattern": "p" * 1000}, "v" * 100_000)
    assert [len(one.message) for one in verdict.violations] == [201, 201]


def all_of(levels: int) -> dict[str, Any]:
    """A schema that says the same 2 ** levels times."""
    parts: dict[str, Any] = {"p0": {"type": "integer"}}
    for n in range(1, levels + 1):
        parts[f"p{n}"] = {"allOf": [{"$ref": f"#/$defs/p{n - 1}"}] * 2}
    return {"$defs": parts, "$ref": f"#/$defs/p{levels}"}


def nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("schema", "value", "reason"),
    [
        pytest.param(
            {"pattern": "^(a|a)*(?!b)$"}, "a" * 60 + "!", "a pattern of the schema", id="regex"
        ),
        pytest.param(
            {"anyOf": [{"pattern": "^(a|a)*(?!b)$"}]},
            "a" * 60 + "!",
            "a pattern",
            id="regex inside",
        ),
        pytest.param(
            {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
            1,
            'the schema at /$ref: refers to "#/$defs/a", which leads back to itself',
            id="circle",
        ),
        pytest.param({"$ref": "#/no"}, 1, "the schema at /$ref: refers to", id="to nowhere"),
        pytest.param({}, nested(5_000), "it is nested more than 128 levels deep", id="deep"),
        pytest.param({"items": nested(5_000)}, 1, "the schema is nested more", id="deep schema"),
        pytest.param({}, 10**5_000, "it holds a number that is too long", id="huge number"),
        pytest.param({}, [0] * 1_000_001, "it holds more than 1000000 values", id="many"),
        pytest.param({}, "x" * 34_000_000, "it is larger than 32 MiB", id="large"),
        pytest.param({"type": "string"}, "\ud800", "it holds text that is not", id="surrogate"),
        pytest.param(
            {"$schema": "urn:x"}, 1, 'the schema at /$schema: "urn:x" is not', id="dialect"
        ),
        pytest.param({"type": "int"}, 1, "the schema is not valid at /type:", id="invalid"),
        pytest.param("text", 1, "the schema is not valid: ", id="no schema"),
        pytest.param(None, 1, "the schema is not valid: ", id="no schema at all"),
    ],
)
def test_what_cannot_be_checked_is_told_in_time(schema: Any, value: Any, reason: str) -> None:
    started = time.monotonic()
    verdict = violations(schema, value, 10)
    assert time.monotonic() - started < 10
    assert verdict.outcome is Outcome.UNCHECKED
    assert verdict.reason.startswith(reason)
    assert verdict.violations == ()


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        pytest.param(
            "/no/such/python",
            "the check could not be started: no such file or directory",
            id="none",
        ),
        pytest.param(shutil.which("false"), "the check crashed or ran out of memory", id="false"),
    ],
)
def test_a_worker_that_crashes_costs_nothing_else(
    program: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    assert violations({}, 1) == Verdict(Outcome.UNCHECKED, reason=reason)


def test_what_takes_long_is_given_up() -> None:
    started = time.monotonic()
    verdict = violations(all_of(30), 1, 0.7)
    assert time.monotonic() - started < 5
    assert verdict == Verdict(Outcome.UNCHECKED, reason="that took longer than 0.7 s")


def test_the_process_itself_says_what_its_function_says() -> None:
    assert violations(of(a={"type": "integer"}), {"a": 1}).outcome is Outcome.VALID
    (found,) = violations(of(a={"type": "integer"}), {"a": "ä"}).violations
    assert found.message == 'is "ä", not an integer'


def test_nothing_is_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/schema"
        for schema in (
            {"$ref": url},
            {"$schema": url},
            {"$id": url, "$ref": "other"},
            {"$dynamicRef": url},
            of(a={"$id": "x", "$schema": url, "$ref": url}),
        ):
            assert violations(schema, {"a": 1}).outcome is Outcome.UNCHECKED
        with pytest.raises(TimeoutError):
            server.accept()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(JSON, JSON | st.dictionaries(st.text(), st.text()))
@pytest.mark.usefixtures("here")
def test_junk_never_fails(schema: Any, value: Any) -> None:
    verdict = violations(schema, value)
    assert (verdict.outcome is Outcome.INVALID) == bool(verdict.violations)
    assert (verdict.outcome is Outcome.UNCHECKED) == bool(verdict.reason)
