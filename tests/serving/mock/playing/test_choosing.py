from __future__ import annotations

from typing import Any

import pytest

from mcpx.serving.mock.playing.misses import CODE
from mcpx.serving.mock.playing.options import Match, Options, Repeat
from mcpx.serving.mock.playing.players import Players
from tests.serving.mock.clients import Client, played
from tests.serving.mock.recordings import (
    legacy,
    modern,
    stamped_call,
    text,
    value,
)
from tests.sessions.tapes import call, came, done, sent


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


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        pytest.param(Repeat.LAST, ["one", "two", "two", "two"], id="last"),
        pytest.param(Repeat.CYCLE, ["one", "two", "one", "two"], id="cycle"),
        pytest.param(Repeat.ERROR, ["one", "two", CODE, CODE], id="error"),
    ],
)
def test_equal_requests_have_their_answers_in_order(
    repeat: Repeat, expected: list[str | int]
) -> None:
    async def talk(client: Client, players: Players) -> None:
        for number in range(4):
            await client.send(called(number, "count"))

    client = played(COUNTS, talk, Options(repeat=repeat))
    assert [_said(one) for one in client.got] == expected


@pytest.mark.parametrize(
    ("match", "asks_for", "expected"),
    [
        pytest.param(Match.ARGS, [("add", {"a": 2})], [CODE], id="args"),
        pytest.param(Match.ARGS, [("count", None), ("add", {"a": 1.0})], ["one", "add"], id="skip"),
        pytest.param(Match.NAME, [("add", {"a": 2})], ["add"], id="name"),
        pytest.param(Match.NAME, [("sub", {"a": 1})], [CODE], id="name-of-no-tool"),
        pytest.param(Match.ORDER, [("count", {"x": 1}), ("count", {})], ["one", "two"], id="order"),
        pytest.param(Match.ORDER, [("add", {"a": 1})], [CODE], id="not-its-turn"),
    ],
)
def test_what_counts_as_the_same_is_chosen(
    match: Match, asks_for: list[tuple[str, Any]], expected: list[str | int]
) -> None:
    async def talk(client: Client, players: Players) -> None:
        for number, (name, arguments) in enumerate(asks_for):
            await client.send(called(number, name, arguments))

    assert [_said(one) for one in played(COUNTS, talk, Options(match=match)).got] == expected


def _said(answer: Any) -> str | int:
    return answer["error"]["code"] if "error" in answer else answer["result"]["content"][0]["text"]


REFUSALS = modern(
    stamped_call(1),
    done(1, text("here")),
    stamped_call(2),
    came(id=2, error={"code": -32020, "message": "Header mismatch"}),
    call(3),
    came(id=3, error={"code": -32602, "message": "_meta is missing"}),
)


def test_what_was_refused_for_how_it_was_put_answers_nobody_else() -> None:
    async def talk(client: Client, players: Players) -> None:
        for number in range(3):
            await client.send(value(stamped_call(number)))
        assert players.unused() == []

    assert [_said(one) for one in played(REFUSALS, talk).got] == ["here"] * 3
