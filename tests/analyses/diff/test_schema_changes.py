from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from mcpx.analyses.diff import schema_changes as module
from mcpx.analyses.diff.changes import Basis, Change
from mcpx.analyses.diff.schema_changes import says_nothing, schema_changes
from mcpx.analyses.diff.schema_edits import Direction
from mcpx.analyses.finding import Severity, Subject
from mcpx.schemas.compatibility import Compatibility
from mcpx.schemas.containment import Answer
from mcpx.schemas.readings import Reading
from tests.analyses.diff.here import judge

FIND = Subject("tool", "find", "notes")
INTEGER, TEXT = {"type": "integer"}, {"type": "string"}


def takes(*needed: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*needed]}


def closed(*needed: str, **properties: Any) -> dict[str, Any]:
    return {**takes(*needed, **properties), "additionalProperties": False}


def found(old: Any, new: Any, strict: bool = False, output: bool = False) -> list[Change]:
    direction = Direction.OUTPUT if output else Direction.INPUT
    return list(schema_changes(FIND, old, new, direction, judge(), strict))


def told(changes: list[Change]) -> dict[str, str]:
    return {one.rule.id: f"{one.severity} by {one.basis}" for one in changes}


PATTERN = r"^(?=a)[a-z]+$"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(takes(a=INTEGER), takes(a=INTEGER), {}, id="same"),
        pytest.param(
            takes(a=INTEGER),
            takes("a", a=INTEGER),
            {"input-property-became-required": "error by witness"},
            id="required",
        ),
        pytest.param(
            takes(a={"enum": ["x", "yy"]}),
            takes(a={"enum": ["x", "yy"], "maxLength": 2}),
            {"input-max-length-added": "info by proof"},
            id="without-effect",
        ),
        pytest.param(
            takes(a=TEXT),
            takes(a=TEXT, b=INTEGER),
            {"input-property-added": "info by proof"},
            id="more",
        ),
        pytest.param(
            takes(a=TEXT, b=TEXT),
            takes(a=TEXT),
            {"input-property-removed-ignored": "warning by rule"},
            id="sent-in-vain",
        ),
        pytest.param(
            takes(a={**TEXT, "description": "One."}),
            takes(a={**TEXT, "description": "Two."}),
            {"input-property-description-changed": "warning by rule"},
            id="text",
        ),
        pytest.param(
            takes(a={**TEXT, "pattern": PATTERN}),
            takes(a={**TEXT, "pattern": PATTERN + "(?!b)"}),
            {"input-pattern-changed": "warning by unknown"},
            id="not-known",
        ),
    ],
)
def test_what_an_input_schema_asks(old: Any, new: Any, expected: dict[str, str]) -> None:
    assert told(found(old, new)) == expected


def test_a_witness_is_what_callers_sent() -> None:
    (change,) = found(takes(a=INTEGER), takes(a={"type": "integer", "maximum": 5}))
    assert change.witness is not None
    assert change.witness.value["a"] > 5
    assert (change.witness.path, change.witness.keyword) == ("/a", "maximum")
    assert change.pointer == "/inputSchema/properties/a/maximum"


def test_callers_send_what_is_declared_unless_they_are_strict() -> None:
    assert told(found(takes(a=TEXT), closed(a=TEXT))) == {"input-closed": "info by proof"}
    assert told(found(takes(a=TEXT), closed(a=TEXT), strict=True)) == {
        "input-closed": "error by witness"
    }


def test_arguments_always_are_an_object() -> None:
    bare = {"properties": {"a": TEXT}}
    assert [one.severity for one in found(bare, takes(a=TEXT))] == [Severity.INFO]


def test_what_one_edit_breaks_another_may_make_up_for() -> None:
    old = takes("kind", kind={"enum": ["a"]})
    new = {**takes("kind", kind={"type": "string", "maxLength": 3}), "anyOf": [{}, takes("x")]}
    assert {one.severity for one in found(old, new)} == {Severity.INFO}
    old = {"type": "object", "properties": {"a": {"type": ["string", "null"]}}, "anyOf": [{}]}
    changes = found(old, takes(a={"anyOf": [TEXT, {"type": "null"}]}))
    assert {one.severity for one in changes} <= {Severity.INFO}


