from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mcpx.catalogue.model import Catalogue, Item, Kind
from mcpx.errors import UsageError
from mcpx.operations.comparing import Server
from mcpx.operations.made_calls import broken_calls, judged, made_calls
from mcpx.sessions.events import Event, Masked
from mcpx.sessions.reading import read_session
from mcpx.sessions.redaction import Redaction
from mcpx.sessions.writing import write_session
from tests.analyses.diff.here import judge
from tests.sessions.tapes import HEADER, call, came, sent, tape


@pytest.fixture
def made(tmp_path: Path) -> Any:
    def read(*events: Event) -> Any:
        path = tmp_path / f"{len([*tmp_path.iterdir()])}.jsonl"
        write_session(path, HEADER, tape(*events), Redaction.of({}, None))
        return made_calls(read_session(str(path)))

    return read


def test_each_call_is_named_once_with_its_times(made: Any) -> None:
    calls = made(
        sent("tools/list", 0),
        call(1, "find", {"limit": 5}),
        came(id=1, result={"content": []}),
        call("2", "find", {"limit": 5.0}),
        call(3, "find", {"limit": 6}),
        sent("prompts/get", 4, params={"name": "letter", "arguments": {"to": "Ann"}}),
        sent("resources/read", 5, params={"uri": "notes:///1"}),
    )
    assert [(one.kind, one.key, one.arguments, one.times) for one in calls] == [
        (Kind.TOOL, "find", {"limit": 5}, 2),
        (Kind.TOOL, "find", {"limit": 6}, 1),
        (Kind.PROMPT, "letter", {"to": "Ann"}, 1),
        (Kind.RESOURCE, "notes:///1", {}, 1),
    ]


def test_what_goes_on_after_a_question_is_the_same_call(made: Any) -> None:
    asked = {"resultType": "input_required", "inputRequests": {"a": {}}, "requestState": "s"}
    calls = made(
        call(1, "book", {"day": 1}),
        came(id=1, result=asked),
        call(2, "book", {"day": 1}, params={"inputResponses": {"a": {}}, "requestState": "s"}),
        came(id=2, result={"content": []}),
    )
    assert [(one.key, one.times) for one in calls] == [("book", 1)]


@pytest.mark.parametrize("batched", [False, True])
def test_what_is_masked_in_the_arguments_is_known(made: Any, batched: bool) -> None:
    one = call(1, "find", {"in": {"key": "‹env:KEY›"}})
    at = "/params/arguments/in/key"
    event = call(1, "find", {"in": {"key": "‹env:KEY›"}}, masked=(Masked(at, "env:KEY"),))
    if batched:
        masked = (Masked(f"/1{at}", "env:KEY"), Masked("/0/params/arguments/in", "rule:a#1"))
        event = sent(batch=[{}, json.loads(one.text)], masked=masked)
    (found,) = made(event)
    assert found.hidden == {"/in/key"}


@pytest.mark.parametrize("params", [{}, {"name": 1}, {"name": "a", "arguments": [1]}, [1]])
def test_what_is_no_call_is_left_out(made: Any, params: Any) -> None:
    assert made(sent("tools/call", 1, params=params)) == []


def test_a_recording_of_something_else_is_refused(made: Any) -> None:
    item = Item(Kind.TOOL, {"name": "find", "inputSchema": {"type": "object"}})
    notes = Server("notes", Catalogue("notes", tools=(item,)))
    calls = made(call(1, "find"), call(2, "find"), call(3, "other"))
    words = "judged 2 recorded calls (1 without repeats); 1 of what the old side does not offer"
    assert judged(calls, [notes]) == words
    for some in (made(call(1, "other")), made(sent("ping", 1))):
        with pytest.raises(UsageError):
            judged(some, [notes])
    assert broken_calls(calls, notes, None, judge()) == []
    (change,) = broken_calls(calls, notes, Server("notes", Catalogue("notes")), judge())
    assert change.rule.id == "call-gone"
