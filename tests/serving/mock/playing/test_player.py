from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from mcpx.serving.mock.playing.eras import ACKNOWLEDGED
from mcpx.serving.mock.playing.misses import CODE
from mcpx.serving.mock.playing.options import Options
from mcpx.serving.mock.playing.players import Players
from mcpx.serving.mock.tape.tape import Tape
from mcpx.sessions.events import Message
from mcpx.wire import Direction
from tests.serving.mock.clients import Client, played, shape
from tests.serving.mock.recordings import (
    NAMES,
    accepts,
    asks,
    handshake,
    initialize,
    legacy,
    modern,
    session,
    stamped,
    text,
    value,
)
from tests.sessions.tapes import call, came, done, sent, tape

PROGRESS = "notifications/progress"


def asked(client_id: Any, method: str = "tools/list", **params: Any) -> Any:
    return value(sent(method, client_id, params=params))


def called(client_id: Any, name: str = "add", arguments: Any = None, **params: Any) -> Any:
    return value(call(client_id, name, arguments, params=params))


def nested(levels: int) -> Any:
    found: Any = 1
    for _ in range(levels):
        found = [found]
    return found


# --- every recording -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_who_asks_the_same_again_gets_what_was_recorded(name: str) -> None:
    recording = session(name)
    messages = [one for one in recording.events if isinstance(one, Message)]
    tape = Tape.of(recording.events)

    async def run() -> tuple[dict[int, Client], Players]:
        players = Players(tape, Options())
        clients: dict[int, Client] = {}
        for one, after in zip(messages, [*messages[1:], messages[-1]], strict=True):
            client = clients.get(one.connection)
            if client is None:
                client = clients[one.connection] = Client(players.new())
                client.listen()
                await client.still()
            if one.direction is Direction.TO_CLIENT:
                continue
            # What the client sent without having heard anything meanwhile comes at once.
            at_once = after.direction is Direction.TO_SERVER and after is not one
            await (client.start if at_once else client.send)(one.value())
        for client in clients.values():
            await client.leave()
        return clients, players

    clients, players = asyncio.run(run())
    for connection, client in clients.items():
        recorded = [
            one.value()
            for one in messages
            if one.connection == connection and one.direction is Direction.TO_CLIENT
        ]
        # Answers to what was asked at once come as it was asked, not as they came then.
        got = [one for one in client.got if one.get("error", {}).get("code") != CODE]
        assert sorted(map(json.dumps, got)) == sorted(map(json.dumps, recorded))
    # What had no answer has none now, and says so.
    unanswered = [take.number for take in tape.takes if not take.is_known]
    assert [miss.number for miss in players.misses] == unanswered
    assert players.unused() == []


# --- what is written anew ------------------------------------------------------------------------


def test_all_but_the_id_is_given_back_as_it_was_written() -> None:
    written = '{"jsonrpc" : "2.0","id":1, "result":{"n":5.0,"big":12345678901234567890,"n":1e2}}'
    events = legacy(call(1), came(text=written))

    async def talk(client: Client, players: Players) -> None:
        await client.send(called("other"))

    assert played(events, talk).outs[-1].text == written.replace('"id":1', '"id":"other"')


def test_progress_has_the_token_of_now_and_none_comes_without_one() -> None:
    events = legacy(
        call(1, params={"_meta": {"progressToken": "then"}}),
        came(PROGRESS, params={"progressToken": "then", "progress": 1}),
        done(1),
    )

    async def talk(client: Client, players: Players) -> None:
        await client.send(called(8, _meta={"progressToken": 88}))
        progress, answer = client.take()
        assert progress["params"] == {"progressToken": 88, "progress": 1}
        assert answer["id"] == 8
        await client.send(called(9))
        assert shape(client.take()) == ["answer 9"]

    played(events, talk)


# --- matching ------------------------------------------------------------------------------------

COUNTS = legacy(
    call(1, "count"),
    done(1, text("one")),
    call(2, "count"),
    done(2, text("two")),
    call(3, "add", {"a": 1}),
    done(3, text("add")),
)


def _said(answer: Any) -> str | int:
    return answer["error"]["code"] if "error" in answer else answer["result"]["content"][0]["text"]


