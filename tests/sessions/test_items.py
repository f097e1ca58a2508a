from __future__ import annotations

import pytest

from mcpx.sessions.items import Outcome, Piece, RoundTrip
from mcpx.wire import Direction
from tests.sessions.tapes import call, came, done, sent


def test_a_piece_says_what_its_message_says() -> None:
    piece = Piece(call(1, "add", {"a": 5.0}))
    assert piece.params() == {"name": "add", "arguments": {"a": 5.0}}
    assert Piece(sent(batch=[3, {"method": "x", "params": [1]}]), 1).params() == {}
    assert Piece(sent(batch=[3]), 0).members() == {}
    assert Piece(came(text="", cut=70)).value() is None


@pytest.mark.parametrize(
    ("piece", "size"),
    [
        pytest.param(Piece(came(text='{"a":"ä"}')), 10, id="bytes"),
        pytest.param(Piece(came(text="", cut=70)), 70, id="cut"),
    ],
)
def test_its_size_is_in_bytes(piece: Piece, size: int) -> None:
    assert piece.size == size


def test_a_round_trip_takes_its_time() -> None:
    asked, answered = Piece(call(1, time=1.5)), Piece(done(1, time=1.75))
    trip = RoundTrip(connection=1, direction=Direction.TO_SERVER, outcome=Outcome.OK, request=asked)
    assert (trip.time, trip.seconds) == (1.5, None)
    whole = RoundTrip(
        connection=1,
        direction=Direction.TO_SERVER,
        outcome=Outcome.OK,
        request=asked,
        answer=answered,
    )
    assert whole.seconds == 0.25


def test_what_was_cut_off_is_no_error() -> None:
    assert {one for one in Outcome if not one.is_error} == {
        "ok",
        "input-required",
        "cancelled",
        "listening",
        "not-recorded",
    }
