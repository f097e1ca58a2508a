from __future__ import annotations

import asyncio
from typing import Any

from mcpx.serving.mock.playing.players import Players
from mcpx.serving.mock.playing.terms import Terms
from mcpx.serving.mock.tape.tape import Tape
from tests.serving.mock.clients import Client, played
from tests.serving.mock.recordings import (
    handshake,
    initialize,
    known,
    legacy,
    text,
    value,
)
from tests.sessions.tapes import call, done, fin, http, sent, status, tape


def asked(client_id: Any, method: str = "tools/list", **params: Any) -> Any:
    return value(sent(method, client_id, params=params))


def called(client_id: Any, name: str = "add", arguments: Any = None, **params: Any) -> Any:
    return value(call(client_id, name, arguments, params=params))


COUNTS = legacy(
    call(1, "count"),
    done(1, text("one")),
    call(2, "count"),
    done(2, text("two")),
    call(3, "add", {"a": 1}),
    done(3, text("add")),
)


def test_a_session_is_handed_out_where_clients_are_told_apart_by_it() -> None:
    players = Players(Tape.of(legacy()), Terms(one_stream=False))

    async def run() -> list[str]:
        found = []
        for _ in range(2):
            client = Client(players.new())
            await client.send(value(initialize()))
            found.append(client.outs[0].headers["mcp-session-id"])
        return found

    assert asyncio.run(run()) == ["mock-session-1", "mock-session-2"]


def test_a_server_that_handed_out_no_sessions_still_does_not() -> None:
    events = tape(
        http(1), initialize(exchange=1), status(1), done("i", {}, exchange=1), fin(1), known()
    )
    assert Players(Tape.of(events), Terms(one_stream=False)).new().session == ""


def test_what_nobody_asked_is_told_in_its_order() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(called(1, "count"))
        assert [one.number for one in players.unused()] == [7, 9]

    played(COUNTS, talk)


def test_each_client_begins_at_the_beginning() -> None:
    async def talk(client: Client, players: Players) -> None:
        second = Client(players.new())
        await client.send(called(1, "count"))
        await second.send(called(1, "count"))
        assert [_said(one.got[0]) for one in (client, second)] == ["one", "one"]
        await second.leave()

    played(COUNTS, talk)


def test_each_session_has_first_what_was_said_in_its_own() -> None:
    events = tape(
        *handshake(1),
        *handshake(2),
        call(1, "count", connection=1),
        done(1, text("first"), connection=1),
        call(1, "count", connection=2),
        done(1, text("second"), connection=2),
    )

    async def talk(client: Client, players: Players) -> None:
        others = [client, Client(players.new()), Client(players.new())]
        for one in others:
            await one.send(value(initialize()))
            await one.send(called(1, "count"))
            await one.send(called(2, "count"))
        assert [[_said(got) for got in one.got[1:]] for one in others] == [
            ["first", "second"],
            ["second", "first"],
            ["first", "second"],
        ]
        for one in others[1:]:
            await one.leave()

    played(events, talk)


def _said(answer: Any) -> str | int:
    return answer["error"]["code"] if "error" in answer else answer["result"]["content"][0]["text"]