def test_outputs_go_the_other_way() -> None:
    more, fewer = closed("a", a=INTEGER, b=TEXT), closed("a", a=INTEGER)
    assert Severity.ERROR in {one.severity for one in found(more, closed(b=TEXT), output=True)}
    (wider,) = found(takes(a=INTEGER), takes(a={"type": "number"}), output=True)
    assert (wider.severity, wider.basis) == (Severity.ERROR, Basis.WITNESS)
    for change in found(fewer, more, output=True):
        assert change.severity is Severity.WARNING
        assert change.pointer.startswith("/outputSchema")
    strict = [one.severity for one in found(fewer, more, strict=True, output=True)]
    assert Severity.WARNING in strict or Severity.ERROR in strict


def test_outputs_with_more_than_was_declared_affect_few() -> None:
    old = {"type": "object", "properties": {"a": closed(x=TEXT)}, "required": ["a"]}
    new = {"type": "object", "properties": {"a": closed(x=TEXT, y=TEXT)}, "required": ["a"]}
    assert {one.severity for one in found(old, new, output=True)} == {Severity.WARNING}


class Answers:
    """A judge that says what a test wants, and counts."""

    def __init__(self, *answers: Answer, fits: bool | None = None) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.fitting = fits
        self.last: Any = None

    def compare(self, old: Any, new: Any, reading: Reading) -> Compatibility:
        self.asked += 1
        self.last = old
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return Compatibility(answer, {"a": 1}, (), "too deep" if answer is Answer.UNKNOWN else "")

    def fits(self, schema: Any, value: Any) -> bool | None:
        return self.fitting


def judged(
    *answers: Answer, direction: Direction = Direction.INPUT, fits: bool | None = None
) -> list[Change]:
    old, new = takes(a=INTEGER, b=TEXT), takes("a", "b", a=INTEGER, b=TEXT)
    if direction is Direction.OUTPUT:
        old, new = new, old
    return list(schema_changes(FIND, old, new, direction, Answers(*answers, fits=fits)))


@pytest.mark.parametrize(
    ("whole", "rule"),
    [(Answer.NO, "input-narrowed"), (Answer.UNKNOWN, "input-compatibility-unknown")],
)
def test_what_no_edit_explains_is_told_of_the_whole(whole: Answer, rule: str) -> None:
    *edits, of_all = judged(whole, Answer.YES, Answer.YES, Answer.NO)
    assert [(one.severity, one.basis) for one in edits] == 2 * [(Severity.INFO, Basis.PROOF)]
    assert (of_all.rule.id, of_all.pointer) == (rule, "/inputSchema")
    assert of_all.basis is (Basis.WITNESS if whole is Answer.NO else Basis.UNKNOWN)
    assert (of_all.witness is not None) is (whole is Answer.NO)


def test_what_is_guessed_excuses_nothing_that_breaks() -> None:
    old = takes(pageSize=INTEGER, a=TEXT)
    new = takes("page_size", page_size=INTEGER, a={**TEXT, "maxLength": 5})
    answers = Answers(Answer.NO, Answer.YES, Answer.YES, Answer.NO)
    rules = [one.rule.id for one in schema_changes(FIND, old, new, Direction.INPUT, answers)]
    assert {"input-property-renamed", "input-narrowed"} <= {*rules}
    assert "page_size" not in answers.last["properties"], "judged beside what callers have"


def test_what_is_not_known_is_a_warning_with_its_reason() -> None:
    unknown = (Severity.WARNING, Basis.UNKNOWN, "too deep")
    changes = judged(Answer.UNKNOWN)
    assert [(one.severity, one.basis, one.reason) for one in changes] == 2 * [unknown]
    (alone,) = schema_changes(
        FIND, takes(a=TEXT), takes("a", a=TEXT), Direction.INPUT, Answers(Answer.UNKNOWN)
    )
    assert (alone.severity, alone.basis, alone.reason) == unknown


