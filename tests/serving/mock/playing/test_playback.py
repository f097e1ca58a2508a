from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from mcpx.serving.mock.playing.misses import CODE
from mcpx.serving.mock.playing.options import Options
from mcpx.serving.mock.playing.players import Players
from mcpx.sessions.events import Exited, Message, Raw, Streamed, Unread
from mcpx.sse_events import EVENT_STREAM
from mcpx.wire import Direction, Ending, Finish, StreamEvent
from tests.serving.mock.clients import Client, played, shape
from tests.serving.mock.recordings import (
    accepts,
    asks,
    legacy,
    modern,
    round_of,
    stamped_call,
    text,
    value,
)
from tests.sessions.tapes import call, came, done, fin, http, sent, status

PROGRESS = "notifications/progress"
CANCELLED = "notifications/cancelled"


def called(id: Any, name: str = "add", **params: Any) -> Any:
    return value(call(id, name, params=params))


# --- questions inside a call (legacy) -------------------------------------------------------------

TWO_QUESTIONS = legacy(
    call(1),
    asks(0, "first?"),
    accepts(0, a=1),
    asks(1, "second?"),
    accepts(1, b=2),
    done(1, text("both")),
    call(2),
    asks(2, "first?"),
    sent(id=2, result={"action": "decline"}),
    done(2, text("declined")),
)


def test_a_call_goes_on_when_its_question_is_answered() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(called(9))
        assert shape(client.take()) == ["elicitation/create"]
        assert client.outs[-1].question
        await client.send(value(accepts(0, a=1)))
        assert shape(client.take()) == ["elicitation/create"]
        await client.send(value(accepts(1, b=2)))
        assert shape(client.got) == ["answer 9"]

    assert played(TWO_QUESTIONS, talk).got[0]["result"] == text("both")


def test_another_answer_leads_to_the_call_where_it_was_given() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(called(9))
        await client.send({"jsonrpc": "2.0", "id": 0, "result": {"action": "decline"}})
        assert client.got[-1]["result"] == text("declined")
        # The first has not been played, and is next.
        client.take()
        await client.send(called(10))
        asked = client.take()[0]["id"]
        assert asked != 0
        await client.send(value(accepts(asked, a=1)))
        await client.send(value(accepts(client.take()[0]["id"], b=2)))
        assert client.got[-1]["result"] == text("both")
        assert players.unused() == []

    played(TWO_QUESTIONS, talk)


def test_an_answer_that_nobody_gave_is_followed_by_what_was_recorded() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(called(9))
        await client.send({"jsonrpc": "2.0", "id": 0, "error": {"code": -1, "message": "no"}})
        await client.send(value(accepts(1, b=5)))
        assert client.got[-1]["result"] == text("both")
        assert players.misses == []

    played(TWO_QUESTIONS, talk)


def test_a_question_that_was_not_answered_keeps_nobody_waiting() -> None:
    events = legacy(call(1), asks(0, "anybody?"), done(1, text("nobody")))

    async def talk(client: Client, players: Players) -> None:
        await client.send(called(1))

    assert shape(played(events, talk).got) == ["elicitation/create", "answer 1"]


def test_a_question_that_is_withdrawn_is_named_as_it_was_asked_now() -> None:
    events = legacy(
        call(1), asks(0, "still there?"), came(CANCELLED, params={"requestId": 0}), done(1)
    )

    async def talk(client: Client, players: Players) -> None:
        await client.send(called(1))
        client.take()
        await client.send(called(2))
        question, withdrawn, _ = client.got
        assert question["id"] != 0
        assert withdrawn["params"]["requestId"] == question["id"]

    played(events, talk)


# --- rounds (modern) ------------------------------------------------------------------------------


def _retry(id: Any, state: Any, **answers: str) -> Any:
    responses = {key: {"action": one} for key, one in answers.items()}
    more = {} if state is None else {"requestState": state}
    return stamped_call(id, inputResponses=responses, **more)


ROUNDS = modern(
    stamped_call(1),
    done(1, round_of("s1", q="sure?")),
    _retry(2, "s1", q="accept"),
    done(2, text("deployed")),
    stamped_call(3),
    done(3, round_of("s2", q="sure?")),
    _retry(4, "s2-tampered", q="decline"),
    came(id=4, error={"code": -32602, "message": "Invalid requestState"}),
    _retry(5, "s2", q="decline"),
    done(5, text("left alone")),
)


