from __future__ import annotations

from typing import Any

import pytest

from mcpx.analyses.divergence.endings import outcome
from mcpx.analyses.divergence.sides import End, Interaction, Question, Side
from tests.analyses.divergence.sides import CALL, compared, side, told

READ = Interaction(3, 1, "resources/read", "note:1")


def error(code: Any, message: str = "no", **more: Any) -> Side:
    return side({"code": code, "message": message}, End.ERROR, **more)


def ended(end: End, **more: Any) -> Side:
    return side(None, end, **more)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(side({"isError": True}), "tool-error", id="tool error"),
        pytest.param(side({"isError": "yes"}), "result", id="no tool error"),
        pytest.param(side({"task": {"taskId": "1"}}), "task", id="legacy task"),
        pytest.param(side({"resultType": "task"}), "task", id="modern task"),
        pytest.param(side({"resultType": "complete"}), "result", id="complete"),
        pytest.param(side({"resultType": "odd"}), "odd", id="of an extension"),
        pytest.param(side([3]), "result", id="junk"),
        pytest.param(error(3), "error", id="error"),
    ],
)
def test_results_are_told_apart_by_what_they_are(one: Side, expected: str) -> None:
    assert outcome(one) == expected


@pytest.mark.parametrize(
    ("reason", "shown"), [("HTTP 503 Service Unavailable", "HTTP 503 Service Unavailable"),
                          ("", "HTTP 503")], ids=["reason", "status"],
)  # fmt: skip
def test_what_came_of_an_http_error_is_what_it_says(reason: str, shown: str) -> None:
    [one] = compared(side({}), ended(End.HTTP_ERROR, status=503, reason=reason))
    assert (one.recorded, one.live) == ({}, shown)


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param(side({}), side({"isError": True}), ["outcome"], id="a tool error"),
        pytest.param(side({"isError": True}), side({}), ["outcome"], id="mended"),
        pytest.param(side({}), error(-32603), ["outcome"], id="an error"),
        pytest.param(error(-32603), side({}), ["outcome"], id="no error"),
        pytest.param(side({}), ended(End.INPUT_REQUIRED), ["outcome"], id="a question"),
        pytest.param(side({}, status=200), ended(End.HTTP_ERROR, status=500), ["outcome"],
                     id="an HTTP error is told once"),
        pytest.param(side({}), ended(End.FAILED), ["missing"], id="a failure"),
        pytest.param(side({}), ended(End.UNANSWERED), ["missing"], id="no answer"),
        pytest.param(side({}), ended(End.NOT_SENT), [], id="not sent"),
        pytest.param(side({}), ended(End.NOT_SENT, modern=True), ["not-applicable"], id="era"),
        pytest.param(ended(End.UNANSWERED), side({}), ["unscored"], id="nothing recorded"),
        pytest.param(ended(End.NOT_RECORDED), error(3), ["unscored"], id="not recorded"),
        pytest.param(ended(End.UNANSWERED), ended(End.UNANSWERED), [], id="never answered"),
        pytest.param(ended(End.CANCELLED), ended(End.CANCELLED), [], id="cancelled"),
        pytest.param(ended(End.CANCELLED), side({}), ["unscored"], id="answered before it was"),
        pytest.param(ended(End.LISTENING), ended(End.LISTENING), [], id="open"),
        pytest.param(error(-32602), error(-32603), ["error-class /code"], id="code"),
        pytest.param(error(-32602), error("-32602"), ["error-class /code"], id="type of code"),
        pytest.param(error([]), error({}), ["error-class /code"], id="junk for codes"),
        pytest.param(error(3, "a"), error(3, "b"), ["error-text /message"], id="words"),
        pytest.param(error(3, "at 2026-11-23 09:30:01"), error(3, "at 2026-11-23 09:30:02"),
                     ["volatile /message"],
                     id="a time in words"),
        pytest.param(side({}, status=200), side({}, status=202), ["transport"], id="status"),
        pytest.param(side({}, status=200), side({}), [], id="no status"),
        pytest.param(side({}, kind="a/b"), side({}, kind="a/B; charset=x"), [], id="media type"),
        pytest.param(side({}, kind="a/b"), side({}, kind="c/d"), ["transport"], id="another"),
    ],
)  # fmt: skip
def test_endings_are_compared(recorded: Side, live: Side, expected: list[str]) -> None:
    assert told(compared(recorded, live)) == expected


@pytest.mark.parametrize(
    ("interaction", "recorded", "live", "expected"),
    [
        pytest.param(READ, -32002, -32602, [], id="not found in each era"),
        pytest.param(READ, -32602, -32002, ["error-class /code"], id="the wrong way round"),
        pytest.param(CALL, -32002, -32602, ["error-class /code"], id="of a tool"),
        pytest.param(READ, -32002, -32603, ["error-class /code"], id="another code"),
    ],
)
def test_a_resource_that_is_not_there_has_a_code_in_each_era(
    interaction: Interaction, recorded: int, live: int, expected: list[str]
) -> None:
    assert told(compared(error(recorded), error(live, modern=True), interaction)) == expected
    same_era = told(compared(error(recorded), error(live), interaction))
    assert same_era == ["error-class /code"]


def test_a_resource_that_is_not_there_has_them_the_other_way_round_too() -> None:
    assert compared(error(-32602, modern=True), error(-32002), READ) == []


def test_a_visit_to_a_url_is_asked_for_in_the_way_of_the_era() -> None:
    live = ended(End.INPUT_REQUIRED, modern=True)
    assert told(compared(error(-32042), live)) == ["not-applicable"]
    asks = (Question("elicitation/create", {}, None),)
    live = ended(End.INPUT_REQUIRED, questions=asks)
    assert told(compared(side({}), live)) == ["unanswered"]


def test_statuses_are_errors_and_media_types_are_not() -> None:
    (status,) = compared(side({}, status=200), side({}, status=404))
    (kind,) = compared(side({}, kind="a/b"), side({}, kind="c/d"))
    (exits,) = compared(side({}, exit=0), side({}, exit=1), Interaction(1, 1))
    assert [one.severity for one in (status, kind, exits)] == ["error", "", "error"]
    across = compared(side({}, status=200), side({}, status=404, modern=True))
    assert across == []


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        pytest.param(0.1, 0.3, ["latency"], id="three times"),
        pytest.param(0.1, 0.19, [], id="not twice"),
        pytest.param(0.01, 0.09, [], id="less than 100 ms"),
        pytest.param(1.0, 1.5, [], id="half as long again"),
        pytest.param(0.3, 0.1, [], id="faster"),
        pytest.param(None, 0.3, [], id="not known"),
    ],
)
def test_latency_is_told_when_asked(was: float | None, now: float, expected: list[str]) -> None:
    sides = side({}, seconds=was), side({}, seconds=now)
    assert told(compared(*sides, latency=True)) == expected
    assert compared(*sides) == []
