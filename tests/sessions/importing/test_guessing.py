from __future__ import annotations

import json

import pytest

from mcpx.sessions.importing.guessing import Guess, direction_by_method
from mcpx.wire import Direction
from tests.sessions.importing.samples import INITIALIZE, READY, SAMPLE, SAMPLED

C2S, S2C = Direction.TO_SERVER, Direction.TO_CLIENT


@pytest.mark.parametrize(
    ("method", "direction"),
    [
        ("initialize", C2S),
        ("tools/call", C2S),
        ("acme/own", C2S),
        ("elicitation/create", S2C),
        ("notifications/initialized", C2S),
        ("notifications/message", S2C),
        ("notifications/progress", None),
        ("ping", None),
    ],
)
def test_methods_go_one_way_or_both(method: str, direction: Direction | None) -> None:
    assert direction_by_method(method) is direction


def test_answers_go_back() -> None:
    guess = Guess()
    # The server asks with the id that the client uses as well.
    talk = [(INITIALIZE, C2S), (SAMPLE, S2C), (SAMPLED, C2S), (READY, S2C), (READY, S2C)]
    assert [guess(json.dumps(message)) for message, _ in talk] == [way for _, way in talk]


def test_progress_goes_back_to_who_gave_its_token() -> None:
    guess = Guess()
    progress = '{"method":"notifications/progress","params":{"progressToken":4}}'
    assert guess(progress) is C2S
    guess('{"id":1,"method":"tools/call","params":{"_meta":{"progressToken":4}}}')
    assert guess(progress) is S2C


def test_what_cannot_be_read_comes_from_the_server() -> None:
    assert Guess()("Starting server") is S2C
