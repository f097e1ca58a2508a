from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from mcpx.schemas.compatibility import Compatibility, compatibility
from mcpx.schemas.containment import Answer
from mcpx.schemas.readings import Reading
from mcpx.schemas.validation import Violation
from mcpx.schemas.workers import Worker


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as found:
        yield found


def test_the_answer_comes_with_a_value_and_with_what_is_wrong_with_it(worker: Worker) -> None:
    old = {"type": "object", "properties": {"limit": {"type": "integer", "maximum": 1000}}}
    new = {"type": "object", "properties": {"limit": {"type": "integer", "maximum": 100}}}
    assert compatibility(worker, old, new, Reading.DECLARED) == Compatibility(
        Answer.NO,
        {"limit": 1000},
        (Violation("/limit", "limit", "limit", "maximum", "is 1000, above the maximum of 100"),),
    )
    assert compatibility(worker, new, old, Reading.STRICT) == Compatibility(Answer.YES)


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"items": schema}
    return schema


def doubling(levels: int) -> dict[str, Any]:
    parts: dict[str, Any] = {"p0": {"type": "integer"}}
    for n in range(1, levels + 1):
        parts[f"p{n}"] = {"allOf": [{"$ref": f"#/$defs/p{n - 1}"}] * 2}
    return {"$defs": parts, "$ref": f"#/$defs/p{levels}"}


CONDITIONS = {
    "allOf": [{"if": {"required": [f"a{n}"]}, "then": {"required": [f"b{n}"]}} for n in range(30)]
}
MANY = {f"p{n}": {"type": "string"} for n in range(500)}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param(
            nested(5_000), {}, "the old schema: nested more than 128 levels deep", id="deep"
        ),
        pytest.param(
            {}, {"enum": [0] * 200_001}, "the new schema: holds more than 200000 values", id="large"
        ),
        pytest.param({"const": 10**5_000}, {}, "it holds a number that is too long", id="number"),
        pytest.param(doubling(30), {"type": "string"}, "that took longer than 1 s", id="bomb"),
        pytest.param(
            {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
            {},
            'the old schema at /$ref: refers to "#/$defs/a", which leads back to itself',
            id="circle",
        ),
    ],
)
def test_what_costs_too_much_is_unknown_in_time(
    worker: Worker, old: Any, new: Any, reason: str
) -> None:
    begun = time.monotonic()
    found = compatibility(worker, old, new, Reading.STRICT, 1)
    assert time.monotonic() - begun < 5
    assert found == Compatibility(Answer.UNKNOWN, reason=reason)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param({"type": "string"}, {"pattern": "^(a|a)*(?!b)$"}, id="pattern"),
        pytest.param({"enum": list(range(5_000))}, {"enum": list(range(4_999))}, id="options"),
        pytest.param(
            {"type": "object", "properties": MANY},
            {"type": "object", "properties": {**MANY, "p499": {"type": "null"}}},
            id="members",
        ),
        pytest.param(CONDITIONS, {"type": "object", "required": ["b0"]}, id="conditions"),
        pytest.param(nested(21), nested(20), id="nested"),
    ],
)
def test_much_is_answered_in_time(worker: Worker, old: Any, new: Any) -> None:
    assert compatibility(worker, old, new, Reading.STRICT).answer in (Answer.NO, Answer.UNKNOWN)


def test_a_crash_is_no_answer(worker: Worker) -> None:
    # The stack of the library overflows here (jsonschema-rs 0.60.3).
    inner = {"oneOf": [{"$ref": "#", "unevaluatedItems": {}}]}
    crashing = {"anyOf": [{"unevaluatedProperties": inner, "else": {}}]}
    found = compatibility(worker, crashing, {"minLength": 0}, Reading.STRICT)
    assert found.answer is not Answer.NO
    assert compatibility(worker, {"const": 1}, {}, Reading.STRICT) == Compatibility(Answer.YES)


def test_after_all_that_the_worker_answers(worker: Worker) -> None:
    compatibility(worker, doubling(30), {"type": "string"}, Reading.STRICT, 0.3)
    assert compatibility(worker, {}, {}, Reading.OPEN) == Compatibility(Answer.YES)