def test_a_round_goes_on_by_its_state() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(value(stamped_call("a")))
        assert client.take()[0]["result"]["requestState"] == "s1"
        await client.send(value(_retry("b", "s1", q="accept")))
        assert client.take()[0]["result"] == text("deployed")
        await client.send(value(stamped_call("c")))
        assert client.take()[0]["result"]["requestState"] == "s2"
        await client.send(value(_retry("d", "s2-tampered", q="decline")))
        assert client.take()[0]["error"]["code"] == -32602
        await client.send(value(_retry("e", "s2", q="decline")))
        assert client.take()[0]["result"] == text("left alone")
        assert (players.misses, players.unused()) == ([], [])

    played(ROUNDS, talk)


def test_other_answers_lead_to_the_round_where_they_were_given() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(value(stamped_call("a")))
        await client.send(value(_retry("b", "s1", q="decline")))
        assert client.got[-1]["result"] == text("left alone")

    played(ROUNDS, talk)


def test_a_state_that_was_never_given_out_is_a_miss() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(value(_retry("b", "made up", q="accept")))
        assert client.got[-1]["error"]["code"] == CODE
        assert len(players.misses) == 1

    played(ROUNDS, talk)


def test_rounds_without_a_state_go_on_too() -> None:
    events = modern(
        stamped_call(1),
        done(1, round_of(None, q="sure?")),
        _retry(2, None, q="accept"),
        done(2, text("deployed")),
    )

    async def talk(client: Client, players: Players) -> None:
        await client.send(value(stamped_call("a")))
        await client.send(value(_retry("b", None, q="accept")))
        assert client.got[-1]["result"] == text("deployed")

    played(events, talk)


# --- no answer -----------------------------------------------------------------------------------


def test_a_call_that_was_cancelled_waits_for_that() -> None:
    events = legacy(
        call(1, params={"_meta": {"progressToken": 1}}),
        came(PROGRESS, params={"progressToken": 1, "progress": 1}),
        sent(CANCELLED, params={"requestId": 1}),
        came(id=1, error={"code": 0, "message": "Request cancelled"}),
    )

    async def talk(client: Client, players: Players) -> None:
        await client.send(called(7, _meta={"progressToken": 7}))
        assert shape(client.take()) == [PROGRESS]
        await client.send(value(sent(CANCELLED, params={"requestId": 7})))
        assert shape(client.take()) == ["error 7"]

    played(events, talk)


def test_a_call_that_is_cancelled_only_now_gets_no_answer() -> None:
    events = legacy(call(1), asks(0, "sure?"), accepts(0), done(1))

    async def talk(client: Client, players: Players) -> None:
        await client.send(called(7))
        client.take()
        await client.send(value(sent(CANCELLED, params={"requestId": 7})))
        await client.send(value(accepts(0)))
        assert client.got == []
        assert client.tasks[7].done()

    played(events, talk)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((), id="a-server-that-never-answered"),
        pytest.param((came(text="", cut=20_000_000),), id="an-answer-too-large-to-be-kept"),
    ],
)
def test_that_there_is_no_answer_is_told_after_all_that_was_said(answer: Any) -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(called(7, _meta={"progressToken": 7}))
        progress, error = client.got
        assert progress["method"] == PROGRESS
        assert error["error"]["code"] == CODE
        assert error["error"]["message"].endswith("is not in the recording (event 5)")
        assert len(players.misses) == 1
        assert players.unused() == []

    asked = call(1, params={"_meta": {"progressToken": 1}})
    played(legacy(asked, came(PROGRESS, params={"progressToken": 1, "progress": 1}), *answer), talk)


def test_an_answer_that_is_known_goes_before_one_that_was_cut() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(called(7))
        await client.send(called(8))
        assert [one["result"] for one in client.got] == [text("known")] * 2

    played(legacy(call(1), came(text="", cut=9), call(2), done(2, text("known"))), talk)


