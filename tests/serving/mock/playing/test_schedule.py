from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mcpx.serving.mock.playing.players import Players
from tests.serving.mock.clients import Client, played, shape
from tests.serving.mock.recordings import accepts, asks, legacy, stamped, stamped_call, value
from tests.serving.mock.recordings import modern as modern_session
from tests.sessions.tapes import call, came, done, sent

CROSSED = legacy(
    call(1, "slow", params={"_meta": {"progressToken": 1}}),
    call(2, "quick"),
    came("notifications/progress", params={"progressToken": 1, "progress": 1}),
    done(2),
    done(1),
)


def called(id: Any, name: str) -> Any:
    return value(call(id, name, params={"_meta": {"progressToken": id}}))


@pytest.mark.parametrize("at_once", [True, False], ids=["at-once", "one-after-the-other"])
def test_when_requests_come_makes_no_difference(at_once: bool) -> None:
    """What nothing that is open comes before goes out: a mock cannot know what will be asked."""

    async def talk(client: Client, players: Players) -> None:
        await (client.start if at_once else client.send)(called("s", "slow"))
        await client.send(called("q", "quick"))
        assert shape(client.take()) == ["notifications/progress", "answer s", "answer q"]

    played(CROSSED, talk)


def test_what_is_asked_the_other_way_round_is_answered_in_the_recorded_order() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.start(called("q", "quick"))
        await client.send(called("s", "slow"))
        # The quick one was there alone, and had no reason to wait.
        assert shape(client.take()) == ["answer q", "notifications/progress", "answer s"]

    played(CROSSED, talk)


def test_who_waits_for_its_client_keeps_no_other_call_waiting() -> None:
    """In the recording the question was answered first; here never."""
    events = legacy(
        call(1, "asks"), call(2, "quick"), asks(0, "sure?"), accepts(0), done(1), done(2)
    )

    async def talk(client: Client, players: Players) -> None:
        await client.start(called(1, "asks"))
        await client.start(called(2, "quick"))
        for _ in range(20):
            await asyncio.sleep(0)
        # On stdio it is not known which call the question is of: both wait for it.
        assert shape(client.take()) == ["elicitation/create"]
        await client.send(value(accepts(0)))
        assert shape(client.take()) == ["answer 1", "answer 2"]

    played(events, talk)


def test_a_client_that_leaves_keeps_no_other_call_waiting() -> None:
    events = legacy(
        call(1, "slow", params={"_meta": {"progressToken": 1}}),
        call(2, "quick"),
        came("notifications/progress", params={"progressToken": 1, "progress": 1}),
        done(1),
        done(2),
    )

    async def talk(client: Client, players: Players) -> None:
        outs = client.player.hear(called(1, "slow"))
        await outs.__anext__()
        await client.send(called(2, "quick"))
        assert client.take() == []
        await outs.aclose()
        await client.still()
        assert shape(client.take()) == ["answer 2"]

    played(events, talk)


def test_a_subscription_tells_what_others_bring_about_and_before_their_answers() -> None:
    events = modern_session(
        stamped("subscriptions/listen", "l", notifications={"toolsListChanged": True}),
        came("notifications/subscriptions/acknowledged", params=_of("l", {"toolsListChanged": 1})),
        stamped_call(2, "add_tool"),
        came("notifications/tools/list_changed", params=_of("l")),
        done(2),
        stamped_call(3, "add_tool"),
        done(3),
        came("notifications/tools/list_changed", params=_of("l")),
    )

    async def talk(client: Client, players: Players) -> None:
        listen = stamped("subscriptions/listen", 70, notifications={"toolsListChanged": True})
        await client.send(value(listen))
        (acknowledged,) = client.take()
        assert acknowledged["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == 70
        await client.send(value(stamped_call(71, "add_tool")))
        assert shape(client.take()) == ["notifications/tools/list_changed", "answer 71"]
        await client.send(value(stamped_call(72, "add_tool")))
        assert shape(client.take()) == ["answer 72", "notifications/tools/list_changed"]
        await client.send(value(sent("notifications/cancelled", params={"requestId": 70})))
        assert client.tasks[70].done()

    played(events, talk)


def _of(subscription: Any, notifications: Any = None) -> dict[str, Any]:
    more = {} if notifications is None else {"notifications": {"toolsListChanged": True}}
    return {"_meta": {"io.modelcontextprotocol/subscriptionId": subscription}, **more}
