from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import Any

import pytest

from mcpx.servers import Era
from mcpx.sessions import pairing
from mcpx.sessions.events import EraKnown, Event, Message, Stderr
from mcpx.sessions.items import HttpExchange, Notification, Outcome, RoundTrip
from mcpx.sessions.pairing import Keeping, Pairing
from mcpx.sessions.round_trips import round_trips, timeline
from mcpx.wire import Direction, Finish
from tests.sessions.tapes import call, came, done, fin, http, sent, status, tape

MODERN = EraKnown(number=0, time=-1.0, connection=1, era=Era.MODERN, version="2026-07-28", how="x")
ERROR = {"code": -32602, "message": "no"}


def pairs(*events: Event, **more: Any) -> list[tuple[int | None, int | None, str]]:
    """Requests and answers by the numbers of their events, in the order of the requests."""
    trips = sorted(round_trips(tape(*events, **more)), key=lambda one: one.number)
    return [
        (
            one.request.number if one.request else None,
            one.answer.number if one.answer else None,
            one.outcome.value,
        )
        for one in trips
    ]


def alone(*events: Event, **more: Any) -> RoundTrip:
    (trip,) = round_trips(tape(*events, **more))
    return trip


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([call(1), done(1)], [(1, 2, "ok")], id="one"),
        pytest.param(
            [call(1), call(2), done(2), done(1)], [(1, 4, "ok"), (2, 3, "ok")], id="out-of-order"
        ),
        pytest.param(
            [call(1), call("1"), done("1"), done(1)],
            [(1, 4, "ok"), (2, 3, "ok")],
            id="number-and-text-are-two-ids",
        ),
        pytest.param(
            [call(True), call(1), done(1)],
            [(1, None, "unanswered"), (2, 3, "ok")],
            id="true-is-not-one",
        ),
        pytest.param([call(1), done(1.0)], [(1, 2, "ok")], id="numbers-by-value"),
        pytest.param([call({"a": [1]}), done({"a": [1]})], [(1, 2, "ok")], id="odd-id"),
        pytest.param(
            [call(1, connection=2), call(1), done(1, connection=2)],
            [(1, 3, "ok"), (2, None, "unanswered")],
            id="connections",
        ),
        pytest.param(
            [call(1), call(1), done(1), done(1)],
            [(1, 3, "ok"), (2, 4, "ok")],
            id="one-id-twice",
        ),
        pytest.param(
            [call(1, exchange=1), call(1, exchange=2), done(1, exchange=2), done(1, exchange=1)],
            [(1, 4, "ok"), (2, 3, "ok")],
            id="one-id-twice-by-exchange",
        ),
        pytest.param([done(1)], [(None, 1, "unasked")], id="unasked"),
        pytest.param(
            [call(1), done(1), done(1)],
            [(1, 2, "ok"), (None, 3, "answered-again")],
            id="answered-again",
        ),
        pytest.param([call(1), done(1, {"isError": True})], [(1, 2, "tool-error")], id="is-error"),
        pytest.param([call(1), came(id=1, error=ERROR)], [(1, 2, "error")], id="error"),
        pytest.param(
            [call(1), done(1, {"resultType": "input_required"})],
            [(1, 2, "input-required")],
            id="input-required",
        ),
        pytest.param(
            [call(1), sent("notifications/cancelled", params={"requestId": 1})],
            [(1, None, "cancelled")],
            id="cancelled",
        ),
        pytest.param(
            [
                call(1),
                sent("notifications/cancelled", params={"requestId": 1}),
                came(id=1, error=ERROR),
            ],
            [(1, 3, "cancelled")],
            id="cancelled-and-answered-so",
        ),
        pytest.param(
            [call(1), sent("notifications/cancelled", params={"requestId": 1}), done(1)],
            [(1, 3, "ok")],
            id="cancelled-too-late",
        ),
        pytest.param(
            [call(1), came("notifications/cancelled", params={"requestId": 1})],
            [(1, None, "unanswered")],
            id="a-server-cancels-no-call",
        ),
        pytest.param(
            [sent(batch=[{"id": 1, "method": "a"}, {"id": 2, "method": "b"}]), done(2), done(1)],
            [(1, 2, "ok"), (1, 3, "ok")],
            id="batch",
        ),
        pytest.param(
            [call(1), call(2), came(batch=[{"id": 2, "result": {}}, {"id": 1, "result": {}}])],
            [(1, 3, "ok"), (2, 3, "ok")],
            id="batch-of-answers",
        ),
        pytest.param([came(batch=[]), came(batch=7), came(x=1)], [], id="no-messages"),
        pytest.param([sent(text="1" * 9_999)], [], id="a-number-that-python-does-not-read"),
        pytest.param([sent("subscriptions/listen", "l")], [(1, None, "listening")], id="listening"),
        pytest.param(
            [
                sent("subscriptions/listen", "l"),
                came("notifications/cancelled", params={"requestId": "l"}),
            ],
            [(1, None, "cancelled")],
            id="a-subscription-that-the-server-ends",
        ),
    ],
)
def test_requests_are_paired_with_their_answers(events: list[Event], expected: Any) -> None:
    assert pairs(*events) == expected


