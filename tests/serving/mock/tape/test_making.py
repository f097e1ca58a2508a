from __future__ import annotations

from mcpx.serving.mock.tape.making import loose_of, take_of
from mcpx.serving.mock.tape.takes import Part
from mcpx.sessions.events import Event
from mcpx.sessions.items import Notification, Outcome, RoundTrip
from mcpx.sessions.round_trips import timeline
from tests.serving.mock.recordings import accepts, asks, round_of, stamped_call
from tests.sessions.tapes import call, came, done, sent, tape


def trip(*events: Event) -> RoundTrip:
    (found,) = (one for one in timeline(tape(*events)) if isinstance(one, RoundTrip))
    return found


def test_a_take_has_all_steps_in_their_order_with_their_time() -> None:
    found = take_of(
        trip(
            call(1, params={"_meta": {"progressToken": 1}}),
            came("notifications/progress", params={"progressToken": 1, "progress": 1}),
            asks(0, "sure?"),
            sent("notifications/progress", params={"progressToken": 5, "progress": 1}),
            accepts(0),
            done(1),
        ),
        (),
        (),
        "",
    )
    assert [one.part for one in found.steps] == [
        Part.SAID,
        Part.ASKED,
        Part.HEARD,
        Part.ANSWERED,
    ]
    assert [round(one.after, 3) for one in found.steps] == [0.1, 0.1, 0.2, 0.1]
    assert [one.of for one in found.steps] == [0, 5, 3, 0]
    assert (found.number, found.ended, found.name) == (1, 6, "add")


def test_what_came_after_the_answer_is_not_part_of_it() -> None:
    late = Notification(trip(call(1), done(1)).answer or _never(), "notifications/message", about=1)
    found = take_of(trip(call(1), done(1)), (late,), (), "")
    assert [one.number for one in found.steps] == [2, 2]
    assert found.steps[-1].part is Part.ANSWERED


def _never() -> None:
    raise AssertionError("no answer")


def test_a_round_keeps_its_state() -> None:
    found = take_of(trip(stamped_call(1), done(1, round_of("s", q="?"))), (), (), "")
    assert (found.outcome, found.gave) == (Outcome.INPUT_REQUIRED, "s")
    asked = take_of(trip(stamped_call(1, requestState="s", inputResponses={})), (), (), "")
    assert (asked.state, asked.responses, asked.ended) == ("s", {}, 0)


def test_what_is_outside_of_requests_has_the_time_since_the_client_spoke() -> None:
    question = trip(asks(0, "sure?"), came("notifications/cancelled", params={"requestId": 0}))
    found = list(loose_of(question, 0.05))
    assert [one.step.part for one in found] == [Part.ASKED, Part.SAID]
    assert [round(one.step.after, 3) for one in found] == [0.05, 0.15]
