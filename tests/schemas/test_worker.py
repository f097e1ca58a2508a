from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from mcpx.schemas import worker


def answer(schema: Any, value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        worker.answer(json.dumps({"schema": schema, "value": value}).encode())
    )
    return found


def test_a_value_that_fits_has_no_violations() -> None:
    assert answer({"type": "integer"}, 1) == {"violations": [], "more": 0}


def test_a_violation_has_its_parts_but_not_the_value() -> None:
    (found,) = answer({"items": {"enum": ["a", 2]}}, ["a", "c4nary"])["violations"]
    assert found == {
        "path": [1],
        "keyword": "enum",
        "kind": "Enum",
        "says": ["a", 2],
        "message": 'the value is not one of "a" or 2',
    }


@pytest.mark.parametrize(
    ("schema", "value", "kinds"),
    [
        pytest.param(
            {"anyOf": [{"type": "null"}, {"minLength": 2}]}, "x", ["MinLength"], id="near"
        ),
        pytest.param({"anyOf": [{"type": "null"}, {"type": "array"}]}, "x", ["AnyOf"], id="none"),
        pytest.param({"anyOf": [{"const": 1}, {"const": 2}]}, 3, ["AnyOf"], id="two"),
        pytest.param(
            {"oneOf": [{"type": "null"}, {"anyOf": [{"type": "null"}, {"required": ["a", "b"]}]}]},
            {},
            ["Required", "Required"],
            id="inside",
        ),
    ],
)
def test_of_alternatives_the_one_of_the_right_type_is_told(
    schema: Any, value: Any, kinds: list[str]
) -> None:
    assert [one["kind"] for one in answer(schema, value)["violations"]] == kinds


def test_no_more_than_needed_is_counted() -> None:
    found = answer({"items": {"type": "integer"}}, ["x"] * 5_000)
    assert len(found["violations"]) == worker.MOST_REPORTED
    assert found["more"] == 1_000


def test_what_the_schema_says_is_shortened() -> None:
    text = worker.answer(json.dumps({"schema": {"const": "x" * 9_999}, "value": 1}).encode())
    assert len(text) < 1_000


def test_a_definite_violation_outweighs_a_pattern_that_takes_too_long() -> None:
    schema = {"pattern": "^(a|a)*(?!b)$", "maxLength": 3}
    (found,) = answer(schema, "a" * 60 + "!")["violations"]
    assert found["kind"] == "MaxLength"


def test_a_schema_inside_that_asks_for_more_is_told() -> None:
    inner = {"a": {"$id": "http://b.example/d/", "$ref": "z"}, "z": {"$id": "z"}}
    assert answer({"$id": "http://a.example/x", "$defs": inner, "$ref": "#/$defs/a"}, 1) == {
        "reason": "the schema refers to http://b.example/d/z, which is not fetched"
    }


def test_the_process_limits_itself_and_may_be_given_more_for_the_next_request() -> None:
    resource = pytest.importorskip("resource")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from resource import *; from mcpx.schemas import worker\n"
            "for seconds in (7, 9):\n"
            "    worker._limit(seconds)\n"
            "    used = getrusage(RUSAGE_SELF)\n"
            "    left = getrlimit(RLIMIT_CPU)[0] - used.ru_utime - used.ru_stime\n"
            "    print(seconds <= left <= seconds + 1, getrlimit(RLIMIT_CORE)[0])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["True 0", "True 0"]
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY


def test_a_fresh_process_answers_each_line_on_its_streams() -> None:
    checks = {"schema": {"type": "null"}, "value": None, "seconds": 5}
    compares = {"old": {"const": 1}, "new": {"const": 2}, "reading": "strict", "seconds": 0.5}
    done = subprocess.run(
        [sys.executable, "-m", "mcpx.schemas.worker"],
        input="".join(json.dumps(one) + "\n" for one in (checks, compares, checks)).encode(),
        capture_output=True,
        check=True,
    )
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert first == third == {"violations": [], "more": 0}
    assert (second["answer"], second["witness"]) == ("no", 1)
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("old", "new", "reading", "expected"),
    [
        pytest.param(
            {"maximum": 5}, {"maximum": 9}, "strict", {"answer": "yes", "reason": ""}, id="yes"
        ),
        pytest.param(
            {"$ref": "#/no"},
            {},
            "strict",
            {
                "answer": "unknown",
                "reason": 'the old schema at /$ref: refers to "#/no", which is not in the schema',
            },
            id="unknown",
        ),
        pytest.param(
            {"type": "integer"},
            {"type": "string"},
            "declared",
            {
                "answer": "no",
                "witness": 0,
                "violations": [
                    {
                        "path": [],
                        "keyword": "type",
                        "kind": "Type",
                        "says": ["string"],
                        "message": 'the value is not of type "string"',
                    }
                ],
            },
            id="no",
        ),
    ],
)
def test_schemas_are_compared(old: Any, new: Any, reading: str, expected: dict[str, Any]) -> None:
    request = {"old": old, "new": new, "reading": reading}
    assert json.loads(worker.answer(json.dumps(request).encode())) == expected


def test_of_an_open_reading_the_violation_is_not_about_members_that_are_not_known() -> None:
    old = {"properties": {"a": {}, "b": {}}, "required": ["a", "b"]}
    new = {"properties": {"a": {"type": "null"}}, "additionalProperties": False}
    request = {"old": old, "new": new, "reading": "open"}
    (said,) = json.loads(worker.answer(json.dumps(request).encode()))["violations"]
    assert (said["path"], said["kind"]) == (["a"], "Type")


def test_a_schema_that_only_the_library_finds_fault_with_is_told() -> None:
    schema = {"$id": "http://a.example/x", "$defs": {"a": {"$id": "b", "$ref": "#/no"}}}
    assert answer({**schema, "$ref": "b"}, 1) == {
        "reason": "the schema is not valid: Pointer '/no' does not exist"
    }
