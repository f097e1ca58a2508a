from __future__ import annotations

from mcpx.sessions.items import RoundTrip
from mcpx.sessions.pairing import Pairing
from tests.sessions.tapes import call, came, done, http, sent, tape


def test_events_may_be_given_one_by_one() -> None:
    pairing = Pairing()
    asked, answered, open_one, _ = tape(call(1), done(1), call(2))
    assert pairing.take(asked) == []
    (trip,) = pairing.take(answered)
    assert isinstance(trip, RoundTrip)
    assert (trip.number, trip.outcome.value) == (1, "ok")
    assert pairing.take(open_one) == []
    assert [one.number for one in pairing.rest()] == [3]
    assert pairing.rest() == []


def test_nothing_is_held_when_all_is_answered() -> None:
    pairing = Pairing()
    meta = {"_meta": {"progressToken": 1}}
    progress = came("notifications/progress", params={"progressToken": 1})
    inside = [came("ping", 5), sent(id=5, result={})]
    for event in tape(http(1), call(1, params=meta), progress, *inside, done(1), complete=False):
        pairing.take(event)
    assert (pairing._held, len(pairing._waiting)) == (0, 0)


def test_what_stands_for_a_long_id_is_short() -> None:
    pairing = Pairing()
    one, other = "x" * 5_000, "x" * 4_999 + "y"
    found = [
        item
        for event in tape(call(one), call(other), done(other), done(one), complete=False)
        for item in pairing.take(event)
    ]
    assert [(trip.number, trip.id == other) for trip in found if isinstance(trip, RoundTrip)] == [
        (2, True),
        (1, False),
    ]
    assert max(len(key) for _, key in pairing._answered) == 64
