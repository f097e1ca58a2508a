from __future__ import annotations

import json
from typing import Any

import pytest

from mcpx.serving.mock.playing.options import Options
from mcpx.serving.mock.playing.players import Players
from mcpx.serving.mock.playing.questions import Questions
from mcpx.serving.mock.playing.rounds import (
    Interview,
    pages_of,
    question_of,
    request_of,
    requests_of,
    round_of,
)
from mcpx.serving.mock.tape.tape import Tape
from tests.serving.mock.clients import Client, played, shape
from tests.serving.mock.recordings import (
    accepts,
    asks,
    initialize,
    legacy,
    modern,
    stamped_call,
    text,
    value,
)
from tests.serving.mock.recordings import round_of as asking
from tests.sessions.tapes import call, came, done

BOTH = Options(both=True)
PAGE = {"mode": "url", "elicitationId": "e", "url": "https://pay.example", "message": "pay"}


def retry(id: Any, asked: Any, **actions: str) -> Any:
    responses = {key: {"action": one} for key, one in actions.items()}
    state = asked["result"]["requestState"]
    return value(stamped_call(id, requestState=state, inputResponses=responses))


QUESTIONS = legacy(
    call(1),
    asks(0, "first?"),
    accepts(0),
    asks(1, "second?"),
    accepts(1),
    done(1, text("both")),
    call(3),
    asks(3, "first?"),
    accepts(3),
    done(3, text("one")),
)


def test_a_legacy_question_is_a_round_for_a_modern_client() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(value(stamped_call("a")))
        (first,) = client.take()
        requests = first["result"]["inputRequests"]
        assert [one["params"]["message"] for one in requests.values()] == ["first?"]
        assert first["result"]["resultType"] == "input_required"
        (key,) = requests
        await client.send(retry("b", first, **{key: "accept"}))
        (second,) = client.take()
        (key,) = second["result"]["inputRequests"]
        await client.send(retry("c", second, **{key: "accept"}))
        (answer,) = client.take()
        assert answer["id"] == "c"
        assert answer["result"]["content"] == text("both")["content"]
        assert players.misses == []

    played(QUESTIONS, talk, BOTH)


def test_two_suspended_calls_are_told_apart_by_their_state() -> None:
    async def talk(client: Client, players: Players) -> None:
        for id in ("a", "b"):
            await client.send(value(stamped_call(id)))
        one, other = client.take()
        assert one["result"]["requestState"] != other["result"]["requestState"]
        await client.send(retry("c", other, **{"1": "accept"}))
        assert client.take()[0]["id"] == "c"

    played(QUESTIONS, talk, BOTH)


ROUNDS = modern(
    stamped_call(1),
    done(1, asking("s", a="first?", b="second?")),
    stamped_call(
        2,
        requestState="s",
        inputResponses={"a": {"action": "accept"}, "b": {"action": "decline"}},
    ),
    done(2, text("one of two")),
    stamped_call(3),
    done(3, asking("t", a="first?", b="second?")),
    stamped_call(
        4,
        requestState="t",
        inputResponses={"a": {"action": "decline"}, "b": {"action": "decline"}},
    ),
    done(4, text("none of two")),
)


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        pytest.param(("accept", "decline"), "one of two", id="as-recorded"),
        pytest.param(("decline", "decline"), "none of two", id="as-recorded-elsewhere"),
        pytest.param(("cancel", "cancel"), "one of two", id="never-recorded"),
    ],
)
def test_a_round_is_questions_for_a_legacy_client(actions: tuple[str, str], expected: str) -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(value(initialize()))
        client.take()
        await client.send(value(call(5)))
        questions = client.take()
        assert [one["params"]["message"] for one in questions] == ["first?", "second?"]
        for question, action in zip(questions, actions, strict=True):
            answer = {"jsonrpc": "2.0", "id": question["id"], "result": {"action": action}}
            await client.send(answer)
        assert client.take() == [{"jsonrpc": "2.0", "id": 5, "result": text(expected)}]
        assert players.misses == []

    played(ROUNDS, talk, BOTH)


def test_a_round_that_nobody_went_on_with_ends_in_a_miss() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(value(call(5)))
        await client.send({"jsonrpc": "2.0", "id": "mock-1", "result": {"action": "accept"}})
        assert shape(client.take()) == ["elicitation/create", "error 5"]
        assert "how it went on" in players.misses[0].text

    played(modern(stamped_call(1), done(1, asking("s", a="sure?"))), talk, BOTH)


