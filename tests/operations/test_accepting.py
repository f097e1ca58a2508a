from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.analyses.divergence.divergences import ABSENT, Divergence, Kind
from mcpx.analyses.divergence.sides import End, Interaction, Question, Side
from mcpx.operations.accepting import Accepting, NotAcceptedError
from mcpx.operations.replaying.options import Replayed

CALL = Interaction(7, 1, "tools/call", "find")
CHANGED = Divergence(Kind.CHANGED, "is another number", "/n", 3, 5)
OLD, NEW = "7d1c5f6e-2f0b-4c8e-9a53-000000000001", "0b9d8c7a-2f0b-4c8e-9a53-000000000002"


def volatile(recorded: Any, live: Any, pointer: str = "/v") -> Divergence:
    return Divergence(Kind.VOLATILE, "differs", pointer, recorded, live)


def side(value: Any = None, end: End = End.RESULT, **more: Any) -> Side:
    return Side(end=end, value={"n": 3} if value is None else value, **more)


def answer(recorded: Side, live: Side, *divergences: Divergence) -> tuple[str, Any]:
    accepting = Accepting()
    accepting.see(divergences)
    found = accepting.answer(Replayed(CALL, recorded, live, divergences))
    return found.member, json.loads(found.text)


@pytest.mark.parametrize(
    ("live", "divergences", "expected"),
    [
        pytest.param({"n": 5}, [CHANGED], {"n": 5}, id="as-it-came"),
        pytest.param(
            {"n": 5, "id": NEW, "at": [1_790_000_000, True]},
            [CHANGED, volatile(OLD, NEW, "/id"), volatile(1_700_000_000, 1_790_000_000, "/at/0")],
            {"n": 5, "id": OLD, "at": [1_700_000_000, True]},
            id="volatile-as-recorded",
        ),
        pytest.param(
            {"n": 5, "list": ["new", {NEW: 1}]},
            [CHANGED, volatile(OLD, NEW, f"/list/0/{OLD}")],
            {"n": 5, "list": ["new", {OLD: 1}]},
            id="wherever-it-stands-now",
        ),
        pytest.param(
            {"n": 5, "text": f"made {NEW} at noon"},
            [CHANGED, volatile(OLD, NEW)],
            {"n": 5, "text": f"made {OLD} at noon"},
            id="names-within-texts",
        ),
        pytest.param(
            {"n": 5, "text": '{\n  "at": 1790000000,\n  "more": 1\n}'},
            [CHANGED, volatile(1_700_000_000, 1_790_000_000, "/text/at")],
            {"n": 5, "text": '{\n  "at": 1700000000,\n  "more": 1\n}'},
            id="json-in-a-text",
        ),
        pytest.param(
            {"n": 5, "text": '{"more":  1}'},
            [CHANGED, volatile("a", "b"), volatile(ABSENT, "x")],
            {"n": 5, "text": '{"more":  1}'},
            id="a-text-without-it-keeps-its-form",
        ),
        pytest.param({"n": True}, [volatile(3, 1, "/n")], {"n": True}, id="true-is-not-one"),
        pytest.param(
            {"count": 4, "other": 4},
            [volatile(3, 4, "/count"), CHANGED],
            {"count": 3, "other": 4},
            id="in-its-place-alone",
        ),
        pytest.param(
            {"day": "2026-11-23", "due": "2026-11-23"},
            [volatile("2026-11-20", "2026-11-23", "/day"), CHANGED],
            {"day": "2026-11-20", "due": "2026-11-23"},
            id="a-date-is-no-name",
        ),
        pytest.param(
            {"id": "1a2b3c4d", "other": "x1a2b3c4d 1a2b3c4d-v2"},
            [volatile("9f8e7d6c", "1a2b3c4d", "/id"), CHANGED],
            {"id": "9f8e7d6c", "other": "x1a2b3c4d 9f8e7d6c-v2"},
            id="a-name-as-a-whole-word",
        ),
        pytest.param({"n": 1}, [volatile(3, 1, "/gone")], {"n": 1}, id="a-place-that-is-gone"),
    ],
)
def test_what_is_volatile_stays_as_it_was_recorded(
    live: Any, divergences: list[Divergence], expected: Any
) -> None:
    assert answer(side(), side(live), *divergences) == ("result", expected)


def test_a_name_from_an_earlier_answer_is_known() -> None:
    accepting = Accepting()
    accepting.see([volatile(OLD, NEW)])
    found = accepting.answer(Replayed(CALL, side(), side({"of": NEW, "n": 5}), [CHANGED]))
    assert json.loads(found.text) == {"of": OLD, "n": 5}


def test_an_error_may_take_the_place_of_a_result() -> None:
    error = {"code": -32602, "message": "no"}
    outcome = Divergence(Kind.OUTCOME, "is an error")
    assert answer(side(), side(error, End.ERROR), outcome) == ("error", error)


ASKED = (Question("sampling/createMessage", {}),)


def test_a_number_beyond_json_is_refused() -> None:
    with pytest.raises(NotAcceptedError, match="a number beyond those of JSON"):
        answer(side(), side({"n": float("inf")}), CHANGED)


def test_what_was_carried_out_as_a_task_is_refused() -> None:
    about = Interaction(7, 1, "tools/call", "find", {"task": {}})
    with pytest.raises(NotAcceptedError, match="as a task"):
        Accepting().answer(Replayed(about, side(), side({"n": 5}), [CHANGED]))


@pytest.mark.parametrize(
    ("recorded", "live", "kind", "why"),
    [
        pytest.param(side(), side(questions=ASKED), Kind.OUTCOME, "asked otherwise", id="asked"),
        pytest.param(side(), side(), Kind.EXTRA, "one notification more", id="extra"),
        pytest.param(side(), side(), Kind.MISSING, "is missing", id="missing"),
        pytest.param(side(), side(), Kind.TRANSPORT, "over the transport", id="transport"),
        pytest.param(side(), side(), Kind.UNANSWERED, "nobody has answered", id="unanswered"),
        pytest.param(side(), side(modern=True), Kind.CHANGED, "in the other era", id="era"),
        pytest.param(
            side(), side(end=End.FAILED), Kind.OUTCOME, "no final answer to both", id="failed"
        ),
        pytest.param(
            side(end=End.HTTP_ERROR), side(), Kind.OUTCOME, "no final answer to both", id="http"
        ),
    ],
)
def test_what_another_answer_does_not_mend_is_refused(
    recorded: Side, live: Side, kind: Kind, why: str
) -> None:
    with pytest.raises(NotAcceptedError, match=why):
        answer(recorded, live, CHANGED, Divergence(kind, "m"))