@pytest.mark.parametrize(
    ("refusal", "status_code", "kind", "body"),
    [
        pytest.param((status(5, 503), fin(5)), 503, "", "", id="status-alone"),
        pytest.param(
            (
                status(5, 502),
                Raw(
                    number=0,
                    time=-1.0,
                    connection=1,
                    exchange=5,
                    direction=Direction.TO_CLIENT,
                    data=b"<h1>Bad Gateway</h1>",
                    why=Unread.BODY,
                ),
                fin(5),
            ),
            502,
            "",
            "<h1>Bad Gateway</h1>",
            id="with-a-body",
        ),
    ],
)
def test_a_refusal_over_http_is_one_again(
    refusal: Any, status_code: int, kind: str, body: str
) -> None:
    events = legacy(http(5), call(1, exchange=5), *refusal)

    async def talk(client: Client, players: Players) -> None:
        client.outs += [out async for out in client.player.hear(called(8))]

    (out,) = played(events, talk, Options(one_stream=False), listens=False).outs
    assert (out.status, out.kind, out.text, out.final) == (status_code, kind, body, True)


def test_a_stream_that_broke_off_does_so_again() -> None:
    events = legacy(http(5), call(1, exchange=5), status(5), fin(5, Finish.SERVER))

    async def talk(client: Client, players: Players) -> None:
        await client.send(called(7))
        assert client.tasks[7].done()

    assert [one.breaks for one in played(events, talk).outs] == [Finish.SERVER]


# --- how it comes ---------------------------------------------------------------------------------


def test_an_answer_comes_over_http_as_it_came() -> None:
    events = legacy(
        http(5),
        call(1, exchange=5, params={"_meta": {"progressToken": 1}}),
        status(5),
        came(
            PROGRESS,
            params={"progressToken": 1, "progress": 1},
            exchange=5,
        ),
        done(1, exchange=5),
        fin(5),
    )
    events = [
        one
        if one.exchange != 5 or not isinstance(one, Message)
        else replace(one, stream=StreamEvent(f"e{number}", "message"))
        for number, one in enumerate(events)
    ]

    async def talk(client: Client, players: Players) -> None:
        await client.send(called(7, _meta={"progressToken": 7}))

    outs = played(events, talk, Options(one_stream=False), listens=False).outs
    assert [one.kind for one in outs] == [EVENT_STREAM, EVENT_STREAM]
    assert [one.final for one in outs] == [False, True]
    assert [one.stream.id for one in outs if one.stream] == ["e7", "e8"]
    assert [round(one.after, 3) for one in outs] == [0.2, 0.1]


# --- streams and processes that end ---------------------------------------------------------------

PRIMED = StreamEvent("e1", retry=100, empty=True)
LOG = "notifications/message"
POLLED = legacy(
    http(5),
    call(1, exchange=5),
    status(5),
    Streamed(number=0, time=-1.0, connection=1, exchange=5, stream=PRIMED),
    fin(5),
    replace(http(6, "GET"), headers={"last-event-id": "e1"}),
    status(6),
    came(LOG, params={"level": "info", "data": "back"}, exchange=6),
    done(1, text("late"), exchange=6),
)


@pytest.mark.parametrize(
    ("one_stream", "expected"),
    [
        pytest.param(
            False,
            [(PRIMED, None, ""), (None, Finish.END, ""), (None, None, LOG), (None, None, "late")],
            id="http",
        ),
        pytest.param(True, [(None, None, LOG), (None, None, "late")], id="stdio"),
    ],
)
def test_a_stream_ends_in_the_middle_where_a_client_went_on_with_it(
    one_stream: bool, expected: list[tuple[StreamEvent | None, Finish | None, str]]
) -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(called(7))

    outs = played(POLLED, talk, Options(one_stream=one_stream), listens=False).outs
    assert [(one.stream, one.breaks) for one in outs] == [one[:2] for one in expected]
    assert all(words in one.text for one, (_, _, words) in zip(outs, expected, strict=True))
    assert [one.final for one in outs] == [False] * (len(outs) - 1) + [True]


def test_a_process_that_ended_in_a_call_ends_in_it() -> None:
    events = legacy(
        call(1, "crash"),
        call(2),
        done(2),
        Exited(number=0, time=-1.0, connection=1, code=7, by=Ending.ITSELF),
    )

    async def talk(client: Client, players: Players) -> None:
        await client.start(called(9))
        await client.send(called(8, "crash"))

    first, last = played(events, talk).outs
    assert (value_of(first.text)["id"], first.exits) == (9, None)
    assert (last.text, last.final, last.breaks, last.exits) == ("", True, Finish.SERVER, 7)


def value_of(text: str) -> Any:
    return json.loads(text)
