from __future__ import annotations

from typing import Any

import pytest

from mcpx.servers import Era
from mcpx.serving.mock.playing.outs import JSON
from mcpx.serving.mock.playing.questions import Questions
from mcpx.serving.mock.playing.wording import Asked, Wording, status_of
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.events import Event
from mcpx.sse_events import EVENT_STREAM
from tests.serving.mock.recordings import legacy, modern, round_of, stamped_call, value
from tests.sessions.tapes import call, came, done, http, status

PROGRESS = came("notifications/progress", params={"progressToken": 1, "progress": 1})
LEGACY = legacy(call(1), done(1))
SAYING = legacy(call(1, params={"_meta": {"progressToken": 1}}), PROGRESS, done(1))
ASKING = modern(stamped_call(1), done(1, round_of("s", q="?")))
OVER_HTTP = legacy(http(5), call(1, exchange=5), status(5, 202), done(1, exchange=5))
REFUSED = modern(stamped_call(1), came(id=1, error={"code": -32602, "message": "no"}))


def head(events: list[Event], era: Era) -> dict[str, Any]:
    tape = Tape.of(events)
    wording = Wording(tape, Questions(), "", "")
    asked = Asked(value(call(7)), era)
    return wording.head(tape.takes[-1], asked)


@pytest.mark.parametrize(
    ("events", "era", "kind", "number"),
    [
        pytest.param(LEGACY, Era.LEGACY, JSON, 200, id="an-answer-alone"),
        pytest.param(SAYING, Era.LEGACY, EVENT_STREAM, 200, id="with-something-before-it"),
        pytest.param(ASKING, Era.MODERN, JSON, 200, id="a-round"),
        pytest.param(ASKING, Era.LEGACY, EVENT_STREAM, 200, id="a-round-in-the-other-era"),
        pytest.param(OVER_HTTP, Era.LEGACY, JSON, 202, id="a-recorded-status"),
        pytest.param(OVER_HTTP, Era.MODERN, JSON, 200, id="not-in-the-other-era"),
        pytest.param(REFUSED, Era.MODERN, JSON, 400, id="an-error"),
        pytest.param(REFUSED, Era.LEGACY, JSON, 200, id="a-legacy-error"),
    ],
)
def test_an_http_answer_is_as_it_was_or_as_it_would_be(
    events: list[Event], era: Era, kind: str, number: int
) -> None:
    found = head(events, era)
    assert (found["kind"], found["status"]) == (kind, number)


def test_errors_have_their_status() -> None:
    assert [status_of(code) for code in (-32601, -32022, -32602, 5, None)] == [
        404,
        400,
        400,
        200,
        200,
    ]


def test_a_request_knows_its_id_and_token_as_json() -> None:
    asked = Asked(
        {"id": 'a"', "method": "m", "params": {"_meta": {"progressToken": 1.5}}}, Era.LEGACY
    )
    assert (asked.id, asked.token, asked.method) == ('"a\\""', "1.5", "m")
    assert Asked({"id": 1, "params": []}, Era.LEGACY).token is None


@pytest.mark.parametrize(
    ("recorded", "now"),
    [
        pytest.param('{ "id":1,"result":{"n":5.0}}', '{ "id":9,"result":{"n":5.0}}', id="anew"),
        pytest.param('{"id":null,"error":{}}', '{"id":null,"error":{}}', id="null-of-the-unread"),
    ],
)
def test_an_answer_has_the_id_of_now(recorded: str, now: str) -> None:
    tape = Tape.of(legacy(http(5), call(1, exchange=5), came(text=recorded, exchange=5)))
    take = tape.takes[-1]
    wording = Wording(tape, Questions(), "", "")
    assert wording.answer(take, take.steps[-1], Asked({"id": 9}, Era.LEGACY)) == now