def test_what_is_proved_to_break_is_told_beside_what_is_not_known() -> None:
    changes = judged(Answer.NO, Answer.UNKNOWN, Answer.YES, Answer.NO)
    assert [(one.rule.id, one.basis) for one in changes] == [
        ("input-property-became-required", Basis.UNKNOWN),
        ("input-property-became-required", Basis.PROOF),
        ("input-narrowed", Basis.WITNESS),
    ]


def test_an_optional_field_that_went_breaks_nobody_by_itself() -> None:
    gone = found(takes("a", a=TEXT, b=TEXT), takes("a", a=TEXT), output=True)
    assert told(gone) == {"output-optional-property-removed": "warning by rule"}
    both = found(takes("a", a=TEXT, b=TEXT), takes("a", a={}), output=True)
    assert told(both)["output-optional-property-removed"] == "warning by rule"
    assert Severity.ERROR in {one.severity for one in both}


def test_of_very_many_edits_not_each_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_ALONE", 3)
    old = takes(**{f"p{number}": INTEGER for number in range(20)})
    new = takes(**{f"p{number}": {**INTEGER, "maximum": 1} for number in range(20)})

    def counted(*said: Answer, more: int = 0) -> dict[str, int]:
        answers = Answers(*said)
        changes = list(schema_changes(FIND, old, new, Direction.INPUT, answers))
        assert answers.asked == 1 + 3 + more
        return dict(Counter(f"{one.severity} by {one.basis}" for one in changes))

    no, yes, unknown = Answer.NO, Answer.YES, Answer.UNKNOWN
    assert counted(no) == {"error by witness": 3, "warning by unknown": 17}
    # What breaks is shown, if not by one of the edits then by all of them.
    assert counted(no, yes, yes, yes, no, more=1) == {
        "info by proof": 3,
        "warning by unknown": 17,
        "error by witness": 1,
    }
    assert counted(unknown, yes) == {"info by proof": 3, "warning by unknown": 17}


def test_what_other_edits_make_up_for_is_information() -> None:
    *edits, whole = judged(Answer.NO, fits=True)
    assert [(one.severity, one.witness) for one in edits] == 2 * [(Severity.INFO, None)]
    assert "not refused with the other changes" in edits[0].reason
    assert whole.rule.id == "input-narrowed"


def test_what_only_strict_clients_notice_is_a_warning() -> None:
    yes, no = Answer.YES, Answer.NO
    *_, whole = judged(no, yes, yes, no, yes, direction=Direction.OUTPUT)
    assert (whole.rule.id, whole.severity) == ("output-widened", Severity.WARNING)
    assert "only clients that refuse" in whole.reason
    added = found(takes("a", a={"enum": ["x"]}), takes("a", a={"enum": ["x", "y"]}), output=True)
    assert told(added) == {"output-enum-value-added": "warning by witness"}


@pytest.mark.parametrize("nothing", [True, {"type": "object"}, {"properties": {}}], ids=str)
def test_callers_of_a_tool_without_parameters_send_none(nothing: Any) -> None:
    assert {one.severity for one in found(nothing, takes(a=TEXT))} == {Severity.INFO}
    assert Severity.ERROR in {one.severity for one in found(nothing, takes("a", a=TEXT))}


def test_another_dialect_that_accepts_the_same_is_information() -> None:
    old = {**takes(a=TEXT), "$schema": "http://json-schema.org/draft-07/schema#"}
    assert told(found(old, takes(a=TEXT))) == {"schema-dialect-changed": "info by proof"}


@pytest.mark.parametrize(
    ("schema", "nothing"),
    [
        (True, True),
        (False, False),
        ({}, True),
        ({"type": "object"}, False),
        ({"properties": {}}, True),
        ({"$schema": "x", "description": "It is.", "required": []}, True),
        ({"properties": {"a": {}}}, False),
        ({"additionalProperties": False}, False),
        (7, False),
    ],
)
def test_what_says_nothing(schema: Any, nothing: bool) -> None:
    assert says_nothing(schema) is nothing