@pytest.mark.parametrize(
    ("events", "more", "outcome"),
    [
        pytest.param([call(1)], {}, "unanswered", id="complete"),
        pytest.param([call(1)], {"complete": False}, "not-recorded", id="incomplete"),
        pytest.param([call(1)], {"dropped": 3}, "not-recorded", id="dropped"),
        pytest.param([call(1), came(cut=10**9, text="")], {}, "not-recorded", id="cut"),
        pytest.param([came(cut=10**9, text=""), call(1)], {}, "unanswered", id="cut-before"),
        pytest.param([sent(cut=10**9, text=""), done(1)], {}, "not-recorded", id="cut-request"),
    ],
)
def test_an_answer_that_is_not_in_a_recording_with_holes_may_have_come(
    events: list[Event], more: Any, outcome: str
) -> None:
    assert alone(*events, **more).outcome == outcome


def test_a_server_may_use_the_ids_of_its_client() -> None:
    parent = alone(call(1), came("sampling/createMessage", 1), sent(id=1, result={}), done(1))
    assert parent.answer is not None and parent.answer.number == 4
    (child,) = parent.inside
    assert (child.direction, child.number) == (Direction.TO_CLIENT, 2)
    assert child.answer is not None and child.answer.number == 3


def test_a_request_of_the_server_belongs_to_none_of_several() -> None:
    trips = list(round_trips(tape(call(1), call(2), came("ping", 1), sent(id=1, result={}))))
    assert [one.method for one in trips] == ["ping", "tools/call", "tools/call"]


def test_over_http_it_belongs_to_that_of_its_exchange() -> None:
    trips = list(
        round_trips(
            tape(
                http(1),
                call(1, exchange=1),
                http(2),
                call(2, exchange=2),
                came("ping", 9, exchange=2),
                came("ping", 8, exchange=3),
                http(4),
                sent(id=9, result={}, exchange=4),
                done(2, exchange=2),
            )
        )
    )
    assert [(one.id, [each.id for each in one.inside]) for one in trips] == [
        (2, [9]),
        (1, []),
        (8, []),
    ]


def test_progress_goes_by_its_token() -> None:
    def progress(token: Any, number: int) -> Message:
        return came("notifications/progress", params={"progressToken": token, "progress": number})

    meta = {"_meta": {"progressToken": "p"}}
    first, second = round_trips(
        tape(call(1, params=meta), call(2), progress("p", 1), progress("p", 2), done(1), done(2))
    )
    assert (first.progress, second.progress, first.notifications) == (2, 0, 0)
    assert first.last_progress is not None and first.last_progress.params()["progress"] == 2
    late = list(timeline(tape(call(1, params=meta), done(1), progress("p", 3))))
    assert isinstance(late[1], Notification)


def test_notifications_belong_to_the_only_request_of_their_exchange() -> None:
    log = came("notifications/message", params={"level": "info"}, exchange=1)
    trip = alone(http(1), call(1, exchange=1), log, log, done(1, exchange=1))
    assert trip.notifications == 2
    assert [one.number for one in trip.said] == [3, 4]
    other = replace(log, exchange=2)
    items = list(timeline(tape(http(1), call(1, exchange=1), other, done(1, exchange=1))))
    assert [type(one) for one in items[:2]] == [Notification, RoundTrip]


def test_what_a_subscription_brings_belongs_to_it() -> None:
    meta = {"_meta": {"io.modelcontextprotocol/subscriptionId": "l"}}
    trip = alone(
        sent("subscriptions/listen", "l"),
        came("notifications/subscriptions/acknowledged", params=meta),
        came("notifications/tools/list_changed", params=meta),
        came(id="l", result=meta),
    )
    assert (trip.outcome, trip.notifications) == (Outcome.OK, 2)