def test_pages_to_be_opened_are_a_round_for_a_modern_client() -> None:
    error = {"code": -32042, "message": "open", "data": {"elicitations": [PAGE]}}
    events = legacy(call(1), came(id=1, error=error), call(2), done(2, text("paid")))

    async def talk(client: Client, players: Players) -> None:
        await client.send(value(stamped_call("a")))
        (asked,) = client.take()
        assert asked["result"]["inputRequests"] == {
            "1": {"method": "elicitation/create", "params": PAGE}
        }
        await client.send(retry("b", asked, **{"1": "accept"}))
        assert client.take()[0]["result"]["content"] == text("paid")["content"]
        assert players.unused() == []

    played(events, talk, BOTH)


def test_what_is_asked_stays_as_it_is_written() -> None:
    question = '{"params" : {"n":5.0}, "method":"x", "id":1}'
    assert request_of(question) == '{"method":"x","params":{"n":5.0}}'
    answer = round_of("7", {"k": request_of(question)}, "s")
    assert requests_of(answer) == {"k": '{"method":"x","params":{"n":5.0}}'}
    assert question_of(requests_of(answer)["k"], "q") == (
        '{"jsonrpc":"2.0","id":"q","method":"x","params":{"n":5.0}}'
    )
    assert pages_of('{"error":{"code":-32042}}') == []
    assert pages_of('{"error":{"code":1,"data":{"elicitations":[{}]}}}') == []


def test_who_lost_the_answer_of_a_round_asks_once_more() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(value(stamped_call("a")))
        (first,) = client.take()
        for id in ("b", "c"):
            await client.send(retry(id, first, **{"1": "accept"}))
        second, again = client.take()
        assert second["result"]["inputRequests"] == again["result"]["inputRequests"]
        await client.send(retry("d", again, **{"2": "accept"}))
        assert client.take()[0]["result"]["content"] == text("both")["content"]
        assert players.misses == []

    played(QUESTIONS, talk, BOTH)


def test_a_question_among_several_calls_is_asked_in_the_one_that_was_answered_first() -> None:
    events = legacy(
        call(1, "asks"), call(2, "slow"), asks(0, "sure?"), accepts(0), done(1, text("s")), done(2)
    )

    async def talk(client: Client, players: Players) -> None:
        await client.send(value(stamped_call("a", "asks")))
        (round_,) = client.take()
        await client.send(value(stamped_call("b", "slow")))
        assert shape(client.take()) == ["answer b"]
        responses = {"1": {"action": "accept", "content": {}}}
        state = round_["result"]["requestState"]
        await client.send(
            value(stamped_call("c", "asks", requestState=state, inputResponses=responses))
        )
        assert client.take()[0]["result"]["content"] == text("s")["content"]

    played(events, talk, BOTH)


def test_null_answers_are_none() -> None:
    events = modern(
        stamped_call(1, inputResponses=None),
        done(1, asking("s", a="first?")),
        stamped_call(2, requestState="s", inputResponses={"a": {"action": "accept"}}),
        done(2, text("end")),
    )

    async def talk(client: Client, players: Players) -> None:
        await client.send(value(stamped_call(5, inputResponses=None)))
        assert client.take()[0]["result"]["resultType"] == "input_required"

    played(events, talk)


def test_an_interview_asks_one_by_one_and_answers_as_a_round() -> None:
    questions = Questions()
    (take,) = Tape.of(modern(stamped_call(1, "buy"), done(1, asking("s", a="?", b="!")))).takes
    interview = Interview(Tape.of([]).text(take.steps[-1].piece), questions)
    asked = [json.loads(text) for text in interview.asks()]
    assert [one["params"]["message"] for one in asked] == ["?", "!"]
    assert not interview.is_over
    questions.hear({"id": asked[0]["id"], "result": {"action": "accept"}})
    assert not interview.is_over
    questions.hear({"id": asked[1]["id"], "error": {"code": -1}})
    assert interview.is_over
    params = interview.answered(take)
    assert params["inputResponses"] == {"a": {"action": "accept"}}
    assert (params["requestState"], params["name"]) == ("s", "buy")
