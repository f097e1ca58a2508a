from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.diff.changes import Basis, Change
from mcpx.analyses.diff.recorded_calls import RecordedCall, call_changes, offers
from mcpx.analyses.finding import Severity
from mcpx.catalogue.model import Catalogue, Item, Kind
from tests.analyses.diff.here import judge


def takes(*needed: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*needed]}


def offering(**schemas: Any) -> Catalogue:
    tools = [Item(Kind.TOOL, {"name": name, "inputSchema": one}) for name, one in schemas.items()]
    prompt = {"name": "letter", "arguments": [{"name": "to", "required": True}, {"name": "tone"}]}
    return Catalogue(
        "notes",
        tools=tuple(tools),
        prompts=(Item(Kind.PROMPT, prompt),),
        resources=(Item(Kind.RESOURCE, {"uri": "notes:///1"}),),
        templates=(Item(Kind.TEMPLATE, {"uriTemplate": "notes:///by/{name}"}),),
    )


def of(call: RecordedCall, old: Catalogue, new: Catalogue) -> list[Change]:
    return list(call_changes("notes", [call], old, new, judge().check))


def find(**arguments: Any) -> RecordedCall:
    return RecordedCall(Kind.TOOL, "find", arguments, times=3)


LIMIT = {"limit": {"type": "integer", "maximum": 100}}
LESS = {"limit": {"type": "integer", "maximum": 10}}


@pytest.mark.parametrize(
    ("call", "schema", "rule", "words"),
    [
        pytest.param(find(limit=5), takes(**LESS), "", "", id="fits"),
        pytest.param(
            find(limit=50), takes(**LESS), "call-refused", "limit is 50, above", id="refused"
        ),
        pytest.param(
            find(), takes("limit", **LESS), "call-refused", "limit is missing", id="required"
        ),
        pytest.param(
            find(limit="ten"), takes(**LESS), "call-refused-before", "fit neither", id="neither"
        ),
        pytest.param(find(limit=5), None, "call-gone", "no tool of this name", id="gone"),
        pytest.param(find(limit=5), {"$ref": "https://a.example/b"}, "call-undecided", "not known",
                     id="not-known"),
    ],
)  # fmt: skip
def test_a_recorded_call_on_the_new_version(
    call: RecordedCall, schema: Any, rule: str, words: str
) -> None:
    old = offering(find=takes(**LIMIT))
    new = offering(other=takes()) if schema is None else offering(find=schema)
    changes = of(call, old, new)
    assert [one.rule.id for one in changes] == ([rule] if rule else [])
    for one in changes:
        assert one.message.startswith("recorded 3 times")
        assert words in one.message
        if one.severity is Severity.ERROR:
            assert one.basis is Basis.WITNESS
            assert one.witness is not None and one.witness.value == call.arguments


def test_what_is_not_in_the_recording_is_not_judged() -> None:
    old = offering(find=takes(key={"type": "string"}, **LIMIT))
    new = offering(find=takes(key={"type": "string", "pattern": "^v2_"}, **LESS))
    hidden = RecordedCall(Kind.TOOL, "find", {"key": "‹env:KEY›"}, hidden=frozenset(["/key"]))
    (change,) = of(hidden, old, new)
    assert (change.rule.id, change.basis) == ("call-undecided", Basis.UNKNOWN)
    assert change.reason == "key is not in the recording"
    both = RecordedCall(Kind.TOOL, "find", {"key": "‹env:KEY›", "limit": 50}, 1, hidden.hidden)
    (change,) = of(both, old, new)
    assert change.message == "recorded once: limit is 50, above the maximum of 10"


@pytest.mark.parametrize(
    ("kind", "key", "arguments", "rule"),
    [
        (Kind.PROMPT, "letter", {"to": "Ann"}, ""),
        (Kind.RESOURCE, "notes:///1", {}, ""),
        (Kind.RESOURCE, "notes:///by/Ann", {}, ""),
    ],
)
def test_prompts_and_resources(kind: Kind, key: str, arguments: Any, rule: str) -> None:
    call = RecordedCall(kind, key, arguments)
    old = offering()
    assert offers(old, call)
    assert of(call, old, old) == []
    (change,) = of(call, old, Catalogue("notes"))
    assert change.rule.id == "call-gone"
    breaking = kind is Kind.PROMPT
    assert change.severity is (Severity.ERROR if breaking else Severity.WARNING)


def test_a_prompt_that_needs_more() -> None:
    needy = Item(Kind.PROMPT, {"name": "letter", "arguments": [{"name": "tone", "required": True}]})
    new = Catalogue("notes", prompts=(needy,))
    (change,) = of(RecordedCall(Kind.PROMPT, "letter", {"to": "Ann"}), offering(), new)
    assert (change.rule.id, change.message) == ("call-refused", "recorded once: tone is missing")


def test_calls_of_what_was_never_offered_are_left_alone() -> None:
    call = RecordedCall(Kind.TOOL, "elsewhere", {})
    assert not offers(offering(), call)
    assert of(call, offering(), offering(elsewhere=takes("a", a={}))) == []


def test_of_very_many_calls_not_each_is_told() -> None:
    calls = [RecordedCall(Kind.TOOL, "find", {"limit": number}) for number in range(20, 60)]
    old, new = offering(find=takes(**LIMIT)), offering(find=takes(**LESS))
    changes = list(call_changes("notes", calls, old, new, judge().check))
    assert len(changes) == 21
    assert changes[-1].message == "20 more such calls"
    assert changes[-1].severity is Severity.ERROR