def test_a_miss_names_the_nearest_call_and_where_it_differs() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(called(1, "add", {"a": 7}))
        (miss,) = players.misses
        assert (miss.method, miss.name, miss.pointer) == ("tools/call", "add", "/arguments/a")
        assert "event 9 differs at /arguments/a: 7 was asked, 1 is recorded" in miss.text

    error = played(COUNTS, talk).got[0]["error"]
    assert not -32768 <= error["code"] <= -32000
    assert error["data"]["nearest"] == {"event": 9}
    assert error["data"]["pointer"] == "/arguments/a"


# --- what is no request --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent_value",
    [
        pytest.param(7, id="a-number"),
        pytest.param([], id="an-empty-batch"),
        pytest.param({"jsonrpc": "2.0"}, id="nothing-asked"),
        pytest.param({"method": 5, "id": 1}, id="a-method-that-is-none"),
        pytest.param({"method": "ping", "id": [1]}, id="an-id-that-is-none"),
        pytest.param({"method": "x", "id": 1, "params": {"a": nested(900)}}, id="too-deep"),
    ],
)
def test_what_is_no_message_is_refused(sent_value: Any) -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(sent_value)

    client = played(legacy(), talk)
    assert client.got[0]["error"]["code"] == -32600
    assert client.outs[0].final


def test_a_batch_is_answered_by_one() -> None:
    events = legacy(
        sent(batch=[value(call(1)), value(sent("tools/list", 2))]),
        came(batch=[value(done(2, {"tools": []})), value(done(1))]),
    )

    async def talk(client: Client, players: Players) -> None:
        await client.send([called("a"), asked("b"), value(sent("notifications/x"))])
        assert shape(client.got[0]) == ["answer a", "answer b"]
        await client.send([value(sent("notifications/x"))])
        assert len(client.got) == 1

    played(events, talk)


def test_ping_and_log_level_need_no_recording() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(asked(1, "ping"))
        await client.send(asked(2, "logging/setLevel", level="debug"))
        await client.send(asked(3, "prompts/list"))
        assert players.misses == []

    got = played(legacy(), talk).got
    assert [one.get("result") for one in got[:2]] == [{}, {}]
    # The recorded server said that it has no prompts.
    assert got[2]["error"]["code"] == -32601


# --- unasked -------------------------------------------------------------------------------------

LOG = "notifications/message"


def _log(data: str, **more: Any) -> Message:
    return came(LOG, params={"level": "info", "data": data}, **more)


def test_what_comes_unasked_comes_at_its_place() -> None:
    events = tape(
        _log("starting"),
        *handshake(),
        _log("ready"),
        call(1),
        done(1),
        came("notifications/tools/list_changed"),
        sent("tools/list", 2),
        done(2, {"tools": []}),
    )

    async def talk(client: Client, players: Players) -> None:
        assert shape(client.take()) == [LOG]
        await client.send(value(initialize()))
        assert shape(client.take()) == ["answer i"]
        await client.send(value(sent("notifications/initialized")))
        assert [one["params"]["data"] for one in client.take()] == ["ready"]
        await client.send(called(1))
        assert shape(client.take()) == ["answer 1", "notifications/tools/list_changed"]
        await client.send(asked(2))
        assert shape(client.take()) == ["answer 2"]

    played(events, talk)


def test_over_several_streams_it_comes_on_its_own() -> None:
    events = legacy(call(1), done(1), came("notifications/tools/list_changed"))

    async def run() -> list[list[str]]:
        player = Players(Tape.of(events), Options(one_stream=False)).new()
        calling, listening = Client(player), Client(player)
        listening.listen()
        await calling.send(called(1))
        found = [shape(calling.got), shape(listening.got)]
        await listening.leave()
        return found

    assert asyncio.run(run()) == [["answer 1"], ["notifications/tools/list_changed"]]


def test_a_question_outside_of_requests_waits_for_its_answer() -> None:
    events = legacy(
        came("roots/list", 0), sent(id=0, result={"roots": []}), _log("roots are known")
    )

    async def talk(client: Client, players: Players) -> None:
        await client.send(value(sent("notifications/initialized")))
        assert shape(client.take()) == ["roots/list"]
        await client.send(value(sent(id=0, result={"roots": [{"uri": "file:///other"}]})))
        assert shape(client.take()) == [LOG]

    played(events, talk)