def test_legs_are_linked() -> None:
    asked = {"resultType": "input_required", "requestState": "s", "inputRequests": {"k": {}}}
    more = {"requestState": "s", "inputResponses": {"k": {}}}
    events = [call(1), done(1, asked), call(2, params=more), done(2, asked), call(3, params=more)]
    trips = list(round_trips(tape(*events, done(3))))
    assert [(one.follows, one.leg) for one in trips] == [(0, 1), (1, 2), (3, 3)]


def test_many_notifications_are_counted_and_the_first_kept() -> None:
    meta = {"_meta": {"progressToken": 1}}
    one = came("notifications/progress", params={"progressToken": 1})
    trip = alone(call(1, params=meta), *[one] * 250, done(1))
    assert (trip.progress, len(trip.said)) == (250, 100)


@pytest.mark.parametrize(
    ("events", "outcome", "why"),
    [
        pytest.param([status(1, 401), fin(1)], "http-error", Finish.END.value, id="refused"),
        pytest.param(
            [fin(1, Finish.UNREACHABLE, "no route")], "http-error", "no route", id="unreachable"
        ),
        pytest.param(
            [status(1), fin(1, Finish.CLIENT)], "cancelled", Finish.CLIENT.value, id="aborted"
        ),
        pytest.param([status(1), fin(1)], "unanswered", Finish.END.value, id="ended"),
        pytest.param(
            [status(1), fin(1, Finish.TAP)], "not-recorded", Finish.TAP.value, id="cut-short"
        ),
        pytest.param(
            [status(1, 400), came(id=None, error=ERROR, exchange=1), fin(1)],
            "error",
            "",
            id="an-error-without-an-id",
        ),
        pytest.param(
            [status(1), came(cut=9, text="", exchange=1), fin(1)], "not-recorded", "", id="cut"
        ),
    ],
)
@pytest.mark.parametrize("era", [[MODERN], []], ids=["modern", "legacy"])
def test_an_exchange_can_end_a_request(
    era: list[Event], events: list[Event], outcome: str, why: str
) -> None:
    trip = alone(*era, http(1), call(1, exchange=1), *events)
    assert (trip.outcome, trip.why) == (outcome, why)
    answer = [one for one in events if getattr(one, "status", 0)]
    assert trip.status == (answer[0].status if answer else 0)  # type: ignore[attr-defined]


def test_in_the_legacy_era_the_answer_may_come_on_another_exchange() -> None:
    trip = alone(
        http(1),
        call(1, exchange=1),
        status(1, 202),
        fin(1),
        http(2, "GET"),
        done(1, exchange=2),
    )
    assert (trip.outcome, trip.status, trip.exchange) == (Outcome.OK, 202, 1)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([http(1, "DELETE"), status(1, 204), fin(1)], ("DELETE", 204, 0), id="delete"),
        pytest.param(
            [http(1, "GET"), status(1), came("notifications/message", exchange=1)],
            ("GET", 200, 1),
            id="open-stream",
        ),
        pytest.param([http(1), status(1, 202), fin(1)], None, id="accepted"),
        pytest.param([http(1), status(1, 403), fin(1)], ("POST", 403, 0), id="refused"),
        pytest.param([http(1), call(1, exchange=1), status(1, 403), fin(1)], None, id="a-request"),
    ],
)
def test_exchanges_without_requests_are_told_where_they_say_something(
    events: list[Event], expected: Any
) -> None:
    found = [one for one in timeline(tape(*events)) if isinstance(one, HttpExchange)]
    assert [(one.method, one.status, one.messages) for one in found] == [expected][: bool(expected)]


def test_everything_else_comes_as_it_is() -> None:
    noise = Stderr(number=0, time=-1.0, connection=1, text="ready")
    events = tape(noise, sent(cut=5, text=""), fin(9))
    assert list(timeline(events)) == events


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "_MOST_OPEN", 3)
    many = [call(number) for number in range(1, 6)]
    found = pairs(*many, done(1))
    assert [one[2] for one in found] == ["not-recorded"] * 2 + ["unanswered"] * 3 + ["not-recorded"]


@pytest.mark.parametrize(
    ("sign", "outcomes"),
    [
        pytest.param("x", ["unanswered"] * 3, id="one-byte-each"),
        pytest.param("\N{GRINNING FACE}", ["not-recorded"] * 2 + ["unanswered"], id="four-bytes"),
    ],
)
def test_what_is_held_is_counted_in_bytes_of_memory(sign: str, outcomes: list[str]) -> None:
    large = [
        call(number, text=json.dumps({"id": number, "method": sign * 3_000}, ensure_ascii=False))
        for number in range(3)
    ]
    found = round_trips(tape(*large), Keeping(held=20_000))
    assert [one.outcome.value for one in found] == outcomes


