from __future__ import annotations

from typing import Any

import pytest

from mcpx.json_rpc import SUBSCRIPTION
from mcpx.serving.mock.playing.eras import honoured
from mcpx.serving.mock.playing.options import Options
from mcpx.serving.mock.playing.players import Players
from tests.serving.mock.clients import Client, played, shape
from tests.serving.mock.recordings import initialize, legacy, modern, stamped, stamped_call, value
from tests.sessions.tapes import call, came, done, sent

TOOLS, UPDATED = "notifications/tools/list_changed", "notifications/resources/updated"
ACKNOWLEDGED = "notifications/subscriptions/acknowledged"
BOTH = Options(both=True)


def listen(id: Any, **notifications: Any) -> Any:
    return value(stamped("subscriptions/listen", id, notifications=notifications))


def _told(subscription: Any, **params: Any) -> dict[str, Any]:
    return {"_meta": {SUBSCRIPTION: subscription}, **params}


FILTER = {"toolsListChanged": True, "resourceSubscriptions": ["note://a"]}
RECORDED = modern(
    stamped("subscriptions/listen", "l", notifications=FILTER),
    came(ACKNOWLEDGED, params=_told("l", notifications=FILTER)),
    stamped_call(2),
    done(2),
    came(UPDATED, params=_told("l", uri="note://a")),
    came(TOOLS, params=_told("l")),
)


@pytest.mark.parametrize(
    ("wanted", "agreed", "told"),
    [
        pytest.param(FILTER, FILTER, [UPDATED, TOOLS], id="as-recorded"),
        pytest.param(
            {"toolsListChanged": True, "promptsListChanged": True},
            {"toolsListChanged": True},
            [TOOLS],
            id="other-kinds",
        ),
        pytest.param(
            {"resourceSubscriptions": ["note://b", "note://a"]},
            {"resourceSubscriptions": ["note://a"]},
            [UPDATED],
            id="other-resources",
        ),
    ],
)
def test_a_subscription_gets_what_it_asks_for_of_what_was_recorded(
    wanted: Any, agreed: Any, told: list[str]
) -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(listen(1, **wanted))
        assert client.take()[0]["params"]["notifications"] == agreed
        await client.send(value(stamped_call(2)))
        assert shape(client.take()) == ["answer 2", *told]
        assert players.misses == []

    played(RECORDED, talk)


def test_one_that_was_never_made_gets_nothing() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(listen(1, toolsListChanged=True))
        assert client.take()[0]["params"] == _told(1, notifications={})
        assert not client.tasks[1].done()
        await client.send(value(sent("notifications/cancelled", params={"requestId": 1})))
        assert client.tasks[1].done()

    played(modern(stamped_call(2), done(2)), talk)


def test_what_a_legacy_server_said_unasked_a_subscription_tells() -> None:
    events = legacy(call(1), came(TOOLS), done(1), came(UPDATED, params={"uri": "note://a"}))

    async def talk(client: Client, players: Players) -> None:
        await client.send(listen("l", toolsListChanged=True))
        assert shape(client.take()) == [ACKNOWLEDGED]
        await client.send(value(stamped_call(5)))
        answer, changed = client.take()
        assert answer["result"]["resultType"] == "complete"
        assert changed == {"jsonrpc": "2.0", "method": TOOLS, "params": _told("l")}

    played(events, talk, BOTH)


def test_what_a_subscription_told_a_legacy_client_hears_unasked() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(value(initialize()))
        await client.send(value(sent("resources/subscribe", 3, params={"uri": "note://a"})))
        client.take()
        await client.send(value(call(5)))
        answer, updated, changed = client.take()
        assert "resultType" not in answer["result"]
        assert updated["params"] == {"uri": "note://a"}
        assert changed == {"jsonrpc": "2.0", "method": TOOLS, "params": {}}
        assert players.misses == []

    played(RECORDED, talk, BOTH)


def test_a_resource_that_was_given_up_is_told_of_no_more() -> None:
    async def talk(client: Client, players: Players) -> None:
        await client.send(value(initialize()))
        for number, method in enumerate(("resources/subscribe", "resources/unsubscribe")):
            await client.send(value(sent(method, number, params={"uri": "note://a"})))
        client.take()
        await client.send(value(call(5)))
        assert shape(client.take()) == ["answer 5", TOOLS]

    played(RECORDED, talk, BOTH)


def test_only_what_both_want_is_honoured() -> None:
    agreed = {"toolsListChanged": True, "resourceSubscriptions": ["a", "b"]}
    wanted = {"toolsListChanged": False, "resourceSubscriptions": ["b", "c"], "own": True}
    assert honoured(agreed, wanted) == {"resourceSubscriptions": ["b"]}