def test_a_question_among_several_requests_stops_them_all() -> None:
    """On stdio nobody can tell which of them it belongs to."""
    events = legacy(
        call(1, "a"),
        call(2, "b"),
        asks(0, "which?"),
        accepts(0),
        done(2),
        done(1),
    )

    async def talk(client: Client, players: Players) -> None:
        await client.start(called(1, "a"))
        await client.send(called(2, "b"))
        assert shape(client.take()) == ["elicitation/create"]
        await client.send(value(accepts(0)))
        assert shape(client.take()) == ["answer 2", "answer 1"]

    played(events, talk)


def test_the_same_input_gives_the_same_bytes() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(value(initialize()))
        await client.start(called(1, "count"))
        await client.start(called(2, "add", {"a": 1}))
        await client.send(asked(3, "nothing"))

    first, second = (json.dumps([one.text for one in played(COUNTS, talk).outs]) for _ in "ab")
    assert first == second


def test_a_task_is_polled_through_its_states_and_stays_at_its_end() -> None:
    def state(id: Any, status_now: str) -> list[Any]:
        task = {"taskId": "t-1", "status": status_now}
        return [sent("tasks/get", id, params={"taskId": "t-1"}), done(id, task)]

    task = {"task": {"taskId": "t-1", "status": "working"}}
    events = legacy(
        call(1, params={"task": {}}),
        done(1, task),
        *state(2, "working"),
        *state(3, "completed"),
        sent("tasks/result", 4, params={"taskId": "t-1"}),
        done(4, text("at last")),
    )

    async def talk(client: Client, players: Players) -> None:
        await client.send(called(1, task={}))
        assert client.take()[0]["result"] == task
        for number in range(3):
            await client.send(asked(number, "tasks/get", taskId="t-1"))
        assert [one["result"]["status"] for one in client.take()] == [
            "working",
            "completed",
            "completed",
        ]
        await client.send(asked(9, "tasks/result", taskId="t-1"))
        assert client.take()[0]["result"] == text("at last")
        await client.send(asked(10, "tasks/get", taskId="t-2"))
        assert [miss.name for miss in players.misses] == ["t-2"]

    played(events, talk)


@pytest.mark.parametrize(
    ("message", "id"),
    [
        pytest.param({"jsonrpc": "2.0", "id": True, "method": "ping"}, None, id="true-id"),
        pytest.param({"jsonrpc": "1.0", "id": 1, "method": "ping"}, 1, id="another-version"),
        pytest.param({"jsonrpc": "2.0", "id": "a", "method": 5}, "a", id="no-method"),
        pytest.param(None, None, id="null"),
        pytest.param([], None, id="an-empty-batch"),
    ],
)
def test_what_is_no_message_is_an_invalid_request(message: Any, id: Any) -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(message)

    (out,) = played(legacy(), talk).outs
    answer = json.loads(out.text)
    assert (answer["id"], answer["error"]["code"], out.status) == (id, -32600, 400)


def test_of_two_requests_with_one_id_each_is_answered() -> None:
    events = legacy(
        call(1),
        asks(0, "sure?"),
        accepts(0),
        done(1),
        sent("tools/list", 2),
        done(2, {"tools": []}),
    )

    async def talk(client: Client, players: Players) -> None:
        await client.send(called(7))
        await client.send(asked(7))
        await client.send(value(accepts(0)))
        assert shape(client.got) == ["elicitation/create", "answer 7", "answer 7"]
        assert "tools" in client.got[1]["result"]

    played(events, talk)


@pytest.mark.parametrize(("one_stream", "cancels"), [(True, True), (False, False)])
def test_over_http_the_modern_era_has_no_word_for_cancelling(
    one_stream: bool, cancels: bool
) -> None:
    events = modern(stamped("tools/list", 1), done(1, {"tools": []}))

    async def talk(client: Client, players: Players) -> None:
        await client.send(value(stamped("subscriptions/listen", 7, notifications={})))
        assert shape(client.got) == [ACKNOWLEDGED]
        await client.send(value(sent("notifications/cancelled", params={"requestId": 7})))
        assert client.tasks[7].done() is cancels

    played(events, talk, Options(one_stream=one_stream), listens=False)
