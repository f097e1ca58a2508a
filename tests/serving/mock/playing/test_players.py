from __future__ import annotations

import asyncio
import gc
import weakref
from typing import Any

import pytest

from mcpx.servers import Era
from mcpx.serving.mock.playing.options import Options
from mcpx.serving.mock.playing.players import Players
from mcpx.serving.mock.tape.tape import Tape
from tests.serving.mock.clients import Client, played
from tests.serving.mock.recordings import (
    handshake,
    initialize,
    known,
    legacy,
    modern,
    stamped,
    stamped_call,
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
    players = Players(Tape.of(legacy()), Options(one_stream=False))

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
    assert Players(Tape.of(events), Options(one_stream=False)).new().session == ""


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


def test_a_player_that_nobody_plays_with_is_gone() -> None:
    players = Players(Tape.of(COUNTS), Options())

    async def run() -> weakref.ref[Any]:
        client = Client(players.new())
        await client.send(called(1, "count"))
        return weakref.ref(client.player)

    gone = asyncio.run(run())
    gc.collect()
    assert gone() is None
    assert [one.name for one in players.unused()] == ["count", "add"]


@pytest.mark.parametrize(
    ("events", "asked", "era"),
    [
        pytest.param(modern(), initialize(), Era.LEGACY, id="a-handshake"),
        pytest.param(modern(), call(1), Era.LEGACY, id="a-legacy-call"),
        pytest.param(legacy(), stamped_call(1), Era.MODERN, id="a-modern-call"),
        pytest.param(legacy(), stamped("server/discover", 1), None, id="a-probe"),
        pytest.param(legacy(), call(1), None, id="its-own"),
    ],
)
def test_a_client_of_the_other_era_is_told_of_once(
    events: Any, asked: Any, era: Era | None
) -> None:
    told: list[Era] = []
    players = Players(Tape.of(events), Options(), strange=told.append)

    async def run() -> None:
        for _ in range(2):
            await Client(players.new()).send(value(asked))

    asyncio.run(run())
    assert told == ([] if era is None else [era])