def test_answers_that_wait_for_the_end_of_their_exchange_are_counted_too() -> None:
    events: list[Event] = []
    for number in range(1, 4):
        answer = done(number, {"text": "x" * 5_000}, exchange=number)
        events += [http(number), call(number, exchange=number), answer]
    held = Pairing(Keeping(held=8_000))
    told = [[one.number for one in held.take(event)] for event in tape(*events, complete=False)]
    assert told == [[], [], [], [], [], [2, 5], [], [], []]
    assert [one.number for one in held.rest()] == [8]


def chatty() -> list[Event]:
    meta = {"_meta": {"progressToken": 1}}
    events: list[Event] = [call(1, params=meta)]
    for number in range(5):
        events += [
            came("notifications/progress", params={"progressToken": 1, "progress": number}),
            came("roots/list", number),
            sent(id=number, result={}),
        ]
    return [*events, done(1)]


def test_what_is_not_kept_comes_by_itself_with_its_request() -> None:
    found = list(timeline(tape(*chatty(), complete=False), Keeping(said=2)))
    assert [(type(one).__name__, one.number) for one in found] == [
        *[("Notification", 8), ("RoundTrip", 9), ("Notification", 11), ("RoundTrip", 12)],
        *[("Notification", 14), ("RoundTrip", 15), ("RoundTrip", 1)],
    ]
    trips = [one for one in found if isinstance(one, RoundTrip)]
    assert [one.within for one in trips] == [1, 1, 1, 0]
    assert [one.about for one in found if isinstance(one, Notification)] == [1, 1, 1]
    whole = trips[-1]
    assert [one.number for one in whole.said] == [2, 5]
    assert [(one.number, one.within) for one in whole.inside] == [(3, 1), (6, 1)]
    assert (whole.progress, {one.about for one in whole.said}) == (5, {1})


def test_everything_can_be_kept() -> None:
    (trip,) = timeline(tape(*chatty(), complete=False), Keeping(said=sys.maxsize))
    assert isinstance(trip, RoundTrip)
    assert (len(trip.said), len(trip.inside)) == (5, 5)


def test_a_request_of_the_server_that_outlives_the_call_is_within_it_all_the_same() -> None:
    trips = list(round_trips(tape(call(1), came("ping", 5), done(1), sent(id=5, result={}))))
    assert [(one.method, one.within) for one in trips] == [("tools/call", 0), ("ping", 1)]


def test_a_round_trip_has_the_whole_of_its_exchange() -> None:
    head = replace(http(1), headers={"mcp-method": "tools/call"})
    answer = replace(status(1), headers={"content-type": "application/json"})
    events = tape(head, call(1, exchange=1), answer, done(1, exchange=1), fin(1), complete=False)
    held = Pairing()
    told = [held.take(event) for event in events]
    assert told[:-1] == [[]] * 4
    (trip,) = told[-1]
    assert isinstance(trip, RoundTrip)
    found = trip.http
    assert found is not None
    assert (found.headers, found.answered) == (head.headers, answer.headers)
    assert (found.status, found.why, found.messages, found.ended) == (200, Finish.END, 1, 0.5)
    assert (trip.status, trip.exchange, trip.why) == (200, 1, "")


def test_a_cancellation_is_kept() -> None:
    trip = alone(call(1), sent("notifications/cancelled", params={"requestId": 1, "reason": "x"}))
    assert trip.cancelled is not None
    assert (trip.cancelled.number, trip.cancelled.params()["reason"]) == (2, "x")


def test_an_answer_of_no_recorded_exchange_comes_as_it_is() -> None:
    (event,) = tape(status(3, 404), complete=False)
    assert list(timeline([event])) == [event]


def test_a_message_is_read_from_its_batch() -> None:
    batch = [{"id": 1, "method": "a", "params": {"x": 5.0}}, {"id": 2, "method": "b"}]
    first, second = round_trips(tape(sent(batch=batch)))
    assert first.request is not None and second.request is not None
    assert first.request.params() == {"x": 5.0}
    assert second.request.value() == {"id": 2, "method": "b"}
    assert second.request.size == len(json.dumps(batch))
